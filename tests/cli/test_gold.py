"""``bidproof gold`` from a user's side: every subcommand on one small workspace."""

from pathlib import Path
from typing import Any

import pytest

from command_line import Ended, run

ROWS = "id,question,answer,choice,document\n" + "".join(
    f"q{number},How is {thing} protected by {number}?,By locks.,{'Yes' if number % 2 else 'No'},policy.md\n"
    for number, thing in enumerate(
        ["the door", "the vault", "a laptop", "the roof", "paper", "the car", "a key"]
    )
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold")
    (folder / "set.csv").write_text(ROWS, "utf-8")
    return folder


def gold(workspace: Path, *words: object) -> Ended:
    return run("gold", *words, "--workspace", workspace / ".bidproof")


def gold_json(workspace: Path, *words: object) -> Any:
    return gold(workspace, *words, "--json").json


def refusal(workspace: Path, *words: object) -> str:
    return gold(workspace, *words).refusal


def test_a_set_goes_in_is_split_sealed_shown_and_comes_out(workspace: Path) -> None:
    imported = gold_json(workspace, "import", str(workspace / "set.csv"), "--group-by", "none")
    assert imported["cases"] == 7
    assert imported["counts"]["choices"] == {"no": 4, "yes": 3}
    assert refusal(workspace, "import", str(workspace / "set.csv")) == "gold-exists"

    assert "7 cases imported" in gold(workspace, "import", str(workspace / "set.csv"), "--replace").out
    assert refusal(workspace, "split", "set") == "gold-split"
    gold_json(workspace, "import", str(workspace / "set.csv"), "--replace", "--group-by", "none")
    dealt = gold_json(workspace, "split", "set", "--train", "0.3", "--dev", "0.3", "--test", "0.4")
    assert sum(dealt["cases"].values()) == 7
    assert refusal(workspace, "split", "set") == "gold-sealed"
    gold_json(workspace, "import", str(workspace / "set.csv"), "--replace", "--group-by", "none")
    assert gold_json(workspace, "show", "set")["counts"]["splits"] == dealt["cases"]

    shown = gold_json(workspace, "show", "set", "--examples", "9")
    assert all(case["split"] != "test" for case in shown["examples"])
    assert shown["openings"] == []
    out = workspace / "out.csv"
    report = gold_json(workspace, "export", "set", "--out", str(out))
    assert report["cases"] + report["left_out"] == 7
    assert report["left_out"] == dealt["cases"]["test"]
    assert refusal(workspace, "export", "set", "--out", str(out), "--split", "test") == "gold-sealed"
    opened = gold_json(workspace, "export", "set", "--out", str(out), "--split", "test", "--open-test")
    assert opened["openings"] == 1
    assert "test split opened 1 times" in gold(workspace, "show", "set").out

    back = gold_json(workspace, "import", str(out), "--name", "back")
    assert back["cases"] == dealt["cases"]["test"]
    assert "back" in gold(workspace, "show").out


def test_check_says_what_it_found_by_its_exit_status(workspace: Path) -> None:
    (workspace / "bad.csv").write_text("question,answer\nWho did it?,a\nwho did it,b\n", "utf-8")
    gold_json(workspace, "import", str(workspace / "bad.csv"), "--name", "bad")
    result = gold(workspace, "check", "bad", "--json")
    found = result.json["check"]
    assert len(found["duplicates"]) == 1
    assert found["documents"] == 0
    assert "1 duplicates" in gold(workspace, "check", "bad").out


def test_drafting_needs_documents_and_accepting_needs_cases(workspace: Path) -> None:
    assert refusal(workspace, "draft", "mine") == "no-documents"
    assert refusal(workspace, "accept", "nowhere", "--all") == "gold-unknown"
    gold_json(workspace, "import", str(workspace / "set.csv"), "--name", "waiting")
    assert refusal(workspace, "accept", "waiting") == "invalid-setting"
    assert refusal(workspace, "accept", "waiting", "no-such-id") == "gold-case"
    assert gold_json(workspace, "accept", "waiting", "--all")["accepted"] == []
    unverified = workspace / "unverified.csv"
    unverified.write_text("id,question,verified\nx,Is it so?,no\ny,Is it not so?,no\n", "utf-8")
    gold_json(workspace, "import", str(unverified), "--name", "waiting", "--add")
    assert gold_json(workspace, "accept", "waiting", "x")["accepted"] == ["x"]
    assert gold_json(workspace, "show", "waiting")["counts"]["unverified"] == 1


def test_strict_refuses_and_writes_nothing(workspace: Path) -> None:
    path = workspace / "holes.csv"
    path.write_text("id,question\n1,Is it?\n2,\n", "utf-8")
    assert refusal(workspace, "import", str(path), "--name", "holes", "--strict") == "gold-rows"
    assert refusal(workspace, "show", "holes") == "gold-unknown"
    assert "row 3: no question" in gold(workspace, "import", str(path), "--name", "holes").out
    assert refusal(workspace, "import") == "invalid-setting"
