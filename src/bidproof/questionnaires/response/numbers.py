"""The number under which a response names each requirement: the buyer's own."""

from collections import Counter
from collections.abc import Sequence

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question
from bidproof.questionnaires.requirements.units import split_label

_MAX_ITEM_LABEL = 2


def response_numbers(questions: Sequence[Question]) -> dict[QuestionId, str]:
    """Number requirements as the buyer did.

    A printed number stands as it is, the letter or short number of a list item behind its
    section's. What has none is counted within its section: ``3.2 (1)``, ``3.2 (2)``.

    Args:
        questions: In reading order.
    """
    counts: Counter[str] = Counter()
    numbers: dict[QuestionId, str] = {}
    for question in questions:
        section = _section_number(question)
        printed = question.buyer_id.strip()
        if not printed:
            counts[section] += 1
            printed = f"({counts[section]})"
        is_item = printed.startswith("(") or len(printed.strip("().:")) <= _MAX_ITEM_LABEL
        is_inside = printed.rstrip(".").startswith(section) if section else True
        numbers[question.id] = f"{section} {printed}" if is_item and not is_inside else printed
    return numbers


def _section_number(question: Question) -> str:
    """The number of the innermost section that has one; empty where none has."""
    labels = (split_label(title).label for title in reversed(question.section_path))
    return next((label.rstrip(".") for label in labels if label), "")
