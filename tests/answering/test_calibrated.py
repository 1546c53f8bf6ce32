"""Confidence stated on drafts: by a calibration for this very program, ready only under a certificate."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from bidproof.answering.calibrated import (
    CalibratedEngine,
    Calibration,
    Confidence,
    ReadyRule,
    with_confidence,
)
from bidproof.answering.confidence import CONFLICT, UNCALIBRATED
from bidproof.answering.signals import checks_passed, join_signals, raw_score, signal_vector
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Question, Support, Tier

CITATION = Citation(
    passage_id=PassageId("p"), document_id=DocumentId("d"), path="d.md", title="D", quote="q", start=0, end=1
)
DRAFT = Draft(
    question_id=QuestionId("q"),
    state=DraftState.DRAFTED,
    text="Every 6 hours.",
    claims=(Claim(text="Every 6 hours.", citations=(CITATION,), support=Support.SUPPORTED),),
    support=Support.SUPPORTED,
    tier=Tier.REVIEW,
    reasons=("a reason", UNCALIBRATED),
    program_digest="p1",
    signals={"sufficiency": 0.8},
)
RISING = Calibration(kind="isotonic", edges=(0.0, 1.0), heights=(0.1, 0.9))
RULE = ReadyRule(threshold=0.7, error=0.05, confidence=0.95, items=80, wrong=1)
KNOWN = Confidence(
    program="p1",
    gold="mine",
    gold_digest="g",
    documents="d",
    metric="task_score",
    stamp="agreement with the reference by code",
    answers=120,
    calibration=RISING,
    ready=RULE,
    expert_below=0.3,
)


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """An engine that always gives the same draft."""

    given: Draft = DRAFT
    name: str = "fixed"
    program_digest: str = "p1"

    async def draft(self, question: Question) -> Draft:
        return self.given


def scored(raw: float, **changes: object) -> Draft:
    return replace(DRAFT, signals={"sufficiency": raw}, **changes)  # type: ignore[arg-type]


def test_a_sure_answer_whose_checks_passed_is_ready_and_says_what_is_promised() -> None:
    draft = with_confidence(scored(0.9), KNOWN)
    assert draft.confidence == pytest.approx(0.82)
    assert draft.tier is Tier.READY
    assert draft.reasons == (
        "a reason",
        "confidence 0.82, calibrated on 120 answers to 'mine' by task_score; "
        "agreement with the reference by code",
        "ready: of the answers marked ready at most 0.05 are wrong, confidence 0.95 "
        "(80 labelled answers, 1 wrong)",
    )


def test_less_sure_answers_go_to_review_and_unlikely_ones_to_an_expert() -> None:
    assert with_confidence(scored(0.6), KNOWN).tier is Tier.REVIEW
    assert with_confidence(scored(0.1), KNOWN).tier is Tier.EXPERT


@pytest.mark.parametrize(
    "change",
    [
        {"support": Support.PARTIAL},
        {"claims": ()},
        {"claims": (Claim(text="no citation", support=Support.SUPPORTED),)},
        {"claims": (replace(DRAFT.claims[0], problems=("a number is not in the quote",)),)},
        {"reasons": (f"{CONFLICT}a.md and b.md say different things",)},
    ],
)
def test_an_answer_that_failed_a_check_is_never_ready(change: dict[str, object]) -> None:
    draft = scored(1.0, **change)
    assert not checks_passed(draft)
    stated = with_confidence(draft, KNOWN)
    assert stated.confidence is not None
    assert stated.tier is not Tier.READY


def test_without_a_certificate_nothing_is_ready() -> None:
    draft = with_confidence(scored(1.0), replace(KNOWN, ready=None))
    assert (draft.tier, draft.confidence) == (Tier.REVIEW, pytest.approx(0.9))


def test_nothing_is_stated_of_what_is_no_answer() -> None:
    missing = Draft(question_id=QuestionId("q"), state=DraftState.NOT_FOUND, reasons=(UNCALIBRATED,))
    assert with_confidence(missing, KNOWN) == missing


def test_an_answer_below_the_fitted_score_is_refused_with_the_reason() -> None:
    refusing = replace(KNOWN, refuse_below=0.85)
    draft = with_confidence(scored(0.8), refusing)
    assert (draft.state, draft.text, draft.claims, draft.tier) == (DraftState.NOT_FOUND, "", (), Tier.EXPERT)
    assert "0.80 only, below 0.85 as fitted on 'mine'" in draft.reasons[0]
    assert with_confidence(draft, refusing) == draft
    assert with_confidence(scored(0.85), refusing).text == DRAFT.text


def test_stating_again_replaces_what_was_stated_and_can_take_it_back() -> None:
    once = with_confidence(scored(0.9), KNOWN)
    again = with_confidence(once, replace(KNOWN, ready=None))
    assert len([reason for reason in again.reasons if reason.startswith(("confidence", "ready"))]) == 1
    assert with_confidence(once, KNOWN) == once
    assert with_confidence(once, None) == scored(0.9)
    refused = with_confidence(replace(once, state=DraftState.NEEDS_PERSON), KNOWN)
    assert (refused.confidence, refused.tier) == (None, Tier.EXPERT)
    assert refused.reasons == ("a reason", UNCALIBRATED)


def test_a_calibration_applies_to_its_own_program_only() -> None:
    engine = CalibratedEngine(Fixed(), KNOWN)
    assert (engine.name, engine.program_digest) == ("fixed", "p1")
    draft = asyncio.run(engine.draft(Question(id=QuestionId("q"), text="?")))
    assert draft.confidence is not None
    with pytest.raises(ValueError, match="says nothing of p2"):
        CalibratedEngine(Fixed(program_digest="p2"), KNOWN)


def test_a_logistic_curve_reads_its_signals_and_takes_the_mean_of_missing_ones() -> None:
    curve = Calibration(
        kind="logistic", names=("a", "b"), means=(1.0, 2.0), scales=(1.0, 2.0), weights=(2.0, -1.0)
    )
    assert curve.probability({"a": 1.0, "b": 2.0}) == 0.5
    assert curve.probability({}) == 0.5
    assert curve.probability({"a": 2.0}) == pytest.approx(0.8808, abs=1e-4)
    assert curve.probability({"b": 4.0}) == pytest.approx(0.2689, abs=1e-4)
    assert curve.probability({"a": 1e9}) == 1.0
    assert curve.probability({"a": -1e9}) == pytest.approx(0.0)


def test_steps_are_joined_by_lines_and_flat_beyond() -> None:
    steps = Calibration(kind="isotonic", edges=(0.2, 0.4, 0.4, 0.8), heights=(0.1, 0.3, 0.6, 0.9))
    found = [steps.probability({"raw": value}) for value in (0.0, 0.3, 0.6, 1.0)]
    assert found == pytest.approx([0.1, 0.2, 0.75, 0.9])


def test_signals_of_parts_are_joined_by_the_least_promising() -> None:
    joined = join_signals([{"sufficiency": 0.9, "repairs": 0.0}, {"sufficiency": 0.4, "repairs": 2.0}, {}])
    assert joined == {"sufficiency": 0.4, "repairs": 2.0}
    assert join_signals([]) == {}


def test_the_raw_score_is_the_models_own_where_it_gives_one() -> None:
    assert raw_score(DRAFT) == 0.8
    assert raw_score(replace(DRAFT, signals={"answerable": 0.3, "sufficiency": 0.8})) == 0.3
    assert raw_score(replace(DRAFT, signals={})) == 1.0
    vector = signal_vector(DRAFT)
    assert (vector["raw"], vector["claims"], vector["documents"], vector["conflicts"]) == (0.8, 1.0, 1.0, 0.0)
