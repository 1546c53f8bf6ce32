"""Make one draft of the checked answers to a question's parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.answering.choices import wants_choice
from bidproof.answering.compose import fitting_claims, write_answer
from bidproof.answering.confidence import (
    UNCALIBRATED,
    choose_tier,
    find_conflicts,
    join_support,
    source_warnings,
)
from bidproof.answering.evidence import Evidence, closest_passages
from bidproof.answering.signals import join_signals
from bidproof.core.records import (
    Claim,
    Draft,
    DraftState,
    Question,
    ScoredPassage,
    Span,
    Support,
    Usage,
)
from bidproof.language.limits import fits
from bidproof.language.sentences import SegmentKind

ENGINE = "generative"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAnswer:
    """What came out for one part of a question.

    Attributes:
        text: The part as asked.
        passages: What was shown to the model, best first.
        ranked: The passages' statements, best first, as the code reads them.
        claims: Checked sentences; empty when nothing could be proven.
        choice: A choice that passed its checks.
        is_sufficient: Whether the passages were held to answer the part.
        reasons: What a reviewer should know, in plain words.
        has_rejected: Whether sentences were left out because a check failed.
        signals: What is known about the part that a calibration may use.
    """

    text: str
    passages: tuple[ScoredPassage, ...] = ()
    ranked: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    choice: str | None = None
    is_sufficient: bool = False
    reasons: tuple[str, ...] = ()
    has_rejected: bool = False
    signals: Mapping[str, float] = field(default_factory=dict[str, float])


def make_draft(
    question: Question, parts: Sequence[PartAnswer], *, top_k: int, usage: Usage, digest: str
) -> Draft:
    """Join the parts' answers, in order, within the question's limits.

    Nothing proven at all is ``NOT_FOUND`` where the passages do not answer, and
    ``NEEDS_PERSON`` where they may but no sentence passed the checks. A missing
    part, a missing choice or a sentence that cannot be shortened to the limit
    also needs a person.
    """
    claims = tuple(claim for part in parts for claim in part.claims)
    kept = fitting_claims(claims, question=question)
    text = " ".join(claim.text for claim in kept)
    is_too_long = not fits(text, max_words=question.max_words, max_chars=question.max_chars)
    choice = next((part.choice for part in parts if part.choice), None)
    state = _state(question, parts, choice=choice, is_too_long=is_too_long)
    support = join_support(kept)
    if support is Support.SUPPORTED and any(part.has_rejected or not part.claims for part in parts):
        support = Support.PARTIAL
    notes = ["shortened to the question's length limit"] * (len(kept) < len(claims))
    notes += ["the first sentence is longer than the question allows"] * is_too_long
    return Draft(
        question_id=question.id,
        state=state,
        text=write_answer(kept, question=question) if kept else "",
        choice=choice,
        claims=kept,
        support=support,
        tier=choose_tier(state, support),
        reasons=_reasons(parts, kept, notes),
        passages=closest_passages(
            [item.passage for item in _evidence_of(parts, kept)],
            [part.passages for part in parts],
            top_k=top_k,
        ),
        engine=ENGINE,
        program_digest=digest,
        usage=usage,
        signals=join_signals([part.signals for part in parts]),
    )


def _state(
    question: Question, parts: Sequence[PartAnswer], *, choice: str | None, is_too_long: bool
) -> DraftState:
    answered = [part for part in parts if part.claims]
    if not answered:
        may_hold = any(part.is_sufficient for part in parts)
        return DraftState.NEEDS_PERSON if may_hold else DraftState.NOT_FOUND
    is_open = wants_choice(question) and bool(question.options) and choice is None
    if len(answered) < len(parts) or is_open or is_too_long:
        return DraftState.NEEDS_PERSON
    return DraftState.DRAFTED


def _reasons(parts: Sequence[PartAnswer], claims: Sequence[Claim], notes: Sequence[str]) -> tuple[str, ...]:
    chosen = _evidence_of(parts, claims)
    ranked = [item for part in parts for item in part.ranked]
    said = [reason for part in parts for reason in part.reasons]
    return tuple(
        dict.fromkeys(
            [
                *said,
                *find_conflicts(chosen, ranked),
                *source_warnings(chosen, today=None),
                *notes,
                UNCALIBRATED,
            ]
        )
    )


def _evidence_of(parts: Sequence[PartAnswer], claims: Sequence[Claim]) -> tuple[Evidence, ...]:
    by_id = {item.passage.id: item for part in parts for item in part.passages}
    return tuple(
        Evidence(
            passage=by_id[citation.passage_id],
            spans=(Span(start=citation.start, end=citation.end),),
            kind=SegmentKind.SENTENCE,
        )
        for claim in claims
        for citation in claim.citations
    )
