"""Decide which part of a draft goes into which slot of the buyer's file.

The rules are the same for every format; a writer only places the values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bidproof.core.choices import EvidenceMode
from bidproof.core.ids import QuestionId
from bidproof.core.records import (
    LIBRARY_ENGINE,
    AnswerSlot,
    Citation,
    Draft,
    DraftState,
    Question,
    Questionnaire,
    SlotPurpose,
)
from bidproof.language.choices import match_option, meaning_of
from bidproof.language.limits import cut_to_limits, fits
from bidproof.questionnaires.evidence_text import distinct_citations
from bidproof.questionnaires.protocol import EvidenceRow, FillPlan, SlotValue

_TEXT_PURPOSES = (SlotPurpose.ANSWER, SlotPurpose.COMMENT)
_MAIN_PURPOSES = (SlotPurpose.ANSWER, SlotPurpose.CHOICE, SlotPurpose.MARK)
_DECIDED_BY_PEOPLE = (SlotPurpose.OWNERSHIP, SlotPurpose.CUSTOMER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    values: tuple[SlotValue, ...]
    notes: tuple[str, ...] = ()
    cited: bool = False


def fill_slots(question: Question, draft: Draft, *, cite: bool = False) -> tuple[SlotValue, ...]:
    """Say what to write into which slot of a question.

    A choice is always one of the slot's own options; none is invented. A draft
    that was not found, failed or needs a person fills nothing: an empty cell
    never means "No". Where only the choice is left to a person, the evidence is
    written into the comment or evidence slot beside it, and an approved answer
    where its text belongs. Ownership and customer-responsibility slots are left
    to people. Texts keep the question's word and character limits, cut at a
    sentence end.

    Args:
        question: With its slots as read from the file.
        draft: For this question.
        cite: Also write the citations into the evidence or comment slot.
    """
    return _fill(question, draft, cite=cite, max_slot_chars=None).values


def plan_fill(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    evidence: EvidenceMode,
    overwrite: bool,
    max_slot_chars: int | None = None,
) -> FillPlan:
    """Plan a whole file: which slots change, which stay blank and why, what the evidence sheet lists.

    Args:
        questionnaire: As read; questions already answered there are left alone
            unless ``overwrite``.
        drafts: By question id; a question without one stays as it is.
        evidence: ``column`` writes citations into the evidence or comment slot,
            ``sheet`` lists them apart, ``auto`` uses the column where a question
            has one and lists the others apart, ``none`` writes no citations.
        overwrite: Replace answers that the file already holds.
        max_slot_chars: Hard limit of one cell in this format.
    """
    values: list[SlotValue] = []
    rows: list[EvidenceRow] = []
    skipped: list[str] = []
    filled = left_blank = 0
    needs_sheet = evidence == "sheet"
    for question in questionnaire.questions:
        draft = drafts.get(question.id)
        name = question.buyer_id or question.id
        if draft is None:
            left_blank += not question.is_answered
            continue
        if question.is_answered and not overwrite:
            skipped.append(f"{name}: already answered in the file")
            continue
        cite = evidence in ("auto", "column")
        filling = _fill(question, draft, cite=cite, max_slot_chars=max_slot_chars)
        if not overwrite:
            filling = _without_taken(question, filling)
        values.extend(filling.values)
        skipped.extend(f"{name}: {note}" for note in filling.notes)
        is_filled = any(item.purpose in _MAIN_PURPOSES and item.value for item in filling.values)
        filled += is_filled
        left_blank += not is_filled
        needs_sheet = needs_sheet or (
            evidence == "auto" and not filling.cited and bool(distinct_citations(draft))
        )
        rows.extend(_evidence_rows(question, draft))
    return FillPlan(
        values=tuple(values),
        evidence=tuple(rows) if needs_sheet else (),
        filled=filled,
        left_blank=left_blank,
        skipped=(*skipped, *_left_to_people(questionnaire, values)),
    )


def _without_taken(question: Question, filling: _Filling) -> _Filling:
    """Leave slots alone that hold something although their question is not answered yet."""
    taken = {slot.location for slot in question.slots if slot.current.strip()}
    kept = tuple(item for item in filling.values if item.location not in taken)
    if len(kept) == len(filling.values):
        return filling
    notes = [f"{item.location} already holds text" for item in filling.values if item.location in taken]
    return _Filling(values=kept, notes=(*filling.notes, *notes), cited=False)


def _left_to_people(questionnaire: Questionnaire, values: list[SlotValue]) -> list[str]:
    """Slots that no rule may decide, once for each label, over the questions that were filled."""
    filled = {item.location for item in values}
    counts: dict[str, int] = {}
    for question in questionnaire.questions:
        if filled.isdisjoint(slot.location for slot in question.slots):
            continue
        for slot in question.slots:
            if slot.purpose in _DECIDED_BY_PEOPLE and slot.is_writable and not slot.current.strip():
                label = slot.label or str(slot.purpose)
                counts[label] = counts.get(label, 0) + 1
    return [f"{label}: left for a person to decide ({count} questions)" for label, count in counts.items()]


def describe_sources(draft: Draft, *, with_quotes: bool = True) -> str:
    """The draft's citations as lines of text: document, page, verbatim quote; empty when none."""
    lines = ["Sources:"] + [_source_line(item, with_quotes=with_quotes) for item in distinct_citations(draft)]
    return "\n".join(lines) if len(lines) > 1 else ""


def _fill(question: Question, draft: Draft, *, cite: bool, max_slot_chars: int | None) -> _Filling:
    if _leaves_choice_to_a_person(question, draft):
        is_approved = draft.engine == LIBRARY_ENGINE
        question = question if is_approved else _with_remarks_only(question)
        values, notes = list[SlotValue](), [_why_blank(draft, what="choice " if is_approved else "")]
    elif draft.state is not DraftState.DRAFTED:
        return _Filling(values=(), notes=(_why_blank(draft),))
    else:
        values, notes = _fill_choice(question, draft)
    texts, more = _fill_texts(question, draft, cite=cite, max_slot_chars=max_slot_chars)
    sources = [describe_sources(draft, with_quotes=quoted) for quoted in (True, False)]
    cited = cite and any(text and text in item.value for item in texts for text in sources)
    return _Filling(values=(*values, *texts), notes=(*notes, *more), cited=cited)


def _leaves_choice_to_a_person(question: Question, draft: Draft) -> bool:
    """Whether only the choice is open: an approved text, or evidence, then still belongs beside it."""
    has_choice = any(slot.purpose in (SlotPurpose.CHOICE, SlotPurpose.MARK) for slot in question.slots)
    has_text = draft.engine == LIBRARY_ENGINE or bool(distinct_citations(draft))
    return draft.state is DraftState.NEEDS_PERSON and has_choice and has_text


def _with_remarks_only(question: Question) -> Question:
    remarks = (SlotPurpose.COMMENT, SlotPurpose.EVIDENCE)
    return replace(question, slots=tuple(slot for slot in question.slots if slot.purpose in remarks))


def _why_blank(draft: Draft, *, what: str = "") -> str:
    reason = draft.error.splitlines()[0] if draft.error else "; ".join(draft.reasons[:2])
    return f"{what}left blank, {draft.state}" + (f" ({reason})" if reason else "")


def _fill_choice(question: Question, draft: Draft) -> tuple[list[SlotValue], list[str]]:
    slots = [s for s in question.slots if s.purpose in (SlotPurpose.CHOICE, SlotPurpose.MARK)]
    if not slots:
        return [], []
    if draft.choice is None:
        return [], ["choice left blank: the evidence does not decide it"]
    marks = [slot for slot in slots if slot.purpose is SlotPurpose.MARK]
    if marks:
        return _fill_marks(marks, draft.choice)
    values: list[SlotValue] = []
    notes: list[str] = []
    for slot in slots:
        options = slot.options or question.options
        option = match_option(draft.choice, options) if options else draft.choice
        if not slot.is_writable:
            notes.append(f"choice left blank: {slot.location} holds a formula or is not ours to fill")
        elif option is None:
            notes.append(f"choice left blank: {draft.choice!r} is not in the cell's list {list(options)!r}")
        else:
            values.append(SlotValue(location=slot.location, value=option, purpose=slot.purpose))
    return values, notes


def _fill_marks(marks: list[AnswerSlot], choice: str) -> tuple[list[SlotValue], list[str]]:
    option = match_option(choice, [slot.option for slot in marks])
    chosen = next((slot for slot in marks if slot.option == option), None)
    if option is None or chosen is None:
        names = [slot.option for slot in marks]
        return [], [f"choice left blank: {choice!r} is none of the columns {names!r}"]
    if not chosen.is_writable:
        return [], [f"choice left blank: {chosen.location} holds a formula or is not ours to fill"]
    values = [SlotValue(location=chosen.location, value="x", purpose=SlotPurpose.MARK)]
    values += [
        SlotValue(location=slot.location, value="", purpose=SlotPurpose.MARK)
        for slot in marks
        if slot is not chosen and slot.current and slot.is_writable
    ]
    return values, []


def _fill_texts(
    question: Question, draft: Draft, *, cite: bool, max_slot_chars: int | None
) -> tuple[list[SlotValue], list[str]]:
    notes: list[str] = []
    values: list[SlotValue] = []
    main = _first_slot(question, SlotPurpose.ANSWER) or _first_slot(question, SlotPurpose.COMMENT)
    home = _first_slot(question, SlotPurpose.EVIDENCE) or _first_slot(question, SlotPurpose.COMMENT)
    notes += [
        f"{slot.location} left alone: it holds a formula or belongs to another question"
        for slot in question.slots
        if slot.purpose is SlotPurpose.ANSWER and not slot.is_writable
    ]
    text = _answer_text(question, draft)
    max_chars = min((n for n in (question.max_chars, max_slot_chars) if n is not None), default=None)
    short = cut_to_limits(text, max_words=question.max_words, max_chars=max_chars)
    if short != text.strip():
        notes.append("answer shortened to the limit at a sentence end")
    sources = describe_sources(draft) if cite else ""
    if main is not None and main is home:
        short = _join_sources(short, draft if cite else None, question.max_words, max_chars)
    elif home is not None and sources:
        cut = cut_to_limits(sources, max_words=None, max_chars=max_slot_chars)
        values.append(SlotValue(location=home.location, value=cut, purpose=home.purpose))
    if main is not None and short:
        values.insert(0, SlotValue(location=main.location, value=short, purpose=main.purpose))
    return values, notes


def _first_slot(question: Question, purpose: SlotPurpose) -> AnswerSlot | None:
    slots = (slot for slot in question.slots if slot.purpose is purpose and slot.is_writable)
    return next(slots, None)


def _answer_text(question: Question, draft: Draft) -> str:
    """The draft's text, opened with the choice where no slot of its own takes that."""
    has_choice_slot = any(s.purpose in (SlotPurpose.CHOICE, SlotPurpose.MARK) for s in question.slots)
    text = draft.text.strip()
    if has_choice_slot or not draft.choice:
        return text
    if re.match(rf"{re.escape(draft.choice)}(?!\w)", text, re.IGNORECASE):
        return text
    if meaning_of(draft.choice) in ("yes", "no", "na") or not text:
        return f"{draft.choice}. {text}".strip() if text else draft.choice
    return text


def _join_sources(text: str, draft: Draft | None, max_words: int | None, max_chars: int | None) -> str:
    """Put sources below an explanation: with quotes where they fit the limit, without, or not at all."""
    if draft is None:
        return text
    for with_quotes in (True, False):
        sources = describe_sources(draft, with_quotes=with_quotes)
        joined = f"{text}\n\n{sources}".strip() if sources else text
        if fits(joined, max_words=max_words, max_chars=max_chars):
            return joined
    return text


def _pages(citation: Citation) -> str:
    return ", ".join(str(page) for page in citation.pages)


def _source_line(citation: Citation, *, with_quotes: bool) -> str:
    pages = _pages(citation)
    word = "page" if len(citation.pages) == 1 else "pages"
    place = f"{citation.path}, {word} {pages}" if pages else citation.path
    return f"{place}: “{' '.join(citation.quote.split())}”" if with_quotes else place


def _evidence_rows(question: Question, draft: Draft) -> list[EvidenceRow]:
    answer = " – ".join(part for part in (draft.choice or "", draft.text.strip()) if part)
    # The buyer reads this: why an answer is missing, and who said so, stands in the report.
    is_drafted, is_approved = draft.state is DraftState.DRAFTED, draft.engine == LIBRARY_ENGINE
    blank = f"{'choice ' if is_approved else ''}left blank, {draft.state}"
    status = f"{draft.support}, {draft.tier}" if is_drafted else blank
    about = EvidenceRow(
        question_id=question.buyer_id or question.id,
        question=question.text,
        answer=answer if is_drafted or is_approved else "",
        status=status,
        location=question.location,
    )
    cited = [_cited_row(about, item) for item in distinct_citations(draft)]
    return cited or [about]


def _cited_row(about: EvidenceRow, citation: Citation) -> EvidenceRow:
    return EvidenceRow(
        question_id=about.question_id,
        question=about.question,
        answer=about.answer,
        status=about.status,
        location=about.location,
        document=citation.path,
        page=_pages(citation),
        quote=citation.quote,
        place=f"characters {citation.start}–{citation.end}",
    )
