"""bidproof eval as a flow: a gold set in, a stored run out, resumed and repeated honestly."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.flows.evaluate import EvaluateReport, evaluate, run_store
from bidproof.flows.requests.evaluating import EvaluateRequest
from bidproof.llm.fake_endpoint import FakeEndpoint
from bidproof.runtime.session import Session, SessionRequest, open_session
from judging import SENTENCE, is_judging, respond, write_backup, write_gold

CASES = tuple(
    GoldCase(
        id=f"q{number}",
        question=f"How often are the databases of site {number} backed up?",
        reference="Databases are backed up every 6 hours.",
        relevant=(Relevant(path="backup.md"),),
        is_answerable=True,
        split="test" if number == 3 else "dev",
    )
    for number in range(4)
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    write_gold(tmp_path / "gold.jsonl", CASES)
    return tmp_path


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(then=respond) as served:
        yield served


def run(place: Path, *, flags: dict[str, object] | None = None, **options: Any) -> EvaluateReport:
    options = {"gold": str(place / "gold.jsonl"), "docs": (place / "docs",), "has_report": False, **options}
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        return evaluate(EvaluateRequest(**options), session=session)


def with_model(endpoint: FakeEndpoint) -> dict[str, object]:
    return {"model.model": "fake-model", "model.base_url": endpoint.base_url}


def means(report: EvaluateReport) -> dict[str, float | None]:
    return {item.metric: item.estimate.value for item in report.summaries}


def session_at(place: Path) -> Any:
    return open_session(SessionRequest(workspace=place / "ws"))


def test_offline_run_is_stored_with_its_report(place: Path) -> None:
    report = run(place, has_report=True, label="base", split="all")
    assert (report.cases, report.outcomes, report.info.state) == (4, 4, "finished")
    assert means(report)["hit_at_1"] == 1.0
    assert means(report)["answered"] == 1.0
    assert report.report_html is not None
    assert "every 6 hours" in report.report_html.read_text("utf-8")
    with session_at(place) as session:
        stored = run_store(session).load("base")
    assert stored.info.id == report.info.id
    assert {outcome.draft.question_id for outcome in stored.outcomes} == {case.id for case in CASES}
    assert stored.info.settings["retrieval.top_k"] == 3
    assert all(outcome.used for outcome in stored.outcomes)


def test_a_split_set_is_run_on_dev_unless_said_otherwise(place: Path) -> None:
    assert run(place).cases == 3
    assert run(place, split="test").cases == 1
    assert run(place, limit=2).cases == 2


def test_opening_the_test_split_of_a_stored_set_is_counted(place: Path) -> None:
    with session_at(place) as session:
        GoldStore(session.workspace.folder).save(GoldSet(name="mine", cases=CASES))
    run(place, gold="mine")
    with session_at(place) as session:
        assert GoldStore(session.workspace.folder).openings("mine") == 0
    run(place, gold="mine", split="test")
    with session_at(place) as session:
        assert GoldStore(session.workspace.folder).openings("mine") == 1


def test_a_second_run_takes_answers_over_and_a_fresh_one_does_not(
    place: Path, endpoint: FakeEndpoint
) -> None:
    first = run(place, flags=with_model(endpoint))
    assert (first.resumed, len(endpoint.received)) == (0, 3)
    second = run(place, flags=with_model(endpoint))
    assert (second.resumed, len(endpoint.received)) == (3, 3)
    assert second.info.id != first.info.id
    fresh = run(place, flags=with_model(endpoint), fresh=True)
    assert (fresh.resumed, len(endpoint.received)) == (0, 6)


def test_repeats_are_asked_anew(place: Path, endpoint: FakeEndpoint) -> None:
    report = run(place, flags=with_model(endpoint), repeats=3)
    assert len(endpoint.received) == 9
    assert len({item.headers["idempotency-key"] for item in endpoint.received}) == 9
    assert report.outcomes == 9
    assert report.info.repeats == 3


def test_a_judge_is_asked_at_most_twice_an_answer_and_stamped(place: Path, endpoint: FakeEndpoint) -> None:
    report = run(place, judge="fake-judge", flags={"model.base_url": endpoint.base_url})
    # Readings with the same words are asked once: two of the three answers may share one.
    assert 4 <= len(endpoint.received) <= 6
    assert all(is_judging(item) for item in endpoint.received)
    stamps = {item.metric: item.stamp for item in report.summaries}
    assert stamps["faithfulness"] == "uncalibrated"
    assert stamps["support_overlap"] == ""
    assert means(report)["faithfulness"] == 1.0
    assert report.info.judge


def test_a_stopped_run_goes_on_under_its_id(place: Path) -> None:
    is_up = False

    def reply(received: Any) -> Any:
        from bidproof.llm.fake_endpoint import refused

        return respond(received) if is_up else refused(400, "no")

    with FakeEndpoint(then=reply) as endpoint:
        stopped = run(place, flags=with_model(endpoint))
        assert (stopped.info.state, stopped.failed) == ("stopped", 3)
        assert "error budget" in stopped.reason
        counts = next(item.counts for item in stopped.summaries if item.metric == "answered")
        assert counts["not_run"] == 3
        is_up = True
        again = run(place, flags=with_model(endpoint))
    assert (again.info.state, again.failed, again.info.id) == ("finished", 0, stopped.info.id)


def test_another_systems_answers_are_scored_without_documents(tmp_path: Path) -> None:
    write_gold(tmp_path / "gold.jsonl", CASES)
    lines = [
        {"id": case.id, "answer": SENTENCE, "contexts": [{"text": SENTENCE, "path": "backup.md"}]}
        for case in CASES[:3]
    ]
    (tmp_path / "theirs.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    report = run(tmp_path, docs=(), split="all", answers=tmp_path / "theirs.jsonl", error_budget=0.5)
    assert report.info.answerer == "theirs.jsonl"
    assert report.failed == 1, "the fourth case has no answer"
    found = {item.metric: item for item in report.summaries}
    assert found["hit_at_1"].estimate.value == 1.0
    assert found["hit_at_1"].counts["not_run"] == 1


def test_the_users_own_metric_takes_part(place: Path) -> None:
    file = place / "mine.py"
    file.write_text(
        "from bidproof.evaluation.metrics.registry import metric\n"
        "@metric(name='says_hours_for_this_test', kind='binary')\n"
        "def says_hours(case, outcome, scoring):\n"
        "    return 'hours' in outcome.draft.text\n"
    )
    report = run(place, metric_files=(file,), metrics=("says_hours_for_this_test",))
    assert means(report)["says_hours_for_this_test"] == 1.0


@pytest.mark.parametrize(
    "options",
    [
        {"repeats": 0},
        {"limit": 0},
        {"error_budget": 1.5},
        {"metrics": ("faithfulness",)},
        {"metrics": ("no_such",)},
        {"bridges": ("ragas",)},
        {"gold": "nothing"},
        {"split": "train"},
        {"answers": Path("nothing.jsonl")},
    ],
    ids=str,
)
def test_what_cannot_be_run_is_refused_with_two_lines(place: Path, options: dict[str, Any]) -> None:
    with pytest.raises((InvalidSetting, UserError)) as caught:
        run(place, **options)
    assert caught.value.hint


def test_a_key_in_an_address_is_not_stored(place: Path, endpoint: FakeEndpoint) -> None:
    flags = {**with_model(endpoint), "retrieval.embedder_base_url": "https://me:secret@example.org/v1?key=x"}
    report = run(place, flags=flags)
    assert report.info.settings["retrieval.embedder_base_url"] == "https://example.org/v1"
    assert "secret" not in (report.folder / "run.json").read_text()


def test_the_answer_library_is_not_asked(place: Path) -> None:
    from datetime import date

    from bidproof.workspace.rows import LibraryEntry

    with session_at(place) as session:
        assert isinstance(session, Session)
        entry = LibraryEntry(
            question=CASES[0].question, answer="Never.", choice=None, approver="me", approved=date(2026, 1, 1)
        )
        session.workspace.library.add(entry)
    report = run(place, limit=1)
    with session_at(place) as session:
        (outcome,) = run_store(session).load(report.info.id).outcomes
    assert outcome.draft.engine == "extractive"
    assert "6 hours" in outcome.draft.text
