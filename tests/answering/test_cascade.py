"""A cascade of two engines: who answered, why it went up, what it cost, and when it may not."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bidproof.answering.calibrated import Calibration, Confidence, ReadyRule
from bidproof.answering.cascade import CascadeEngine, Route
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Question, Support, Tier, Usage

CITATION = Citation(
    passage_id=PassageId("p"), document_id=DocumentId("d"), path="d.md", title="D", quote="q", start=0, end=1
)
ASKED = Question(id=QuestionId("q"), text="How often?")
STRAIGHT = Calibration(kind="isotonic", edges=(0.0, 1.0), heights=(0.0, 1.0))


def known(program: str) -> Confidence:
    return Confidence(
        program=program,
        gold="mine",
        gold_digest="g",
        documents="d",
        metric="choice_accuracy",
        stamp="",
        answers=100,
        calibration=STRAIGHT,
    )


ROUTE = Route(
    small=known("s"),
    large=known("l"),
    up_below=0.6,
    person_below=0.3,
    ready=ReadyRule(threshold=0.8, error=0.05, confidence=0.95, items=90, wrong=0),
)


@dataclass(kw_only=True)
class Fixed:
    name: str
    program_digest: str
    raw: float = 0.9
    state: DraftState = DraftState.DRAFTED
    support: Support = Support.SUPPORTED
    asked: list[str] = field(default_factory=list)

    async def draft(self, question: Question) -> Draft:
        self.asked.append(question.id)
        usage = Usage(calls=1, prompt_tokens=100, cost_usd=0.01, seconds=1.0)
        if self.state is not DraftState.DRAFTED:
            error = "error[model]: it broke\nhint: wait" if self.state is DraftState.FAILED else ""
            return Draft(question_id=question.id, state=self.state, usage=usage, error=error)
        return Draft(
            question_id=question.id,
            state=self.state,
            text=self.name,
            claims=(Claim(text=self.name, citations=(CITATION,), support=self.support),),
            support=self.support,
            program_digest=self.program_digest,
            usage=usage,
            signals={"answerable": self.raw},
        )


def run(small: Fixed, large: Fixed, route: Route = ROUTE, **options: object) -> Draft:
    engine = CascadeEngine(small, large, route, **options)  # type: ignore[arg-type]
    return asyncio.run(engine.draft(ASKED))


def small(**changes: object) -> Fixed:
    return Fixed(name="small", program_digest="s", **changes)  # type: ignore[arg-type]


def large(**changes: object) -> Fixed:
    return Fixed(name="large", program_digest="l", **changes)  # type: ignore[arg-type]


def test_a_sure_small_answer_is_kept_and_the_large_model_not_asked() -> None:
    dear = large()
    draft = run(small(), dear)
    assert (draft.text, draft.tier, dear.asked) == ("small", Tier.READY, [])
    assert draft.usage.calls == 1
    assert draft.reasons[-1] == "answered by the small model (s)"


def test_kept_is_not_ready() -> None:
    draft = run(small(raw=0.7), large())
    assert (draft.text, draft.tier) == ("small", Tier.REVIEW)


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ({"raw": 0.5}, "with a chance of 0.50 only"),
        ({"support": Support.PARTIAL}, "a check of the small model's answer failed"),
        ({"state": DraftState.NOT_FOUND}, "is 'not found'"),
        ({"state": DraftState.FAILED}, "call failed"),
    ],
)
def test_what_is_not_good_enough_goes_up_and_says_why(first: dict[str, object], why: str) -> None:
    draft = run(small(**first), large())
    assert (draft.text, draft.program_digest, draft.tier) == ("large", "l", Tier.READY)
    assert draft.reasons[-1].startswith("answered by the large model (l): ")
    assert why in draft.reasons[-1]
    assert draft.usage == Usage(calls=2, prompt_tokens=200, cost_usd=0.02, seconds=2.0)


def test_what_neither_answers_well_is_left_to_a_person() -> None:
    draft = run(small(raw=0.1), large(raw=0.2))
    assert (draft.text, draft.tier) == ("large", Tier.EXPERT)
    assert "left to a person" in draft.reasons[-1]


def test_when_the_large_models_call_fails_the_small_ones_answer_stands_for_review() -> None:
    draft = run(small(raw=0.5), large(state=DraftState.FAILED))
    assert (draft.text, draft.state, draft.tier) == ("small", DraftState.DRAFTED, Tier.REVIEW)
    assert "the large model failed: error[model]: it broke" in draft.reasons[-1]
    assert draft.usage.calls == 2


def test_an_answer_that_went_up_in_vain_is_never_ready() -> None:
    lax = replace(ROUTE, ready=ReadyRule(threshold=0.1, error=0.5, confidence=0.9, items=9, wrong=0))
    assert run(small(raw=0.5), large(state=DraftState.FAILED), lax).tier is Tier.REVIEW


def test_two_failed_calls_are_a_failed_draft() -> None:
    draft = run(small(state=DraftState.FAILED), large(state=DraftState.FAILED))
    assert draft.state is DraftState.FAILED
    assert draft.error.startswith("error[model]")
    assert draft.usage.calls == 2


def test_a_question_that_could_cost_too_much_does_not_go_up() -> None:
    dear = large()
    draft = run(small(raw=0.5), dear, may_go_up=lambda question, draft: "it may cost 1 USD")
    assert (draft.text, draft.tier, dear.asked) == ("small", Tier.REVIEW, [])
    assert "the large model was not asked: it may cost 1 USD" in draft.reasons[-1]


def test_the_digest_names_both_programs_and_the_thresholds() -> None:
    engine = CascadeEngine(small(), large(), ROUTE)
    assert engine.program_digest.startswith("s-l-")
    moved = CascadeEngine(small(), large(), replace(ROUTE, up_below=0.7))
    assert moved.program_digest != engine.program_digest
    assert engine.name == "cascade"


def test_a_route_for_other_programs_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing of"):
        CascadeEngine(small(), Fixed(name="other", program_digest="x"), ROUTE)
