"""A judge behind a real socket that fails in every known way: no score is invented."""

import asyncio

import pytest

from bidproof.core.errors import ModelError
from bidproof.core.settings import ModelSettings
from bidproof.evaluation.judging.judges import default_judge
from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.llm.fake_endpoint import (
    CUT_OFF,
    EMPTY,
    HANG,
    HTML,
    NO_CHOICES,
    NO_CONTENT,
    STREAM_CLOSED,
    TRUNCATED_JSON,
    FakeEndpoint,
    refused,
    said,
)
from bidproof.llm.open import open_model
from outcomes import case, outcome
from passages import make_passage

GIVEN = outcome("Backups are kept for 30 days.", passages=[make_passage("Backups are kept for 30 days.")])
FINE = {
    "claims": [{"claim": 1, "reasoning": "same words", "passages": [1], "in_reference": False}],
    "questions": ["How long are backups kept?"],
    "is_evasive": False,
}
WRONG_SCHEMA = said({"score": 0.9})
REFUSAL = said("I'm sorry, but I can't judge this.")
NOT_JSON = said('{"claims": [{"claim": 1, "reasoning": "half')


def _score(answers, *, then=None, attempts=2, timeout_s=5.0):
    async def run(url):
        settings = ModelSettings(
            model="judge", base_url=url, attempts=attempts, timeout_s=timeout_s, patience_s=0
        )
        async with open_model(settings, journal=None, job_id=None, api_key="k") as model:
            scoring = RunScoring(JudgeMatrix(model, default_judge(settings, model_name=model.name)))
            metric = all_metrics()["faithfulness"]
            return await metric.score(case(), GIVEN, scoring)

    with FakeEndpoint(answers, then=then) as endpoint:
        try:
            return asyncio.run(run(endpoint.base_url)), len(endpoint.received)
        except ModelError as error:
            return error, len(endpoint.received)


@pytest.mark.parametrize(
    "answer",
    [
        NOT_JSON,
        WRONG_SCHEMA,
        REFUSAL,
        EMPTY,
        NO_CONTENT,
        NO_CHOICES,
        HTML,
        TRUNCATED_JSON,
        STREAM_CLOSED,
        CUT_OFF,
        refused(400, "bad request"),
        refused(401, "no key"),
    ],
    ids=[
        "not-json",
        "schema",
        "refusal",
        "empty",
        "null",
        "no-choices",
        "html",
        "cut",
        "closed",
        "length",
        "400",
        "401",
    ],
)
def test_a_judge_that_keeps_failing_gives_an_error_and_no_score(answer):
    result, calls = _score([], then=answer, attempts=1)
    assert isinstance(result, ModelError), result
    assert calls <= 2  # the reading and one correction


def test_a_judge_that_hangs_is_given_up():
    result, _ = _score([], then=HANG, attempts=1, timeout_s=0.3)
    assert isinstance(result, ModelError)


def test_a_429_is_waited_for_and_scored():
    result, calls = _score([refused(429, retry_after="0")], then=said(FINE), attempts=3)
    assert result.value == 1.0
    assert calls == 2


def test_one_bad_reply_is_corrected():
    result, calls = _score([WRONG_SCHEMA], then=said(FINE), attempts=1)
    assert result.value == 1.0
    assert calls == 2
