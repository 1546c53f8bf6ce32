"""Builds a document's text and blocks together, so that offsets agree by construction."""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from bidproof.core.records import Block, BlockKind, Box, PageSpan, Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.boilerplate import dateline_end
from bidproof.documents.clean import clean_line, clean_lines, clean_text
from bidproof.documents.protocol import Reading

CELL_GAP = " | "
_EXCERPTS, _EXCERPT = 5, 80
_OPENING = 8
"""Blocks that a press release's first words may stand below: its title, the names of a wire service."""
_WORD = re.compile(r"\w{2}")
_LINE_BYTES, _BLOCK_BYTES = 20, 200
"""What a line and a block count for at least, so that many small ones are bounded too."""


class TextBuilder:
    """Collects blocks in reading order; text and offsets come out consistent.

    Blocks are separated by a blank line. A block with boxes has one box for
    each of its lines, in order. What passes ``documents.max_text_mb`` is counted and left out.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        """Start empty."""
        self._max_mb = settings.max_text_mb
        self._room = settings.max_text_mb << 20
        self._left_out = self._rest = 0
        self._warnings: list[str] = []
        self._hidden: list[tuple[int | None, str]] = []
        self._missed: Counter[str] = Counter()
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._marks_boilerplate = False
        self._pages: list[PageSpan] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks so far, in order."""
        return tuple(self._blocks)

    @property
    def pages(self) -> tuple[PageSpan, ...]:
        """The pages closed so far, in order."""
        return tuple(self._pages)

    @property
    def is_full(self) -> bool:
        """Whether anything was left out: what follows would be, too."""
        return self._left_out > 0

    def first_of(self, source: str) -> str:
        """What to parse of a source whose text is no longer than itself; the rest counts as left out."""
        kept = source[: self._max_mb << 20]
        self._rest = len(source) - len(kept)
        return kept

    def warn(self, text: str) -> None:
        """Say of the document what its reader should know; each warning once."""
        if text not in self._warnings:
            self._warnings.append(text)

    def miss(self, kind: str, count: int = 1) -> None:
        """Count what could not be taken over, named in the singular: ``image``; one warning names all."""
        self._missed[kind] += count

    def hide(self, texts: Iterable[str], *, page: int | None = None) -> None:
        """Note texts that were left out since nobody sees them; a warning shows their beginning."""
        words = ((page, clean_line(text)) for text in texts)
        self._hidden += [(page, text) for page, text in words if _WORD.search(text)]

    def reading(
        self,
        *,
        title: str = "",
        written: date | None = None,
        expires: date | None = None,
        warnings: Sequence[str] = (),
    ) -> Reading:
        """What was collected, with a warning where some of it was left out."""
        if self._left_out or self._rest:
            said = f"text after the first {self._max_mb} MB not read: raise documents.max_text_mb"
            self.warn(said)
        if missed := [f"{count} {kind}{'s' * (count > 1)}" for kind, count in self._missed.items() if count]:
            self.warn(f"not read: {', '.join(missed)}")
        if self._hidden:
            self.warn(_name_hidden(self._hidden))
        return Reading(
            title=title,
            text=self.text,
            blocks=self.blocks,
            pages=self.pages,
            written=written,
            expires=expires,
            warnings=(*warnings, *self._warnings),
        )

    @property
    def first_heading(self) -> str:
        """Text of the first heading among the first blocks of highest rank; empty when none."""
        headings = [block for block in self._blocks if block.kind is BlockKind.HEADING]
        if not headings:
            return ""
        best = min(block.level or 1 for block in headings[:8])
        first = next(block for block in headings if (block.level or 1) == best)
        return clean_line(self.text[first.start : first.end])

    def heading(self, text: str, *, level: int, page: int | None = None, boxes: Sequence[Box] = ()) -> None:
        """Add a heading of rank ``level``, 1 being the highest."""
        self.lines(
            [text] if not boxes else text.split("\n"), BlockKind.HEADING, page=page, boxes=boxes, level=level
        )

    def paragraph(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """Add a paragraph as one line; line ends inside it are only wrapping."""
        self._add(clean_line(text), kind)

    def list_items(self, items: Sequence[str]) -> None:
        """Add a list, one item a line."""
        self._add("\n".join(line for line in map(clean_line, items) if line), BlockKind.LIST)

    def code(self, text: str) -> None:
        """Add a stretch whose white space means something."""
        lines = [line.rstrip() for line in clean_text(text).split("\n")]
        while lines and not lines[0]:
            lines.pop(0)
        while lines and not lines[-1]:
            lines.pop()
        self._add("\n".join(lines), BlockKind.CODE)

    def preformatted(self, text: str, kind: BlockKind) -> None:
        """Add text whose line ends mean something, blank lines dropped."""
        self._add(clean_lines(text), kind)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        *,
        header_rows: int = 0,
        page: int | None = None,
        boxes: Sequence[Box] = (),
        cells: Sequence[str] = (),
        names: Span | None = None,
    ) -> None:
        """Add a table, one row a line, cells separated by a bar; empty rows are dropped.

        ``names`` are the column names of an earlier block, for a table that has none of its own.
        """
        lines = [join_cells(row) for row in rows]
        empty_heads = sum(1 for line in lines[:header_rows] if not line)
        self.lines(
            lines,
            BlockKind.TABLE,
            page=page,
            boxes=boxes,
            header_rows=max(0, header_rows - empty_heads),
            cells=cells,
            names=names,
        )

    def lines(
        self,
        lines: Sequence[str],
        kind: BlockKind,
        *,
        page: int | None = None,
        boxes: Sequence[Box] = (),
        level: int | None = None,
        header_rows: int = 0,
        cells: Sequence[str] = (),
        names: Span | None = None,
    ) -> None:
        """Add a block line by line; ``boxes`` and ``cells``, where given, have one a line."""
        kept = [(clean_line(line), index) for index, line in enumerate(lines)]
        kept = [(line, index) for line, index in kept if line]
        self._add(
            "\n".join(line for line, _ in kept),
            kind,
            page=page,
            boxes=tuple(boxes[index] for _, index in kept) if boxes else (),
            level=level,
            header_rows=header_rows if header_rows < len(kept) else 0,
            cells=tuple(cells[index] for _, index in kept) if cells else (),
            names=names,
        )

    def append(self, reading: Reading, *, below: int) -> None:
        """Add another document's blocks without pages and boxes; its headings rank below ``below``."""
        for block in reading.blocks:
            level = None if block.level is None else block.level + below
            text = reading.text[block.start : block.end]
            self._add(text, block.kind, level=level, header_rows=block.header_rows)

    @contextmanager
    def boilerplate(self) -> Generator[None]:
        """Mark what is added meanwhile, of any kind, as standing there for form's sake."""
        before, self._marks_boilerplate = self._marks_boilerplate, True
        try:
            yield
        finally:
            self._marks_boilerplate = before

    def mark_boilerplate(self, is_such: Callable[[str], bool], *, start: int) -> None:
        """Mark those paragraphs and lists from block number ``start`` on whose text is boilerplate."""
        for place, block in enumerate(self._blocks[start:], start=start):
            is_prose = block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST)
            if is_prose and is_such(self._parts[2 * place]):
                self._blocks[place] = replace(block, kind=BlockKind.BOILERPLATE)

    def close_page(self, page: int, *, start: int, is_ocr: bool = False) -> None:
        """Record that page ``page`` runs from ``start`` to here."""
        self._pages.append(
            PageSpan(page=page, start=min(start, self._length), end=self._length, is_ocr=is_ocr)
        )

    @property
    def column_names(self) -> Span | None:
        """The lines that name the columns of the table added last; None where nothing names them."""
        block = self._blocks[-1] if self._blocks else None
        if block is None or block.kind is not BlockKind.TABLE:
            return None
        if not block.header_rows:
            return block.names
        lines = self._parts[-1].split("\n")[: block.header_rows]
        return Span(start=block.start, end=block.start + len("\n".join(lines)))

    @property
    def position(self) -> int:
        """Where the next block will start, in document characters."""
        return self._length + (2 if self._length else 0)

    def _add(
        self,
        text: str,
        kind: BlockKind,
        *,
        page: int | None = None,
        boxes: tuple[Box, ...] = (),
        level: int | None = None,
        header_rows: int = 0,
        cells: tuple[str, ...] = (),
        names: Span | None = None,
    ) -> None:
        if self._marks_boilerplate:
            kind, level, header_rows, names = BlockKind.BOILERPLATE, None, 0, None
        elif kind is BlockKind.PARAGRAPH and len(self._blocks) < _OPENING and (end := dateline_end(text)):
            first = text.count("\n", 0, end)
            with self.boilerplate():
                self._add(text[:end].rstrip(), kind, page=page, boxes=boxes, cells=cells)
            text, boxes, cells = text[end:], boxes[first:], cells[first:]
        text = self._within_limit(text)
        if not text.strip():
            return
        if self._length:
            self._parts.append("\n\n")
            self._length += 2
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._blocks.append(
            Block(
                kind=kind,
                start=start,
                end=self._length,
                level=level,
                page=page,
                boxes=boxes[: text.count("\n") + 1],
                header_rows=header_rows,
                cells=cells[: text.count("\n") + 1],
                names=names,
            )
        )

    def _within_limit(self, text: str) -> str:
        """The text, or as many of its lines as there is room for; once something was left out, nothing."""
        cost = max(len(text.encode("utf-8", "replace")), _LINE_BYTES * (text.count("\n") + 1), _BLOCK_BYTES)
        if not self._left_out and cost <= self._room:
            self._room -= cost
            return text
        kept = "" if self._left_out else text[: len(text) * self._room // cost]
        whole = max(kept.rfind("\n"), 0) or max(kept.rfind(" "), 0)
        kept = kept[:whole] if whole else kept
        self._left_out += len(text) - len(kept)
        return kept


def _name_hidden(hidden: Sequence[tuple[int | None, str]]) -> str:
    shown = [
        (f"page {page}: " if page else "") + f"“{text[:_EXCERPT]}{'…' if len(text) > _EXCERPT else ''}”"
        for page, text in hidden[:_EXCERPTS]
    ]
    more = f"; and {len(hidden) - _EXCERPTS} more" if len(hidden) > _EXCERPTS else ""
    return f"text that cannot be seen was left out: {'; '.join(shown)}{more}"


def join_cells(cells: Sequence[str]) -> str:
    """Join cells to one line; empty when every cell is.

    Empty cells between full ones stay as gaps, so that columns keep their
    place; trailing ones go. A bar inside a cell becomes a slash.
    """
    cleaned = [clean_line(cell).replace("|", "/") for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return CELL_GAP.join(cleaned).strip()
