"""The kind of value that a question wants to be told, and whether a text holds one of that kind."""

import re
from collections.abc import Callable, Mapping

from bidproof.answering.answer_types import AnswerShape, has_shape, wanted_shape
from bidproof.language.lexicon import lexicon, months
from bidproof.language.numbers import find_quantities, named_unit
from bidproof.language.rules import read_data, read_patterns

_PATTERNS = read_patterns("bidproof.answering", "values")
_TOLD_AS: Mapping[str, str] = read_data("bidproof.answering", "values")["told_as"]
_EVERY = read_patterns("bidproof.language", "en")
_TIMES = frozenset({"millisecond", "month"})
_MONEY = frozenset(lexicon()["numbers"]["currencies"].values())
_EACH = re.compile(
    rf"\b(?:every|each) (?:\w+ )?(?:{_PATTERNS['named_time'].pattern}|{'|'.join(months('en'))})\b",
    re.IGNORECASE,
)

_SCALED = re.compile(r"^[kmgtp]i?(?=b|hz)")

_HELD: Mapping[str, Callable[[str], bool]] = {
    "money": lambda text: any(item.unit in _MONEY for item in find_quantities(text)) or _is_free(text),
    "number": lambda text: has_shape(text, AnswerShape.NUMBER),
    "duration": lambda text: any(item.unit in _TIMES for item in find_quantities(text)),
    "frequency": lambda text: bool(
        any(item.unit == "every" for item in find_quantities(text))
        or _PATTERNS["interval"].search(text)
        or _EVERY["every"].search(text)
        or _EVERY["half_year"].search(text)
        or _EACH.search(text)
    ),
    "date": lambda text: has_shape(text, AnswerShape.DATE),
    "name": lambda text: has_shape(text, AnswerShape.PERSON),
}


def asked_values(question: str) -> tuple[str, ...]:
    """The kinds of value that a question asks for: ``money``, ``date`` ...

    A unit that it names tells the kind: what is wanted in dollars is money. A value that is only spoken of
    is not asked for: "is a retention period defined?" wants a yes or a no.
    """
    if unit := named_unit(asked_in(question)):
        return ("money" if unit in _MONEY else "duration" if unit in _TIMES else "number",)
    return tuple(kind for kind in _HELD if _PATTERNS[kind].search(question))


def holds_value(text: str, kind: str, *, question: str = "") -> bool:
    """Whether a text holds a value of one of these kinds, in a unit that converts to the one asked for.

    A number without a unit may be of any, since a table names its unit elsewhere; money has its currency.
    """
    unit = named_unit(asked_in(question))
    if not unit:
        return _HELD[kind](text)
    held = {_family(item.unit) for item in find_quantities(text) if item.unit or unit not in _MONEY}
    return not held.isdisjoint({_family(unit), ""}) or (kind == "money" and _is_free(text))


def asked_in(question: str) -> str:
    """The unit in which a value is wanted, as the question writes it; empty where none is named."""
    if wanted_shape(question) is AnswerShape.YES_NO:
        return ""
    named = (match["unit"] for match in _PATTERNS["in_units"].finditer(question))
    return next(filter(named_unit, named), "")


def _is_free(text: str) -> bool:
    return bool(_PATTERNS["free"].search(text))


def _family(unit: str) -> str:
    """One name for all units that convert into each other: of time, of size, of speed."""
    return "time" if unit in _TIMES else _SCALED.sub("", unit).replace("byte", "b")


def without_examples(question: str) -> str:
    """A question without what it names for example only."""
    return _PATTERNS["example"].sub(" ", question)


def told_as(question: str) -> tuple[str, ...]:
    """Words by which documents tell what a question asks for with others, to be searched for beside it.

    "How many layers may a function have?" is answered by a table of limits that says neither word.
    """
    return tuple(told for kind, told in _TOLD_AS.items() if _PATTERNS[kind].search(question))
