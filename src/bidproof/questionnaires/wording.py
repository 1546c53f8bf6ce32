"""What a question's own words say: its id, its kind of answer, its limits, whether it must be answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bidproof.core.records import QuestionKind
from bidproof.language.choices import is_yes_no

_ID = (
    r"(?:[A-Z][A-Za-z&]{0,9}(?:[-._][A-Z&]{1,6}){0,2}[-._]?\d{1,4}(?:[.\-]\d{1,3}){0,4}(?:[.\-]?[a-z]\b)?"
    r"|\d{1,3}(?:[.\-]\d{1,3}){0,5}[a-z]?)"
)
_LEADING_ID = re.compile(
    rf"^\s*[(\[]?({_ID})(?:[)\]]?\s*[:–—]\s*|\s+[-–—]\s+|[)\].]\s+|\s*\n\s*|\t+\s*|(?<=[.\-]\d)\s+(?=[A-Z])"
    r"|(?<=[.\-]\d\d)\s+(?=[A-Z])|(?<=[.\-]\d\d[a-z])\s+(?=[A-Z]))(?=\S)",
    re.ASCII,
)
_WHOLE_ID = re.compile(rf"^[(\[]?{_ID}[)\].:]?$", re.ASCII)
_PROMPT = (
    r"[^<>\[\]]{0,60}\b(?:insert|enter|type|fill|add|provide|describe|select|choose|your|answer|response|text|here|name"
    r"|date|number|to be|placeholder|vendor|supplier|bidder)\b[^<>\[\]]{0,60}"
)
_BLANK = re.compile(
    rf"^\s*(?:\{{\{{.*\}}\}}|<{_PROMPT}>|\[{_PROMPT}\]|"
    r"_{3,}|\.{4,}|-{1,3}|–|…|[☐□]|"
    r"(?:please\s+)?(?:select|choose|pick)(?:\s+(?:an?|one|your|from|response|answer|item|option|the|list|below|here)\b.*)?\.*|"
    r"(?:-+\s*)?(?:please\s+)?(?:select|choose)\b.{0,40}-+|"
    r"(?:please\s+)?(?:click|tap|enter|type|insert|provide|add|write)\b.{0,60}\bhere\b.*|"
    r"(?:your|vendor|supplier|bidder)\s+(?:answer|response|comment)s?\s*here\.*|tbd|tbc|"
    r"to be (?:completed|confirmed|provided)"
    r")\s*$",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = r"(\d{1,3}(?:[,. ]\d{3})+|\d{1,6})"
_UNIT = r"[\s-]*(words?|char(?:acter)?s?)\b"
_LIMITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:max(?:imum)?\.?|limit(?:ed)?|up to|no(?:t)? (?:more|longer) than|not (?:to )?exceed(?:ing)?"
        r"|(?:fewer|less) than|at most|within|under|in)(?:\b|(?<=\.))"
        rf"(?:\s*(?:of|to|is|length|:|-|=))*\s*{_COUNT}{_UNIT}",
        rf"\b{_COUNT}{_UNIT}\s*(?:max(?:imum)?\b|limit|or (?:less|fewer)|at most)",
        rf"[(\[]\s*{_COUNT}{_UNIT}\s*[)\]]",
        rf"\b(word|char(?:acter)?) (?:limit|count|max(?:imum)?)\s*(?:of|is|:|=)?\s*{_COUNT}",
    )
)
_YES_NO = re.compile(
    r"^(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|shall|should|may|must|might)\b"
    r"(?!.*\bor\b.*\bwhich\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:if|when|where|for|in|with|as|during|upon|since)\b[^,?]{3,120},\s*", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\bhow (?:many|much|long|often|old|large|big)\b|\bnumber of\b.*\?|\bwhat (?:percentage|number|amount)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"^(?:when\b|(?:on )?what date|(?:what|which) (?:is|was) the (?:[a-z]+ ){0,3}date\b)"
    r"|\bdate of (?:last|most)\b.*\??$",
    re.IGNORECASE,
)
_OBLIGATION = re.compile(
    r"\b(?:shall|must|will|is required to|are required to|is to|has to|have to|should)\b", re.IGNORECASE
)
_QUESTION_WORD = re.compile(
    r"^(?:who|what|when|where|why|which|how|please|describe|explain|list|provide|state|confirm|indicate|specify|give|outline"
    r"|identify|detail|attach|summari[sz]e|name|define|discuss|demonstrate|submit|include|upload|share|tell|select)\b",
    re.IGNORECASE,
)
_MANDATORY = re.compile(
    r"[(\[](?:mandatory|required|must|m)[)\]]|\bmandatory question\b|^\*|\*\s*$", re.IGNORECASE
)
_OPTIONAL = re.compile(r"[(\[](?:optional|o|if applicable)[)\]]", re.IGNORECASE)
_MANDATORY_VALUES = frozenset(
    {
        "m",
        "y",
        "yes",
        "x",
        "mandatory",
        "required",
        "must",
        "musthave",
        "high",
        "critical",
        "shall",
        "1",
        "true",
    }
)
_OPTIONAL_VALUES = frozenset(
    {
        "o",
        "n",
        "no",
        "optional",
        "desirable",
        "nicetohave",
        "should",
        "could",
        "may",
        "low",
        "0",
        "false",
        "shouldhave",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """Word and character limits; None where no limit is stated."""

    max_words: int | None = None
    max_chars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedText:
    """A question's text with the id that stood in front of it; ``buyer_id`` is empty when none did."""

    buyer_id: str
    text: str


def split_leading_id(text: str) -> IdentifiedText:
    """Part ``CO-01a - Do you…`` into its id and its question."""
    match = _LEADING_ID.match(text)
    if not match:
        return IdentifiedText(buyer_id="", text=text.strip())
    return IdentifiedText(buyer_id=match.group(1).strip(), text=text[match.end() :].strip())


def is_id(text: str) -> bool:
    """Whether a cell holds nothing but an id: ``1.2``, ``AC-03b``, ``Q7``."""
    return bool(_WHOLE_ID.match("".join(text.split())))


def is_placeholder(text: str) -> bool:
    """Whether a cell only asks to be filled: blank, ``{{answer}}``, ``<enter here>``, ``Please select``."""
    return not text.strip() or bool(_BLANK.match(text))


def limits_in(*texts: str) -> TextLimits:
    """The tightest limits stated in these texts: ``max 200 words``, ``(500 characters)``."""
    words: list[int] = []
    characters: list[int] = []
    for text in texts:
        for pattern in _LIMITS:
            for match in pattern.finditer(text):
                number = int(re.sub(r"\D", "", match.group()))
                (characters if "char" in match.group().casefold() else words).append(number)
    return TextLimits(
        max_words=min((n for n in words if n), default=None),
        max_chars=min((n for n in characters if n), default=None),
    )


def kind_of(text: str, options: Sequence[str] = ()) -> QuestionKind:
    """What shape of answer the question asks for, by its options first, then its words."""
    if options:
        return QuestionKind.YES_NO if is_yes_no(options) else QuestionKind.CHOICE
    plain = split_leading_id(" ".join(text.split())).text
    core = _CONDITION.sub("", plain)
    if _NUMBER.search(core) and not _YES_NO.match(core):
        return QuestionKind.NUMBER
    if _DATE.search(core) and not _YES_NO.match(core):
        return QuestionKind.DATE
    if _YES_NO.match(core) and "?" in plain:
        return QuestionKind.YES_NO
    if "?" not in plain and not _QUESTION_WORD.match(core) and _OBLIGATION.search(core):
        return QuestionKind.REQUIREMENT
    return QuestionKind.FREE


@lru_cache(maxsize=20_000)
def is_asking(text: str) -> bool:
    """Whether a text reads like a question, a request or a requirement."""
    plain = split_leading_id(" ".join(text.split())).text
    core = _CONDITION.sub("", plain)
    if "?" in plain or _QUESTION_WORD.match(core):
        return True
    return len(core.split()) >= 5 and bool(_OBLIGATION.search(core) or _YES_NO.match(core))


def mandatory_in(text: str, value: str = "") -> bool | None:
    """Whether an answer is compulsory, by a column's value first, then the words; None if unsaid."""
    plain = "".join(character for character in value.casefold() if character.isalnum())
    if plain in _MANDATORY_VALUES:
        return True
    if plain in _OPTIONAL_VALUES:
        return False
    if _MANDATORY.search(text.strip()):
        return True
    return False if _OPTIONAL.search(text) else None
