"""Ruled tables of a PDF as cells, so that a sentence inside one cell stays whole."""

# pdfplumber ships incomplete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from bidproof.core.records import Box

_DAMAGE = (
    *(PDFException, PdfminerException, MalformedPDFException, ArithmeticError, AssertionError),
    *(AttributeError, LookupError, RecursionError, TypeError, ValueError),
)
"""What pdfminer meets damage with: whatever its parser trips over."""
_HANGING = re.compile(r"(?:and|or|to)\b")
_MAX_SECONDS = 20.0
_MIN_CELLS = 2
_NUMBERED = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfTable:
    """A ruled table on one page; ``rows`` hold each cell's text, lines joined, None where merged away."""

    page: int
    box: Box
    rows: tuple[tuple[str | None, ...], ...]

    @property
    def columns(self) -> int:
        """Cells in the widest row."""
        return max((len(row) for row in self.rows), default=0)

    def overlaps(self, other: "PdfTable") -> bool:
        """Whether both stand at the same height of one page."""
        return self.page == other.page and self.box.top < other.box.bottom and other.box.top < self.box.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledTables:
    """The tables found, in page order; ``unread_from`` is the page where the search gave up, if it did."""

    tables: tuple[PdfTable, ...]
    unread_from: int | None = None


def ruled_tables(data: bytes, pages: Collection[int], *, max_seconds: float = _MAX_SECONDS) -> RuledTables:
    """Find the tables drawn with lines.

    Looking for lines is slow on pages full of drawings, so the search stops after a time;
    tables from there on are still in the text as running lines.

    Args:
        data: The whole PDF.
        pages: Numbers from 1 of the pages worth a look.
        max_seconds: CPU seconds to spend.

    Returns:
        Tables of two cells or more, top to bottom on each page; none when the file cannot
        be read this way.
    """
    wanted = sorted(pages)
    if not wanted:
        return RuledTables(tables=())
    found: list[PdfTable] = []
    stop = time.process_time() + max_seconds
    try:
        with pdfplumber.open(io.BytesIO(data), pages=wanted) as pdf:
            for page in pdf.pages:
                if time.process_time() > stop:
                    return RuledTables(tables=tuple(found), unread_from=page.page_number)
                tables = sorted(page.find_tables(), key=lambda item: item.bbox[1])
                found.extend(
                    table for item in tables if (table := _table(item, page.page_number)) is not None
                )
                page.close()
    except _DAMAGE:
        pass  # running lines remain
    return RuledTables(tables=tuple(found))


def joined_over_pages(tables: Sequence[PdfTable]) -> tuple[PdfTable, ...]:
    """Give a row that a page break cuts back its other half, past titles that are repeated.

    Args:
        tables: In any order.

    Returns:
        The same tables, top to bottom on each page.
    """
    whole: list[PdfTable] = []
    titles: tuple[str | None, ...] | None = None
    for table in sorted(tables, key=lambda item: (item.page, item.box.top)):
        before = whole[-1] if whole else None
        is_next = before is not None and table.page == before.page + 1
        titles = titles if is_next else None
        at = 1 if titles is not None and table.rows[0] == titles and len(table.rows) > 1 else 0
        if before is not None and is_next and _goes_on(before.rows, table.rows[at]):
            last = tuple(
                join_lines([a or "", b or ""]) for a, b in zip(before.rows[-1], table.rows[at], strict=True)
            )
            whole[-1] = replace(before, rows=(*before.rows[:-1], last))
            table = replace(table, rows=(*table.rows[:at], *table.rows[at + 1 :]))
        if table.rows:
            titles = titles or table.rows[0]
            whole.append(table)
    return tuple(whole)


def _goes_on(rows: Sequence[tuple[str | None, ...]], first: tuple[str | None, ...]) -> bool:
    """Whether a page's first row is the rest of the last one on the page before.

    It has no number where all others have one, or goes on in the middle of a sentence.
    """
    last = rows[-1]
    if len(last) != len(first) or not any(first) or not any(last) or None in first[1:]:
        return False
    numbered = sum(bool(row[0]) for row in rows) >= _NUMBERED * len(rows)
    if first[0]:
        return first[0][0].islower() and bool(last[0]) and not any(first[1:]) and last[0][-1] not in ".?!"
    is_cut = any(b and b[0].islower() and a for a, b in zip(last, first, strict=True))
    return bool(last[0]) and (is_cut or numbered)


def _table(item: Table, page: int) -> PdfTable | None:
    rows = tuple(tuple(_text(cell) for cell in row) for row in item.extract(x_tolerance=2))
    if sum(1 for row in rows for cell in row if cell) < _MIN_CELLS:
        return None
    left, top, right, bottom = item.bbox
    return PdfTable(page=page, box=Box(page=page, left=left, top=top, right=right, bottom=bottom), rows=rows)


def _text(cell: str | None) -> str | None:
    return None if cell is None else join_lines(cell.split("\n"))


def join_lines(lines: list[str]) -> str:
    """Join the lines of a paragraph; a hyphen before a small letter closes up, keeping the hyphen."""
    text = ""
    for line in (" ".join(line.split()) for line in lines):
        if not line:
            continue
        is_broken_word = (
            text.endswith(("-", "/")) and not text.endswith((" -", " /")) and not line[0].isspace()
        )
        text += line if not text or is_broken_word else f" {line}"
    return text
