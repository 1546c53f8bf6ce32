"""From documents to proposed cases, to a run, to its error patterns, through the flows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.flows.evaluate import evaluate
from bidproof.flows.gold import accept_cases, check_set
from bidproof.flows.gold_draft import draft_set
from bidproof.flows.ingest import ingest
from bidproof.flows.patterns import patterns
from bidproof.flows.requests.answering import IngestRequest
from bidproof.flows.requests.evaluating import EvaluateRequest, PatternsRequest
from bidproof.flows.requests.gold import DraftRequest
from bidproof.runtime.session import SessionRequest, open_session

DOCUMENTS = {
    "backup.md": (
        "# Backup policy\n\nDatabases are backed up every 6 hours. Backups are retained for 35 days.\n"
    ),
    "people.md": (
        "# People\n\nA steward is an employee who approves access. Training is repeated within 12 months.\n"
    ),
    "keys.md": (
        "# Keys\n\n| Key | Owner | Rotation |\n| --- | --- | --- |\n"
        "| Payment key | Platform team | 90 days |\n"
    ),
}
QUOTE = "Backups are retained for 35 days."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("patterns")
    (folder / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "docs" / name).write_text(text, "utf-8")
    with open_session(SessionRequest(workspace=folder / "ws")) as session:
        ingest(IngestRequest(roots=(folder / "docs",)), session=session)
    return folder


def test_templates_propose_cases_that_the_documents_hold(place: Path) -> None:
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        report = draft_set(DraftRequest(name="own", count=6, unanswerable=0.2), session=session)
        assert report.engine == "templates"
        assert report.documents == 3
        assert sum(case.is_answerable is False for case in report.cases) == 1
        found = check_set("own", session=session).check
        assert found.unheld == ()
        assert found.documents == 3
        assert found.unverified == len(report.cases)
        with pytest.raises(UserError, match="nothing new"):
            draft_set(DraftRequest(name="own", count=6, unanswerable=0.0), session=session)
        everyone = accept_cases("own", session=session, ids=(), is_all=True)
        assert set(everyone) == {case.id for case in report.cases}
        assert check_set("own", session=session).check.unverified == 0


def test_a_model_proposes_and_what_fails_or_is_not_proven_is_counted(place: Path) -> None:
    script = place / "script.jsonl"
    kept = {"question": "For how long are backups retained?", "answer": "35 days.", "quote": QUOTE}
    invented = {
        **kept,
        "question": "For how long are backups stored?",
        "quote": "Backups live forever and ever.",
    }
    lines = [
        {"when": "Backups are retained", "reply": {"cases": [kept, invented]}},
        {"when": "steward", "error": "the endpoint is down"},
        {"reply": {"cases": []}},
    ]
    script.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    # Short passages: the sample documents are.
    flags: dict[str, object] = {"model.model": f"fake:{script}", "model.attempts": 1}
    (place / "docs" / "backup.md").write_text(
        DOCUMENTS["backup.md"] + " ".join(["More words."] * 20), "utf-8"
    )
    (place / "docs" / "people.md").write_text(
        DOCUMENTS["people.md"] + " ".join(["More words."] * 20), "utf-8"
    )
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        ingest(IngestRequest(roots=(place / "docs",)), session=session)
        report = draft_set(DraftRequest(name="asked", count=4, unanswerable=0.0), session=session)
        assert [case.question for case in report.cases] == [kept["question"]]
        assert report.cases[0].relevant[0].quote == QUOTE
        assert report.refused == {"the quote is not in the document": 1}
        assert report.failed == 1
        assert report.calls >= 2
        assert "down" in report.errors[0]


def test_patterns_of_a_real_run_with_order_and_probes(place: Path) -> None:
    right = GoldCase(
        id="right",
        question="How often are databases backed up?",
        reference="Databases are backed up every 6 hours.",
        relevant=(Relevant(path="backup.md"),),
        is_answerable=True,
    )
    wrong = replace(
        right, id="wrong", question="For how many days are backups retained?", reference="Seventy."
    )
    absent = replace(
        right,
        id="absent",
        question="What does the yacht cost?",
        reference="",
        relevant=(),
        is_answerable=False,
    )
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        GoldStore(session.workspace.folder).save(GoldSet(name="g", cases=(right, wrong, absent)))
        evaluate(EvaluateRequest(gold="g", has_report=False), session=session)
        report = patterns(PatternsRequest(is_order=True, is_bias=True, turns=2), session=session)
        assert report.patterns.of >= 2
        assert all(item.effect.p_value is None for item in report.patterns.slices)
        assert report.order is not None
        assert (report.order.cases, report.order.failed) == (3, 0)
        assert [item.kind for item in report.probes] == ["none", "name", "gender", "region"]
        assert report.probes[0].changed.value == 0
        assert not report.is_other_program
        with pytest.raises(UserError) as caught:
            patterns(PatternsRequest(metric="nothing"), session=session)
        assert caught.value.code == "no-metric"
