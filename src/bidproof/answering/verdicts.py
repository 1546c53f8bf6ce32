"""Which questions want a yes or a no although the form lists no options.

A place for text below "Do you encrypt backups?", or a response to it, wants "Yes." or "No." with the sentence
behind it.
Such a question is handed to an engine with these two as its options, so that it decides them by the
same rules as a dropdown's, or leaves them to a person.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bidproof.answering.choices import is_yes_no_question
from bidproof.core.records import Draft, DraftState, Question, QuestionKind, SlotPurpose
from bidproof.language.questions import pattern

VERDICTS = ("Yes", "No")
UNDECIDED = "the evidence does not decide yes or no"

_INVITES = pattern("en", "invites")
_LINE = re.compile(r"(?<=[A-Z])\d+$|(?<=/row:)\d+")
_HABIT_SHARE = 0.6
_HABIT_LEAST = 3


def with_verdicts(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions in their order, with yes and no as options of those that want one of them.

    Those are yes/no questions that take text alone, and requirements in a column most of
    whose questions are that.
    """
    wanting = Counter(_column(item) for item in questions if _wants_verdict(item))
    all_there = Counter(map(_column, questions))
    habits = {
        column
        for column, count in wanting.items()
        if count >= _HABIT_LEAST and count >= _HABIT_SHARE * all_there[column]
    }
    return tuple(
        replace(item, options=VERDICTS)
        if _wants_verdict(item)
        or (_column(item) in habits and item.kind is QuestionKind.REQUIREMENT and _is_open(item))
        else item
        for item in questions
    )


def say_undecided(draft: Draft, question: Question) -> Draft:
    """The draft with the reason why a person has to decide, where yes or no is open."""
    is_open = draft.state is DraftState.NEEDS_PERSON and draft.choice is None
    if not is_open or question.options is not VERDICTS:
        return draft
    return replace(draft, reasons=(UNDECIDED, *draft.reasons))


def _wants_verdict(question: Question) -> bool:
    return (
        question.kind is QuestionKind.YES_NO
        and _is_open(question)
        and is_yes_no_question(question.text)
        and not _INVITES.search(question.text)
    )


def _is_open(question: Question) -> bool:
    """Whether the question takes text alone: in a place of ours, or in a response document."""
    purposes = {slot.purpose for slot in question.slots if slot.is_writable}
    takes_text = not question.slots or bool(purposes & {SlotPurpose.ANSWER, SlotPurpose.COMMENT})
    return takes_text and not question.options and not purposes & {SlotPurpose.CHOICE, SlotPurpose.MARK}


def _column(question: Question) -> str:
    """The column that takes the answer; the place itself without columns, empty without a place."""
    return next((_LINE.sub("", slot.location) for slot in question.slots), "")
