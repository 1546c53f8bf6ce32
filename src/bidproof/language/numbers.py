"""Numbers, dates, versions, frequencies and their units, compared by meaning.

``1,000`` equals ``1000``, ``thirty days`` equals ``30 days``, ``12 months``
equals ``1 year``, ``2024-03-05`` equals ``5 March 2024``. Dotted numbers
without a unit (``1.10``) compare as versions, character by character.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from bidproof.language.lexicon import lexicon, months, word_list
from bidproof.language.rules import read_patterns

_NUMBERS = lexicon()["numbers"]
_ONES, _TENS = word_list("numbers.ones"), word_list("numbers.tens")
_SPELLED = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 20 + 10 * place for place, word in enumerate(_TENS)},
}
_ORDINALS = {word: value for value, word in enumerate(word_list("numbers.ordinals"), start=1)}
_SCALES: dict[str, int] = _NUMBERS["scales"]
_GLUED_SCALES: dict[str, int] = _NUMBERS["glued_scales"]
_CURRENCIES: dict[str, str] = _NUMBERS["currencies"]
_MONTHS = months("en")
_UNITS: dict[str, tuple[str, int]] = {
    **{word: (row["is"], row["times"]) for row in _NUMBERS["units"] for word in row["words"]},
    **{unit: (unit, 1) for unit in word_list("numbers.plain_units")},
}
_FREQUENCIES: dict[str, str] = {word: row["is"] for row in _NUMBERS["frequencies"] for word in row["words"]}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = re.compile(
    rf"\b(?P<y1>\d{{4}})-(?P<m1>\d{{1,2}})-(?P<d1>\d{{1,2}})\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<m2>{_MONTH})\.?,?\s+(?P<y2>\d{{4}})\b"
    rf"|\b(?P<m3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})\b"
    rf"|\b(?P<m4>{_MONTH})\.?,?\s+(?P<y4>\d{{4}})\b"
    r"|\b(?P<a5>\d{1,2})[/.](?P<b5>\d{1,2})[/.](?P<y5>\d{4})\b",
    re.IGNORECASE,
)
_UNIT_WORDS = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_NAMED_UNIT = re.compile(rf"(?<![^\W_])(?:{_UNIT_WORDS})(?![^\W_])", re.IGNORECASE)
_DIGITS = re.compile(
    r"(?<![A-Za-z_\d.])(?<![A-Za-z]-)(?:(?P<currency>us\$|usd|eur|gbp|[$€£¥])\s?)?(?P<v>v)?"
    r"(?P<number>\d{1,2}:\d{2}(?!\d)|\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)*)"
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion)\b|(?P<glued>k|m|bn|b)\b)?"
    rf"(?:\)?[\s-]?(?P<unit>{_UNIT_WORDS})(?![^\W_])|(?P<ordinal>st|nd|rd|th)\b)?(?P<rest>[^\W_]*)",
    re.IGNORECASE,
)
_SPELLED_WORD = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True)])
_WORDS = re.compile(
    rf"\b(?P<first>{_SPELLED_WORD})(?:[-\s](?P<second>{'|'.join(_ONES[1:10])}))?\b"
    r"(?:[\s-](?P<scale>hundred|thousand|million|billion))?"
    rf"(?:[\s-](?:\(\d+\)[\s-])?(?P<unit>{_UNIT_WORDS})\b)?",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(_FREQUENCIES, key=len, reverse=True))})\b", re.IGNORECASE
)
_PATTERNS = read_patterns("bidproof.language", "en")
_JOINED = re.compile(r"(?<=[A-Za-z]-)\d+(?![^\W_])")
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number, date or frequency as it stands in a text.

    Attributes:
        raw: The words as written.
        start: First character in the text it was found in.
        end: One past the last character.
        values: Readings that count as the same; ``03/04/2024`` has two.
        unit: Normalised unit, empty when none is named.
        written: The number itself where the unit changes it, for texts that leave the unit out.
        is_vague: A lone ``one``, which is more often a pronoun than a count.
    """

    raw: str
    start: int
    end: int
    values: frozenset[str]
    unit: str = ""
    written: str = ""
    is_vague: bool = False


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every number, date, version and frequency of a text, in order of kind, then position."""
    dates = [_date(match) for match in _DATES.finditer(text) if _date(match).values]
    rest = _blank(text, dates)
    frequencies = [
        _quantity(match, values=(_FREQUENCIES[match["word"].lower()],), unit="every")
        for match in _FREQUENCY.finditer(rest)
    ]
    digits = [found for match in _DIGITS.finditer(rest) if (found := _number(match))]
    rest = _blank(rest, digits)
    spelled = [_spelled(match) for match in _WORDS.finditer(rest)]
    return (*dates, *digits, *spelled, *frequencies)


def named_unit(text: str) -> str:
    """The first unit or currency that a text names, as :class:`Quantity` has it; empty for none."""
    found = _NAMED_UNIT.search(text)
    return _UNITS[found[0].lower()][0] if found else ""


def missing_quantities(text: str, *, evidence: str) -> tuple[str, ...]:
    """The numbers, dates, versions and frequencies of a text that the evidence does not state.

    A unit must agree where both sides name one; a bare number matches any unit.
    """
    asked = [item for item in find_quantities(text) if not item.is_vague]
    if not asked:
        return ()
    stated = [*find_quantities(evidence), *_implied(evidence)]
    return tuple(
        dict.fromkeys(item.raw for item in asked if not any(_agree(item, other) for other in stated))
    )


def missing_repeats(text: str, *, evidence: str) -> tuple[str, ...]:
    """What a text says of "every", "each" or "once a" period that does not come again in the evidence."""
    asked = [(match[0], _repeat(match)) for match in _PATTERNS["repeats"].finditer(text)]
    if not asked:
        return ()
    stated = {_repeat(match) for match in _PATTERNS["every"].finditer(evidence)}
    stated |= {value for item in find_quantities(evidence) if item.unit == "every" for value in item.values}
    return tuple(dict.fromkeys(" ".join(raw.split()) for raw, period in asked if period not in stated))


def stated_quantities(text: str) -> tuple[str, ...]:
    """Every number, date and frequency of a text as it is written there."""
    repeats = (match[0] for match in _PATTERNS["repeats"].finditer(text))
    return (*(item.raw for item in find_quantities(text)), *repeats)


def _repeat(match: re.Match[str]) -> str:
    return match["unit"].lower().replace("night", "day")


def _agree(asked: Quantity, stated: Quantity) -> bool:
    if asked.unit == "date" and stated.unit == "date":
        return any(value.startswith(wanted) for wanted in asked.values for value in stated.values)
    if "every" in (asked.unit, stated.unit) and asked.unit != stated.unit:
        return False
    if asked.unit and stated.unit:
        return asked.unit == stated.unit and bool(asked.values & stated.values)
    return not (asked.values | {asked.written}).isdisjoint((stated.values | {stated.written}) - {""})


def _implied(evidence: str) -> list[Quantity]:
    """What a text says without a figure: years of its dates, ``every year``, ``third``, one ``day``."""
    found = [
        Quantity(raw=match[0], start=match.start(), end=match.end(), values=frozenset({match[year]}))
        for match in _DATES.finditer(evidence)
        for year in ("y1", "y2", "y3", "y4", "y5")
        if match[year]
    ]
    for match in _PATTERNS["every"].finditer(evidence):
        unit = _repeat(match)
        found.append(_quantity(match, values=(unit,), unit="every"))
        if unit in _UNITS:
            found.append(_measured(match, value=Decimal(1), unit=unit))
    found += [
        _quantity(match, values=("half-year",), unit="every")
        for match in _PATTERNS["half_year"].finditer(evidence)
    ]
    found += [
        _quantity(match, values=(str(_ORDINALS[match[1].lower()]),), unit="ordinal")
        for match in _ORDINAL.finditer(evidence)
    ]
    found += [_quantity(match, values=(match[0],)) for match in _JOINED.finditer(evidence)]
    for frequency in _FREQUENCY.finditer(evidence):
        period = _FREQUENCIES[frequency["word"].lower()]
        if period in _UNITS:
            found.append(_measured(frequency, value=Decimal(1), unit=period))
        elif period == "half-year":
            found.append(_measured(frequency, value=Decimal(6), unit="months"))
    return found


def _blank(text: str, found: list[Quantity]) -> str:
    for item in found:
        text = text[: item.start] + " " * (item.end - item.start) + text[item.end :]
    return text


def _quantity(match: re.Match[str], *, values: tuple[str, ...], unit: str = "") -> Quantity:
    return Quantity(
        raw=match[0].strip(), start=match.start(), end=match.end(), values=frozenset(values), unit=unit
    )


def _measured(match: re.Match[str], *, value: Decimal, unit: str) -> Quantity:
    base, factor = _UNITS[unit.lower()]
    return replace(
        _quantity(match, values=(_plain(value * factor),), unit=base),
        written="" if factor == 1 else _plain(value),
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _date(match: re.Match[str]) -> Quantity:
    parts = match.groupdict()
    pairs: list[tuple[str, str, str | None]] = []
    if parts["y1"]:
        pairs = [(parts["y1"], parts["m1"], parts["d1"])]
    elif parts["y2"]:
        pairs = [(parts["y2"], str(_MONTHS[parts["m2"].lower()]), parts["d2"])]
    elif parts["y3"]:
        pairs = [(parts["y3"], str(_MONTHS[parts["m3"].lower()]), parts["d3"])]
    elif parts["y4"]:
        pairs = [(parts["y4"], str(_MONTHS[parts["m4"].lower()]), None)]
    else:
        pairs = [(parts["y5"], parts["a5"], parts["b5"]), (parts["y5"], parts["b5"], parts["a5"])]
    values = [
        f"{year}-{int(month):02d}-" + (f"{int(day):02d}" if day else "")
        for year, month, day in pairs
        if 1 <= int(month) <= 12 and (day is None or 1 <= int(day) <= 31)
    ]
    return _quantity(match, values=tuple(values), unit="date")


def _number(match: re.Match[str]) -> Quantity | None:
    if match["rest"]:
        return None
    number = re.sub(r"[,\u00a0\u202f]", "", match["number"])
    unit = (match["unit"] or "").lower()
    currency = _CURRENCIES.get((match["currency"] or "").lower(), "")
    glued = (match["glued"] or "").lower() if currency or (match["glued"] or "") in ("k", "K") else ""
    scale = _SCALES.get((match["scale"] or "").lower(), 1) * _GLUED_SCALES.get(glued, 1)
    try:
        value = Decimal(number) * scale
    except InvalidOperation:
        return _quantity(match, values=(number,))
    if unit:
        return _measured(match, value=value, unit=unit)
    if match["ordinal"]:
        return _quantity(match, values=(number,), unit="ordinal")
    if currency or scale != 1:
        return _quantity(match, values=(_plain(value),), unit=currency)
    return _quantity(match, values=(number,) if "." in number else (_plain(value),))


def _spelled(match: re.Match[str]) -> Quantity:
    first = match["first"].lower()
    value = Decimal(_SPELLED[first] + (_SPELLED[match["second"].lower()] if match["second"] else 0))
    value *= _SCALES.get((match["scale"] or "").lower(), 1)
    if match["unit"]:
        return _measured(match, value=value, unit=match["unit"])
    found = _quantity(match, values=(_plain(value),))
    if first == "one" and not match["scale"]:
        return Quantity(raw=found.raw, start=found.start, end=found.end, values=found.values, is_vague=True)
    return found
