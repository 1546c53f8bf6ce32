"""Cell formats with the mark that keeps a text from being run as a formula when somebody edits its cell.

An inline string is a text already; without the mark (``quotePrefix``, ECMA-376 part 1, 18.8.45)
a spreadsheet program reads it anew once its cell is entered and left.
"""

import re

_FORMATS = re.compile(
    rb"(?P<open><(?:[\w.-]+:)?cellXfs\b[^>]*>)(?P<all>.*?)(?P<close></(?:[\w.-]+:)?cellXfs\s*>)", re.S
)
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?xf\b(?:[^>]*/>|[^>]*>.*?</(?:[\w.-]+:)?xf\s*>)", re.S)
_MARK = re.compile(rb"\squotePrefix\s*=\s*[\"'](?:1|true|0|false)[\"']")
_NAME = re.compile(rb"<(?:[\w.-]+:)?xf\b")
_COUNT = re.compile(rb"(\scount\s*=\s*[\"'])\d+")


class QuotedFormats:
    """The cell formats of a workbook, with marked copies added behind them; those that are there stay.

    Args:
        styles: The styles part as it is.
    """

    def __init__(self, styles: bytes) -> None:
        self._styles = styles
        self._found = _FORMATS.search(styles)
        self._known = _FORMAT.findall(self._found["all"]) if self._found else []
        self._added: dict[int, bytes] = {}

    def of(self, number: int) -> int:
        """The number of a format that looks like this one and is marked; itself where none can be added."""
        if number >= len(self._known) or _is_marked(self._known[number]):
            return number
        self._added.setdefault(number, _marked(self._known[number]))
        return len(self._known) + list(self._added).index(number)

    def part(self) -> bytes | None:
        """The styles part with what was added; None where nothing was."""
        if self._found is None or not self._added:
            return None
        count = len(self._known) + len(self._added)
        opening = _COUNT.sub(lambda match: match[1] + str(count).encode(), self._found["open"])
        pieces = (opening, self._found["all"], *self._added.values(), self._found["close"])
        return self._styles[: self._found.start()] + b"".join(pieces) + self._styles[self._found.end() :]


def _is_marked(cell_format: bytes) -> bool:
    mark = _MARK.search(cell_format)
    return mark is not None and (b"1" in mark[0] or b"true" in mark[0])


def _marked(cell_format: bytes) -> bytes:
    return _NAME.sub(lambda match: match[0] + b' quotePrefix="1"', _MARK.sub(b"", cell_format), count=1)
