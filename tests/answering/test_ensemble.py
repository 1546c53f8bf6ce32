"""Several drafts, one answer: what most of them say, or nobody's choice."""

from typing import Any

import pytest

from bidproof.answering.ensemble import join_drafts
from bidproof.core.errors import ModelUnavailable
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Draft, DraftState, Support, Tier, Usage
from drafting import AES, FREE, GOOD, KEYS, NIGHT, NOTHING, YES_NO, draft, reply

YES = reply((AES, [1]), quotes=[(1, AES)], choice="Yes")
OPEN = reply((AES, [1]), quotes=[(1, AES)], choice="cannot tell")
THREE: dict[str, Any] = {"ensemble": 3}


def made(text: str = "", *, choice: str | None = None, state: DraftState = DraftState.DRAFTED) -> Draft:
    claims = tuple(Claim(text=f"{part}.", support=Support.SUPPORTED) for part in text.split(".") if part)
    return Draft(
        question_id=QuestionId("q"),
        state=state,
        text=text,
        choice=choice,
        claims=claims,
        support=Support.SUPPORTED if claims else Support.NOT_FOUND,
        tier=Tier.REVIEW,
        usage=Usage(calls=2, prompt_tokens=10, completion_tokens=5, cost_usd=0.5, seconds=1.0),
    )


ABSENT = made(state=DraftState.NOT_FOUND)


def test_the_draft_that_the_others_agree_with_is_given_with_the_usage_of_all() -> None:
    keys = reply((KEYS, [1]), quotes=[(1, KEYS)])
    result, model = draft(FREE, [keys, GOOD, GOOD], program=THREE)
    assert (result.state, result.text) == (DraftState.DRAFTED, AES)
    assert (result.usage.calls, len(model.requests)) == (3, 3)
    assert len({request.repeat for request in model.requests}) == 3
    assert model.requests[0].repeat == 0
    assert any("3 drafts agree on" in reason for reason in result.reasons)
    assert 0.0 < result.signals["agreement"] < 0.8


def test_drafts_that_agree_raise_no_remark() -> None:
    result, _ = draft(FREE, [GOOD, GOOD, GOOD], program=THREE)
    assert not any("drafts" in reason for reason in result.reasons)
    assert result.signals["agreement"] == 1.0


def test_the_majority_chooses_and_the_others_are_named() -> None:
    result, _ = draft(YES_NO, [OPEN, YES, YES], program=THREE)
    assert (result.state, result.choice) == (DraftState.DRAFTED, "Yes")
    assert any("disagree on the choice: 2 'Yes', 1 none" in reason for reason in result.reasons)


@pytest.mark.parametrize("choices", [("Yes", "No"), ("Yes", "No", "NA"), ("Yes", "Yes", "No", "No")])
def test_a_tie_is_no_choice_and_needs_a_person(choices: tuple[str, ...]) -> None:
    result = join_drafts(YES_NO, [made("It is so.", choice=choice) for choice in choices])
    assert (result.choice, result.state, result.tier) == (None, DraftState.NEEDS_PERSON, Tier.EXPERT)
    assert result.text == "It is so."
    assert any("no majority" in reason for reason in result.reasons)


def test_the_text_is_that_of_a_draft_with_the_choice_of_the_majority() -> None:
    result = join_drafts(
        YES_NO,
        [
            made("Data is safe.", choice="No"),
            made("Data is encrypted.", choice="Yes"),
            made("Keys.", choice="Yes"),
        ],
    )
    assert result.choice == "Yes"
    assert result.text != "Data is safe."


def test_most_drafts_decide_whether_there_is_an_answer() -> None:
    result, _ = draft(FREE, [GOOD, NOTHING, NOTHING], program=THREE)
    assert (result.state, result.text) == (DraftState.NOT_FOUND, "")
    assert any("2 of 3 drafts found no answer" in reason for reason in result.reasons)
    result, _ = draft(FREE, [NOTHING, GOOD, GOOD], program=THREE)
    assert (result.state, result.text) == (DraftState.DRAFTED, AES)
    assert any("1 of 3 drafts found no answer" in reason for reason in result.reasons)


def test_when_half_find_nothing_a_person_decides() -> None:
    result = join_drafts(FREE, [ABSENT, made("It is so.")])
    assert (result.state, result.text) == (DraftState.NEEDS_PERSON, "It is so.")
    assert result.usage == Usage(calls=4, prompt_tokens=20, completion_tokens=10, cost_usd=1.0, seconds=2.0)


def test_nothing_is_mixed_of_several_drafts() -> None:
    drafts = [made("It is so. It was so."), made("It is so."), made("Keys are rotated.")]
    assert join_drafts(FREE, drafts).text in {item.text for item in drafts}


def test_a_failed_call_is_a_failed_draft_and_ends_the_round() -> None:
    result, model = draft(FREE, [GOOD, ModelUnavailable("down", hint="wait")], program=THREE)
    assert (result.state, result.text) == (DraftState.FAILED, "")
    assert len(model.requests) == 2
    assert result.usage.calls == 2


def test_every_draft_is_checked_by_itself() -> None:
    wrong = reply((NIGHT, [1]), quotes=[(1, AES)])
    result, _ = draft(FREE, [wrong, wrong, GOOD, GOOD], program=THREE)
    assert result.text == AES
