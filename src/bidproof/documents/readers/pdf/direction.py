"""Right-to-left script: a page of it is read in a mirror, so that one set of rules serves both directions.

Stretches of the other direction keep their own order: ``ISO 27001`` on a Hebrew page, a Hebrew
name on an English one (a plain form of the Unicode bidirectional algorithm, UAX 9).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bidproof.core.records import Box
from bidproof.documents.readers.pdf.grid import GridRow
from bidproof.documents.readers.pdf.words import Word

_GAP = 1.05
"""Words further apart than this, in line heights, are of different cells."""
_RIGHT, _LEFT, _NUMBER = "right", "left", "number"


class Directed(NamedTuple):
    """Words placed for reading from left to right; ``is_mirrored`` where the page was turned around."""

    words: list[Word]
    is_mirrored: bool


def direct(words: Sequence[Word], *, width: float) -> Directed:
    """Place a page's words so that reading them from left to right gives the order of their script.

    Args:
        words: As displayed, in content order.
        width: Of the page, in points.
    """
    kinds = [None if word.text.isascii() else _direction(word.text) for word in words]
    right = sum(len(word.text) for word, kind in zip(words, kinds, strict=True) if kind == _RIGHT)
    if not right:
        return Directed(list(words), False)
    left = sum(len(word.text) for word in words if _direction(word.text) == _LEFT)
    is_mirrored = right > left
    placed = list(words)
    inner = _LEFT if is_mirrored else _RIGHT
    for run in _runs(words, inner):
        start, end = words[run[0]].left, max(words[index].right for index in run)
        for index in run:
            placed[index] = _mirrored(words[index], start + end)
    if is_mirrored:
        placed = [_mirrored(word, width) for word in placed]
    return Directed(placed, is_mirrored)


def shown_box(box: Box, *, width: float) -> Box:
    """A rectangle of a mirrored page as it is displayed."""
    return Box(
        page=box.page,
        left=round(width - box.right, 1),
        top=box.top,
        right=round(width - box.left, 1),
        bottom=box.bottom,
    )


def mirrored_grid(grid: Sequence[GridRow], *, width: float) -> list[GridRow]:
    """Drawn rows as they stand on the mirrored page."""
    return [replace(row, edges=tuple(sorted(width - edge for edge in row.edges))) for row in grid]


def _direction(text: str) -> str | None:
    """Of the first letter; a number where there are digits alone, None for signs."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            return _RIGHT
        if kind == "L":
            return _LEFT
    return _NUMBER if any(map(str.isdigit, text)) else None


def _mirrored(word: Word, width: float) -> Word:
    return word._replace(left=width - word.right, right=width - word.left)


def _runs(words: Sequence[Word], direction: str) -> Iterator[list[int]]:
    """Neighbours on a line that are written in one direction, left to right; two words at least.

    Numbers and signs inside belong to it, and numbers behind words written from left to right.
    """
    for line in _lines(words):
        run: list[int] = []
        for index in [*line, None]:
            word = None if index is None else words[index]
            kind = None if word is None else _direction(word.text)
            if word is not None and run and word.left - words[run[-1]].right > _GAP * word.size:
                yield from _ended(words, run, direction)
                run = []
            if word is None or (kind not in (direction, None, _NUMBER)):
                yield from _ended(words, run, direction)
                run = []
            elif index is not None and (run or kind == direction):
                run.append(index)


def _ended(words: Sequence[Word], run: list[int], direction: str) -> Iterator[list[int]]:
    ends = (direction, _NUMBER) if direction == _LEFT else (direction,)
    while run and _direction(words[run[-1]].text) not in ends:
        run = run[:-1]
    if len(run) > 1:
        yield run


def _lines(words: Sequence[Word]) -> Iterator[list[int]]:
    """Indices of words that share a line, by their left edge."""
    lines: list[list[int]] = []
    for index in sorted(range(len(words)), key=lambda index: words[index].top + words[index].bottom):
        word = words[index]
        last = words[lines[-1][-1]] if lines else None
        overlap = 0.0 if last is None else min(word.bottom, last.bottom) - max(word.top, last.top)
        if last is not None and overlap >= 0.5 * min(word.bottom - word.top, last.bottom - last.top):
            lines[-1].append(index)
        else:
            lines.append([index])
    for line in lines:
        yield sorted(line, key=lambda index: words[index].left)
