"""Dates as metadata writes them."""

import re
from datetime import UTC, date, datetime

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d{1,3}(?!\d))")
_EARLIEST = date(1985, 1, 1)


def parse_date(text: str) -> date | None:
    """Read ``2024-03-01``, ``2024-03-01T10:00Z``, ``D:20240301…``; None for anything else.

    Dates before 1985 or after tomorrow are placeholders of some program: None.
    """
    found = _ISO.search(text)
    if found is None:
        return None
    try:
        return plausible_date(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        return None


def plausible_date(value: date | datetime | None) -> date | None:
    """The day of a date from metadata, None when no document can be that old or that new."""
    if value is None:
        return None
    day = value.date() if isinstance(value, datetime) else value
    return day if day >= _EARLIEST and (day - datetime.now(UTC).date()).days <= 1 else None
