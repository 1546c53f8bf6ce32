"""Work out the layout of a whole file from its grids."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.core.errors import UnsureMapping
from bidproof.core.next_steps import Action, NextStep
from bidproof.questionnaires.sheets.columns import AssignedColumns, assign_columns
from bidproof.questionnaires.sheets.grid import Grid, column_number
from bidproof.questionnaires.sheets.mapping import FileLayout, SheetLayout, TableLayout
from bidproof.questionnaires.sheets.regions import Region, find_regions
from bidproof.questionnaires.sheets.rows import classify_rows
from bidproof.questionnaires.wording import is_asking, is_id

EVIDENCE_HEADERS = (
    "Question ID", "Question", "Answer", "Status", "Document", "Page", "Quote", "Location", "Question cell"
)  # fmt: skip
"""Header of the evidence list that we add ourselves; a sheet with it asks nothing."""

_SURE_ENOUGH = 0.3
_DOUBTFUL = 0.65
_RECORD = re.compile(
    r"\b(version|revision|date|author|change[ds]?|e-?mail|phone|name|term|definition|price|quantity)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedLayout:
    """A file's layout as worked out, with its confidence from 0 to 1 and what was doubtful."""

    layout: FileLayout
    confidence: float
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    table: TableLayout
    confidence: float
    problems: tuple[str, ...]
    questions: int


def detect_layout(grids: Sequence[Grid], *, file: str) -> DetectedLayout:
    """Find the tables of questions in a file's visible sheets.

    Raises:
        UnsureMapping: In no sheet could a question column and an answer column be told.
    """
    shown = [grid for grid in grids if not grid.is_hidden and not _is_own_evidence(grid)]
    by_sheet = {grid.name: _detect_sheet(grid) for grid in shown}
    if not any(by_sheet.values()):
        by_sheet = {grid.name: _detect_headless(grid) for grid in shown}
    sheets = [
        SheetLayout(name=name, tables=tuple(f.table for f in found))
        for name, found in by_sheet.items()
        if found
    ]
    everything = [(name, item) for name, found in by_sheet.items() for item in found]
    total = sum(item.questions for _, item in everything)
    confidence = sum(item.confidence * item.questions for _, item in everything) / total if total else 0.0
    if not total or confidence < _SURE_ENOUGH:
        raise _unsure(shown, file=file)
    problems = [f"sheet {name!r}: {problem}" for name, item in everything for problem in item.problems]
    skip = tuple(grid.name for grid in grids if not by_sheet.get(grid.name))
    return DetectedLayout(
        layout=FileLayout(sheets=tuple(sheets), skip=skip),
        confidence=round(confidence, 2),
        problems=tuple(dict.fromkeys(problems)),
    )


def _unsure(grids: Sequence[Grid], *, file: str) -> UnsureMapping:
    """The error for a file whose layout cannot be told, with a mapping to start from."""
    names = ", ".join(repr(grid.name) for grid in grids) or "any visible sheet"
    largest = max(grids, key=lambda grid: len(grid.texts), default=None)
    columns = {"question": "A", "answer": "B"}
    table = {"rows": [2, max(largest.last_row, 2) if largest else 2], "columns": columns}
    start = json.dumps({"sheets": [{"name": largest.name if largest else "", "tables": [table]}]})
    return UnsureMapping(
        f"cannot tell the layout of {file!r}: found no column of questions with a column for answers"
        f" beside it in {names}",
        hint=NextStep(
            f"save {start} with the right rows and letters as mapping.json, then check it",
            Action.CHECK_MAPPING,
            file=str(file),
        ),
    )


def _is_own_evidence(grid: Grid) -> bool:
    first = next(grid.rows(), 0)
    return tuple(grid.row_cells(first).values()) == EVIDENCE_HEADERS if first else False


def _detect_sheet(grid: Grid) -> list[_Found]:
    found = [_detect_region(grid, region) for region in find_regions(grid)]
    tables = [item for item in found if item is not None]
    opening = _detect_opening(grid, tables[0].table) if tables else None
    return [opening, *tables] if opening else tables


def _detect_opening(grid: Grid, first: TableLayout) -> _Found | None:
    """Numbered rows above the first header, as on a form's cover, with the same columns as below it."""
    if not first.columns.id or not first.header_rows:
        return None
    above = [row for row in grid.rows() if row < first.header_rows[0]]
    id_column, question = column_number(first.columns.id[0]), column_number(first.columns.question[0])
    asked = [row for row in above if is_id(grid.text(row, id_column)) and grid.text(row, question)]
    if len(asked) < 2:
        return None
    columns = first.columns
    if not any(grid.options(row, column_number(letters)) for row in asked for letters in columns.choice):
        columns = columns.model_copy(update={"answer": columns.answer or columns.choice, "choice": ()})
    table = TableLayout(rows=(above[0], above[-1]), columns=columns)
    sections = tuple(row for row in classify_rows(grid, table).section_rows if row not in asked)
    skipped = tuple(row for row in above if row not in asked and row not in sections)
    table = table.model_copy(update={"section_rows": sections, "skip_rows": skipped})
    return _Found(table=table, confidence=0.6, problems=(), questions=len(asked))


def _is_record(region: Region, assigned: AssignedColumns) -> bool:
    """A list of changes, people, terms or marks, which has a comment column but asks nothing."""
    words = " ".join(header.text for header in region.headers.values()).casefold()
    is_doubtful = assigned.confidence < _DOUBTFUL
    answers_left = assigned.columns is not None and any("no header" in text for text in assigned.problems)
    return is_doubtful and bool(region.headers) and (answers_left or len(set(_RECORD.findall(words))) >= 2)


def _detect_headless(grid: Grid) -> list[_Found]:
    """A sheet without any header row: the whole of it, where enough of it asks."""
    texts = [text for row in grid.rows() for text in grid.row_cells(row).values()]
    asking = sum(is_asking(text) and text.rstrip().endswith("?") for text in texts)
    if not texts or not (asking >= 3 or (asking and grid.lists)):
        return []
    region = Region(header_rows=(), first=next(grid.rows()), last=grid.last_row, headers={})
    item = _detect_region(grid, region)
    return [item] if item is not None else []


def _detect_region(grid: Grid, region: Region) -> _Found | None:
    assigned = assign_columns(grid, region)
    if assigned.columns is None:
        return None
    table = TableLayout(
        header_rows=region.header_rows, rows=(region.first, region.last), columns=assigned.columns
    )
    kinds = classify_rows(grid, table)
    table = table.model_copy(update={"section_rows": kinds.section_rows, "skip_rows": kinds.skip_rows})
    skipped = {*kinds.section_rows, *kinds.skip_rows}
    questions = [row for row in grid.rows() if region.first <= row <= region.last and row not in skipped]
    if not questions or _is_record(region, assigned):
        return None
    problems = assigned.problems if region.header_rows else (*assigned.problems, "it has no header row")
    return _Found(table=table, confidence=assigned.confidence, problems=problems, questions=len(questions))
