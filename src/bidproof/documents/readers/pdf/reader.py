"""PDF: text in reading order with a box for every line, headings by look, tables by row."""

# pypdfium2 ships no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

import pypdfium2 as pdfium

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind, Box
from bidproof.documents.builder import TextBuilder
from bidproof.documents.dates import parse_date
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.pdf.annotations import Comment, page_annotations
from bidproof.documents.readers.pdf.direction import Directed, direct, mirrored_grid, shown_box
from bidproof.documents.readers.pdf.figures import is_figure
from bidproof.documents.readers.pdf.grid import GridRow, page_grid
from bidproof.documents.readers.pdf.headings import Look, rank_looks
from bidproof.documents.readers.pdf.layout import Piece, body_size, drop_running_rows, page_pieces
from bidproof.documents.readers.pdf.pictures import Pictures, count_pictures
from bidproof.documents.readers.pdf.rows import Row, page_rows, page_rows_with_grid
from bidproof.documents.readers.pdf.scans import PageScans, page_list
from bidproof.documents.readers.pdf.tables import TableLine, TableLines, is_contents, table_lines
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
        return read_pdf(file).reading


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What stands on one page as displayed: its own words in content order, and the rows of drawn tables."""

    words: Sequence[Word] = ()
    grid: Sequence[GridRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """A PDF as read, and what stood on each of its pages; ``pages`` is empty unless they were kept."""

    reading: Reading
    pages: tuple[PageContent, ...] = ()


def read_pdf(file: SourceFile, *, keeps_pages: bool = False) -> PdfContent:
    """Read a PDF, in one pass over its pages.

    Raises:
        UnreadableFile: ``encrypted-file``, ``corrupt-file`` or ``too-many-pages``.
    """
    pdf = _open(file)
    try:
        _check_pages(file, len(pdf))
        kept: list[PageContent] | None = [] if keeps_pages else None
        return PdfContent(reading=_read(file, pdf, kept), pages=tuple(kept or ()))
    finally:
        pdf.close()


def _open(file: SourceFile) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(file.data)
        pdf.init_forms()
        return pdf
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


def _read(file: SourceFile, pdf: pdfium.PdfDocument, kept: list[PageContent] | None) -> Reading:
    builder = TextBuilder(file.settings)
    pages: list[list[Row]] = []
    heights: list[float] = []
    comments: list[list[Comment]] = []
    mirrored: dict[int, float] = {}
    damaged: list[int] = []
    pictures: list[Pictures] = []
    scans = PageScans(file.settings)
    for index in range(len(pdf)):
        try:
            page = pdf[index]
        except pdfium.PdfiumError:
            damaged.append(index + 1)
            comments.append([])
            pages.append([])
            heights.append(0.0)
            if kept is not None:
                kept.append(PageContent())
            continue
        found = page_words(page)
        if kept is not None:
            kept.append(PageContent(words=found.words, grid=page_grid(page)))
        marks = page_annotations(pdf, page, index + 1)
        if file.as_printed:
            marks.links.clear()
            marks.comments.clear()
        builder.hide([found.unseen, *marks.hidden], page=index + 1)
        words = scans.words(page, index + 1, found)
        pictures += [] if scans.is_scan(index + 1) else [found.pictures]
        shown = direct(marks.words(words), width=page.get_width())
        if shown.is_mirrored:
            mirrored[index + 1] = page.get_width()
        comments.append(marks.comments)
        pages.append(_rows(page, shown, index + 1, kept[-1].grid if kept else None))
        heights.append(page.get_height())
        page.close()
    if not file.as_printed:
        _count_unread(builder, pdf, pictures)
    drop_running_rows(pages, heights)
    _add_pages(_PageBuilder(builder, mirrored, scans.recognised), pages, comments)
    metadata = pdf.get_metadata_dict()
    return builder.reading(
        title=_title(file, metadata, pages),
        written=_written(metadata),
        warnings=scans.warnings() + _damage(damaged),
    )


def _count_unread(builder: TextBuilder, pdf: pdfium.PdfDocument, pictures: Sequence[Pictures]) -> None:
    for kind, count in count_pictures(pictures).items():
        builder.miss(kind, count)
    builder.miss("embedded file", pdf.count_attachments())


def _rows(page: pdfium.PdfPage, shown: Directed, number: int, grid: Sequence[GridRow] | None) -> list[Row]:
    """A page's rows; drawn lines are looked at, unless known, where cells of words stand side by side."""
    width, words = page.get_width(), shown.words
    rows = page_rows(words, page=number, width=width)
    tabular = [row for row in rows if row.is_tabular]
    wordy = [row for row in tabular if not any(is_figure(cell.text) for cell in row.cells[1:])]
    if not wordy or len(wordy) < _WORDY_SHARE * len(tabular):
        return rows
    grid = page_grid(page) if grid is None else grid
    grid = mirrored_grid(grid, width=width) if shown.is_mirrored else grid
    return page_rows_with_grid(words, grid, page=number, width=width) if grid else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenTable:
    """The table that a page ends with: it may go on."""

    page: int
    table: TableLines


class _PageBuilder:
    """Adds pieces of pages to a document; ``mirrored`` holds the widths of pages read in a mirror."""

    def __init__(self, builder: TextBuilder, mirrored: Mapping[int, float], recognised: Set[int]) -> None:
        self.builder = builder
        self._mirrored = mirrored
        self._recognised = recognised
        self._open: _OpenTable | None = None

    def close_page(self, number: int, *, start: int) -> None:
        self.builder.close_page(number, start=start, is_ocr=number in self._recognised)

    def boxes(self, items: Iterable[Row | TableLine]) -> list[Box]:
        """The rectangles of lines as they are displayed."""
        return [
            shown_box(item.box, width=self._mirrored[item.box.page])
            if item.box.page in self._mirrored
            else item.box
            for item in items
        ]

    def table(self, piece: Piece, page_count: int, *, is_first: bool, is_last: bool) -> None:
        page, above = piece.rows[0].page, self._open
        table = table_lines(piece.rows)
        if is_contents(table.lines, page=page, page_count=page_count):
            return
        goes_on = is_first and above is not None and above.page == page - 1 and table.goes_on(above.table)
        self.builder.table(
            [line.cells for line in table.lines],
            header_rows=table.header_rows,
            page=page,
            boxes=self.boxes(table.lines),
            names=self.builder.column_names if goes_on else None,
        )
        self._open = _OpenTable(page=page, table=table) if is_last else None

    def prose(self, piece: Piece, level: int | None, words: frozenset[str]) -> None:
        self.builder.lines(
            hyphen_free_lines(piece.rows, words),
            piece.kind,
            page=piece.rows[0].page,
            boxes=self.boxes(piece.rows),
            level=level,
        )


def _add_pages(
    builder: _PageBuilder, pages: Sequence[list[Row]], comments: Sequence[Sequence[Comment]]
) -> None:
    body = body_size(pages)
    cut = [list(page_pieces(rows, body=body)) for rows in pages]
    levels = _levels(cut)
    words = known_words(row for rows in pages for row in rows)
    for number, pieces in enumerate(cut, start=1):
        start = builder.builder.position
        for place, piece in enumerate(pieces):
            if piece.kind is BlockKind.TABLE:
                is_last = place == len(pieces) - 1 and not comments[number - 1]
                builder.table(piece, len(pages), is_first=place == 0, is_last=is_last)
            else:
                level = levels[piece.look] if piece.kind is BlockKind.HEADING and piece.look else None
                builder.prose(piece, level, words)
        for comment in comments[number - 1]:
            builder.builder.lines([comment.text], BlockKind.PARAGRAPH, page=number, boxes=[comment.box])
        builder.close_page(number, start=start)


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
