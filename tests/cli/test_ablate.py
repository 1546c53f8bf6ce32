"""bidproof ablate on the command line, with a model behind a fake endpoint."""

import json
from pathlib import Path

import pytest

from bidproof.llm.fake_endpoint import FakeEndpoint
from command_line import run
from judging import respond, write_backup

GOLD = """id,question,answer,documents,answerable
1,How often are databases backed up?,Every 6 hours.,backup.md,yes
2,How long are backups kept?,35 days.,backup.md,yes
3,Who is the chief executive?,,,no
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_backup(tmp_path)
    (tmp_path / "gold.csv").write_text(GOLD)
    return tmp_path


def test_one_row_a_technique_with_effect_and_cost(here: Path) -> None:
    assert run("ingest", "docs")[0] == 0
    with FakeEndpoint(then=respond) as endpoint:
        model = ("--model", "fake-model", "--base-url", endpoint.base_url)
        techniques = ("--technique", "repairs")
        code, out, _ = run("ablate", "--gold", "gold.csv", *techniques, *model)
        assert code == 0
        assert "repairs" in out
        assert "task_score on gold, 3 cases, fake-model" in out
        assert "after Holm over the rows" in out
        asked = len(endpoint.received)
        code, out, err = run("ablate", "--gold", "gold.csv", *techniques, *model, "--json")
        assert (code, err, len(endpoint.received)) == (0, "", asked)
    report = json.loads(out)
    assert [row["name"] for row in report["rows"]] == ["repairs"]
    assert Path(report["file"]).is_file()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--gold", "nothing"), "gold-unknown"),
        (("--gold", "gold.csv", "--technique", "magic"), "technique"),
        (("--gold", "gold.csv", "--technique", "self-check"), "technique"),
        (("--gold", "gold.csv", "--metric", "tokens"), "technique"),
        (("--gold", "gold.csv", "--metric", "nonsense"), "metric"),
        (("--gold", "gold.csv", "--split", "test"), "usage"),
        ((), "usage"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(here: Path, arguments: tuple[str, ...], code: str) -> None:
    assert run("ablate", *arguments).refusal == code
