"""Periods and versions that a text names, whatever way they are written."""

from bidproof.language.rules import read_patterns

_PATTERNS = read_patterns("bidproof.language", "periods")
_PARTS_OF_YEARS = ("q1", "q2", "q3", "q4", "h1", "h2")


def named_periods(text: str) -> tuple[str, ...]:
    """Years, quarters, halves and versions of a text, each in one spelling.

    ``Q2 2023``, ``2Q23``, ``Q22023``, ``2023Q2`` and ``second quarter of FY23`` all name ``q2`` and
    ``2023``; ``v1.2`` names ``1.2``.

    Returns:
        Quarters and halves first, then years, then versions; each once.
    """
    parts = [name for name in _PARTS_OF_YEARS if _PATTERNS[name].search(text)]
    years = [_whole_year(match.group()) for match in _PATTERNS["year"].finditer(text)]
    versions = [match.group().lower().lstrip("v") for match in _PATTERNS["version"].finditer(text)]
    return tuple(dict.fromkeys([*parts, *years, *versions]))


def asks_for_latest(text: str) -> bool:
    """Whether a text asks for the newest of something."""
    return _PATTERNS["latest"].search(text) is not None


def _whole_year(written: str) -> str:
    last = written[-4:]
    return last if last.isdigit() else f"20{written[-2:]}"
