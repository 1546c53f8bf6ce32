"""Turn a PDF's blocks into units of prose: joined over lines and pages, tables cell by cell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, starmap

from bidproof.core.records import Block, BlockKind, Box
from bidproof.documents.protocol import Reading
from bidproof.questionnaires.pdf.tables import PdfTable, join_lines
from bidproof.questionnaires.requirements.units import (
    Unit,
    UnitKind,
    is_heading_like,
    mark_style,
    split_label,
)

_CLOSED = re.compile(r"[.?!:;][\"”’)\]]*$")
_TOC_LINE = re.compile(r"(?:\.{4,}|(?:\. ){4,}|…{2,}|\t)\s*\d{1,4}\s*$")
_MIN_RUN_ON_WORDS = 6
_TABLE_SLACK = 3.0
_FULL_LINE = 0.88


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTable:
    """A table at its place in the reading order."""

    table: PdfTable
    order: int


def pdf_units(reading: Reading, tables: Sequence[PdfTable]) -> Iterator[Unit | PlacedTable]:
    """Give units and ruled tables in reading order.

    A sentence that runs over a page break, or past a line that looked like a paragraph's
    end, is joined; lines of a contents list are dropped. Blocks inside a ruled table give
    way to the table.
    """
    waiting: Unit | None = None
    edges = _right_edges(reading)
    was_full = False
    given: set[int] = set()
    order = 0
    for block in reading.blocks:
        for table, lines in _parts(reading, block, tables):
            if table is not None:
                if id(table) not in given:
                    given.add(id(table))
                    order += 1
                    if waiting is not None:
                        yield waiting
                        waiting = None
                    yield PlacedTable(table=table, order=order)
                continue
            for unit in _line_units(lines, block):
                if waiting is not None and _continues(waiting, unit, was_full=was_full):
                    waiting = replace(waiting, text=join_lines([waiting.text, unit.text]))
                    was_full = _is_full(block, edges)
                    continue
                if waiting is not None:
                    yield waiting
                order += 1
                waiting = replace(unit, order=order)
                was_full = _is_full(block, edges)
    if waiting is not None:
        yield waiting


def _parts(
    reading: Reading, block: Block, tables: Sequence[PdfTable]
) -> Iterator[tuple[PdfTable | None, list[str]]]:
    """A block's lines in runs, each with the table that it stands in, None for lines outside."""
    lines = reading.text[block.start : block.end].split("\n")
    boxes = block.boxes if len(block.boxes) == len(lines) else (block.boxes[:1] or (None,)) * len(lines)
    around = [_table_around(box, tables) for box in boxes]
    for _, run in groupby(zip(around, lines, strict=True), key=lambda item: id(item[0])):
        several = list(run)
        yield several[0][0], [line for _, line in several]


def _table_around(box: Box | None, tables: Sequence[PdfTable]) -> PdfTable | None:
    if box is None:
        return None
    middle = (box.top + box.bottom) / 2
    for table in tables:
        edge = table.box
        is_inside = edge.top - _TABLE_SLACK <= middle <= edge.bottom + _TABLE_SLACK
        if table.page == box.page and is_inside and box.left >= edge.left - _TABLE_SLACK:
            return table
    return None


def _line_units(lines: Sequence[str], block: Block) -> Iterator[Unit]:
    lines = [line for line in lines if not _TOC_LINE.search(line)]
    if block.kind is BlockKind.LIST:
        for item in _items(lines):
            yield _unit(join_lines(item), block, is_item=True)
    elif block.kind is BlockKind.TABLE:
        for line in lines:
            for cell in line.split(" | "):
                yield _unit(cell, block, is_item=False)
    elif lines:
        for part in _items(lines) if _has_marked_lines(lines) else [lines]:
            yield _unit(join_lines(part), block, is_item=False)


def _has_marked_lines(lines: list[str]) -> bool:
    """Whether lines after the first start with a number or bullet: questions set without space between."""
    splits = [split_label(line) for line in lines]
    is_marked = any(split.is_bullet or split.label.endswith((".", ")")) for split in splits[1:])
    labels = [split.label for split in splits if split.label]
    return is_marked or (bool(splits[0].label) and any(starmap(_is_next, pairwise(labels))))


def _is_next(label: str, following: str) -> bool:
    """Whether a decimal number is the one after another: "1.2" after "1.1"."""
    one, other = label.split("."), following.split(".")
    is_decimal = len(one) == len(other) > 1 and one[-1].isdecimal() and other[-1].isdecimal()
    return is_decimal and one[:-1] == other[:-1] and int(other[-1]) == int(one[-1]) + 1


def _items(lines: list[str]) -> list[list[str]]:
    """Part a list's lines at those that start with a mark; a line without one goes on with the item."""
    items: list[list[str]] = []
    for line in lines:
        split = split_label(line)
        if split.is_bullet or (split.label and _is_mark(split.label)) or not items:
            items.append([line])
        else:
            items[-1].append(line)
    return items


def _is_mark(label: str) -> bool:
    return label.endswith((".", ")")) or "." in label or any(character.isdigit() for character in label)


def _unit(text: str, block: Block, *, is_item: bool) -> Unit:
    split = split_label(text)
    page = block.page
    if block.kind is BlockKind.HEADING:
        return Unit(kind=UnitKind.HEADING, text=split.text, label=split.label, level=block.level, page=page)
    is_one_line = len(block.boxes) <= 1
    if is_one_line and not split.is_bullet and is_heading_like(split.text, label=split.label, is_bold=False):
        return Unit(kind=UnitKind.HEADING, text=split.text, label=split.label, page=page)
    is_decimal = "." in split.label.rstrip(".")
    is_listed = (is_item or split.is_bullet or bool(split.label)) and not is_decimal
    return Unit(
        kind=UnitKind.ITEM if is_listed else UnitKind.PARAGRAPH,
        text=split.text,
        label=split.label,
        level=0 if is_listed else None,
        list_style=mark_style(split.label) if split.label else f"bullet{text[:1]}",
        page=page,
    )


def _right_edges(reading: Reading) -> dict[int, float]:
    """How far to the right the text of each page goes."""
    edges: dict[int, float] = {}
    for block in reading.blocks:
        for box in block.boxes:
            edges[box.page] = max(edges.get(box.page, 0.0), box.right)
    return edges


def _is_full(block: Block, edges: dict[int, float]) -> bool:
    """Whether a block's last line runs to the right edge, so that its sentence may go on below."""
    if not block.boxes:
        return False
    last = block.boxes[-1]
    return last.right >= _FULL_LINE * edges.get(last.page, 0.0)


def _continues(before: Unit, unit: Unit, *, was_full: bool) -> bool:
    """Whether a unit goes on with the sentence that the one before left open."""
    if UnitKind.HEADING in (before.kind, unit.kind) or unit.kind is UnitKind.ITEM or unit.label:
        return False
    if not unit.text or not before.text or _CLOSED.search(before.text):
        return False
    if unit.text[0].islower():
        return True
    is_next_page = before.page is not None and unit.page is not None and unit.page == before.page + 1
    return was_full or (is_next_page and len(before.text.split()) >= _MIN_RUN_ON_WORDS)
