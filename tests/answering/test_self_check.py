"""A second look by the model: it can take away, and nothing else."""

import itertools
from typing import Any

import pytest

from bidproof.answering.self_check import Verdict, review_claims
from bidproof.core.records import Claim, DraftState, Support
from drafting import AES, FREE, GOOD, KEYS, NIGHT, NOTHING, YES_NO, draft, reply

BOTH = reply((AES, [1]), (KEYS, [2]), quotes=[(1, AES), (1, KEYS)])


def verdicts(*said: str) -> dict[str, Any]:
    return {
        "verdicts": [
            {"sentence": number, "reasoning": f"reason {number}", "verdict": verdict}
            for number, verdict in enumerate(said, start=1)
        ]
    }


def test_what_it_supports_stands() -> None:
    result, model = draft(FREE, [BOTH, verdicts("supported", "supported")], program={"self_check": True})
    assert (result.state, result.support) == (DraftState.DRAFTED, Support.SUPPORTED)
    assert result.text == f"{AES} {KEYS}"
    assert result.usage.calls == 2
    asked = model.requests[1]
    assert "You did not write it" in asked.messages[0].content
    assert f"Sentence 2: {KEYS}\nQuote for sentence 2: {KEYS}" in asked.messages[-1].content
    assert asked.schema is not None
    assert asked.schema["properties"]["verdicts"]["minItems"] == 2  # type: ignore[index]


def test_what_it_refuses_is_left_out_with_the_reason() -> None:
    result, _ = draft(FREE, [BOTH, verdicts("supported", "not supported")], program={"self_check": True})
    assert (result.state, result.support, result.text) == (DraftState.DRAFTED, Support.PARTIAL, AES)
    assert any("own check refuses it" in reason and "reason 2" in reason for reason in result.reasons)
    assert result.signals["rejected"] == 1


def test_an_answer_refused_as_a_whole_needs_a_person() -> None:
    result, _ = draft(FREE, [GOOD, verdicts("not supported")], program={"self_check": True})
    assert (result.state, result.text, result.claims) == (DraftState.NEEDS_PERSON, "", ())


def test_a_choice_does_not_outlive_the_sentence_it_rests_on() -> None:
    yes = reply((AES, [1]), (NIGHT, [2]), quotes=[(1, AES), (2, NIGHT)], choice="Yes")
    result, _ = draft(YES_NO, [yes, verdicts("not supported", "supported")], program={"self_check": True})
    assert (result.state, result.choice) == (DraftState.NEEDS_PERSON, None)


def test_it_is_not_asked_where_there_is_nothing_to_check() -> None:
    result, model = draft(FREE, [NOTHING], program={"self_check": True})
    assert (result.state, len(model.requests)) == (DraftState.NOT_FOUND, 1)


def test_it_brings_back_nothing_that_the_code_refused() -> None:
    wrong = reply((AES, [1]), ("Data is kept in Oslo.", [1]), quotes=[(1, AES)])
    result, _ = draft(FREE, [wrong, wrong, verdicts("supported")], program={"self_check": True})
    assert result.text == AES
    assert result.support is Support.PARTIAL


@pytest.mark.parametrize("garbled", ["no JSON", verdicts(), verdicts("perhaps")])
def test_a_check_that_fails_is_a_failed_draft(garbled: Any) -> None:
    result, _ = draft(
        FREE, [GOOD, garbled, garbled], program={"self_check": True, "repairs": 1}, all_used=False
    )
    assert (result.state, result.text, result.choice) == (DraftState.FAILED, "", None)


def test_a_sentence_that_code_leaves_open_is_supported_once_affirmed() -> None:
    open_claim = Claim(text="Logs go away.", citations=(), support=Support.PARTIAL, problems=("undecided",))
    found = review_claims([open_claim], [Verdict(sentence=1, is_supported=True, reasoning="")])
    assert found.kept == (Claim(text="Logs go away.", citations=(), support=Support.SUPPORTED),)


def test_its_verdicts_only_ever_take_away() -> None:
    claims = tuple(Claim(text=f"Sentence {number}.") for number in range(2))
    for said in itertools.product([None, True, False], repeat=2):
        given = [
            Verdict(sentence=number, is_supported=verdict, reasoning="because")
            for number, verdict in enumerate(said, start=1)
            if verdict is not None
        ]
        found = review_claims(claims, given)
        assert found.kept == tuple(claim for claim, verdict in zip(claims, said, strict=True) if verdict)
        assert {*found.kept, *found.refused} == {*claims}
        assert len(found.reasons) == len(found.refused)


def test_two_verdicts_on_one_sentence_must_both_be_for_it() -> None:
    said = [Verdict(sentence=1, is_supported=verdict, reasoning="") for verdict in (True, False)]
    assert review_claims([Claim(text="It is so.")], said).kept == ()
