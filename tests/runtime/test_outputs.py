"""What a run writes is put in place together, and never over what a person changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.core.errors import WriteFailed
from bidproof.questionnaires.protocol import WriteReport
from bidproof.runtime.outputs import Placed, place_outputs, unnumbered
from bidproof.workspace.store import Workspace

ENDS = (".csv", ".evidence.csv", ".html", ".json")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "ws") as opened:
        yield opened


def run(workspace: Workspace, folder: Path, text: str, *, original: str = "q.csv") -> Placed:
    def write(out: Path) -> WriteReport:
        files = [out.with_name(out.stem + end) for end in ENDS]
        for file in files:
            file.write_text(text)
        return WriteReport(files=tuple(files[:2]), filled=0, left_blank=0)

    return place_outputs(
        folder / "q.answered.csv", write, outputs=workspace.outputs, original=folder / original
    )


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def whole(stem: str, text: str) -> dict[str, str]:
    return {stem + end: text for end in ENDS}


def test_what_nobody_changed_is_replaced(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, "one")
    (tmp_path / "q.answered.csv").chmod(0o600)
    placed = run(workspace, tmp_path, "two")
    assert texts(tmp_path) == whole("q.answered", "two")
    assert (tmp_path / "q.answered.csv").stat().st_mode & 0o777 == 0o600
    assert placed.out == tmp_path / "q.answered.csv"
    assert placed.written.files == (tmp_path / "q.answered.csv", tmp_path / "q.answered.evidence.csv")
    assert placed.left_alone == ()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["ws"]


@pytest.mark.parametrize("end", ENDS)
def test_a_changed_file_moves_the_whole_set_to_a_number(
    workspace: Workspace, tmp_path: Path, end: str
) -> None:
    run(workspace, tmp_path, "one")
    changed = tmp_path / f"q.answered{end}"
    changed.write_text("mine")
    for text in ("two", "three"):
        placed = run(workspace, tmp_path, text)
        expected = whole("q.answered", "one") | {changed.name: "mine"} | whole("q.answered-2", text)
        assert texts(tmp_path) == expected
        assert (placed.out.name, placed.left_alone) == ("q.answered-2.csv", (changed,))
    (tmp_path / "q.answered-2.html").write_text("mine, too")
    assert run(workspace, tmp_path, "four").out.name == "q.answered-3.csv"
    changed.unlink()
    assert run(workspace, tmp_path, "five").out.name == "q.answered.csv"
    assert texts(tmp_path)["q.answered-2.html"] == "mine, too"


def test_what_another_workspace_wrote_is_somebody_elses(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, "one")
    with Workspace.open(tmp_path / "other") as other:
        assert run(other, tmp_path, "two").out.name == "q.answered-2.csv"
    assert texts(tmp_path) == whole("q.answered", "one") | whole("q.answered-2", "two")


def test_the_buyers_file_is_no_target_under_any_number(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, "one")
    (tmp_path / "q.answered.csv").write_text("mine")
    run(workspace, tmp_path, "two")
    placed = run(workspace, tmp_path, "three", original="q.answered-2.csv")
    assert placed.out.name == "q.answered-3.csv"
    assert texts(tmp_path)["q.answered-2.csv"] == "two"


def test_a_folder_in_the_way_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "q.answered.json").mkdir()
    assert run(workspace, tmp_path, "one").out.name == "q.answered-2.csv"


def test_a_set_that_a_kill_left_half_placed_is_completed(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(workspace, tmp_path, "one")
    rename, left = Path.replace, [2]

    class Killed(BaseException):
        """Nothing catches it but clean-up."""

    def dying(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dying)
        with pytest.raises(Killed):
            run(workspace, tmp_path, "two")
    assert sorted(texts(tmp_path).values()) == ["one", "one", "two", "two"]
    (tmp_path / ".q.answered.unfinished").mkdir()
    assert run(workspace, tmp_path, "three").out.name == "q.answered.csv"
    assert texts(tmp_path) == whole("q.answered", "three")
    assert not (tmp_path / ".q.answered.unfinished").exists()


def test_a_run_that_fails_leaves_everything_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, "one")

    def failing(out: Path) -> WriteReport:
        out.write_text("half")
        raise WriteFailed(f"cannot write {str(out)!r}: no space", hint="free some")

    with pytest.raises(WriteFailed) as raised:
        place_outputs(
            tmp_path / "q.answered.csv", failing, outputs=workspace.outputs, original=tmp_path / "q.csv"
        )
    assert raised.value.message == f"cannot write {str(tmp_path / 'q.answered.csv')!r}: no space"
    assert texts(tmp_path) == whole("q.answered", "one")


def test_a_number_is_taken_off_a_name() -> None:
    assert unnumbered(Path("a/q.answered-12.xlsx")) == Path("a/q.answered.xlsx")
    assert unnumbered(Path("a/q.answered.xlsx")) == Path("a/q.answered.xlsx")
