"""PDF: text in reading order with a box for every line, headings by look, tables by row."""

# pypdfium2 ships no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
from collections.abc import Iterator, Sequence
from datetime import date

import pypdfium2 as pdfium

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.dates import parse_date
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.pdf.figures import is_figure
from bidproof.documents.readers.pdf.grid import page_grid
from bidproof.documents.readers.pdf.headings import Look, rank_looks
from bidproof.documents.readers.pdf.layout import Piece, body_size, drop_running_rows, page_pieces
from bidproof.documents.readers.pdf.rows import Row, page_rows, page_rows_with_grid
from bidproof.documents.readers.pdf.scans import PageScans, page_list
from bidproof.documents.readers.pdf.tables import is_contents, table_lines
from bidproof.documents.readers.pdf.text import hyphen_free_lines, known_words
from bidproof.documents.readers.pdf.words import Word, page_words
from bidproof.documents.titles import first_meaningful, title_from_name

_PASSWORD_ERROR = 4
_WORDY_SHARE = 0.4
_MAX_TITLE_CHARS = 120
_COVERED_PAGES = 4


class PdfReader:
    """Reads ``.pdf``; a block's boxes are one for each of its lines, in order."""

    def read(self, file: SourceFile) -> Reading:
        """Read a PDF.

        Raises:
            UnreadableFile: ``encrypted-file``, ``corrupt-file`` or ``too-many-pages``.
        """
        pdf = _open(file)
        try:
            _check_pages(file, len(pdf))
            return _read(file, pdf)
        finally:
            pdf.close()


def _open(file: SourceFile) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(file.data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise UnreadableFile(
                f"cannot read {file.name!r}: found a PDF locked by a password, expected an open one",
                hint="save a copy without a password",
                code="encrypted-file",
            ) from error
        raise UnreadableFile(
            f"cannot read {file.name!r}: found a damaged PDF ({error}), expected a whole one",
            hint="print it to a new PDF, or ask for another copy",
            code="corrupt-file",
        ) from error


def _check_pages(file: SourceFile, count: int) -> None:
    limit = file.settings.max_pages
    if count > limit:
        raise UnreadableFile(
            f"cannot read {file.name!r}: found {count} pages, expected at most {limit}",
            hint="raise documents.max_pages, or split the file",
            code="too-many-pages",
        )


def _read(file: SourceFile, pdf: pdfium.PdfDocument) -> Reading:
    builder = TextBuilder(file.settings)
    pages: list[list[Row]] = []
    heights: list[float] = []
    damaged: list[int] = []
    scans = PageScans(file.settings)
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pdfium.PdfiumError:
            damaged.append(index + 1)
            pages.append([])
            heights.append(0.0)
            continue
        found = page_words(page)
        builder.hide([found.unseen], page=index + 1)
        words = scans.words(page, index + 1, found)
        pages.append(_rows(page, words, index + 1))
        heights.append(page.get_height())
        page.close()
    drop_running_rows(pages, heights)
    _add_pages(builder, pages, scans.recognised)
    metadata = pdf.get_metadata_dict()
    return builder.reading(
        title=_title(file, metadata, pages),
        written=_written(metadata),
        warnings=scans.warnings() + _damage(damaged),
    )


def _rows(page: pdfium.PdfPage, words: Sequence[Word], number: int) -> list[Row]:
    """A page's rows; drawn lines are looked at where cells of words stand side by side."""
    width = page.get_width()
    rows = page_rows(words, page=number, width=width)
    tabular = [row for row in rows if row.is_tabular]
    wordy = [row for row in tabular if not any(is_figure(cell.text) for cell in row.cells[1:])]
    if not wordy or len(wordy) < _WORDY_SHARE * len(tabular):
        return rows
    grid = page_grid(page)
    return page_rows_with_grid(words, grid, page=number, width=width) if grid else rows


def _add_pages(builder: TextBuilder, pages: Sequence[list[Row]], recognised: set[int]) -> None:
    body = body_size(pages)
    cut = [list(page_pieces(rows, body=body)) for rows in pages]
    levels = _levels(cut)
    words = known_words(row for rows in pages for row in rows)
    for number, pieces in enumerate(cut, start=1):
        start = builder.position
        for piece in pieces:
            if piece.kind is BlockKind.TABLE:
                _add_table(builder, piece, len(pages))
            else:
                _add_prose(builder, piece, levels, words)
        builder.close_page(number, start=start, is_ocr=number in recognised)


def _levels(cut: Sequence[Sequence[Piece]]) -> dict[Look, int]:
    """Levels of the looks of all headings; a cover page's own looks count as the highest."""
    inner = cut[1:] if len(cut) > _COVERED_PAGES else cut
    ranks = rank_looks(_looks(inner))
    return {look: ranks.get(look, 1) for look in _looks(cut)}


def _looks(cut: Sequence[Sequence[Piece]]) -> Iterator[Look]:
    for pieces in cut:
        for piece in pieces:
            if piece.kind is BlockKind.HEADING and piece.look is not None:
                yield piece.look


def _add_table(builder: TextBuilder, piece: Piece, page_count: int) -> None:
    page = piece.rows[0].page
    table = table_lines(piece.rows)
    if is_contents(table.lines, page=page, page_count=page_count):
        return
    builder.table(
        [line.cells for line in table.lines],
        header_rows=table.header_rows,
        page=page,
        boxes=[line.box for line in table.lines],
    )


def _add_prose(builder: TextBuilder, piece: Piece, levels: dict[Look, int], words: frozenset[str]) -> None:
    level = None
    if piece.kind is BlockKind.HEADING and piece.look is not None:
        level = levels[piece.look]
    builder.lines(
        hyphen_free_lines(piece.rows, words),
        piece.kind,
        page=piece.rows[0].page,
        boxes=[row.box for row in piece.rows],
        level=level,
    )


def _title(file: SourceFile, metadata: dict[str, str], pages: Sequence[list[Row]]) -> str:
    """The metadata's title, else its subject or the largest words of page one beside the file's name."""
    if title := first_meaningful(metadata.get("Title", "")):
        return title
    first = [row for row in pages[0] if len(row.text) <= _MAX_TITLE_CHARS] if pages else []
    largest = max(first, key=lambda row: round(row.size), default=None)
    words = title_from_name(file.name)
    said = first_meaningful(metadata.get("Subject", ""), largest.text if largest else "")
    if not said or said.casefold() in words.casefold():
        return words
    return said if words.casefold() in said.casefold() else f"{words} – {said}"


def _written(metadata: dict[str, str]) -> date | None:
    return parse_date(metadata.get("ModDate", "")) or parse_date(metadata.get("CreationDate", ""))


def _damage(damaged: Sequence[int]) -> tuple[str, ...]:
    return (f"{page_list(damaged)} damaged, not read",) if damaged else ()
