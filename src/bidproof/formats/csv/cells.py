"""Keep a CSV cell from being run as a formula by the program that opens it. Source: OWASP, CSV Injection."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guard_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet program would take for a formula.

    A line feed in front counts, since some programs skip it, and so do full-width signs.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_cell(text: str) -> str:
    """Take off the apostrophe that :func:`guard_cell` put before a text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
