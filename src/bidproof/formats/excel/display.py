"""Shows a cell's value as its number format does (ECMA-376 part 1, 18.8.30-31): ``99.95%``, ``€12,500``.

What a format holds that is not known here, such as fractions and conditions, gives the plain value.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);("$"#,##0.00)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    15: "d-mmm-yy",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);(#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);(#,##0.00)",
    41: "#,##0_);(#,##0);-",
    42: '"$"#,##0_);("$"#,##0);-',
    43: "#,##0.00_);(#,##0.00);-",
    44: '"$"#,##0.00_);("$"#,##0.00);-',
    45: "mm:ss",
    46: "[h]:mm:ss",
}
"""Formats that a workbook names by number alone; dates in the reader's own order (14, 22) are left out."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<exponent>E[+-]0+)|(?P<date>AM/PM|A/P|y+|m+|d+|h+|s+(?:\.0+)?)"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*)(?:;|$)', re.DOTALL)
_COLOURS = re.compile(r"(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)$", re.IGNORECASE)
_MAX_DECIMALS = 30


class _Token(NamedTuple):
    kind: str
    text: str


def show_number(value: float, code: str) -> str | None:
    """A number as a format shows it; None where the format is none of numbers, or not known here."""
    sections = _sections(code)
    place = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    tokens = _tokens(sections[place])
    shapes = [token.text for token in tokens if token.kind == "digits"]
    is_odd = any(token.kind in ("bracket", "date", "exponent") or token.text in "/@" for token in tokens)
    if is_odd or len(shapes) > 1 or "general" in code.lower():
        return None
    scaled = abs(value) * 100 ** sum(token == ("other", "%") for token in tokens)
    sign = "-" if value < 0 and place == 0 else ""
    parts = [_figure(scaled, token.text) if token.kind == "digits" else token.text for token in tokens]
    shown = "".join(part or "" for part in parts).strip()
    return None if None in parts or not shown else f"{sign}{shown}"


def _figure(value: float, shape: str) -> str | None:
    """A positive number by its placeholders: ``#,##0.00``."""
    whole, _, fraction = shape.rstrip(",").partition(".")
    kept = whole.rstrip(",")
    thousands = len(whole) - len(kept) + len(shape) - len(shape.rstrip(","))
    most, least = min(len(fraction), _MAX_DECIMALS), fraction.count("0")
    try:
        exact = Decimal(repr(value)) / 1000**thousands
        rounded = exact.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None
    figure = f"{rounded:,f}" if "," in kept else f"{rounded:f}"
    head, _, tail = figure.partition(".")
    tail = tail[:least] + tail[least:].rstrip("0")
    head = "" if head == "0" and "0" not in kept else head.rjust(kept.count("0"), "0")
    return f"{head}.{tail}" if tail else head


def show_moment(value: date | time | timedelta, code: str) -> str | None:
    """A date or time as a format shows it; None where it would hide the year, or is not known here."""
    tokens = _tokens(_sections(code)[0])
    kinds = {token.text[0].lower() for token in tokens if token.kind == "date"}
    if isinstance(value, timedelta):
        return _elapsed(value, tokens)
    if any(token.kind in ("bracket", "digits") for token in tokens) or not kinds:
        return None
    if isinstance(value, datetime) and value.date() < date(1900, 1, 1):
        value = value.time()
    if isinstance(value, date) and ("y" not in kinds or "m" not in kinds):
        return None
    if isinstance(value, time) and kinds & {"y", "d"}:
        return None
    is_half = any(token.text.upper() in ("AM/PM", "A/P") for token in tokens)
    parts = [
        _part(value, tokens, place, is_half=is_half) if token.kind == "date" else token.text
        for place, token in enumerate(tokens)
    ]
    return None if None in parts else "".join(part or "" for part in parts).strip()


def _part(value: date | time, tokens: tuple[_Token, ...], place: int, *, is_half: bool) -> str | None:
    """One part of a date or time; ``m`` is minutes beside hours or seconds."""
    text = tokens[place].text.lower()
    moment = value if isinstance(value, datetime | time) else None
    if text[0] == "y" and isinstance(value, date):
        return f"{value:%Y}" if len(text) > 2 else f"{value:%y}"
    if text[0] == "d" and isinstance(value, date):
        name = f"{value:%A}"
        return (str(value.day), f"{value.day:02}", name[:3], name)[min(len(text), 4) - 1]
    if text[0] == "m" and not _is_minutes(tokens, place) and isinstance(value, date):
        name = f"{value:%B}"
        return (str(value.month), f"{value.month:02}", name[:3], name, name[0])[min(len(text), 5) - 1]
    if moment is None:
        return None
    if text[0] == "a":
        return "AM" if moment.hour < 12 else "PM"
    if text[0] == "h":
        return _padded((moment.hour - 1) % 12 + 1 if is_half else moment.hour, text)
    return _padded(moment.minute if text[0] == "m" else moment.second, text)


def _is_minutes(tokens: tuple[_Token, ...], place: int) -> bool:
    before = [token.text[0].lower() for token in tokens[:place] if token.kind == "date"]
    behind = [token.text[0].lower() for token in tokens[place + 1 :] if token.kind == "date"]
    return before[-1:] == ["h"] or behind[:1] == ["s"]


def _padded(number: int, text: str) -> str:
    return f"{number:02}" if len(text.partition(".")[0]) > 1 else str(number)


def _elapsed(value: timedelta, tokens: tuple[_Token, ...]) -> str | None:
    """A length of time by a format such as ``[h]:mm:ss``."""
    seconds = round(value.total_seconds())
    if seconds < 0 or not any(token == ("bracket", "h") for token in tokens):
        return None
    values = {"h": seconds // 3600, "m": seconds // 60 % 60, "s": seconds % 60}
    return "".join(
        _padded(values[token.text[0].lower()], token.text)
        if token.kind in ("date", "bracket") and token.text[0].lower() in values
        else token.text
        for token in tokens
    )


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    return tuple(found[1] for found in _SECTION.finditer(code) if found[0])[:4] or ("",)


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[_Token, ...]:
    """A format's parts; what only sets space or colour is left out, quotation marks too."""
    found: list[_Token] = []
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup
        if kind is None:
            continue
        text = match[kind]
        if kind in ("quoted", "escaped", "currency"):
            found.append(_Token("literal", text))
        elif kind != "bracket" or not _COLOURS.match(text):
            found.append(_Token(kind, text.lower() if kind == "bracket" else text))
    return tuple(found)
