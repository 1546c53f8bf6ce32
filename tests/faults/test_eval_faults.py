"""A judge that fails in every known way: no score is invented, no row dropped, the counts are exact."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from bidproof.core.settings import ModelSettings
from bidproof.evaluation.judging.judges import default_judge
from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
from bidproof.evaluation.metrics.registry import choose_metrics
from bidproof.evaluation.running.runs import CaseRun, ErrorBudget, RunResult
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.running.summaries import summarise
from bidproof.llm.fake_endpoint import (
    CUT_OFF,
    EMPTY,
    HANG,
    HTML,
    NO_CHOICES,
    NO_CONTENT,
    STREAM_CLOSED,
    TRUNCATED_JSON,
    WRONG_TYPE,
    Answer,
    FakeEndpoint,
    Received,
    refused,
    said,
)
from bidproof.llm.open import open_model
from evaluating import PlannedAnswerer, make_cases
from judging import respond

METRICS = tuple(choose_metrics(["answer_f1", "answer_precision"], is_judge=True).values())
CASES = make_cases(6)
BROKEN = ("Part 1 ", "Part 4 ")

FAULTS = {
    "no JSON": said("I would say that all claims hold."),
    "half of a JSON": said('{"claims": [{"claim": 1, "reaso'),
    "truncated body": TRUNCATED_JSON,
    "cut off": CUT_OFF,
    "other schema": said({"score": 1.0}),
    "verdict of another type": said({"claims": "all fine", "questions": [], "is_evasive": False}),
    "no verdict on the claim": said({"claims": [], "questions": [], "is_evasive": False}),
    "a claim that is not there": said(
        {
            "claims": [{"claim": 9, "reasoning": "-", "passages": [], "in_reference": True}],
            "questions": [],
            "is_evasive": False,
        }
    ),
    "refusal in words": said("I'm sorry, but I can't assist with that request."),
    "refusal by a filter": said("", finish="content_filter"),
    "refusal by status": refused(400, "the prompt was filtered"),
    "empty": EMPTY,
    "no content": NO_CONTENT,
    "no choices": NO_CHOICES,
    "a web page": HTML,
    "content of another type": WRONG_TYPE,
    "connection closed": STREAM_CLOSED,
    "server error": refused(500, "oh"),
    "overload": refused(429, "slow down", retry_after="0"),
    "hang": HANG,
}


def evaluate(
    endpoint: FakeEndpoint, *, metrics: Sequence[object] = METRICS, budget: float = 1.0, **settings: object
) -> RunResult:
    model = ModelSettings(
        model="judge",
        base_url=endpoint.base_url,
        **{"timeout_s": 20.0, "attempts": 1, "concurrency": 2, "patience_s": 0.0, **settings},  # type: ignore[arg-type]
    )

    async def run() -> RunResult:
        async with open_model(model, journal=None, job_id=None, api_key=None) as judge:
            return await CaseRun(
                cases=CASES,
                answerer=PlannedAnswerer(),
                metrics=METRICS,
                scoring=RunScoring(JudgeMatrix(judge, default_judge(model, model_name="judge"))),
                error_budget=ErrorBudget(share=budget),
                concurrency=2,
            ).run()

    return asyncio.run(run())


def counts(result: RunResult) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {metric.name: Counter() for metric in METRICS}
    for cell in result.cells:
        found[cell.metric][str(cell.state)] += 1
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_two_of_six_judgements_fail_and_four_count(fault: str) -> None:
    def reply(received: Received) -> Answer:
        prompt = received.body["messages"][1]["content"]
        return FAULTS[fault] if any(part in prompt for part in BROKEN) else respond(received)

    with FakeEndpoint(then=reply) as endpoint:
        result = evaluate(endpoint, timeout_s=1.0 if fault == "hang" else 20.0)
    assert len(result.outcomes) == 6
    assert counts(result) == {
        "answer_f1": {"scored": 4, "judge_error": 2},
        "answer_precision": {"scored": 4, "judge_error": 2},
    }
    failed = [cell for cell in result.cells if cell.state == "judge_error"]
    assert {cell.case_id for cell in failed} == {"c1", "c4"}
    assert all(cell.value is None and cell.reason for cell in failed)
    assert (result.judge_failed, result.failed, result.state) == (2, 0, "finished")
    f1, _ = summarise(result.cells, metrics=METRICS, judge_stamp="uncalibrated")
    assert f1.estimate.value == 1.0
    assert f1.coverage == pytest.approx(4 / 6)
    assert (f1.worst, f1.best) == (pytest.approx(4 / 6), 1.0)


def test_a_reply_that_does_not_fit_may_be_corrected_once() -> None:
    seen: Counter[int] = Counter()

    def reply(received: Received) -> Answer:
        turns = len(received.body["messages"])
        seen[turns] += 1
        return FAULTS["other schema"] if turns == 2 else respond(received)

    with FakeEndpoint(then=reply) as endpoint:
        result = evaluate(endpoint)
    assert counts(result)["answer_f1"] == {"scored": 6}
    assert seen[2] == seen[4] == 12


def test_a_storm_of_429_is_waited_out_and_fewer_calls_are_sent_at_once() -> None:
    storm = [refused(429, "slow down", retry_after="0")] * 5

    with FakeEndpoint(storm, then=respond) as endpoint:
        result = evaluate(endpoint, attempts=8, concurrency=8, patience_s=30.0)
    assert counts(result)["answer_f1"] == {"scored": 6}
    assert len(endpoint.received) == 12 + 5


def test_a_judge_that_is_down_stops_the_run_with_exact_counts() -> None:
    with FakeEndpoint(then=refused(500, "down")) as endpoint:
        result = evaluate(endpoint, budget=0.1)
    assert result.state == "stopped"
    assert "judge failed on 6" in result.reason
    assert counts(result)["answer_f1"] == {"judge_error": 6}
    assert len(endpoint.received) <= 12, "a judge that is down is not asked for every case"
    f1, _ = summarise(result.cells, metrics=METRICS)
    assert (f1.estimate.value, f1.worst, f1.best, f1.coverage) == (None, 0.0, 1.0, 0.0)
