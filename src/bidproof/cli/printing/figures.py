"""Figures, intervals and lines as commands print them."""

from collections.abc import Iterable, Sequence

import click

_MOST_LINES = 10


def figure(value: float | None, form: str = ".3f", *, absent: str = "–") -> str:
    """A figure in a format of Python's; a dash where there is none."""
    return absent if value is None else f"{value:{form}}"


def interval(low: float | None, high: float | None, form: str = "+.3f", *, between: str = " to ") -> str:
    """``low to high``; empty where there is none."""
    return "" if low is None or high is None else f"{low:{form}}{between}{high:{form}}"


def bracketed(low: float | None, high: float | None, form: str = ".3f") -> str:
    """`` [low, high]``, to stand behind a figure; empty where there is none."""
    found = interval(low, high, form, between=", ")
    return f" [{found}]" if found else ""


def one_line(text: str, most: int) -> str:
    """A text on one line, cut after so many characters."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def echo_each(label: str, lines: Iterable[str]) -> None:
    """Print each line behind a label."""
    for line in lines:
        click.echo(f"{label}{line}")


def echo_some(lines: Sequence[str], *, most: int = _MOST_LINES) -> None:
    """Print the first lines, each indented, and how many are left out."""
    echo_each("  ", lines[:most])
    if len(lines) > most:
        click.echo(f"  and {len(lines) - most} more; --json lists all")
