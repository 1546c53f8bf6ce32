"""Work out the layout of a whole file from its grids."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.core.errors import UnsureMapping
from bidproof.core.next_steps import Action, NextStep
from bidproof.language.rules import read_data
from bidproof.questionnaires.sheets.blocks import Block, find_blocks, split_beside
from bidproof.questionnaires.sheets.buyers import AskedSheet, find_buyers_sheets
from bidproof.questionnaires.sheets.columns import AssignedColumns, assign_columns, guess_columns
from bidproof.questionnaires.sheets.evidence import Family, computed_columns
from bidproof.questionnaires.sheets.forms import FormRows, find_form, find_opening
from bidproof.questionnaires.sheets.grid import Grid, column_letters
from bidproof.questionnaires.sheets.headers import Header
from bidproof.questionnaires.sheets.mapping import FileLayout, SheetLayout, TableLayout
from bidproof.questionnaires.sheets.rows import classify_rows
from bidproof.questionnaires.sheets.stacked import find_stacked
from bidproof.questionnaires.wording import is_asking

EVIDENCE_HEADERS = (
    "Question ID", "Question", "Answer", "Status", "Document", "Page", "Quote", "Location", "Question cell"
)  # fmt: skip
"""Header of the evidence list that we add ourselves; a sheet with it asks nothing."""

_KEYS = (
    "header_rows, rows, columns, title, default, scale, below,"
    " section_rows, guidance_rows, skip_rows, skip, buyer"
)
_SURE_ENOUGH = 0.15
_MIN_ASKING = 3
_WEIGHTS: Mapping[str, float] = read_data("bidproof.questionnaires.sheets", "confidence")["weights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedLayout:
    """A file's layout as worked out, with its confidence from 0 to 1 and what was doubtful.

    ``signals`` holds for each table its count of questions and what speaks for it.
    """

    layout: FileLayout
    confidence: float
    problems: tuple[str, ...]
    signals: tuple[tuple[int, Mapping[str, float]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    table: TableLayout
    rows: tuple[int, ...]
    signals: Mapping[str, float]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sheets:
    """The visible sheets of a file with the tables found on each, top to bottom."""

    grids: Mapping[str, Grid]
    found: dict[str, list[_Found]] = field(default_factory=dict[str, list[_Found]])

    def add(self, name: str, found: _Found) -> None:
        self.found.setdefault(name, []).append(found)

    def asked(self) -> dict[str, AskedSheet]:
        return {
            name: AskedSheet(
                grid=self.grids[name],
                tables=[item.table for item in found],
                rows=[row for item in found for row in item.rows],
                is_guessed=all(item.signals.get("guessed") for item in found),
            )
            for name, found in self.found.items()
        }


def detect_layout(grids: Sequence[Grid], *, file: str) -> DetectedLayout:
    """Find the tables of questions in a file's visible sheets.

    Raises:
        UnsureMapping: In no sheet could a question column and an answer column be told.
    """
    shown = [grid for grid in grids if not grid.is_hidden and not _is_own_evidence(grid)]
    sheets = _Sheets({grid.name: grid for grid in shown})
    stacked = {grid.name: form for grid in shown if (form := find_stacked(grid))}
    for name, form in stacked.items():
        sheets.add(name, _form(form))
    for family in _families([part for g in shown if g.name not in stacked for part in split_beside(g)]):
        for name, found in _read_family(family):
            sheets.add(name, found)
    for grid in shown:
        _read_beside_tables(sheets, grid)
    buyers = find_buyers_sheets(sheets.asked())
    kept = {name: sheets.found[name] for name in sheets.grids if name in sheets.found and name not in buyers}
    everything = [(name, item) for name, found in kept.items() for item in found]
    total = sum(len(item.rows) for _, item in everything)
    confidence = sum(confidence_of(item.signals) * len(item.rows) for _, item in everything) / (total or 1)
    if not total or confidence < _SURE_ENOUGH:
        raise _unsure(shown, file=file)
    problems = [f"sheet {name!r}: {problem}" for name, item in everything for problem in item.problems]
    notes = [
        f"sheet {name!r} repeats the questions of {other!r} and was taken as the buyer's own"
        for name, other in buyers.items()
    ]
    layout = FileLayout(
        sheets=tuple(SheetLayout(name=n, tables=tuple(f.table for f in found)) for n, found in kept.items()),
        skip=tuple(grid.name for grid in grids if grid.name not in kept and grid.name not in buyers),
        buyer=tuple(grid.name for grid in grids if grid.name in buyers),
    )
    return DetectedLayout(
        layout=layout,
        confidence=round(confidence, 2),
        problems=tuple(dict.fromkeys([*problems, *notes])),
        signals=tuple((len(item.rows), item.signals) for _, item in everything),
    )


def _unsure(grids: Sequence[Grid], *, file: str) -> UnsureMapping:
    """The error for a file whose layout cannot be told, with a mapping to start from."""
    names = ", ".join(repr(grid.name) for grid in grids) or "any visible sheet"
    message = (
        f"cannot tell the layout of {file!r}: found no column of questions with a column for answers"
        f" beside it in {names}"
    )
    largest = max(grids, key=lambda grid: len(grid.texts), default=None)
    if largest is None or not largest.last_row:
        return UnsureMapping(message, hint="open the file and look whether a sheet asks anything")
    proposal, seen = _proposal(largest)
    return UnsureMapping(
        f"{message}; {seen}",
        hint=NextStep(
            f"save {json.dumps(proposal)} with the right rows and letters as mapping.json, then check it"
            f" (docs/questionnaires.md lists the keys: {_KEYS})",
            Action.CHECK_MAPPING,
            file=str(file),
        ),
        proposal=proposal,
    )


def _proposal(grid: Grid) -> tuple[dict[str, object], str]:
    """A mapping of what is most like questions and answers on a sheet, and the same in words."""
    blocks = find_blocks(grid, [])
    whole = Block(header_rows=(), first=next(grid.rows()), last=grid.last_row, headers={})
    block = max(blocks, key=lambda item: item.last - item.first, default=whole)
    question, takers = guess_columns(_family([(grid, block)]))
    letters = [column_letters(column) for column in takers]
    columns = {"question": column_letters(question), "answer": letters[0]}
    table = {"header_rows": list(block.header_rows), "rows": [block.first, block.last], "columns": columns}
    head = f"row {block.header_rows[-1]} like a header" if block.header_rows else "no header row"
    seen = f"saw on {grid.name!r} {head}, column {columns['question']} most like questions"
    return {"sheets": [{"name": grid.name, "tables": [table]}]}, f"{seen}, blank {', '.join(letters[:4])}"


def _is_own_evidence(grid: Grid) -> bool:
    first = next(grid.rows(), 0)
    return tuple(grid.row_cells(first).values()) == EVIDENCE_HEADERS if first else False


def _families(grids: Sequence[Grid]) -> list[Family]:
    """The blocks of all sheets, those with the same columns together."""
    seen: list[Mapping[int, str]] = []
    groups: list[list[tuple[Grid, Block]]] = []
    for grid in grids:
        for block in find_blocks(grid, seen):
            group = next((g for g in groups if _are_alike(g[0], (grid, block))), None)
            if group is None:
                groups.append([(grid, block)])
            else:
                group.append((grid, block))
    return [_family(group) for group in groups]


def _are_alike(one: tuple[Grid, Block], other: tuple[Grid, Block]) -> bool:
    """Whether two blocks have the same columns but for a title above the questions and what one lacks."""
    heads, others = one[1].headers, other[1].headers
    both = heads.keys() & others.keys()
    unlike = [column for column in both if heads[column].text != others[column].text]
    same = len(both) - len(unlike)
    is_one = min(len({header[column].text for column in unlike}) for header in (heads, others)) <= 1
    if same * 2 < min(len(heads), len(others)) - len(unlike) or not same or not is_one:
        return False
    are_titles = not unlike or any(_is_filled(*one, c) and _is_filled(*other, c) for c in unlike)
    return are_titles and computed_columns(*one) & both == computed_columns(*other) & both


def _is_filled(grid: Grid, block: Block, column: int) -> bool:
    """Whether texts or ids stand below a header, so that it may be the title of what they ask."""
    rows = [row for row in grid.rows() if block.first <= row <= block.last]
    return sum(bool(grid.text(row, column)) for row in rows) * 2 >= len(rows)


def _family(group: Sequence[tuple[Grid, Block]]) -> Family:
    headers: dict[int, Header] = {}
    texts: dict[int, set[str]] = {}
    for _, block in group:
        for column, header in block.headers.items():
            headers.setdefault(column, header)
            texts.setdefault(column, set()).add(header.text)
    varied = frozenset(column for column, several in texts.items() if len(several) > 1)
    return Family(parts=tuple(group), headers=headers, varied=varied)


def _read_family(family: Family) -> Iterator[tuple[str, _Found]]:
    assigned = assign_columns(family)
    for grid, block in family.parts if assigned.columns else ():
        found = _read_block(grid, block, assigned)
        if found is not None:
            yield grid.name, found


def _read_block(grid: Grid, block: Block, assigned: AssignedColumns) -> _Found | None:
    if assigned.columns is None:
        return None
    header = block.headers.get(assigned.title_column)
    table = TableLayout(
        header_rows=block.header_rows,
        rows=(min((*block.title_rows, block.first)), block.last),
        columns=assigned.columns,
        title=(header.text,) if header else (),
        default=assigned.default,
    )
    kinds = classify_rows(grid, table)
    table = table.model_copy(
        update={
            "section_rows": kinds.section_rows,
            "guidance_rows": kinds.guidance_rows,
            "skip_rows": kinds.skip_rows,
        }
    )
    others = {*kinds.section_rows, *kinds.guidance_rows, *kinds.skip_rows, *block.header_rows}
    rows = tuple(row for row in grid.rows() if table.rows[0] <= row <= table.rows[1] and row not in others)
    problems = assigned.problems if block.header_rows else (*assigned.problems, "it has no header row")
    return _Found(table=table, rows=rows, signals=assigned.signals, problems=problems) if rows else None


def _read_beside_tables(sheets: _Sheets, grid: Grid) -> None:
    """Read what a sheet asks outside of tables: questions above its first header, or a form of labels."""
    found = sheets.found.get(grid.name)
    if found and found[0].table.below:
        return
    if found:
        opening = find_opening(grid, found[0].table)
        if opening:
            found.insert(0, _Found(table=opening.table, rows=opening.rows, signals=found[0].signals))
        return
    form = find_form(grid)
    if form:
        sheets.add(grid.name, _form(form))
        return
    texts = [text for row in grid.rows() for text in grid.row_cells(row).values()]
    asking = sum(is_asking(text) and text.rstrip().endswith("?") for text in texts)
    if asking >= _MIN_ASKING or (asking and grid.lists):
        block = Block(header_rows=(), first=next(grid.rows()), last=grid.last_row, headers={})
        family = Family(parts=((grid, block),), headers={}, varied=frozenset())
        for _, item in _read_family(family):
            sheets.add(grid.name, item)


def _form(form: FormRows) -> _Found:
    signals = {"asking": form.asking, "form": 1.0}
    return _Found(table=form.table, rows=form.rows, signals=signals, problems=("it has no header row",))


def confidence_of(signals: Mapping[str, float]) -> float:
    """The probability that a question is read rightly, by a fitted logistic curve over the signals."""
    score = _WEIGHTS["constant"] + sum(_WEIGHTS[name] * value for name, value in signals.items())
    return 1 / (1 + math.exp(-score))
