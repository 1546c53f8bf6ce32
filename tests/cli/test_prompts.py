"""``bidproof prompts`` from the command line."""

import json
from pathlib import Path

import pytest

from command_line import Ended, run


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def prompts(*words: object) -> Ended:
    return run("prompts", *words)


def new(*arguments: str) -> str:
    code, out, err = prompts("new", "-m", "why", "--json", *arguments)
    assert code == 0, err
    return json.loads(out)["digest"]


def test_an_empty_workspace_says_what_drafts() -> None:
    code, out, _ = prompts("list")
    assert code == 0
    assert "no stored programs yet" in out
    assert "drafting now: the packaged program" in out


def test_from_an_edit_to_production_and_back(tmp_path: Path) -> None:
    first = new("--from", "packaged", "--set", "repairs=0")
    assert prompts("export", first, "-o", "mine")[0] == 0
    (tmp_path / "mine" / "limits.md").write_text("Never guess {{what}}.\n")
    code, _, err = prompts("new", "-m", "m", "--from", "mine")
    assert code == 2
    assert err.startswith(
        "error[program-invalid]: cannot make a program: found '{{what}}' in the text 'limits'"
    )
    second = new("--from", "mine", "--var", "what=dates", "--label", "staging")
    code, out, _ = prompts("diff", first, "staging")
    assert code == 0
    assert "+Never guess {{what}}." in out
    assert "variables.what" in out
    code, _, err = prompts("promote", "staging")
    assert (code, err.split(":")[0]) == (2, "error[proof-missing]")
    for program in (first, second):
        assert prompts("promote", program, "--force", "--reason", "no gold set yet")[0] == 0
    assert prompts("rollback", "--reason", "worse")[0] == 0
    code, out, _ = prompts("log", "--label", "production")
    assert f"production: {second} -> {first} (rollback)" in out
    assert "(promote, forced)" in out
    assert "no gold set yet" in out
    shown = json.loads(prompts("list", "--json")[1])
    assert shown["labels"] == {"production": first, "staging": second}
    assert [item["message"] for item in shown["versions"]][1:] == ["why", "why"]


def test_the_first_promotion_rolls_back_to_the_packaged_program() -> None:
    first = new("--from", "packaged", "--set", "repairs=0")
    assert prompts("promote", first, "--force", "--reason", "try it")[0] == 0
    code, out, _ = prompts("rollback", "--reason", "worse")
    assert code == 0
    assert f"production: {first} -> packaged (rollback)" in out
    assert "drafting now: the packaged program" in prompts("list")[1]
    log = prompts("log", "--label", "production")[1]
    assert f"production: packaged -> {first} (promote, forced)" in log
    assert f"production: {first} -> packaged (rollback)" in log
    assert prompts("rollback", "--reason", "more")[0] == 2


def test_conflicts_are_printed_with_both_sides_and_nothing_is_stored(tmp_path: Path) -> None:
    base = new("--from", "packaged", "--set", "repairs=0")
    for name in ("ours", "theirs"):
        (tmp_path / name).write_text(f"The limit of {name}.\n")
        new("--from", base, "--text", f"limits={name}", "--label", name)
    code, out, _ = prompts("merge", "ours", "theirs", "-m", "both")
    assert code == 1
    assert "conflict: texts.limits" in out
    assert "The limit of ours." in out
    assert "The limit of theirs." in out
    assert base in out
    code, out, _ = prompts("merge", "ours", "theirs", "-m", "both", "--take", "texts.limits=theirs", "--json")
    assert code == 0
    assert json.loads(out)["version"]["program"]["texts.limits"] == "The limit of theirs."


def test_a_damaged_version_is_listed_with_its_way_out(tmp_path: Path) -> None:
    digest = new("--from", "packaged", "--set", "repairs=0")
    (tmp_path / ".bidproof" / "prompts" / "versions" / digest / "limits.md").write_text("Guess.\n")
    code, _, err = prompts("list")
    assert code == 1
    assert err.splitlines()[0].startswith("error[program-damaged]")
    assert "bidproof prompts new --from" in err.splitlines()[1]
    assert prompts("show", digest)[0] == 2


def test_a_version_is_shown_with_its_chat_and_lengths() -> None:
    digest = new("--from", "packaged", "--set", "retrieval.top_k=1")
    code, out, _ = prompts("show", digest, "--question", "Are backups encrypted?")
    assert code == 0
    assert "== answer.persona" in out
    assert "Are backups encrypted?" in out
    assert "tokens of the embedding model" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "-m", "m", "--set", "nothing=1"),
        ("new", "-m", "m", "--set", "retrieval.top_k=many"),
        ("new", "-m", "m", "--var", "x"),
        ("show", "nobody"),
        ("label", "mine"),
        ("merge", "a", "b", "-m", "m", "--take", "x=both"),
        ("rollback",),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(arguments: tuple[str, ...]) -> None:
    code, out, err = prompts(*arguments)
    assert (code, out) == (2, "")
    said = [line for line in err.splitlines() if "made a new workspace" not in line]
    assert [line.split(":")[0].split("[")[0] for line in said] == ["error", "hint"]
