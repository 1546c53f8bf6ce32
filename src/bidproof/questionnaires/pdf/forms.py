"""Forms of a PDF: labels beside empty cells, labels before a line to write on."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bidproof.core.records import Box
from bidproof.documents.readers.pdf.grid import GridRow
from bidproof.documents.readers.pdf.reader import PageContent
from bidproof.documents.readers.pdf.words import Word
from bidproof.questionnaires.pdf.tables import PdfTable, join_lines
from bidproof.questionnaires.requirements.reader import find_obligation
from bidproof.questionnaires.word.cues import is_prompt
from bidproof.questionnaires.word.slots import inline_blanks

_MAX_LABEL_WORDS = 14
_MAX_GAP_LABEL_WORDS = 8
_MIN_LABELS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLabel:
    """A label that waits for its value; ``row`` counts from 1, ``section`` is the title row above."""

    text: str
    row: int
    section: str = ""


def drawn_forms(pages: Sequence[PageContent], *, without: Collection[int]) -> tuple[PdfTable, ...]:
    """Find forms that are drawn with lines: their pages hold hardly a row that reads as one of a table.

    Args:
        pages: In order.
        without: Numbers of pages whose tables are known already.

    Returns:
        Tables that give labels, in page order.
    """
    asked = ((number, page) for number, page in enumerate(pages, start=1) if number not in without)
    tables = (table for number, page in asked for table in _cells(page.grid, page.words, number))
    return tuple(table for table in tables if form_labels(table))


def _cells(grid: Sequence[GridRow], words: Sequence[Word], page: int) -> Iterator[PdfTable]:
    """The drawn tables of a page with the words in their cells; a cell over several columns stands first."""
    for _, several in groupby(grid, key=lambda row: row.table):
        rows = list(several)
        width = max(len(row.edges) for row in rows) - 1
        shown = [_row(row, words) for row in rows]
        box = Box(
            page=page,
            left=min(row.edges[0] for row in rows),
            top=rows[0].top,
            right=max(row.edges[-1] for row in rows),
            bottom=rows[-1].bottom,
        )
        full = tuple((*row, *[None] * (width - len(row))) for row in shown)
        yield PdfTable(page=page, box=box, rows=full)


def _row(row: GridRow, words: Sequence[Word]) -> list[str | None]:
    cells: list[list[Word]] = [[] for _ in range(len(row.edges) - 1)]
    for word in words:
        column = row.column((word.left + word.right) / 2)
        if column is not None and row.top <= (word.top + word.bottom) / 2 < row.bottom:
            cells[column].append(word)
    return [join_lines([word.text for word in cell]) for cell in cells]


def form_labels(table: PdfTable) -> tuple[FormLabel, ...]:
    """The labels of a table of labels beside cells of which most are empty; none for other tables."""
    if table.columns not in (2, 4):
        return ()
    found: list[FormLabel] = []
    empty = values = 0
    section = ""
    for number, row in enumerate(table.rows, start=1):
        texts = [cell for cell in row if cell]
        if len(texts) == 1 and (None in row or len(row) == 1):
            section = texts[0]
            continue
        for label, value in zip(row[::2], row[1::2], strict=False):
            if not label:
                continue
            if len(label.split()) > _MAX_LABEL_WORDS:
                return ()
            values += 1
            empty += not value or is_prompt(value)
            found.append(FormLabel(text=label.rstrip(":： "), row=number, section=section))
    return tuple(found) if values >= _MIN_LABELS and empty * 2 >= values else ()


def gap_labels(text: str) -> tuple[str, ...]:
    """The labels in a line that each stand before a gap to write in: "Name: ______ Date: ______".

    Empty for a sentence with gaps.
    """
    gaps = inline_blanks(text)
    starts = [0, *(gap.end() for gap in gaps)]
    labels = [text[start : gap.start()].strip(" \t:：") for start, gap in zip(starts, gaps, strict=False)]
    is_form = all(0 < len(label.split()) <= _MAX_GAP_LABEL_WORDS for label in labels)
    has_more = any(map(str.isalnum, text[starts[-1] :])) if gaps else True
    return () if has_more or not is_form or find_obligation(text) is not None else tuple(labels)
