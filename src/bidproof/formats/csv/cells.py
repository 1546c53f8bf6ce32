"""Keep a CSV cell from being run as a formula by the program that opens it."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guard_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet program would take for a formula.

    A line feed in front counts too: some programs skip it. Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith((*_FORMULA_STARTS, "\n")) else text
