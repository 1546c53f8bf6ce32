"""Arithmetic with calendar days, as a model may ask for it."""

import calendar
import re
from datetime import date, timedelta
from typing import Literal

Operation = Literal["difference", "add_days", "add_months", "compare"]

_DAY = re.compile(r"\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\s*")
_COUNT = re.compile(r"\s*([+-]?[0-9]{1,6})\s*(?:days?|months?)?\s*")


class BadDate(ValueError):
    """A date or a number cannot be read; the text says which."""


def date_arithmetic(day: str, operation: Operation, value: str) -> str:
    """The result in words, dates as YYYY-MM-DD.

    Args:
        day: The date to begin with.
        operation: ``difference`` and ``compare`` take another date as ``value``,
            ``add_days`` and ``add_months`` a whole number, which may be negative. A month
            that is too short gives its last day.
        value: See above.

    Raises:
        BadDate: One of them is none, or the result is outside of the years 1 to 9999.
    """
    start = _day(day)
    try:
        if operation == "add_days":
            return (start + timedelta(days=_count(value))).isoformat()
        if operation == "add_months":
            return _months_later(start, _count(value)).isoformat()
    except (OverflowError, ValueError) as error:
        if isinstance(error, BadDate):
            raise
        raise BadDate("the result is outside of the years 1 to 9999") from error
    other = _day(value)
    days = (other - start).days
    if operation == "difference":
        return f"{days} days from {start.isoformat()} to {other.isoformat()}"
    order = "the same day as" if days == 0 else "earlier than" if days > 0 else "later than"
    return f"{start.isoformat()} is {order} {other.isoformat()}"


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass  # no such day in the calendar: said below
    raise BadDate(f"found the date {text[:20]!r}, expected YYYY-MM-DD")


def _count(text: str) -> int:
    match = _COUNT.fullmatch(text)
    if match is None:
        raise BadDate(f"found {text[:20]!r}, expected a whole number")
    return int(match[1])


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
