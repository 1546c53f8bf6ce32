"""Words of a page to rows in reading order: the lines that an eye sees, cells apart.

Content order is trusted between rows, position within them: columns are
written one after the other and stay apart, the cells of a table row come
together even when each was written line by line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bidproof.core.records import Box
from bidproof.documents.readers.pdf_words import LINE_END_HYPHEN, Word

_CELL_GAP = 1.05
_LOOK_BACK = 8
_NARROW = 0.4
_LEADERS = re.compile(r"(?:\s*[.·…_]){5,}")
_JOINS_NEXT = frozenset({"$", "€", "£", "¥", "(", "US$", "($", "$(", "€(", "£("})
_JOINS_LAST = frozenset({")", "%", ")%", "%)", "pts", "bps", "x", "*"})
_MARKER = re.compile(r"^([•▪◦●○■□·‣–—*-]|\(?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Words of one row without a wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(slots=True)
class Row:
    """One line of a page; ``words`` run left to right."""

    words: list[Word]
    top: float
    bottom: float
    page: int = 0
    cells: list[Cell] = field(default_factory=list[Cell])

    @property
    def left(self) -> float:
        """Left edge."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Right edge."""
        return max(word.right for word in self.words)

    @property
    def size(self) -> float:
        """Line height that most characters have, in points."""
        counts: dict[float, int] = {}
        for word in self.words:
            size = round(word.size, 1)
            counts[size] = counts.get(size, 0) + len(word.text)
        return max(counts, key=lambda size: (counts[size], size))

    @property
    def is_bold(self) -> bool:
        """Whether every word with a letter is bold."""
        return _all(self.words, bold=True)

    @property
    def is_italic(self) -> bool:
        """Whether every word with a letter is italic."""
        return _all(self.words, bold=False)

    @property
    def text(self) -> str:
        """The words with single spaces; leader dots are left out."""
        return (
            _LEADERS.sub(" ", " ".join(word.text for word in self.words))
            .replace(LINE_END_HYPHEN, "-")
            .strip()
        )

    @property
    def ends_broken(self) -> bool:
        """Whether the last word goes on in the next row."""
        return self.words[-1].text.endswith(LINE_END_HYPHEN)

    @property
    def box(self) -> Box:
        """The row's rectangle."""
        return Box(
            page=self.page,
            left=round(self.left, 1),
            top=round(self.top, 1),
            right=round(self.right, 1),
            bottom=round(self.bottom, 1),
        )

    @property
    def is_tabular(self) -> bool:
        """Whether the row has two cells or more, a list marker not counted."""
        return len(self.cells) > 2 or (len(self.cells) == 2 and not _MARKER.match(self.cells[0].text))


def _all(words: Sequence[Word], *, bold: bool) -> bool:
    lettered = [word for word in words if any(character.isalpha() for character in word.text)]
    return bool(lettered) and all(word.is_bold if bold else word.is_italic for word in lettered)


def page_rows(words: Sequence[Word], *, page: int, width: float) -> list[Row]:
    """Group words to rows.

    Args:
        words: In content order.
        page: Page number, from 1.
        width: Page width in points.

    Returns:
        Rows in reading order, each with its cells.
    """
    rows: list[Row] = []
    for segment in _segments(words):
        home = _home(rows, segment, width)
        if home is None:
            rows.append(
                Row(
                    words=segment,
                    top=min(word.top for word in segment),
                    bottom=max(word.bottom for word in segment),
                    page=page,
                )
            )
        else:
            _merge(home, segment)
    for row in rows:
        row.cells = _cells(row.words)
    return rows


def _segments(words: Sequence[Word]) -> list[list[Word]]:
    segments: list[list[Word]] = []
    for word in words:
        last = segments[-1][-1] if segments else None
        if last is not None and _same_line(last, word) and word.left >= last.right - last.size * 0.6:
            segments[-1].append(word)
        else:
            segments.append([word])
    return segments


def _same_line(one: Word, other: Word) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.bottom - one.top, other.bottom - other.top)


def _home(rows: list[Row], segment: list[Word], width: float) -> Row | None:
    """The recent row that a segment continues to the side, if any."""
    left, right = segment[0].left, max(word.right for word in segment)
    top, bottom = min(word.top for word in segment), max(word.bottom for word in segment)
    for age, row in enumerate(reversed(rows[-_LOOK_BACK:])):
        overlap = min(bottom, row.bottom) - max(top, row.top)
        if overlap < 0.6 * min(bottom - top, row.bottom - row.top):
            continue
        if any(word.left < right - 0.5 and word.right > left + 0.5 for word in row.words):
            continue
        is_narrow = right - left <= width * _NARROW and row.right - row.left <= width * (1 - _NARROW / 2)
        if age == 0 or is_narrow:
            return row
    return None


def _merge(row: Row, segment: list[Word]) -> None:
    row.words = sorted([*row.words, *segment], key=lambda word: word.left)
    row.top = min(row.top, *(word.top for word in segment))
    row.bottom = max(row.bottom, *(word.bottom for word in segment))


def _cells(words: Sequence[Word]) -> list[Cell]:
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.left - groups[-1][-1].right <= _CELL_GAP * min(word.size, groups[-1][-1].size):
            groups[-1].append(word)
        else:
            groups.append([word])
    joined: list[list[Word]] = []
    for group in groups:
        text = " ".join(word.text for word in group)
        if joined and (text in _JOINS_LAST or joined[-1][-1].text in _JOINS_NEXT):
            joined[-1].extend(group)
        else:
            joined.append(group)
    cells = (
        Cell(
            text=_LEADERS.sub("", _tighten(" ".join(word.text for word in group)))
            .replace(LINE_END_HYPHEN, "-")
            .strip(),
            left=group[0].left,
            right=group[-1].right,
        )
        for group in joined
    )
    return [cell for cell in cells if cell.text]


def _tighten(text: str) -> str:
    """Close the gaps that accounting formats leave: ``$ ( 214 ) %`` becomes ``$(214)%``."""
    text = re.sub(r"([$€£¥(])\s+(?=[\d(.—–-])", r"\1", text)
    return re.sub(r"(?<=[\d)])\s+([)%])", r"\1", text)
