"""bidproof ablate as a flow: one run a program, resumed, reused, kept as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import UserError
from bidproof.core.jsonable import from_json
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.flows.ablate import AblateReport, ablate
from bidproof.flows.evaluate import run_store
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.flows.requests.evaluating import AblateRequest
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, refused, said
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.progress import Step
from bidproof.runtime.session import SessionRequest, open_session
from judging import ANSWER, write_backup, write_gold

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


def respond(received: Received) -> Answer:
    """A model that answers well and, asked to check, refuses everything."""
    schema = json.dumps(received.body.get("response_format", {}))
    if '"call"' in schema:
        return said({"thought": "enough", "call": {"tool": "finish", "arguments": {}}})
    if "verdicts" in schema:
        return said({"verdicts": [{"sentence": 1, "reasoning": "no", "verdict": "not supported"}]})
    return said(ANSWER)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    write_gold(tmp_path / "gold.jsonl", CASES)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        ingest(IngestRequest(roots=(tmp_path / "docs",)), session=session)
    return tmp_path


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(then=respond) as served:
        yield served


def run(place: Path, endpoint: FakeEndpoint | None = None, **options: Any) -> AblateReport:
    flags = {"model.model": "fake-model", "model.base_url": endpoint.base_url} if endpoint else {}
    request = AblateRequest(**{"gold": str(place / "gold.jsonl"), **options})
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        return ablate(request, session=session)


def test_techniques_without_a_model_are_measured_offline(place: Path) -> None:
    report = run(place)
    assert [row.name for row in report.rows] == ["decompose", "sufficiency", "dense-search"]
    assert (report.cases, report.split, report.model, report.missing) == (3, "dev", "extractive", ())
    assert report.base_mean is not None
    assert all(row.is_on for row in report.rows)
    assert len({report.base, *(row.program for row in report.rows)}) == 4
    kept = from_json(AblateReport, json.loads(report.file.read_text("utf-8")))
    assert kept.rows == report.rows
    assert report.file.parent == place / "ws" / "ablations"
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        runs = {info.id: info for info in run_store(session).list()}
        store = open_store(place / "ws")
        assert {runs[row.run].program_digest for row in report.rows} == {row.program for row in report.rows}
        assert {store.load(row.program).parents for row in report.rows} == {(report.base,)}


def test_a_technique_with_a_model_shows_its_effect_and_its_cost(place: Path, endpoint: FakeEndpoint) -> None:
    report = run(place, endpoint, techniques=("self-check", "examples", "tools", "ensemble"))
    check, examples, tools, ensemble = report.rows
    assert (tools.spent_with.calls, ensemble.spent_with.calls) == (2, 3)
    assert tools.test.effect == ensemble.test.effect == 0
    assert (check.is_on, examples.is_on) == (False, True)
    assert (check.spent_without.calls, check.spent_with.calls) == (1, 2)
    assert (check.answered_without, check.answered_with) == (1, 0)
    assert check.test.effect is not None
    assert check.test.effect < 0
    assert examples.test.effect == 0
    assert report.base_spent.calls == 1
    assert report.model.startswith("fake-model")


def test_finished_runs_are_taken_as_they_are(place: Path, endpoint: FakeEndpoint) -> None:
    first = run(place, endpoint, techniques=("self-check",))
    asked = len(endpoint.received)
    again = run(place, endpoint, techniques=("self-check",))
    assert len(endpoint.received) == asked
    assert (again.base_run, again.rows, again.file) == (first.base_run, first.rows, first.file)
    more = run(place, endpoint, techniques=("self-check", "examples"))
    assert len(endpoint.received) == asked + 3
    assert more.base_run == first.base_run


def test_cut_off_it_goes_on_and_pays_nothing_twice(place: Path, endpoint: FakeEndpoint) -> None:
    class CutOff(Exception):
        pass

    def stop(step: Step) -> None:
        if step.stage.startswith("turning self-check") and step.done == 2:
            raise CutOff

    request = AblateRequest(gold=str(place / "gold.jsonl"), techniques=("self-check",))
    flags = {"model.model": "fake-model", "model.base_url": endpoint.base_url, "model.concurrency": 1}
    with (
        pytest.raises(CutOff),
        open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session,
    ):
        ablate(request, session=session, progress=stop)
    assert len(endpoint.received) < 3 + 6
    report = run(place, endpoint, techniques=("self-check",))
    assert report.rows[0].spent_with.calls > 1
    # Each finished call is in the journal: whatever was asked before is not asked again.
    assert len(endpoint.received) == 3 + 6


def test_failed_answers_are_tried_again(place: Path) -> None:
    is_up = False

    def reply(received: Received) -> Answer:
        return respond(received) if is_up else refused(400, "no")

    with FakeEndpoint(then=reply) as endpoint:
        down = run(place, endpoint, techniques=("self-check",))
        assert down.base_mean is None
        assert down.rows[0].verdict == "not proven"
        is_up = True
        assert run(place, endpoint, techniques=("self-check",)).base_mean is not None


def test_what_cannot_be_ablated_is_refused_before_anything_runs(place: Path) -> None:
    for options in ({"techniques": ("magic",)}, {"metric": "latency_s"}, {"gold": "nothing"}):
        with pytest.raises(UserError):
            run(place, **options)
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        assert run_store(session).list() == ()


def test_the_sealed_cases_are_not_touched(place: Path) -> None:
    report = run(place, techniques=("decompose",))
    with open_session(SessionRequest(workspace=place / "ws")) as session:
        cases = {case.id for case in run_store(session).load(report.base_run).cases}
    assert cases == {"q0", "q1", "q2"}
