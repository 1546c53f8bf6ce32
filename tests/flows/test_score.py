"""bidproof eval score as a flow: further metrics on stored answers, and nothing else changed."""

from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.evaluation.running import run_store as run_store_module
from bidproof.flows.evaluate import evaluate, run_store
from bidproof.flows.requests.evaluating import EvaluateRequest, ScoreRequest
from bidproof.flows.score import ScoreReport, score
from bidproof.runtime.session import SessionRequest, open_session
from judging import write_backup, write_gold

CASES = (
    GoldCase(
        id="q0",
        question="How often are the databases backed up?",
        reference="Databases are backed up every 6 hours.",
        relevant=(Relevant(path="backup.md"),),
        is_answerable=True,
    ),
    GoldCase(id="q1", question="Who is the chief executive?", is_answerable=False),
)
KEPT = ("cases.jsonl", "outcomes.jsonl", "run.json")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    write_gold(tmp_path / "gold.jsonl", CASES)
    request = EvaluateRequest(
        gold=str(tmp_path / "gold.jsonl"), docs=(tmp_path / "docs",), metrics=("answered",), label="old"
    )
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        evaluate(request, session=session)
    return tmp_path


def scored(place: Path, *metrics: str, run: str = "old", **options: Any) -> ScoreReport:
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        return score(ScoreRequest(run=run, metrics=metrics, **options), session=session)


def files(place: Path) -> dict[str, bytes]:
    (folder,) = (place / "ws" / "runs").iterdir()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_old_run_gains_metrics_and_says_what_is_right(place: Path) -> None:
    before = files(place)
    report = scored(place, "reference_recall", "reference_overlap_recall", "knowledge_precision")
    assert report.added == ("reference_recall", "reference_overlap_recall", "knowledge_precision")
    assert (report.overview.right, report.overview.decided_by) == (1, "reference_recall")
    names = [item.metric for item in report.summaries]
    assert names[:4] == ["answered", *report.added]
    assert len(names) == len(set(names)), "run measures are made anew, not added twice"
    (selective,) = (item for item in report.summaries if item.metric == "selective_accuracy")
    assert selective.estimate.value == 1.0
    after = files(place)
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert set(after) == set(before), "nothing is left lying about"
    assert b"knowledge_precision" in after["report.html"]
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        stored = run_store(session).load("old")
    assert stored.summaries == report.summaries
    assert len(stored.cells) == 4 * len(CASES)


def test_a_metric_is_computed_anew_only_when_told(place: Path) -> None:
    before = files(place)
    with pytest.raises(UserError, match="answered") as caught:
        scored(place, "answered")
    assert caught.value.code == "scored-already"
    assert files(place) == before
    scored(place, "answered", again=True)
    assert files(place)["summaries.json"] == before["summaries.json"]


def test_without_names_all_by_code_that_are_missing_are_added_once(place: Path) -> None:
    added = scored(place).added
    assert "reference_recall" in added
    assert "answered" not in added
    assert scored(place).added == ()


@pytest.mark.parametrize(
    ("run", "metric", "code"),
    [
        ("none", "reference_overlap_recall", "unknown-run"),
        ("old", "no_such", "metric"),
        ("old", "answer_recall", "metric"),
    ],
)
def test_what_cannot_be_scored_is_refused(place: Path, run: str, metric: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        scored(place, metric, run=run)
    assert caught.value.code == code


def test_killed_at_any_file_the_run_is_as_before_or_as_after(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    before = files(place)
    with monkeypatch.context() as patched:
        patched.setattr(run_store_module, "write_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            scored(place, "reference_overlap_recall")
    assert files(place) == before
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            scored(place, "reference_overlap_recall")
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        names = [item.metric for item in run_store(session).load("old").summaries]
    assert names[:2] == ["answered", "reference_overlap_recall"], "read as after, its files not yet moved"
    report = scored(place, "knowledge_precision")
    assert "new-scores" not in files(place)
    assert [item.metric for item in report.summaries][:3] == [
        "answered",
        "reference_overlap_recall",
        "knowledge_precision",
    ]
