"""Two runs at once in one workspace: no call is sent twice, and no limit is passed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState
from bidproof.flows.answer import AnswerReport, AnswerRequest, answer
from bidproof.flows.ingest import IngestRequest, ingest
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.runtime.session import SessionRequest, open_session
from bidproof.workspace.store import Workspace
from judging import ANSWER, write_backup
from repeating import REPEATS

QUESTIONS = 12
EXPIRE = "UPDATE workspace_job SET lease_until = %s WHERE id = %s"


def write_questions(path: Path, draw: str) -> Path:
    rows = [
        f"{draw}-{n},How often are the databases of site {draw}-{n} backed up?," for n in range(QUESTIONS)
    ]
    path.write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        ingest(IngestRequest(roots=(tmp_path / "docs",)), session=session)
    return tmp_path


def run(place: Path, base_url: str, questions: Path, **flags: object) -> AnswerReport:
    said_here = {"model.model": "fake-model", "model.base_url": base_url, **flags}
    with open_session(SessionRequest(workspace=place / "ws", flags=said_here)) as session:
        return answer(
            AnswerRequest(questionnaire=questions, out=questions.with_suffix(".answered.csv")),
            session=session,
        )


def test_one_questionnaire_answered_twice_at_once_is_paid_once(place: Path) -> None:
    with FakeEndpoint(then=said(ANSWER, latency_s=0.02)) as endpoint, ThreadPoolExecutor(2) as pool:
        for turn in range(REPEATS):
            questions = write_questions(place / f"q{turn}.csv", f"a{turn}")
            before = len(endpoint.received)
            reports = list(pool.map(lambda _: run(place, endpoint.base_url, questions), range(2)))  # noqa: B023
            assert len(endpoint.received) - before == QUESTIONS
            # no document speaks of the sites, so that each answer is left to a person
            assert [report.states for report in reports] == [{DraftState.NEEDS_PERSON: QUESTIONS}] * 2
            assert sorted(report.resumed for report in reports) == [0, QUESTIONS]


def test_the_same_questions_in_two_jobs_at_once_are_sent_once(place: Path) -> None:
    with FakeEndpoint(then=said(ANSWER, latency_s=0.02)) as endpoint, ThreadPoolExecutor(2) as pool:
        for turn in range(REPEATS):
            files = [write_questions(place / f"{name}{turn}.csv", f"b{turn}") for name in ("one", "two")]
            files[1].write_text(
                files[1].read_text() + f"more-{turn},How often is the more of {turn} saved?,\n"
            )
            before = len(endpoint.received)
            reports = list(pool.map(lambda file: run(place, endpoint.base_url, file), files))
            assert len(endpoint.received) - before == QUESTIONS + 1
            assert sum(report.usage.calls for report in reports) == QUESTIONS + 1


def test_three_runs_at_once_stay_within_the_limit_of_the_workspace(place: Path) -> None:
    price = 1_000_000.0 / 20  # one dollar for the reply's 20 tokens
    limits = {"model.completion_price": price, "model.max_output_tokens": 20}
    with FakeEndpoint(then=said(ANSWER, latency_s=0.01)) as endpoint, ThreadPoolExecutor(3) as pool:
        for turn in range(REPEATS):
            with Workspace.open(place / "ws") as workspace:
                cap = workspace.calls.spent_usd(None) + 10
            files = [write_questions(place / f"{name}{turn}.csv", f"{name}{turn}") for name in "xyz"]
            flags = {**limits, "model.max_workspace_usd": cap}
            reports = list(pool.map(lambda file: run(place, endpoint.base_url, file, **flags), files))  # noqa: B023
            with Workspace.open(place / "ws") as workspace:
                assert workspace.calls.spent_usd(None) == pytest.approx(cap)
            assert sum(report.failed for report in reports) == 3 * QUESTIONS - 10


def test_a_worker_taken_for_dead_writes_nothing_more(place: Path) -> None:
    draft = Draft(question_id=QuestionId("1"), state=DraftState.DRAFTED, text="one")
    for turn in range(REPEATS):
        with Workspace.open(place / "ws") as one, Workspace.open(place / "ws") as two:
            job = one.jobs.start(kind="answer", key=f"k{turn}", total=1, detail={})
            first = one.jobs.claim(job.id)
            assert first is not None
            assert two.jobs.claim(job.id) is None
            past = timedelta(seconds=-1)
            one._database.write(
                lambda: one._database.execute(EXPIRE, one._database.now(after=past), job.id)  # noqa: B023
            )
            second = two.jobs.claim(job.id)
            assert second == first + 1
            with pytest.raises(WorkspaceError) as raised:
                one.jobs.save_draft(job.id, draft, fence=first)
            assert raised.value.code == "job-taken"
            assert two.jobs.save_draft(job.id, draft, fence=second)
            one.jobs.release(job.id, fence=first)
            assert one.jobs.claim(job.id) is None
