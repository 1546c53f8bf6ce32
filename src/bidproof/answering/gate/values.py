"""The kind of value that a question wants to be told, and whether a text holds one of that kind."""

import re
from collections.abc import Callable, Mapping

from bidproof.answering.answer_types import AnswerShape, has_shape
from bidproof.language.lexicon import lexicon, months
from bidproof.language.numbers import find_quantities
from bidproof.language.rules import read_patterns

_PATTERNS = read_patterns("bidproof.answering", "values")
_EVERY = read_patterns("bidproof.language", "en")
_TIMES = frozenset({"millisecond", "month"})
_MONEY = frozenset(lexicon()["numbers"]["currencies"].values())
_EACH = re.compile(
    rf"\b(?:every|each) (?:\w+ )?(?:{_PATTERNS['named_time'].pattern}|{'|'.join(months('en'))})\b",
    re.IGNORECASE,
)

# Whether a text holds that kind of value; the question may name the unit of a bare number.
_HELD: Mapping[str, Callable[[str, str], bool]] = {
    "money": lambda text, _: (
        any(item.unit in _MONEY for item in find_quantities(text)) or bool(_PATTERNS["free"].search(text))
    ),
    "number": lambda text, _: has_shape(text, AnswerShape.NUMBER),
    "duration": lambda text, question: any(
        item.unit in _TIMES or (not item.unit and _PATTERNS["in_units"].search(question))
        for item in find_quantities(text)
    ),
    "frequency": lambda text, _: bool(
        any(item.unit == "every" for item in find_quantities(text))
        or _PATTERNS["interval"].search(text)
        or _EVERY["every"].search(text)
        or _EVERY["half_year"].search(text)
        or _EACH.search(text)
    ),
    "date": lambda text, _: has_shape(text, AnswerShape.DATE),
    "name": lambda text, _: has_shape(text, AnswerShape.PERSON),
}


def asked_values(question: str) -> tuple[str, ...]:
    """The kinds of value that a question asks for: ``money``, ``date`` ...

    A value that is only spoken of is not asked for: "is a retention period defined?" wants a yes or a no.
    """
    return tuple(kind for kind in _HELD if _PATTERNS[kind].search(question))


def holds_value(text: str, kind: str, *, question: str = "") -> bool:
    """Whether a text holds a value of one of these kinds; ``question`` may name its unit."""
    return _HELD[kind](text, question)


def without_examples(question: str) -> str:
    """A question without what it names for example only."""
    return _PATTERNS["example"].sub(" ", question)
