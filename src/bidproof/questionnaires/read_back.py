"""Read a draft's answer back from the file that it was filled into: the inverse of ``fill.py``.

What stands in the slots now is held against what was written there. Sources that
were written below an answer are no part of it, nor is what other questions have in a
place that they share. Everything read is text, also what looks like a formula or an
instruction.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import AnswerSlot, Draft, DraftState, Question, SlotPurpose
from bidproof.formats.csv.cells import unguard_cell
from bidproof.language.choices import match_option, meaning_of
from bidproof.questionnaires.evidence_text import SOURCES
from bidproof.questionnaires.fill import fill_slots
from bidproof.questionnaires.wording import is_placeholder
from bidproof.workspace.rows import ReviewOutcome

_TEXTS = (SlotPurpose.ANSWER, SlotPurpose.COMMENT)
_CHOICES = (SlotPurpose.CHOICE, SlotPurpose.MARK)
_OPENING = re.compile(r"\s*([^\s.,;:–—-]+(?:/[A-Za-z]\b)?)\s*[.,;:–—-]*\s*")
_SOURCES = re.compile(rf"^{SOURCES}(?:\n.*\S.*)*|^Evidence: .*“.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """An answer as it was written and as it was found.

    Texts come without sources and with the choice taken out, where that has no slot
    of its own. Empty where there is none.
    """

    outcome: ReviewOutcome
    old_text: str = ""
    old_choice: str = ""
    new_text: str = ""
    new_choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAnswer:
    """What stands in the slots of a question, sources aside; empty where there is nothing."""

    text: str
    choice: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.text and not self.choice


def read_back(
    question: Question,
    draft: Draft,
    *,
    before: Question | None = None,
    shared: Collection[str] = frozenset(),
) -> ReadBack:
    """Tell what a person made of a draft.

    A suggestion that now stands in the file as it was shown is accepted; in other words, it was written
    by the person.

    Args:
        question: As read from the file that came back, with what its slots hold.
        draft: What was written into it, or suggested for it.
        before: The same question in the buyer's file, where that is at hand: what
            stood there before is nobody's answer.
        shared: Places that other questions of the file answer in, too.
    """
    is_suggested = draft.state is DraftState.SUGGESTED
    offered = replace(draft, state=DraftState.DRAFTED) if is_suggested else draft
    wanted = _written(question, offered)
    found = _found(question, before=before, shared=shared, wanted=wanted.text)
    if _same(wanted, found):
        draft = offered
    written = _written(question, draft)
    was_drafted = draft.state is DraftState.DRAFTED and not written.is_empty
    if _same(written, found):
        outcome = ReviewOutcome.ACCEPTED if was_drafted else ReviewOutcome.UNTOUCHED
    elif found.is_empty:
        outcome = ReviewOutcome.REJECTED
    else:
        outcome = ReviewOutcome.EDITED if was_drafted else ReviewOutcome.WRITTEN
    old, new = written_answer(question, draft), _without_choice(found, question)
    if outcome is ReviewOutcome.ACCEPTED:
        new = old
    is_answer = outcome.is_answer
    return ReadBack(
        outcome=outcome,
        old_text=old.text,
        old_choice=old.choice,
        new_text=new.text if is_answer else "",
        new_choice=new.choice if is_answer else "",
    )


def standing_answer(
    question: Question,
    *,
    draft: Draft | None = None,
    before: Question | None = None,
    shared: Collection[str] = frozenset(),
) -> SlotAnswer:
    """What stands in a question's slots, its choice parted from its text.

    The arguments are those of :func:`read_back`.
    """
    wanted = _written(question, draft).text if draft else ""
    found = _found(question, before=before, shared=shared, wanted=wanted)
    return _without_choice(found, question)


def written_answer(question: Question, draft: Draft) -> SlotAnswer:
    """What filling in a draft puts into a question's slots, as :func:`read_back` tells it."""
    return _without_choice(_written(question, draft), question)


def _written(question: Question, draft: Draft) -> SlotAnswer:
    """What filling in put into the slots, sources aside."""
    values = fill_slots(question, draft).values
    texts = [item.value for item in values if item.purpose in _TEXTS and item.value]
    marked = {item.location for item in values if item.purpose is SlotPurpose.MARK and item.value}
    chosen = [item.value for item in values if item.purpose is SlotPurpose.CHOICE]
    chosen += [slot.option for slot in question.slots if slot.location in marked]
    return SlotAnswer(text=_joined(texts), choice=chosen[0] if chosen else "")


def _found(
    question: Question,
    *,
    before: Question | None = None,
    shared: Collection[str] = frozenset(),
    wanted: str = "",
) -> SlotAnswer:
    """What the slots hold now, sources and what the buyer wrote there aside.

    Args:
        question: As read from the file.
        before: The same question in the buyer's file.
        shared: Places that other questions answer in, too: only this one's lines count there.
        wanted: What was written, to be known again in a shared place without ids.
    """
    given = {slot.location: slot.current for slot in before.slots} if before else {}
    slots = [
        slot
        for slot in question.slots
        if not is_placeholder(slot.current) and not _is_given(slot, given.get(slot.location, ""))
    ]
    texts = [
        _own_lines(text, question, wanted) if slot.location in shared else text
        for slot in slots
        if slot.purpose in _TEXTS and (text := _SOURCES.sub("", unguard_cell(slot.current)).strip())
    ]
    chosen = [_option(slot, question) for slot in slots if slot.purpose in _CHOICES]
    return SlotAnswer(text=_joined(texts), choice=next(filter(None, chosen), ""))


def _own_lines(text: str, question: Question, wanted: str) -> str:
    """A question's part of a place that it shares: behind its id, else the words that were written."""
    own = re.search(rf"^{re.escape(question.buyer_id)}: (.*(?:\n(?!\S{{1,20}}: ).*)*)", text, re.MULTILINE)
    if question.buyer_id and own:
        return own.group(1).strip()
    return wanted if wanted and _plain(wanted) in _plain(text) else text


def _is_given(slot: AnswerSlot, before: str) -> bool:
    return bool(before.strip()) and _plain(before) == _plain(slot.current)


def _option(slot: AnswerSlot, question: Question) -> str:
    if slot.purpose is SlotPurpose.MARK:
        return slot.option
    value = slot.current.strip()
    return match_option(value, slot.options or question.options) or value


def _same(one: SlotAnswer, other: SlotAnswer) -> bool:
    return _plain(one.text) == _plain(other.text) and _same_choice(one.choice, other.choice)


def _same_choice(one: str, other: str) -> bool:
    meaning = meaning_of(one)
    return _plain(one) == _plain(other) or (meaning is not None and meaning == meaning_of(other))


def _without_choice(answer: SlotAnswer, question: Question) -> SlotAnswer:
    """Part ``Yes. We do.`` where the choice has no slot of its own."""
    has_slot = any(slot.purpose in _CHOICES for slot in question.slots)
    opening = _OPENING.match(answer.text)
    if has_slot or not question.options or answer.choice or opening is None:
        return answer
    whole = match_option(answer.text, question.options)
    if whole is not None:
        return SlotAnswer(text="", choice=whole)
    choice = match_option(opening.group(1), question.options)
    if choice is None:
        return answer
    return SlotAnswer(text=answer.text[opening.end() :].strip(), choice=choice)


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(text.strip() for text in texts if text.strip())


def _plain(text: str) -> str:
    return " ".join(text.split())
