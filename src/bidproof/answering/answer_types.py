"""What shape of answer a question wants, and whether a text has that shape."""

import re
from enum import StrEnum

from bidproof.language.numbers import find_quantities
from bidproof.language.questions import pattern, shape_rules
from bidproof.language.rules import read_patterns
from bidproof.language.words import stem


class AnswerShape(StrEnum):
    """The shape of answer that a question's wording calls for."""

    NUMBER = "number"
    FREQUENCY = "frequency"
    DURATION = "duration"
    DATE = "date"
    PERSON = "person"
    NAME = "name"
    PLACE = "place"
    LIST = "list"
    STEPS = "steps"
    YES_NO = "yes/no"
    PROSE = "prose"


_TYPED = frozenset(
    {
        AnswerShape.NUMBER,
        AnswerShape.FREQUENCY,
        AnswerShape.DURATION,
        AnswerShape.DATE,
        AnswerShape.PERSON,
        AnswerShape.NAME,
        AnswerShape.PLACE,
    }
)
_TOLD = frozenset({AnswerShape.NUMBER, AnswerShape.FREQUENCY, AnswerShape.DURATION, AnswerShape.DATE})
_COUNTED = read_patterns("bidproof.answering", "en")["counted"]
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CAPITAL = re.compile(r"(?<=[a-z,(] )[A-Z][\w-]+|\b[A-Z]{2,}\b|\b\w*\d\w*\b")


def wanted_shape(question: str, language: str = "en") -> AnswerShape:
    """The shape that the wording of a question calls for; prose when nothing says otherwise."""
    return AnswerShape(shape_rules(language).first(" ".join(question.split())) or AnswerShape.PROSE)


def is_typed(shape: AnswerShape) -> bool:
    """Whether a value of a kind is asked for, so that one sentence or row answers."""
    return shape in _TYPED


def is_told_by_form(shape: AnswerShape) -> bool:
    """Whether the form of a text tells that it holds such a value; any capital may be a name."""
    return shape in _TOLD


def has_shape(text: str, shape: AnswerShape, language: str = "en") -> bool:
    """Whether a text holds something of that shape; prose and yes/no are held by any text."""

    def says(name: str) -> bool:
        return pattern(language, name).search(text) is not None

    match shape:
        case AnswerShape.NUMBER:
            return says("number") or any(
                item.unit not in ("date", "every") for item in find_quantities(text) if not item.is_vague
            )
        case AnswerShape.FREQUENCY:
            return says("period")
        case AnswerShape.DURATION:
            return says("time")
        case AnswerShape.DATE:
            is_dated = any(item.unit == "date" for item in find_quantities(text))
            return is_dated or bool(_YEAR.search(text)) or (language != "en" and says("time"))
        case AnswerShape.PERSON:
            return says("role") or bool(_CAPITAL.search(text))
        case AnswerShape.NAME | AnswerShape.PLACE:
            return bool(_CAPITAL.search(text))
        case AnswerShape.LIST:
            return len(pattern(language, "separator").findall(text)) >= 2
        case AnswerShape.YES_NO | AnswerShape.STEPS | AnswerShape.PROSE:
            return True


def counts_another(question: str, text: str) -> bool:
    """Whether the question asks for the number of one thing, and the text gives that of others alone."""
    asked = {stem(name.split()[-1]) for name in _COUNTED.findall(question.lower())}
    counted = {stem(word) for name in _COUNTED.findall(text.lower()) for word in name.split()}
    return bool(asked and counted) and not asked & counted
