"""Tables of a PDF without lines between their columns, by where their words stand.

A row of column titles opens one. Between two neighbouring titles a strip of the page stays
free of words for as long as the table goes on; the first line that crosses such a strip ends it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from bidproof.core.records import Box
from bidproof.documents.protocol import Reading
from bidproof.documents.readers.pdf.reader import PdfContent
from bidproof.documents.readers.pdf.words import LINE_END_HYPHEN, Word
from bidproof.questionnaires.pdf.tables import PdfTable, join_lines
from bidproof.questionnaires.sheets.headers import Role, role_of
from bidproof.questionnaires.word.columns import asking_roles
from bidproof.questionnaires.wording import is_id

_MAX_HEADER_WORDS = 24
_MAX_SPANNING_WORDS = 14
_TITLE_GAP = 0.6
_MIN_STRIP = 3.0
_ROW_GAP = 1.25
_LARGER = 1.25
_SLACK = 2.0
_ANCHORED = 0.8

Strip = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Words side by side, from left to right."""

    words: tuple[Word, ...]

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where columns are parted, from left to right, and what each holds."""

    cuts: tuple[float, ...]
    titles: tuple[str, ...]

    def crosses(self, line: _Line) -> bool:
        """Whether a word stands across a cut."""
        return any(word.left < cut < word.right for word in line.words for cut in self.cuts)

    def cells(self, line: _Line) -> list[str]:
        """The line's text by column."""
        texts: list[list[str]] = [[] for _ in range(len(self.cuts) + 1)]
        for word in line.words:
            texts[sum(cut <= word.left for cut in self.cuts)].append(word.text.replace(LINE_END_HYPHEN, "-"))
        return [" ".join(words) for words in texts]


def aligned_tables(content: PdfContent, ruled: Sequence[PdfTable]) -> tuple[PdfTable, ...]:
    """Find question tables that are not drawn with lines, in page order.

    Args:
        content: With its pages; running headers and footers are not in the reading's blocks.
        ruled: Tables that are known already; words in their columns are left out.
    """
    wanted = _title_pages(content.reading)
    found: list[PdfTable] = []
    going_on: _Columns | None = None
    for number, page in enumerate(content.pages, start=1):
        if number not in wanted and going_on is None:
            continue
        lines = _page_lines(page.words, number, content.reading, ruled)
        tables, going_on = _page_tables(lines, number, going_on)
        found.extend(tables)
    return tuple(found)


def _title_pages(reading: Reading) -> set[int]:
    """Pages with a line that names columns of a question table."""
    return {
        block.page
        for block in reading.blocks
        if block.page is not None
        and any(_names_columns(line) for line in reading.text[block.start : block.end].split("\n"))
    }


def _names_columns(line: str) -> bool:
    words = line.replace("|", " ").split()
    if not 1 < len(words) <= _MAX_HEADER_WORDS or line.rstrip().endswith((".", "?", ":", ";")):
        return False
    pairs = (*words, *(f"{one} {two}" for one, two in pairwise(words)))
    roles = {role_of(text) for text in pairs} - {None}
    return len(roles) > 1 and bool(roles & {Role.QUESTION, Role.TOPIC})


def _page_lines(
    words: Sequence[Word], number: int, reading: Reading, ruled: Sequence[PdfTable]
) -> list[_Line]:
    """A page's lines, top to bottom, without running headers and without ruled tables."""
    kept = [box for block in reading.blocks for box in block.boxes if box.page == number]
    drawn = [table.box for table in ruled if table.page == number and table.columns > 1]
    shown = [word for word in words if _inside(word, kept) and not _inside(word, drawn)]
    lines: list[list[Word]] = []
    for word in sorted(shown, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        last = lines[-1][-1] if lines else None
        if last is not None and last.top < middle < last.bottom:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_Line(words=tuple(sorted(line, key=lambda word: word.left))) for line in lines]


def _inside(word: Word, boxes: Sequence[Box]) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return any(
        box.left - _SLACK <= x <= box.right + _SLACK and box.top - _SLACK <= y <= box.bottom + _SLACK
        for box in boxes
    )


def _page_tables(
    lines: Sequence[_Line], page: int, going_on: _Columns | None
) -> tuple[list[PdfTable], _Columns | None]:
    """The tables of one page, and the columns of one that may go on on the next."""
    found: list[PdfTable] = []
    at = 0
    columns = going_on
    while at < len(lines):
        titles = _titles(lines[at])
        if titles is not None:
            columns, end = _follow(lines, at, titles)
        elif columns is not None:
            end = _end_under(lines, at, columns)
        else:
            at += 1
            continue
        is_kept = False
        if columns is not None and end > at:
            table = _table(lines[at:end], page, columns, is_headed=titles is not None)
            is_kept = len(table.rows) > (titles is not None)
            found.extend([table] if is_kept else [])
        columns = columns if end == len(lines) and is_kept else None
        at = max(end, at + 1)
    return found, columns


def _titles(line: _Line) -> list[_Line] | None:
    """The parts of a line that are column titles of a question table; None for other lines."""
    if len(line.words) > _MAX_HEADER_WORDS:
        return None
    parts: list[list[Word]] = []
    for word in line.words:
        if parts and word.left - parts[-1][-1].right < _TITLE_GAP * word.size:
            parts[-1].append(word)
        else:
            parts.append([word])
    texts = [" ".join(word.text for word in part) for part in parts]
    if any(text.strip(".").isdigit() for text in texts) or asking_roles(texts) is None:
        return None
    return [_Line(words=tuple(part)) for part in parts]


def _follow(lines: Sequence[_Line], at: int, titles: Sequence[_Line]) -> tuple[_Columns | None, int]:
    """How far a table goes below its titles: as long as strips between its columns stay free."""
    strips = [[(left.words[0].left, right.words[-1].right)] for left, right in pairwise(titles)]
    strips = _freed(strips, lines[at])
    end = at + 1
    while end < len(lines):
        line = lines[end]
        freed = _freed(strips, line)
        if line.size > _LARGER * lines[at].size:
            break
        if not all(freed):
            goes_on = end + 1 < len(lines) and all(_freed(strips, lines[end + 1]))
            if not (goes_on and _is_spanning(line)):
                break
        else:
            strips = freed
        end += 1
    if not all(strips):
        return None, at + 1
    widest = [max(several, key=lambda strip: strip[1] - strip[0]) for several in strips]
    cuts = tuple((left + right) / 2 for left, right in widest)
    texts = tuple(" ".join(word.text for word in title.words) for title in titles)
    return _Columns(cuts=cuts, titles=texts), end


def _end_under(lines: Sequence[_Line], at: int, columns: _Columns) -> int:
    """How far a table goes on at the top of a page without its titles."""
    end = at
    while end < len(lines):
        crosses = columns.crosses(lines[end])
        goes_on = end + 1 < len(lines) and not columns.crosses(lines[end + 1])
        if _titles(lines[end]) is not None or (crosses and not (goes_on and _is_spanning(lines[end]))):
            break
        end += 1
    return end


def _is_spanning(line: _Line) -> bool:
    """Whether a line across all columns is short enough for a section's title."""
    return len(line.words) <= _MAX_SPANNING_WORDS and not line.words[-1].text.endswith((".", ",", ";"))


def _freed(strips: Sequence[Sequence[Strip]], line: _Line) -> list[list[Strip]]:
    """What of each strip is still free after a line, slivers left out."""
    return [
        [
            piece
            for strip in several
            for piece in _without(strip, line.words)
            if piece[1] - piece[0] >= _MIN_STRIP
        ]
        for several in strips
    ]


def _without(strip: Strip, words: Sequence[Word]) -> Iterator[Strip]:
    left, right = strip
    for word in words:
        if word.right > left and word.left < right:
            yield left, word.left
            left = word.right
    yield left, right


def _table(lines: Sequence[_Line], page: int, columns: _Columns, *, is_headed: bool) -> PdfTable:
    box = Box(
        page=page,
        left=min(line.words[0].left for line in lines),
        top=min(line.top for line in lines),
        right=max(word.right for line in lines for word in line.words),
        bottom=max(line.bottom for line in lines),
    )
    rows: list[tuple[str | None, ...]] = []
    body = list(lines)
    if is_headed:
        asking = _asking_column(columns)
        end = next(
            (
                at
                for at, line in enumerate(lines[1:], start=1)
                if columns.crosses(line) or columns.cells(line)[asking]
            ),
            len(lines),
        )
        rows.append(_joined(lines[:end], columns))
        body = list(lines[end:])
    for group in _groups(body, columns):
        if len(group) == 1 and columns.crosses(group[0]):
            text = " ".join(word.text for word in group[0].words)
            rows.append((text, *[None] * len(columns.cuts)))
        else:
            rows.append(_joined(group, columns))
    return PdfTable(page=page, box=box, rows=tuple(rows))


def _asking_column(columns: _Columns) -> int:
    roles = asking_roles(columns.titles) or {}
    return next((at for at, role in roles.items() if role is Role.QUESTION), 0)


def _joined(lines: Sequence[_Line], columns: _Columns) -> tuple[str | None, ...]:
    cells = [columns.cells(line) for line in lines]
    return tuple(join_lines([row[at] for row in cells]) for at in range(len(columns.cuts) + 1))


def _groups(lines: Sequence[_Line], columns: _Columns) -> list[list[_Line]]:
    """The lines of each row: parted where the space is wider, or where the row's number or mark stands.

    Rows are told by the column that asks; what stands beside it, perhaps set in the
    middle of its cell, belongs to the row that is nearest.
    """
    asking = _asking_column(columns)
    asked = [line for line in lines if columns.crosses(line) or columns.cells(line)[asking]]
    groups: list[list[_Line]] = []
    for line, starts in zip(asked, _starts(asked, lines, columns), strict=True):
        if starts:
            groups.append([line])
        else:
            groups[-1].append(line)
    if not groups:
        return [list(lines)] if lines else []
    for line in lines:
        if not any(line is item for item in asked):
            min(groups, key=lambda group: _distance(line, group)).append(line)
    return [sorted(group, key=lambda line: line.top) for group in groups]


def _distance(line: _Line, group: Sequence[_Line]) -> float:
    middle = (line.top + line.bottom) / 2
    return max(min(item.top for item in group) - middle, middle - max(item.bottom for item in group))


def _starts(asked: Sequence[_Line], lines: Sequence[_Line], columns: _Columns) -> list[bool]:
    """Which of the asking lines begin a row."""
    steps = [below.top - above.top for above, below in pairwise(asked)]
    close = quantiles(steps, n=5)[0] if len(steps) > 1 else max(steps, default=0.0)
    spans = [columns.crosses(line) for line in asked]
    wide = [step > _ROW_GAP * close for step in steps]
    starts = [at == 0 or wide[at - 1] or spans[at] or spans[at - 1] for at in range(len(asked))]
    anchors = _anchors(lines, columns)
    if anchors is None or _agree(
        [line.top for line, start in zip(asked, starts, strict=True) if start], anchors
    ):
        return starts
    tops = {line.top for line in anchors}
    return [at == 0 or spans[at] or spans[at - 1] or line.top in tops for at, line in enumerate(asked)]


def _anchors(lines: Sequence[_Line], columns: _Columns) -> list[_Line] | None:
    """The lines that hold a row's number, or its mark of priority; None where no column has such."""
    cells = [columns.cells(line) for line in lines]
    roles = asking_roles(columns.titles) or {}
    for wanted in (Role.ID, Role.MANDATORY):
        for at in (at for at, role in roles.items() if role is wanted):
            filled = [row[at] for row in cells if row[at]]
            is_fit = wanted is not Role.ID or sum(map(is_id, filled)) >= _ANCHORED * len(filled)
            if len(filled) > 1 and is_fit:
                return [line for line, row in zip(lines, cells, strict=True) if row[at]]
    return None


def _agree(tops: Sequence[float], anchors: Sequence[_Line]) -> bool:
    """Whether each row parted by space has one number; the first may be the rest of a row above."""
    counts = [0] * len(tops)
    for line in anchors:
        counts[max(0, sum(top <= line.bottom for top in tops) - 1)] += 1
    return all(count == 1 for count in counts[1:]) and sum(counts[:1]) <= 1
