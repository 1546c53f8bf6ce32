"""The journal: intent before, outcome after, and a ledger that hides nothing."""

from typing import Any

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.rows import CallClaim, CallIntent, CostLimit, LedgerRow
from bidproof.workspace.store import Workspace


def claim(workspace: Workspace, key: str, job_id: int | None = None, **more: Any) -> CallClaim:
    return workspace.calls.intend(CallIntent(key=key, job_id=job_id, model="m", **more))


def intend(workspace: Workspace, key: str, job_id: int | None = None, question: str = "q1") -> int:
    claimed = claim(workspace, key, job_id, question_id=question)
    assert claimed.state == "send"
    return claimed.call_id


def finish(workspace: Workspace, call_id: int, response: str = "{}", cost: float = 0.25) -> None:
    workspace.calls.finish(
        call_id, response=response, prompt_tokens=100, completion_tokens=20, cost_usd=cost, seconds=1.5
    )


def start(workspace: Workspace, key: str = "job") -> int:
    return workspace.jobs.start(kind="answer", key=key, total=1, detail={}).id


def test_only_a_finished_call_has_a_response(workspace: Workspace) -> None:
    assert workspace.calls.finished("k") is None
    first = intend(workspace, "k")
    assert workspace.calls.finished("k") is None
    workspace.calls.fail(first, code="model-timeout", message="too slow", seconds=30)
    assert workspace.calls.finished("k") is None
    finish(workspace, intend(workspace, "k"), response='{"text": "caf\udce9 😀 \x00"}')
    assert workspace.calls.finished("k") == '{"text": "caf\udce9 😀 \x00"}'
    assert workspace.calls.finished("other") is None


def test_a_finished_call_is_given_out_instead_of_being_sent_again(workspace: Workspace) -> None:
    finish(workspace, intend(workspace, "k"), response="one")
    assert claim(workspace, "k") == CallClaim(state="stored", response="one")


def test_a_stored_response_that_is_none_is_replaced_by_the_next(workspace: Workspace) -> None:
    finish(workspace, intend(workspace, "k"), response="damaged")
    anew = claim(workspace, "k", is_anew=True)
    assert anew.state == "send"
    finish(workspace, anew.call_id, response="good")
    assert claim(workspace, "k") == CallClaim(state="stored", response="good")


def test_one_call_a_key_is_in_flight_whoever_asks(workspace: Workspace) -> None:
    first = intend(workspace, "k")
    with Workspace.open(workspace.folder) as other:
        assert claim(other, "k").state == "in flight"
        workspace.calls.fail(first, code="model-timeout", message="slow", seconds=1)
        second = intend(other, "k")
        assert claim(workspace, "k").state == "in flight"
        other.calls.lose(second)
        third = intend(workspace, "k")
        workspace.calls.withdraw(third)
        assert claim(other, "k").state == "send"


def test_a_call_of_a_worker_that_is_gone_is_lost_and_sent_again(workspace: Workspace) -> None:
    job = start(workspace)
    with Workspace.open(workspace.folder) as other:
        intend(other, "k", job)
    intend(workspace, "k", job)
    (row,) = workspace.calls.ledger(job)
    assert (row.calls, row.open) == (2, 2)


def test_what_calls_in_flight_may_cost_is_held_against_every_limit(workspace: Workspace) -> None:
    job, other = start(workspace), start(workspace, "other")
    run = CostLimit(scope="run", usd=1.0, setting="run")
    whole = CostLimit(scope="workspace", usd=1.5, setting="whole")
    first = claim(workspace, "a", job, held_usd=0.75, limits=(run, whole))
    assert first.state == "send"
    assert claim(workspace, "b", job, held_usd=0.5, limits=(run, whole)).state == "full"
    assert claim(workspace, "b", other, held_usd=0.5, limits=(run, whole)).state == "send"
    assert claim(workspace, "c", other, held_usd=0.5, limits=(run, whole)).limit == whole
    finish(workspace, first.call_id, cost=0.25)
    third = claim(workspace, "b2", job, held_usd=0.5, limits=(run, whole))
    assert third.state == "send"
    finish(workspace, third.call_id, cost=0.5)
    spent = claim(workspace, "d", job, held_usd=0.5, limits=(run, whole))
    assert (spent.state, spent.spent_usd, spent.limit) == ("spent", 0.75, run)


def test_a_call_that_may_have_been_paid_keeps_its_money(workspace: Workspace) -> None:
    job = start(workspace)
    limit = (CostLimit(scope="run", usd=1.0, setting="run"),)
    lost = claim(workspace, "a", job, held_usd=0.5, limits=limit)
    workspace.calls.lose(lost.call_id)
    timed_out = claim(workspace, "b", job, held_usd=0.5, limits=limit)
    workspace.calls.fail(timed_out.call_id, code="model-timeout", message="", seconds=1, held_usd=0.5)
    assert claim(workspace, "c", job, held_usd=0.1, limits=limit).state == "spent"
    assert workspace.calls.spent_usd(job) == 0.0


def test_asking_outside_of_a_job_is_limited_by_its_run(workspace: Workspace) -> None:
    limit = (CostLimit(scope="run", usd=1.0, setting="run"),)
    finish(workspace, claim(workspace, "a", run="one", held_usd=1.0, limits=limit).call_id, cost=1.0)
    assert claim(workspace, "b", run="one", held_usd=1.0, limits=limit).state == "spent"
    assert claim(workspace, "b", run="two", held_usd=1.0, limits=limit).state == "send"


def test_no_statement_of_a_call_reads_all_calls(workspace: Workspace) -> None:
    from bidproof.workspace import calls, workers

    def plans() -> list[str]:
        rows = workspace._database.rows
        statements = [(calls._FINISHED, "k"), (calls._OPEN, "k"), (calls._SPENT + "WHERE job_id = %s", 1)]
        found = [str(row) for sql, value in statements for row in rows(f"EXPLAIN QUERY PLAN {sql}", value)]
        return found + [str(row) for row in rows(f"EXPLAIN QUERY PLAN {workers._HOLDERS}")]

    assert not [plan for plan in workspace._database.read(plans) if "SCAN workspace_call'" in plan]


def test_the_ledger_counts_calls_failures_and_open_ones_by_question(workspace: Workspace) -> None:
    job, other = start(workspace), start(workspace, "other")
    finish(workspace, intend(workspace, "a", job))
    workspace.calls.fail(intend(workspace, "b", job), code="model-timeout", message="slow", seconds=2)
    finish(workspace, intend(workspace, "b", job))
    intend(workspace, "c", job, "q0")
    finish(workspace, intend(workspace, "d", other))
    assert workspace.calls.ledger(job) == (
        LedgerRow(
            question_id="q0",
            calls=1,
            failed=0,
            open=1,
            prompt_tokens=0,
            completion_tokens=0,
            cost_usd=0.0,
            seconds=0.0,
        ),
        LedgerRow(
            question_id="q1",
            calls=3,
            failed=1,
            open=0,
            prompt_tokens=200,
            completion_tokens=40,
            cost_usd=0.5,
            seconds=5.0,
        ),
    )


def test_what_was_spent_by_one_job_and_by_all(workspace: Workspace) -> None:
    job, other = start(workspace), start(workspace, "other")
    assert workspace.calls.spent_usd(job) == 0.0
    finish(workspace, intend(workspace, "a", job), cost=0.5)
    finish(workspace, intend(workspace, "b", other), cost=0.25)
    finish(workspace, intend(workspace, "c", None), cost=0.125)
    intend(workspace, "d", job)
    assert workspace.calls.spent_usd(job) == 0.5
    assert workspace.calls.spent_usd(None) == 0.875


def test_a_failed_call_that_was_billed_counts_as_spent(workspace: Workspace) -> None:
    job = start(workspace)
    workspace.calls.fail(
        intend(workspace, "a", job),
        code="model-garbled",
        message="broken",
        seconds=1.0,
        prompt_tokens=30,
        completion_tokens=4,
        cost_usd=0.5,
    )
    assert workspace.calls.spent_usd(job) == 0.5
    (row,) = workspace.calls.ledger(job)
    assert (row.failed, row.prompt_tokens, row.completion_tokens, row.cost_usd) == (1, 30, 4, 0.5)


def test_queued_calls_are_durable_when_their_future_is_done(workspace: Workspace) -> None:
    calls = [workspace.calls.soon(lambda key=str(number): intend(workspace, key)) for number in range(20)]
    bad = workspace.calls.soon(lambda: intend(workspace, "bad", 99))
    assert len({call.result(timeout=60) for call in calls}) == 20
    with pytest.raises(WorkspaceError):
        bad.result(timeout=60)
    found = workspace.calls.soon(lambda: workspace.calls.finished("0"))
    assert found.result(timeout=60) is None


def test_an_outcome_without_a_call_is_refused(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="call 77") as raised:
        finish(workspace, 77)
    assert raised.value.code == "unknown-call"
    with pytest.raises(WorkspaceError):
        workspace.calls.fail(77, code="model", message="", seconds=0)


def test_a_call_for_no_job_is_refused(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError):
        intend(workspace, "k", 99)
    assert workspace.calls.ledger(99) == ()
