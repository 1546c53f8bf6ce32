"""How far a model leans towards a past answer, and from where on that is enough."""

import asyncio
import math
from datetime import date

import pytest

from bidproof.answering.past.verifier import lean, threshold_fact, threshold_for
from bidproof.core.settings import ModelSettings
from bidproof.llm.fake import FakeModel, Scripted
from bidproof.llm.protocol import Alternative, TokenLogprob
from bidproof.workspace.rows import LibraryEntry

ENTRY = LibraryEntry(
    question="Are keys rotated?", answer="Each year.", choice="Yes", approver="Ann", approved=date(2026, 1, 1)
)
YES = (
    TokenLogprob(token='{"answers": ', logprob=0.0),
    TokenLogprob(
        token="true",
        logprob=math.log(0.8),
        alternatives=(
            Alternative(token="true", logprob=math.log(0.8)),
            Alternative(token="false", logprob=math.log(0.2)),
        ),
    ),
)


def leaning(model: FakeModel) -> float | None:
    asked = lean("How often are keys rotated?", ENTRY, model=model, settings=ModelSettings(model="fake"))
    return asyncio.run(asked).log_odds


def test_the_odds_of_the_word_are_read_and_both_questions_are_shown_after_the_examples() -> None:
    model = FakeModel([Scripted(reply={"answers": True}, logprobs=YES)])
    assert leaning(model) == pytest.approx(math.log(4))
    *examples, last = model.requests[0].messages[1:]
    assert [message.role for message in examples] == ["user", "assistant"] * (len(examples) // 2)
    replies = {message.content for message in examples if message.role == "assistant"}
    assert replies == {'{"answers": true}', '{"answers": false}'}
    for words in ("How often are keys rotated?", "Are keys rotated?"):
        assert words in last.content


def test_a_model_without_probabilities_leans_nowhere() -> None:
    assert leaning(FakeModel([{"answers": True}])) is None


def test_the_threshold_is_the_least_that_is_right_often_enough() -> None:
    right = [(float(value), True) for value in range(10, 20)]
    found = threshold_for([*right, (9.0, False), (8.0, False)], precision=0.9)
    assert found is not None
    assert (found.log_odds, found.written, found.right) == (9.0, 11, 10)


def test_few_pairs_or_wrong_ones_give_none() -> None:
    assert threshold_for([(5.0, True)] * 9, precision=0.9) is None
    assert threshold_for([(5.0, True), (5.0, False)] * 10, precision=0.9) is None


def test_each_model_has_a_threshold_of_its_own() -> None:
    assert threshold_fact("a") != threshold_fact("b")
