"""Dates as people write them, with their weekday, time and time zone, in seven languages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bidproof.language.lexicon import months
from bidproof.language.rules import read_data, read_patterns

_ROOM = "bidproof.questionnaires.brief"
_DATA = read_data(_ROOM, "dates")
_PATTERNS = read_patterns(_ROOM, "dates")


_MONTHS = months()
_WEEKDAYS = {
    name: number for number, names in enumerate(_DATA["weekdays"], start=1) for name in names.split()
}


def _either(names: Mapping[str, int], *, least: int = 0) -> str:
    return "|".join(sorted((name for name in names if len(name) >= least), key=len, reverse=True))


_MONTH, _FULL_MONTH = _either(_MONTHS), _either(_MONTHS, least=4)
_OF, _ORDINAL = _DATA["written_dates"]["of"], _DATA["written_dates"]["ordinal"]
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"\b(?P<y1>{_YEAR})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?:T(?=\d)|(?!\d))"
    rf"|\b(?P<d2>\d{{1,2}})(?:{_ORDINAL})?\s*[-/]?(?:(?:{_OF})\s*)?(?P<m2>{_MONTH})\b\.?,?\s*[-/]?(?:(?:{_OF})\s*)?"
    rf"(?P<y2>{_YEAR})\b"
    rf"|\b(?P<m3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>{_YEAR})\b"
    rf"|(?<![\d.])(?P<a4>\d{{1,2}})(?P<s4>[./-])(?P<b4>\d{{1,2}})(?P=s4)(?P<y4>{_YEAR}|\d\d)(?![\d.]\d)"
    rf"|\b(?P<d5>\d{{1,2}})(?:{_ORDINAL})?\s+(?:(?:{_OF})\s+)?(?P<m5>{_FULL_MONTH})\b(?!\s+\d)"
    rf"|\b(?P<m6>{_FULL_MONTH})\s+(?P<d6>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\s*\d)"
    rf"|\b(?P<m7>{_FULL_MONTH})\b,?\s+(?:(?:{_OF})\s+)?(?P<y7>{_YEAR})\b"
    rf"|\bQ[1-4][\s/]+(?P<y8>{_YEAR})\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(rf"\b({_either(_WEEKDAYS, least=3)})\b\.?", re.IGNORECASE)
_JOINT = _PATTERNS["joint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as it stands in a text, its weekday, time and zone included.

    Attributes:
        start: First character.
        end: One past the last.
        days: What it may mean: one day, two for ``03/04/2026``, none where day or year is missing.
        time: As written; empty when none is.
        zone: As written; empty when none is.
        weekday: 1 for Monday; 0 when none is written.
        is_relative: It counts from something else: ``30 days after award``.
    """

    start: int
    end: int
    days: tuple[date, ...] = ()
    time: str = ""
    zone: str = ""
    weekday: int = 0
    is_relative: bool = False

    @property
    def day(self) -> date | None:
        """The one day it means; None where that is open."""
        return self.days[0] if len(self.days) == 1 else None

    @property
    def has_wrong_weekday(self) -> bool:
        """Whether the weekday written is not that of the day."""
        return bool(self.weekday and self.day is not None and self.day.isoweekday() != self.weekday)


def find_moments(text: str, *, day_first: bool | None = None) -> tuple[Moment, ...]:
    """Every date of a text, in order, and every term of days that counts from something.

    Args:
        text: One line or sentence; line ends count as blanks.
        day_first: How ``03/04/2026`` is read; None where it may be either.
    """
    dates = list(_dates(text, day_first))
    found = [_with_surroundings(text, item, dates) for item in dates]
    taken = [(item.start, item.end) for item in found]
    for match in _PATTERNS["relative"].finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            end = match.start() + len(match.group().rstrip(" ,"))
            found.append(Moment(start=match.start(), end=end, is_relative=True))
    return tuple(sorted(found, key=lambda item: item.start))


def numeric_orders(text: str) -> frozenset[bool]:
    """Whether a text's numeric dates put the day first, as far as they tell: the day is past 12."""
    pairs = [(int(found["a4"]), int(found["b4"])) for found in _DATE.finditer(text) if found["a4"]]
    return frozenset(a > 12 for a, b in pairs if (a > 12) != (b > 12) and min(a, b) <= 12)


def find_time(text: str) -> Moment | None:
    """The only time of day that a text names, with its zone; None where it names none or several."""
    found = list(_PATTERNS["time"].finditer(text))
    if len(found) != 1:
        return None
    return _zoned(text, Moment(start=found[0].start(), end=found[0].end()), found[0], end=None)


def _dates(text: str, day_first: bool | None) -> Iterator[Moment]:
    for found in _DATE.finditer(text):
        days = _days(found, day_first)
        if days is not None:
            yield Moment(start=found.start(), end=found.end(), days=days)


def _days(found: re.Match[str], day_first: bool | None) -> tuple[date, ...] | None:
    """What a date may mean; None where it is no date at all, such as version 1.2.34."""
    if found["a4"]:
        return _numeric(found, day_first)
    for number in "123":
        if found[f"d{number}"]:
            month = found[f"m{number}"]
            number_of_month = int(month) if month.isdigit() else _MONTHS[month.lower()]
            day = _day(int(found[f"y{number}"]), number_of_month, int(found[f"d{number}"]))
            return None if day is None else (day,)
    return ()


def _numeric(found: re.Match[str], day_first: bool | None) -> tuple[date, ...] | None:
    a, b, year = int(found["a4"]), int(found["b4"]), int(found["y4"])
    if year < 100:
        if len(found["a4"]) + len(found["b4"]) < 4:
            return None
        year += 2000
    by_order = {True: _day(year, b, a), False: _day(year, a, b)}
    possible = [day for day in by_order.values() if day is not None]
    if not possible:
        return None
    order = True if found["s4"] == "." else day_first
    wanted = by_order[order] if order is not None else None
    return (wanted,) if wanted is not None else tuple(dict.fromkeys(possible))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_surroundings(text: str, item: Moment, dates: Sequence[Moment]) -> Moment:
    """A date with the weekday before it and the time and zone after or before it."""
    low = max((other.end for other in dates if other.end <= item.start), default=0)
    high = min((other.start for other in dates if other.start >= item.end), default=len(text))
    for found in _WEEKDAY.finditer(text, low, item.start):
        if _JOINT.fullmatch(text, found.end(), item.start):
            item = replace(item, start=found.start(), weekday=_WEEKDAYS[found[1].lower()])
    return _timed(text, item, low, high)


def _timed(text: str, item: Moment, low: int, high: int) -> Moment:
    after = _WEEKDAY.match(text, _past_joint(text, item.end, high), high)
    weekday, end = (item.weekday, item.end)
    if after and not weekday:
        weekday, end = _WEEKDAYS[after[1].lower()], after.end()
    if time := _PATTERNS["time"].match(text, _past_joint(text, end, high), high):
        return _zoned(text, replace(item, weekday=weekday), time, end=None)
    for time in _PATTERNS["time"].finditer(text, low, item.start):
        zone = _PATTERNS["zone"].match(text, time.end())
        if _JOINT.fullmatch(text, zone.end() if zone else time.end(), item.start):
            return _zoned(text, replace(item, start=time.start(), weekday=weekday), time, end=end)
    return replace(item, weekday=weekday, end=end)


def _zoned(text: str, item: Moment, time: re.Match[str], *, end: int | None) -> Moment:
    """The date with its time, and the zone behind that; ``end`` where the time stands before the date."""
    zone = _PATTERNS["zone"].match(text, time.end())
    last = end if end is not None else (zone.end() if zone else time.end())
    return replace(item, end=last, time=time.group().strip(), zone=zone.group().strip(" ,()") if zone else "")


def _past_joint(text: str, start: int, high: int) -> int:
    found = _JOINT.match(text, start, high)
    return found.end() if found else start
