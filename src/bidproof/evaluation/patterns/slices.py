"""What a case is like: the properties by which a run is sliced."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from bidproof.answering.decompose import split_question
from bidproof.core.records import BlockKind
from bidproof.evaluation.gold.questions import case_kind, case_options
from bidproof.evaluation.gold.relevance import first_relevant_rank, is_relevant
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.choices import meaning_of
from bidproof.language.detect import guess_language
from bidproof.language.numbers import Quantity, find_quantities
from bidproof.language.polarity import is_negative

DIMENSIONS = (
    "negation",
    "number",
    "date",
    "table",
    "parts",
    "kind",
    "length",
    "document type",
    "gold position",
    "language",
    "right choice",
    "answerable",
    "tag",
    "group",
)
"""Properties of a case, in the order in which they are shown."""

_SHORT_WORDS = 8
_LONG_WORDS = 20
_YES, _NO = "yes", "no"


def properties(case: GoldCase, outcome: Outcome | None) -> list[tuple[str, str]]:
    """Every property of a case that is known, as dimension and value.

    ``table``, ``document type`` and ``gold position`` rest on the gold passage
    and are left out where it is not known; a case has one ``tag`` entry a tag.

    Args:
        case: The case.
        outcome: One of its outcomes, for the ranking; None when it was not run.
    """
    plain = " ".join(case.question.split())
    asked, known = find_quantities(plain), find_quantities(case.reference)
    found = [
        ("negation", _truth(is_negative(plain))),
        ("number", _truth(_has_number(asked) or _has_number(known))),
        ("date", _truth(any(_is_date(item) for item in (*asked, *known)))),
        ("parts", "several" if len(split_question(case.question)) > 1 else "one"),
        ("kind", str(case_kind(plain, case_options(case)))),
        ("length", _length(len(plain.split()))),
        ("language", guess_language(plain)),
    ]
    if case.choice:
        found.append(("right choice", meaning_of(case.choice) or case.choice))
    if case.is_answerable is not None:
        found.append(("answerable", _truth(case.is_answerable)))
    found += [("tag", tag) for tag in case.tags]
    if case.group:
        found.append(("group", case.group))
    return found + _of_gold(case, outcome)


def _of_gold(case: GoldCase, outcome: Outcome | None) -> list[tuple[str, str]]:
    """Properties of the passage that answers the case."""
    if not case.relevant:
        return []
    found: list[tuple[str, str]] = []
    ranking = outcome.retrieved if outcome else ()
    gold = [item for item in ranking if is_relevant(case, item.passage)][:1]
    if gold:
        found.append(("table", _truth(gold[0].passage.kind is BlockKind.TABLE)))
    endings = {PurePosixPath(item.passage.path).suffix for item in gold} or {
        PurePosixPath(item.path).suffix for item in case.relevant
    }
    known = sorted(filter(None, endings))
    if len(known) == 1:
        found.append(("document type", known[0].lower().removeprefix(".")))
    if outcome and ranking:
        found.append(("gold position", _position(first_relevant_rank(case, ranking), outcome.used)))
    return found


def _position(rank: int | None, used: int) -> str:
    if rank is None:
        return "not in the ranking"
    if rank > used:
        return "below the context"
    return "first" if rank == 1 else "last in the context" if rank == used else "inside the context"


def _length(words: int) -> str:
    if words <= _SHORT_WORDS:
        return f"up to {_SHORT_WORDS} words"
    return (
        f"over {_LONG_WORDS} words" if words > _LONG_WORDS else f"{_SHORT_WORDS + 1} to {_LONG_WORDS} words"
    )


def _truth(is_so: bool) -> str:
    return _YES if is_so else _NO


def _has_number(found: Sequence[Quantity]) -> bool:
    return any(not _is_date(item) and any(char.isdigit() for char in item.raw) for item in found)


def _is_date(item: Quantity) -> bool:
    return item.unit == "date"
