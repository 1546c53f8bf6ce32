"""What is recognised by its form: weights, sizes, durations, money, addresses and blanks to fill in."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bidproof.language.lexicon import word_list
from bidproof.language.rules import read_patterns

_ROOM = "bidproof.questionnaires.brief"
_PATTERNS = read_patterns(_ROOM, "mentions", flags=re.IGNORECASE)
_CASED = read_patterns(_ROOM, "mentions", flags=re.NOFLAG)
_HAS_CASE = frozenset({"blank", "address"})
_SPELLED = {word: number for number, word in enumerate(word_list("numbers.ones"))}


class MentionKind(StrEnum):
    """The forms that are told apart."""

    PERCENT = "percent"
    POINTS = "points"
    SIZE = "size"
    DURATION = "duration"
    MONEY = "money"
    EMAIL = "email"
    URL = "url"
    PHONE = "phone"
    BLANK = "blank"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One of them: its characters ``[start, end)``, its words, and its number where it has one."""

    kind: MentionKind
    start: int
    end: int
    text: str
    number: float | None = None


def find_mentions(text: str, *kinds: MentionKind) -> tuple[Mention, ...]:
    """Every mention of these kinds in a text, in order of kind, then position."""
    return tuple(_mention(kind, found) for kind in kinds for found in _pattern(kind).finditer(text))


@lru_cache(maxsize=4096)
def without_addresses(text: str) -> str:
    """A text whose links and mailboxes are blank: ``tenders@example.org`` speaks of no tender."""
    for kind in (MentionKind.EMAIL, MentionKind.URL):
        text = _pattern(kind).sub(lambda found: "@" * len(found.group()), text)
    return text


def has_mention(text: str, *kinds: MentionKind) -> bool:
    """Whether a text holds one of these."""
    return any(_pattern(kind).search(text) for kind in kinds)


def _pattern(kind: MentionKind) -> re.Pattern[str]:
    return (_CASED if kind in _HAS_CASE else _PATTERNS)[kind]


def _mention(kind: MentionKind, found: re.Match[str]) -> Mention:
    number = found.groupdict().get("n")
    return Mention(
        kind=kind,
        start=found.start(),
        end=found.end(),
        text=" ".join(found.group().split()),
        number=_number(number) if number else None,
    )


def _number(text: str) -> float | None:
    digits = re.search(r"\d+(?:[.,]\d+)?", text)
    if digits:
        return float(digits.group().replace(",", "."))
    return _SPELLED.get(text.lower())
