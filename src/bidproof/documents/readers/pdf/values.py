"""Sets what was typed or ticked in the fields of a PDF page among its words, each behind its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bidproof.documents.readers.pdf.words import Word

_USUAL_SIZE = 12.0
_SLACK = 3.0
_ABOVE, _BESIDE = 2.5, 3.0
"""How far a label may stand above a field, and behind a box, in line heights."""
_SPACE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a field shows; ``rect`` is left, top, right, bottom in points from the top left of the page.

    ``label`` is the field's own name, said where no words stand beside it. ``is_mark`` is a box.
    """

    text: str
    rect: tuple[float, float, float, float]
    label: str = ""
    is_mark: bool = False


def place_values(words: Sequence[Word], values: Sequence[Value]) -> list[Word]:
    """The words with each value among them, in content order."""
    placed = list(words)
    size = median(word.size for word in words) if words else _USUAL_SIZE
    for value in sorted(values, key=lambda value: (value.rect[1], value.rect[0])):
        _place(placed, value, size)
    return placed


def _place(words: list[Word], value: Value, size: float) -> None:
    left, top, right, bottom = value.rect
    height = min(bottom - top, 1.2 * size)
    lines = value.text.split("\n")
    first = top if len(lines) > 1 else max(top, (top + bottom - height) / 2)
    line = Word("", left, first, right, first + height, size, is_bold=False, is_italic=False)
    beside = [index for index, word in enumerate(words) if _shares_line(word, value.rect)]
    before = max(
        (index for index in beside if words[index].right <= left + _SLACK),
        key=lambda index: words[index].right,
        default=None,
    )
    behind = min(
        (index for index in beside if words[index].left >= right - _SLACK),
        key=lambda index: words[index].left,
        default=None,
    )
    if value.is_mark and behind is not None and words[behind].left - right <= _BESIDE * size:
        words.insert(behind, _on_line(line, words[behind], text=value.text))
        return
    if before is not None:
        label = words[before]
        line = _on_line(line, label, text=lines[0])
        if label.text.endswith(":"):
            line = line._replace(left=label.right + _SPACE * size)
        at = before + 1
    else:
        above = _above(words, value.rect, size)
        named = f"{value.label}: " if value.label and above is None else ""
        line = line._replace(text=f"{named}{lines[0]}")
        at = len(words) if above is None else above + 1
    words.insert(at, line)
    for number, text in enumerate(lines[1:], start=1):
        lower = number * height
        words.insert(
            at + number, line._replace(text=text, left=left, top=line.top + lower, bottom=line.bottom + lower)
        )


def _on_line(line: Word, word: Word, *, text: str) -> Word:
    """The value at the height of a word beside it, so that both are read as one line."""
    return line._replace(text=text, top=word.top, bottom=word.bottom, size=word.size)


def _shares_line(word: Word, rect: tuple[float, float, float, float]) -> bool:
    overlap = min(word.bottom, rect[3]) - max(word.top, rect[1])
    return overlap >= 0.5 * min(word.bottom - word.top, rect[3] - rect[1])


def _above(words: Sequence[Word], rect: tuple[float, float, float, float], size: float) -> int | None:
    """The last word of the line just above a field, if one stands over it."""
    left, top, right, _ = rect
    over = [
        index
        for index, word in enumerate(words)
        if word.bottom <= top + _SLACK
        and top - word.bottom <= _ABOVE * size
        and word.left < right
        and word.right > left
    ]
    return max(over, key=lambda index: (round(words[index].bottom), words[index].right), default=None)
