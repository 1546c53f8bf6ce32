"""The engine without a model: the answer is the best cited sentences, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from bidproof.answering.answer_types import has_shape, is_typed
from bidproof.answering.asked import Asked, read_question
from bidproof.answering.blocks import AnswerBlock, choose_block
from bidproof.answering.choices import (
    Decision,
    asks_to_be_told,
    decide_choice,
    is_yes_no_question,
    wants_choice,
)
from bidproof.answering.closeness import Closeness
from bidproof.answering.compose import compose_claims, fitting_claims, write_answer
from bidproof.answering.confidence import (
    UNCALIBRATED,
    choose_tier,
    find_conflicts,
    join_support,
    source_warnings,
)
from bidproof.answering.evidence import Evidence, closest_passages, lacks_header, with_header
from bidproof.answering.gate.judge import Gated, gate
from bidproof.answering.gate.lookup import look_up
from bidproof.answering.gate.values import told_as
from bidproof.answering.past.search import TextEmbedder
from bidproof.answering.protocol import PassageSource
from bidproof.answering.ranking import order_by_statement, rank_evidence
from bidproof.answering.signals import join_signals
from bidproof.answering.sufficiency import Sufficiency, judge_sufficiency
from bidproof.answering.usefulness import block_signals, is_worth_writing, usefulness
from bidproof.core.records import (
    Claim,
    Draft,
    DraftState,
    Question,
    ScoredPassage,
    Support,
    Usage,
)
from bidproof.core.settings import Settings
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Filters, Query

VERSION = "extractive-4"
"""Raised when the same settings give other drafts."""

_WIDE = 10
_NEAR = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One part of a question with what was found for it.

    ``is_near`` where the passages would do, but no statement of them may answer.
    """

    asked: Asked
    passages: tuple[ScoredPassage, ...]
    ranked: tuple[Evidence, ...]
    gated: Gated
    sufficiency: Sufficiency
    is_found: bool
    is_near: bool
    block: AnswerBlock | None

    @property
    def near(self) -> tuple[Evidence, ...]:
        """Statements that score nearly as well as the best one: only these decide a choice."""
        return tuple(item for item in self.ranked if item.score >= self.ranked[0].score - _NEAR)

    @property
    def signals(self) -> dict[str, float]:
        """What is known of it, by name."""
        found = {"sufficiency": self.sufficiency.score_0_1, **self.sufficiency.features}
        if self.block is not None:
            found |= block_signals(self.asked, self.block)
            found["usefulness"] = usefulness(found)
        return found


def extractive_program(settings: Settings) -> Program:
    """The program of this engine: its version and the settings that decide a draft; it has no texts."""
    return Program(texts={}, engine=VERSION, retrieval=settings.retrieval, answering=settings.answering)


class ExtractiveEngine:
    """Drafts answers from verbatim sentences of the documents, offline and deterministic.

    Args:
        source: Where passages come from.
        settings: The answering and retrieval settings decide the drafts.
        embedder: Compares wordings with questions; None leaves that out.
        today: For warnings about old documents; None leaves age unjudged.
    """

    def __init__(
        self,
        source: PassageSource,
        settings: Settings,
        *,
        embedder: TextEmbedder | None = None,
        today: date | None = None,
    ) -> None:
        self._source = source
        self._speaks_of = look_up(source)
        self._settings = settings
        self._closeness = Closeness(embedder) if embedder is not None else None
        self._today = today
        self._digest = extractive_program(settings).digest()

    @property
    def name(self) -> str:
        """``extractive``."""
        return "extractive"

    @property
    def program_digest(self) -> str:
        """Digest of the engine's version and of the settings that decide a draft."""
        return self._digest

    async def draft(self, question: Question) -> Draft:
        """Draft an answer, or say that there is none; never raises ``ModelError``."""
        return self.draft_now(question)

    def draft_now(self, question: Question) -> Draft:
        """The same without an event loop; takes one search per part of the question."""
        started = perf_counter()
        asked = read_question(question, is_split=self._settings.answering.decompose)
        parts = [self._look(part, context=asked.question.section_path) for part in asked.parts]
        draft = self._compose(asked.question, parts)
        return replace(draft, usage=Usage(seconds=perf_counter() - started))

    def _look(self, asked: Asked, *, context: tuple[str, ...]) -> _Part:
        top_k = max(_WIDE, self._settings.retrieval.top_k)
        query = Query(text=asked.text, context=context, rewrites=told_as(asked.text), top_k=top_k)
        passages = self._source.search(query)
        ranked = rank_evidence(asked, passages)
        gated = gate(asked, passages, ranked=ranked, speaks_of=self._speaks_of)
        usable = gated.may_answer or ranked
        sufficiency = judge_sufficiency(asked, passages, ranked=usable)
        is_enough = bool(ranked) and sufficiency.score_0_1 >= self._settings.answering.sufficiency
        is_found = is_enough and bool(gated.may_answer)
        most = self._settings.answering.max_sentences
        return _Part(
            asked=asked,
            passages=passages,
            ranked=usable,
            gated=gated,
            sufficiency=sufficiency,
            is_found=is_found,
            is_near=is_enough and not gated.may_answer,
            block=choose_block(asked, usable, closeness=self._closeness, most=most) if is_found else None,
        )

    def _compose(self, question: Question, parts: Sequence[_Part]) -> Draft:
        found = [part for part in parts if part.is_found]
        if not found:
            return self._not_found(question, parts)
        decision = self._decide(question, found)
        chosen = self._choose(found, decision)
        lead = decision.choice if decision and decision.choice and not _has_choice_slot(question) else ""
        claims = compose_claims(chosen)
        kept = fitting_claims(claims, question=question, lead=lead or "")
        missed = tuple(part for part in parts if not part.is_found)
        state = self._state(question, found, decision)
        if missed:
            state = DraftState.NEEDS_PERSON
        support = join_support(kept)
        if missed and support is Support.SUPPORTED:
            support = Support.PARTIAL
        return Draft(
            question_id=question.id,
            state=state,
            text=write_answer(kept, question=question, lead=lead or ""),
            choice=decision.choice if decision else None,
            claims=kept,
            support=support,
            tier=choose_tier(state, support),
            reasons=self._reasons(decision, chosen, found, missed=missed, claims=kept),
            passages=self._closest(parts, chosen),
            engine=self.name,
            program_digest=self._digest,
            signals=_signals(parts, decision),
        )

    def _state(self, question: Question, found: Sequence[_Part], decision: Decision | None) -> DraftState:
        """Written where a person is likely to keep it and each part has its answer, suggested otherwise."""
        if not is_worth_writing([part.signals for part in found]) or _has_open_part(found):
            return DraftState.SUGGESTED
        is_open = decision is not None and decision.choice is None and _has_choice_slot(question)
        return DraftState.NEEDS_PERSON if is_open and _asks_choice(found) else DraftState.DRAFTED

    def _not_found(self, question: Question, parts: Sequence[_Part]) -> Draft:
        reasons = [reason for part in parts for reason in _why_missing(part)]
        near = [part.ranked[0] for part in parts if part.is_near]
        return Draft(
            question_id=question.id,
            state=DraftState.NEEDS_PERSON if near else DraftState.NOT_FOUND,
            reasons=(*dict.fromkeys(reasons), UNCALIBRATED),
            passages=self._closest(parts, near),
            engine=self.name,
            program_digest=self._digest,
            signals=_signals(parts, None),
        )

    def _closest(self, parts: Sequence[_Part], chosen: Sequence[Evidence]) -> tuple[ScoredPassage, ...]:
        found = [order_by_statement(part.passages, part.ranked) for part in parts]
        top_k = self._settings.retrieval.top_k
        return closest_passages([item.passage for item in chosen], found, top_k=top_k)

    def _decide(self, question: Question, found: Sequence[_Part]) -> Decision | None:
        asking = _asking(found)
        if wants_choice(question):
            return self._read(asking, options=question.options)
        is_only = sum(is_yes_no_question(part.asked.text) for part in found) == 1
        if is_only and asking is found[0]:
            return self._read(asking, options=())
        return None

    def _read(self, part: _Part, *, options: Sequence[str]) -> Decision:
        return decide_choice(part.asked.text, options=options, ranked=part.near, closeness=self._closeness)

    def _choose(self, found: Sequence[_Part], decision: Decision | None) -> tuple[Evidence, ...]:
        """One block for each part; what decides a choice leads, in place of the block of its part."""
        deciding = decision.evidence if decision else None
        chosen: list[Evidence] = [deciding] if deciding else []
        for part in found:
            if part.block is None or (deciding and part is _asking(found)):
                continue
            chosen.extend(
                item for item in part.block.evidence if not any(_is_same(item, own) for own in chosen)
            )
        return tuple(self._with_header(item) for item in chosen)

    def _with_header(self, evidence: Evidence) -> Evidence:
        """Look once more for the header of a row whose table began in another passage."""
        if not lacks_header(evidence):
            return evidence
        filters = Filters(document_ids=(evidence.passage.passage.document_id,))
        query = Query(text=evidence.header, filters=filters, top_k=_WIDE)
        return with_header(evidence, self._source.search(query))

    def _reasons(
        self,
        decision: Decision | None,
        chosen: Sequence[Evidence],
        found: Sequence[_Part],
        *,
        missed: Sequence[_Part],
        claims: Sequence[Claim],
    ) -> tuple[str, ...]:
        reasons = [reason for part in missed for reason in _why_missing(part)]
        if decision and decision.choice:
            reasons.append(f"choice {decision.choice!r}: {decision.reason}")
        elif decision and _asks_choice(found):
            reasons.append(decision.reason)
        ranked = [item for part in found for item in part.ranked]
        reasons.extend(find_conflicts(chosen, ranked))
        reasons.extend(problem for claim in claims for problem in claim.problems)
        reasons.extend(source_warnings(chosen, today=self._today))
        if len(claims) < len(chosen):
            reasons.append("shortened to the question's length limit")
        return (*dict.fromkeys(reasons), UNCALIBRATED)


def _asking(found: Sequence[_Part]) -> _Part:
    """The part that asks for the choice: the first that is a yes/no question, else the first."""
    return next((part for part in found if is_yes_no_question(part.asked.text)), found[0])


def _asks_choice(found: Sequence[_Part]) -> bool:
    """Whether a part is not answered by a text alone."""
    return any(not asks_to_be_told(part.asked.text) for part in found)


def _has_open_part(found: Sequence[_Part]) -> bool:
    """Whether a part is given another's block, which does not hold the value that this one asks for."""
    seen: list[Evidence] = []
    for part in found:
        if part.block is None:
            continue
        best, shape = part.block.best, part.asked.shape
        is_held = is_typed(shape) and has_shape(best.text, shape, part.asked.language)
        if not is_held and any(_is_same(best, other) for other in seen):
            return True
        seen.append(best)
    return False


def _is_same(one: Evidence, other: Evidence) -> bool:
    return one.passage.passage.id == other.passage.passage.id and one.spans == other.spans


def _has_choice_slot(question: Question) -> bool:
    return bool(question.options) or any(slot.purpose in ("choice", "mark") for slot in question.slots)


def _signals(parts: Sequence[_Part], decision: Decision | None) -> dict[str, float]:
    joined = join_signals([part.signals for part in parts])
    joined.pop("constant", None)
    if decision is not None:
        joined["decided"] = float(decision.choice is not None)
    return joined


def _why_missing(part: _Part) -> tuple[str, ...]:
    if part.is_near:
        return tuple(finding.reason for finding in part.gated.findings)
    missing = part.sufficiency.missing
    named = f"; no passage found speaks of {', '.join(map(repr, missing))}" if missing else ""
    if not part.passages:
        named = "; no passage was found at all"
    return (f"not found in the documents: {' '.join(part.asked.text.split())!r}{named}",)
