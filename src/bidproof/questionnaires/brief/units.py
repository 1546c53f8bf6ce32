"""Cut a document into what a brief is read from: sentences, list items and table cells, with what is around.

Positions stay those of the document, so that every quote is verbatim.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bidproof.core.records import Block, BlockKind, Document, Span
from bidproof.documents.builder import CELL_GAP
from bidproof.language.prose import sentence_spans
from bidproof.questionnaires.brief.dates import find_moments
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions
from bidproof.questionnaires.requirements.units import SectionPath, split_label

UnitKind = Literal["heading", "sentence", "item", "cell"]

_CLOSED = re.compile(r"[.?!:;][\"”’)\]]*\s*$")
_LABELLED = re.compile(r"\s*(?:[-*•]\s+)?(?P<label>[^\W\d_][^:.!?\n|]{1,58}?)\s*:\s+(?=\S)")
_RUN_IN_TITLE = re.compile(r"(?=[A-ZÀ-Þ]{4}|\S+\s[A-ZÀ-Þ]{4})(?:[A-ZÀ-Þ&/-]{2,}\s+){1,6}(?=[A-ZÀ-Þ][a-zß-ÿ])")
_MOST_LABEL_WORDS = 7
_MOST_HEADING_WORDS = 16
_MOST_ROW_CHARS = 260
_MOST_ENTRY_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A heading, sentence, list item or table cell, with what stands around it.

    Attributes:
        kind: What it is.
        text: Its words; a line end is a blank here, so that positions in it count from ``start``.
        start: First character in the document.
        quote: The characters to quote: a cell's whole row, unless that is long.
        page: None where the format has none.
        section: The headings above, outermost first.
        paragraph: Counts the blocks below the last heading, from 1.
        block: Counts the blocks of the document; units of one list or table share it.
        lead: The sentence with a colon that introduces it.
        row: The first cell of its row, or the label before a colon.
        column: The header above a cell.
    """

    kind: UnitKind
    text: str
    start: int
    quote: Span
    page: int | None
    section: tuple[str, ...]
    paragraph: int
    block: int
    lead: str = ""
    row: str = ""
    column: str = ""

    @property
    def heading(self) -> str:
        """The nearest heading; empty above the first."""
        return self.section[-1] if self.section else ""

    @property
    def title(self) -> str:
        """The nearest heading without its number."""
        return split_label(self.heading).text.rstrip(":")

    @property
    def value(self) -> str:
        """The text without its label."""
        found = _LABELLED.match(self.text)
        return self.text[found.end() :].strip() if found and self.kind != "cell" and self.row else self.text


@dataclass(slots=True)
class _Walk:
    document: Document
    sections: SectionPath = field(default_factory=SectionPath)
    titles: list[str] = field(default_factory=list[str])
    paragraph: int = 0
    block: int = 0
    lead: str = ""
    headers: tuple[str, ...] = ()

    def unit(self, kind: UnitKind, start: int, end: int, *, quote: Span | None = None) -> Unit:
        raw = self.document.text[start:end]
        left = start + len(raw) - len(raw.lstrip())
        text = raw.strip().replace("\n", " ")
        return Unit(
            kind=kind,
            text=text,
            start=left,
            quote=quote or Span(start=left, end=left + len(text)),
            page=_page_of(self.document, left),
            section=(*self.sections.path, *self.titles),
            paragraph=self.paragraph,
            block=self.block,
            lead=self.lead,
        )


def document_units(document: Document) -> tuple[Unit, ...]:
    """Everything that a document says, in reading order.

    A sentence that a page break cuts is whole again; the columns of a table go on over it.
    """
    walk = _Walk(document)
    units: list[Unit] = []
    for block in _joined(document):
        walk.block += 1
        if block.kind is not BlockKind.TABLE:
            walk.titles.clear()
            walk.headers = ()
        if block.kind is BlockKind.HEADING:
            units.append(_heading(walk, block))
            continue
        walk.paragraph += 1
        found = list(_BLOCK_UNITS.get(block.kind, _prose)(walk, block))
        units.extend(found)
        is_lead = found and found[-1].kind != "cell" and found[-1].text.endswith(":")
        walk.lead = found[-1].text if is_lead else ""
    return tuple(units)


def _joined(document: Document) -> Iterator[Block]:
    """Blocks, those that a page break or a bold line cut in two made one again; in formats with pages."""
    waiting: Block | None = None
    for block in document.blocks:
        if waiting is not None and _goes_on(document.text, waiting, block):
            kind = BlockKind.PARAGRAPH if waiting.kind is BlockKind.HEADING else waiting.kind
            waiting = replace(waiting, kind=kind, end=block.end)
            continue
        if waiting is not None:
            yield waiting
        waiting = block
    if waiting is not None:
        yield waiting


def _goes_on(text: str, before: Block, block: Block) -> bool:
    if block.page is None or block.kind is not BlockKind.PARAGRAPH:
        return False
    first = text[block.start : block.start + 1]
    was_list_line = before.kind is BlockKind.LIST and "\n" not in text[before.start : before.end]
    is_open = not _CLOSED.search(text[before.start : before.end])
    return is_open and (first.islower() or (was_list_line and before.page == block.page))


def _heading(walk: _Walk, block: Block) -> Unit:
    unit = walk.unit("heading", block.start, block.end)
    walk.lead = unit.text if unit.text.endswith(":") else ""
    if len(unit.text.split()) > _MOST_HEADING_WORDS:
        return replace(unit, kind="sentence")
    split = split_label(unit.text)
    walk.sections.push(split.text.rstrip(":"), label=split.label, rank=block.level)
    walk.paragraph = 0
    return unit


def _prose(walk: _Walk, block: Block) -> Iterator[Unit]:
    lines = _lines(walk.document.text, block.start, block.end)
    if _is_capitals(walk.document.text[slice(*lines[0])]):
        yield _heading(walk, replace(block, end=lines[0][1], level=None))
        walk.paragraph += 1
        lines = lines[1:]
    if len(lines) > 1 and all(_is_entry(walk.document.text[start:end]) for start, end in lines):
        for start, end in lines:
            found = list(_sentences(walk, "item", start, end))
            yield from found
            walk.lead = found[-1].text if found[-1].text.endswith(":") else walk.lead
    elif lines:
        for start, end in _labelled_parts(walk.document.text, lines[0][0], block.end):
            yield from _sentences(walk, "sentence", start, end)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + line.start(), start + line.end()) for line in re.finditer(r"[^\n]+", text[start:end])]


def _is_capitals(line: str) -> bool:
    """Whether a line is a heading that only its capitals show."""
    words = line.split()
    return line.isupper() and len(words) <= _MOST_HEADING_WORDS and any(len(word) > 3 for word in words)


def _is_entry(line: str) -> bool:
    """Whether a line stands for itself, as in a list without marks: short, and begun like one."""
    plain = line.strip()
    return len(plain) <= _MOST_ENTRY_CHARS and not plain[0].islower() and not plain.endswith((",", ";"))


def _labelled_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a paragraph before lines such as ``Closing date: …`` that follow a closed or labelled line."""
    at, was_apart = start, False
    for line in re.finditer(r"[^\n]+", text[start:end]):
        position = start + line.start()
        is_labelled = _label_of(line.group()) != ""
        if position > at and is_labelled and (was_apart or _CLOSED.search(text[at:position])):
            yield at, position
            at = position
        was_apart = is_labelled
    yield at, end


def _label_of(text: str) -> str:
    found = _LABELLED.match(text)
    if found is None or len(found["label"].split()) > _MOST_LABEL_WORDS:
        return ""
    return " ".join(found["label"].split()) if found["label"][0].isupper() else ""


def _sentences(walk: _Walk, kind: UnitKind, start: int, end: int) -> Iterator[Unit]:
    text = walk.document.text[start:end].replace("\n\n", " \n")  # a page break, which ends no sentence
    label = _label_of(text)
    for span in _whole(text, sentence_spans(text)):
        yield replace(walk.unit(kind, start + span.start, start + span.end), row=label)
        label = ""


def _whole(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Sentences, those that were cut inside a date or amount (``14. Mai``, ``1 Mio. EUR``) made one again."""
    plain = text.replace("\n", " ")
    uncut = (*find_moments(plain), *find_mentions(plain, MentionKind.MONEY)) if len(spans) > 1 else ()
    waiting: Span | None = None
    for span in spans:
        if waiting is not None and any(item.start < span.start < item.end for item in uncut):
            waiting = Span(start=waiting.start, end=span.end)
            continue
        if waiting is not None:
            yield waiting
        waiting = span
    if waiting is not None:
        yield waiting


def _items(walk: _Walk, block: Block) -> Iterator[Unit]:
    lines = _lines(walk.document.text, block.start, block.end)
    marks = [split_label(walk.document.text[start:end]) for start, end in lines]
    starts = [
        bool(mark.is_bullet or mark.label) or not (marks[0].is_bullet or marks[0].label) for mark in marks
    ]
    for at, (start, end) in enumerate(lines):
        if not (starts[at] or at == 0):
            continue
        following = next((place for place in range(at + 1, len(lines)) if starts[place]), len(lines))
        last = lines[following - 1][1]
        body = start + max(0, walk.document.text[start:end].find(marks[at].text[:20]))
        label = marks[at].label
        is_numbered = any(character.isdigit() for character in label)
        if is_numbered and (title := _RUN_IN_TITLE.match(walk.document.text, body, last)):
            yield _heading(walk, replace(block, start=start, end=title.end(), level=None))
            body = title.end()
            walk.paragraph += 1
        for number, unit in enumerate(_sentences(walk, "item", body, last)):
            yield replace(unit, row=unit.row or label) if number == 0 and label[:1].isalpha() else unit


def _rows(walk: _Walk, block: Block) -> Iterator[Unit]:
    """Cells with their row and header; a row of one cell among wider ones is a title for those below."""
    text = walk.document.text
    table = _lines_of_table(text, block)
    width = max(len(text[start:end].split(CELL_GAP)) for start, end in table)
    if block.header_rows:
        walk.headers = tuple(text[slice(*table[block.header_rows - 1])].split(CELL_GAP))
    elif len(walk.headers) != width:
        walk.headers = ()
    walk.titles.clear()
    for number, (start, end) in enumerate(table):
        cells = _cells(text, start, end)
        row = " ".join(text[slice(*cells[0])].split()).rstrip(":")
        if (
            len(cells) == 1
            and width > 1
            and not _CLOSED.search(row)
            and len(row.split()) <= _MOST_HEADING_WORDS
        ):
            walk.titles[:] = [row]
        quote = Span(start=start, end=end) if end - start <= _MOST_ROW_CHARS else None
        for column, cell in enumerate(cells):
            header = (
                walk.headers[column] if column < len(walk.headers) and number >= block.header_rows else ""
            )
            for unit in _sentences(walk, "cell", *cell):
                yield replace(
                    unit, row=row if column else unit.row, column=header.strip(), quote=quote or unit.quote
                )


def _lines_of_table(text: str, block: Block) -> list[tuple[int, int]]:
    """A row is a line; what was joined to the table behind a blank line belongs to its last row."""
    body, gap, _ = text[block.start : block.end].partition("\n\n")
    rows = _lines(text, block.start, block.start + len(body))
    if gap:
        rows[-1] = (rows[-1][0], block.end)
    return rows


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cells: list[tuple[int, int]] = []
    for cell in text[start:end].split(CELL_GAP):
        cells.append((start, start + len(cell)))
        start += len(cell) + len(CELL_GAP)
    return cells


_BLOCK_UNITS = {BlockKind.LIST: _items, BlockKind.TABLE: _rows}


def _page_of(document: Document, position: int) -> int | None:
    return next((span.page for span in document.pages if span.start <= position < span.end), None)
