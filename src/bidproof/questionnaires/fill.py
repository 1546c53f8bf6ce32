"""Decide which part of a draft goes into which slot of the buyer's file.

The rules are the same for every format; a writer only places the values.
"""

import re
from dataclasses import dataclass, replace

from bidproof.core.choices import EvidenceMode
from bidproof.core.records import (
    LIBRARY_ENGINE,
    AnswerSlot,
    Draft,
    DraftState,
    Question,
    SlotPurpose,
)
from bidproof.language.choices import match_option, meaning_of
from bidproof.language.limits import cut_to_limits, fits
from bidproof.questionnaires.evidence_text import (
    SOURCES,
    describe_sources,
    distinct_citations,
    name_sources,
)
from bidproof.questionnaires.protocol import SlotValue

_CHOICES = (SlotPurpose.CHOICE, SlotPurpose.MARK)
_SHORT_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What goes into the slots of one question, and why the rest stays as it is."""

    values: tuple[SlotValue, ...] = ()
    notes: tuple[str, ...] = ()


def fill_slots(
    question: Question, draft: Draft, *, evidence: EvidenceMode = "none", max_slot_chars: int | None = None
) -> Filling:
    """Say what to write into which slot of a question.

    A choice is always one of the slot's own options; none is invented. A draft
    that is only suggested, was not found, failed or needs a person fills nothing: an empty cell
    never means "No". Where only the choice is left to a person, the evidence is
    written into the comment or evidence slot beside it, and an approved answer
    where its text belongs. An answer slot with room for a word gets that word,
    and the comment beside it the text. Ownership and customer-responsibility slots
    are left to people. Texts keep the question's word and character limits, cut at
    a sentence end.

    Args:
        question: With its slots as read from the file.
        draft: For this question; its citations bear the titles to be shown.
        evidence: ``auto`` and ``column`` also write the citations; see :data:`EvidenceMode`.
        max_slot_chars: Hard limit of one cell in this format.
    """
    if _leaves_choice_to_a_person(question, draft):
        is_approved = draft.engine == LIBRARY_ENGINE
        question = question if is_approved else _with_remarks_only(question)
        values, notes = list[SlotValue](), [_why_blank(draft, what="choice " if is_approved else "")]
    elif draft.state is not DraftState.DRAFTED:
        return Filling(notes=(_why_blank(draft),))
    else:
        values, notes = _fill_choice(question, draft)
    texts = _Texts(question, draft, max_slot_chars).fill(evidence)
    return Filling(values=(*values, *texts.values), notes=(*notes, *texts.notes))


def _leaves_choice_to_a_person(question: Question, draft: Draft) -> bool:
    """Whether only the choice is open: an approved text, or evidence, then still belongs beside it."""
    has_choice = any(slot.purpose in _CHOICES for slot in question.slots) or _short_answer(question)
    has_text = draft.engine == LIBRARY_ENGINE or bool(distinct_citations(draft))
    return draft.state is DraftState.NEEDS_PERSON and bool(has_choice) and has_text


def _with_remarks_only(question: Question) -> Question:
    remarks = (SlotPurpose.COMMENT, SlotPurpose.EVIDENCE)
    return replace(question, slots=tuple(slot for slot in question.slots if slot.purpose in remarks))


def _why_blank(draft: Draft, *, what: str = "") -> str:
    reason = draft.error.splitlines()[0] if draft.error else "; ".join(draft.reasons[:2])
    return f"{what}left blank, {draft.state}" + (f" ({reason})" if reason else "")


def _fill_choice(question: Question, draft: Draft) -> tuple[list[SlotValue], list[str]]:
    slots = [slot for slot in question.slots if slot.purpose in _CHOICES]
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
            notes.append(
                f"choice left blank: {slot.location} is a formula's, or its values are nowhere listed"
            )
        elif option is None:
            notes.append(f"choice left blank: {draft.choice!r} is not in the cell's list {list(options)!r}")
        else:
            value = slot.codes[slot.options.index(option)] if slot.codes else option
            values.append(SlotValue(location=slot.location, value=value, purpose=slot.purpose))
    return values, notes


def _fill_marks(marks: list[AnswerSlot], choice: str) -> tuple[list[SlotValue], list[str]]:
    option = match_option(choice, [slot.option for slot in marks])
    chosen = next((slot for slot in marks if slot.option == option), None)
    if option is None or chosen is None:
        names = [slot.option for slot in marks]
        return [], [f"choice left blank: {choice!r} is none of the columns {names!r}"]
    if not chosen.is_writable:
        return [], [f"choice left blank: {chosen.location} is a formula's, or its values are nowhere listed"]
    values = [SlotValue(location=chosen.location, value="x", purpose=SlotPurpose.MARK)]
    values += [
        SlotValue(location=slot.location, value="", purpose=SlotPurpose.MARK)
        for slot in marks
        if slot is not chosen and slot.current and slot.is_writable
    ]
    return values, []


class _Texts:
    """The texts of one question: its answer or comment, and what proves them."""

    def __init__(self, question: Question, draft: Draft, max_slot_chars: int | None) -> None:
        self.question, self.draft = question, draft
        self.max_slot_chars = max_slot_chars
        self.max_chars = min((n for n in (question.max_chars, max_slot_chars) if n is not None), default=None)
        self.notes = [
            f"{slot.location} left alone: it holds a formula"
            for slot in question.slots
            if slot.purpose is SlotPurpose.ANSWER and not slot.is_writable
        ]

    def fill(self, evidence: EvidenceMode) -> Filling:
        comment, short = _first_slot(self.question, SlotPurpose.COMMENT), _short_answer(self.question)
        main = comment if short else _first_slot(self.question, SlotPurpose.ANSWER) or comment
        texts: dict[AnswerSlot, str] = {}
        if short:
            texts[short] = self._word(short)
        if main is not None:
            texts[main] = self._cut(self._answer(parts_from_choice=short is not None))
        self._cite(texts, evidence, home=comment)
        values = (
            SlotValue(location=slot.location, value=text, purpose=slot.purpose)
            for slot, text in texts.items()
            if text
        )
        return Filling(values=tuple(values), notes=tuple(self.notes))

    def _word(self, slot: AnswerSlot) -> str:
        """The word for a slot that has no room for more; the text then stands in the comment."""
        word = self.draft.choice or self.draft.text.strip().rstrip(".")
        if len(word) <= _SHORT_CHARS:
            return word
        self.notes.append(f"{slot.location} left blank: it has room for a word, and the comment has the text")
        return ""

    def _answer(self, *, parts_from_choice: bool) -> str:
        """The draft's text, opened with the choice where no slot of its own takes that."""
        choice, text = self.draft.choice, self.draft.text.strip()
        if not choice or any(slot.purpose in _CHOICES for slot in self.question.slots):
            return text
        opening = re.match(rf"{re.escape(choice)}(?!\w)\W*", text, re.IGNORECASE)
        if parts_from_choice:
            return text[opening.end() :] if opening and "." in opening.group() else text
        if opening is None and (not text or meaning_of(choice) in ("yes", "no", "na")):
            return f"{choice}. {text}".strip() if text else choice
        return text

    def _cut(self, text: str) -> str:
        short = cut_to_limits(text, max_words=self.question.max_words, max_chars=self.max_chars)
        if short != text.strip():
            self.notes.append("answer shortened to the limit at a sentence end")
        return short

    def _cite(self, texts: dict[AnswerSlot, str], evidence: EvidenceMode, *, home: AnswerSlot | None) -> None:
        column = _first_slot(self.question, SlotPurpose.EVIDENCE)
        if column is not None and evidence in ("auto", "column"):
            sources = name_sources(self.draft) if evidence == "auto" else describe_sources(self.draft)
            texts[column] = cut_to_limits(sources, max_words=None, max_chars=self.max_slot_chars)
            untitled = dict.fromkeys(c.path for c in distinct_citations(self.draft) if not c.title)
            self.notes += [
                f"{column.location} does not name {path!r}: the document has no title to show"
                for path in untitled
            ]
        elif home is not None and evidence == "column" and distinct_citations(self.draft):
            below = f"{texts.get(home, '')}\n\n{SOURCES}\n{describe_sources(self.draft)}".strip()
            if fits(below, max_words=self.question.max_words, max_chars=self.max_chars):
                texts[home] = below


def _first_slot(question: Question, purpose: SlotPurpose) -> AnswerSlot | None:
    slots = (slot for slot in question.slots if slot.purpose is purpose and slot.is_writable)
    return next(slots, None)


def _short_answer(question: Question) -> AnswerSlot | None:
    """The answer slot that has room for a word only, where a comment beside it takes the text."""
    answer = _first_slot(question, SlotPurpose.ANSWER)
    has_comment = _first_slot(question, SlotPurpose.COMMENT) is not None
    if answer is None or not has_comment:
        return None
    return answer if answer.is_short or (question.max_chars or _SHORT_CHARS + 1) <= _SHORT_CHARS else None
