"""What shape of answer a question wants, and whether a text has that shape."""

import re
from enum import StrEnum

from bidproof.language.numbers import find_quantities


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
    YES_NO = "yes/no"
    PROSE = "prose"


_RULES: tuple[tuple[AnswerShape, re.Pattern[str]], ...] = tuple(
    (shape, re.compile(pattern, re.IGNORECASE))
    for shape, pattern in (
        (AnswerShape.FREQUENCY, r"\bhow (?:often|frequently)\b|\bfrequency\b|\bcadence\b|\bhow regularly\b"),
        (
            AnswerShape.DURATION,
            r"\bhow (?:long|soon|quickly|fast)\b|\b(?:retention|notice|response|recovery) (?:period|time)s?\b"
            r"|\b(?:rto|rpo|timeframe|time frame|duration|within what time)\b",
        ),
        (
            AnswerShape.NUMBER,
            r"\bhow (?:many|much|large|big)\b|\b(?:maximum|minimum|max|min|total|upper limit|lower limit"
            r"|limit"
            r"|number|percentage|quota|size) (?:number |amount |size |length )?(?:of|for|on|per)\b"
            r"|\bwhat (?:is|are) the (?:default |maximum |minimum |max |total )?(?:limit|quota|size|price"
            r"|cost)\b"
            r"|\b(?:maximum|minimum)\b|\bwhat percent",
        ),
        (
            AnswerShape.DATE,
            r"^when\b|\bwhen (?:was|were|did|will|is)\b|\bwhat date\b|\bdate of\b|\bsince when\b",
        ),
        (
            AnswerShape.PERSON,
            r"^who\b|\bwho (?:is|are|has|will|can)\b|\bwhose\b|\bresponsible (?:person|party)\b",
        ),
        (
            AnswerShape.PLACE,
            r"^where\b|\bin which (?:region|country|location)|\bwhich (?:region|countr|location)",
        ),
        (
            AnswerShape.LIST,
            r"^(?:please )?(?:list|name|enumerate|identify)\b|\bwhat are\b|\bwhich (?:\w+ ){0,3}are\b"
            r"|\bwhat (?:types|kinds|sorts) of\b|\b(?:what|which) \w+s (?:are|do|does|can|will|have)\b",
        ),
        (
            AnswerShape.NAME,
            r"^(?:which|what) (?:is the name|version|type|kind|encryption|protocol|algorithm|standard|tool"
            r"|engine"
            r"|method)\b|\bwhich \w+",
        ),
        (
            AnswerShape.YES_NO,
            r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must|am)\b",
        ),
    )
)
_PERIOD = re.compile(
    r"\b(?:every|each|per|once|twice|(?:hour|dai|night|week|month|quarter|year|annual|bi-?annual"
    r"|semi-?annual)l?y"
    r"|continuous(?:ly)?|annual|on (?:each|every)|regular(?:ly)?|cadence|schedule)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:milli)?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|\d\s?(?:ms|s|h|d)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:team|officer|manager|owner|administrator|maintainers?|committee|board|lead|engineer|person|staff"
    r"|founder"
    r"|director|head|ciso|dpo|cto|ceo|vendor|provider|customers?|users?)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?<=[a-z,(] )[A-Z][\w-]+|\b[A-Z]{2,}\b|\b\w*\d\w*\b")
_SEPARATORS = re.compile(r",|;|:\s|\band\b|\bor\b", re.IGNORECASE)


def wanted_shape(question: str) -> AnswerShape:
    """The shape that the wording of a question calls for; prose when nothing says otherwise."""
    text = " ".join(question.split())
    if _RULES[-1][1].search(text):
        return AnswerShape.YES_NO
    return next((shape for shape, pattern in _RULES if pattern.search(text)), AnswerShape.PROSE)


def has_shape(text: str, shape: AnswerShape) -> bool:
    """Whether a text holds something of that shape; prose and yes/no are held by any text."""
    match shape:
        case AnswerShape.NUMBER:
            return any(
                item.unit not in ("date", "every") for item in find_quantities(text) if not item.is_vague
            )
        case AnswerShape.FREQUENCY:
            return bool(_PERIOD.search(text))
        case AnswerShape.DURATION:
            return bool(_TIME.search(text))
        case AnswerShape.DATE:
            return any(item.unit == "date" for item in find_quantities(text)) or bool(
                re.search(r"\b(?:19|20)\d\d\b", text)
            )
        case AnswerShape.PERSON:
            return bool(_ROLE.search(text) or _CAPITAL.search(text))
        case AnswerShape.NAME | AnswerShape.PLACE:
            return bool(_CAPITAL.search(text))
        case AnswerShape.LIST:
            return len(_SEPARATORS.findall(text)) >= 2
        case AnswerShape.YES_NO | AnswerShape.PROSE:
            return True
