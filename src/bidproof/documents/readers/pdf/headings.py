"""Which rows of a PDF are headings, and how they rank, by size, weight, capitals and numbering."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bidproof.documents.readers.pdf.rows import LIST_SIGN, Row

_PART = re.compile(
    r"^(part|chapter|section|appendix|annex|attachment|schedule|volume)\s+([\dIVX]+|[A-Z])\b(?!\s+(of|to|and)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(item|article|clause)\s+\d+[a-z]?\b(?!\s+(of|to|and)\b)", re.IGNORECASE)
_NOTE = re.compile(r"^(note\s+\d+\b|\d{1,2}\.?\s)", re.IGNORECASE)
_DECIMAL = re.compile(r"^([A-Z]\.)?\d{1,3}(\.\d{1,3})+\.?\s")
_LARGER = 1.12
_SIZE_STEP = 0.15
_MAX_CHARS = 160
_MAX_LEVEL = 9


class Look(NamedTuple):
    """What ranks a heading, most telling first; smaller is higher.

    ``group`` 0 is a part, 1 an item, 2 any other. ``size`` is in steps of 15%
    of the body's size. ``pattern`` tells capitals and depth of numbering.
    ``weight`` is 0 bold, 1 bold italic, 2 plain, 3 italic.
    """

    group: int
    size: int
    pattern: int
    weight: int


def heading_look(row: Row, *, body: float) -> Look | None:
    """How a row looks as a heading; None for body text."""
    text = row.text
    letters = sum(map(str.isalpha, text))
    if letters < 3 or len(text) > _MAX_CHARS or row.is_tabular or letters < 0.5 * len(text.replace(" ", "")):
        return None
    is_larger = row.size >= body * _LARGER
    is_numbered_title = _is_capital(text) and bool(
        _PART.match(text) or _ITEM.match(text) or _NOTE.match(text)
    )
    if not (is_larger or row.is_bold or is_numbered_title):
        return None
    if not is_larger and (text.endswith((",", ";")) or (LIST_SIGN.match(text) and not _NOTE.match(text))):
        return None
    if not is_larger and (text[0].islower() or "$" in text):
        return None
    if text[0] in "([" and text[-1] in ")]":
        return None
    size = -round((row.size / body - 1) / _SIZE_STEP) if is_larger else 0
    weight = (0 if row.is_bold or is_numbered_title else 2) + (1 if row.is_italic else 0)
    if _PART.match(text):
        return Look(0, 0, 0, 0)
    if _ITEM.match(text):
        return Look(1, 0, 0, 0)
    return Look(2, size, _pattern(text), weight)


def _pattern(text: str) -> int:
    if decimal := _DECIMAL.match(text):
        return 2 + min(4, decimal[0].rstrip(". ").count("."))
    if _NOTE.match(text):
        return 1
    return 0 if _is_capital(text) else 7


def _is_capital(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 3 and sum(map(str.isupper, letters)) >= 0.9 * len(letters)


def is_numbered(text: str) -> bool:
    """Whether a heading starts with its number or kind, so that a new one never continues it."""
    return any(pattern.match(text) for pattern in (_PART, _ITEM, _NOTE, _DECIMAL))


def rank_looks(looks: Iterable[Look]) -> dict[Look, int]:
    """Level of each look that occurs, 1 for the highest, 9 at most."""
    return {look: min(index + 1, _MAX_LEVEL) for index, look in enumerate(sorted(set(looks)))}
