"""An index that was cut, changed or deleted is noticed, never a traceback, and made anew by one command."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bidproof.core.kept import close_all
from command_line import Ended, run
from repeating import REPEATS

DOCUMENTS = 6


def cut(file: Path, chance: random.Random) -> None:
    file.write_bytes(file.read_bytes()[: chance.randrange(file.stat().st_size)])


def flip(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(4):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def blank(file: Path, chance: random.Random) -> None:
    content, start = file.read_bytes(), chance.randrange(file.stat().st_size)
    file.write_bytes(content[:start] + bytes(len(content[start : start + 64])) + content[start + 64 :])


def delete(file: Path, chance: random.Random) -> None:
    file.unlink()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an index, to be copied."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "docs").mkdir()
    for number in range(DOCUMENTS):
        text = f"# Site {number}\n\nSite {number} keeps its backups for {number + 20} days.\n"
        (folder / "docs" / f"{number}.md").write_text(text)
    assert run("ingest", folder / "docs", "--workspace", folder / "ws").code == 0
    return folder


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole / "ws", tmp_path / "ws")
    return tmp_path


def at(place: Path, *words: object) -> Ended:
    ended = run(*words, "--workspace", place / "ws")
    assert "Traceback" not in ended.err
    return ended


def ask_all(place: Path) -> list[str]:
    """The first lines of the answers; what is damaged is refused."""
    answers: list[str] = []
    for number in range(DOCUMENTS):
        ended = at(place, "ask", f"How long does site {number} keep its backups?")
        assert ended.code == 0, ended
        answers.append(ended.out)
    return answers


@pytest.mark.parametrize("repeat", range(REPEATS))
@pytest.mark.parametrize("harm", [cut, flip, blank, delete])
def test_harm_is_noticed_and_mended(
    harm: Callable[[Path, random.Random], None], repeat: int, whole: Path, place: Path
) -> None:
    chance = random.Random(f"{harm.__name__} {repeat}")
    index = place / "ws" / "index"
    stored = [path for path in sorted(index.rglob("*")) if path.is_file() and path.stat().st_size]
    stored = [path for path in stored if path.suffix not in (".json", ".arrays")]  # these are made anew
    file = chance.choice(stored)
    harm(file, chance)
    if harm in (cut, delete):
        for words in (("ask", "How long does site 1 keep its backups?"), ("ingest", whole / "docs")):
            refused = at(place, *words)
            assert refused.refusal in ("index-damaged", "index-failed")
            assert "bidproof status --repair" in refused.err
    else:  # a changed byte may stand where no question reads
        assert at(place, "ask", "How long does site 1 keep its backups?").code in (0, 2)
    checked = at(place, "status", "--check")
    assert (checked.code, "damaged: " in checked.out) == (1, True), file
    mended = at(place, "status", "--repair")
    assert mended.code == 0, mended
    assert f"{DOCUMENTS} passages" in mended.out
    assert ask_all(place) == ask_all(whole)


def test_a_deleted_index_is_made_anew(whole: Path, place: Path) -> None:
    close_all()
    shutil.rmtree(place / "ws" / "index")
    assert ask_all(place) == ask_all(whole)
    assert at(place, "status", "--check").code == 0


def test_an_index_replaced_under_an_open_one_is_read_anew(whole: Path, place: Path) -> None:
    assert at(place, "ask", "How long does site 1 keep its backups?").code == 0
    shutil.rmtree(place / "ws" / "index")
    assert ask_all(place) == ask_all(whole)


def test_a_whole_workspace_is_said_to_be(place: Path) -> None:
    checked = at(place, "status", "--check", "--json")
    assert (checked.code, checked.json["damage"]) == (0, [])
