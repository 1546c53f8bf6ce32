"""Every cell is accounted for and only answer cells change, for layouts of any mix with noise in them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.questionnaire_layouts import PARTS, Layout, make_layout
from benchmarks.questionnaire_layouts.canvas import Canvas, Slot
from benchmarks.questionnaire_layouts.words import LANGUAGES
from bidproof.core.errors import UnsureMapping
from bidproof.core.records import CellRole, Questionnaire
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.zip.package import open_package
from bidproof.questionnaires.excel.grids import read_grids
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.excel.sheet import scan_sheet
from bidproof.questionnaires.excel.writer import write
from bidproof.questionnaires.sheets.accounts import Accounts, account_for
from bidproof.questionnaires.sheets.grid import Grid, Place, parse_location
from bidproof.questionnaires.sheets.mapping import parse_mapping
from workbook_files import draft_for, parts_of

FAMILIES = [(family, part) for part, room in PARTS.items() for family in room.FAMILIES]
NOISE = st.sampled_from(
    ["x", "Total", "?", "Please review by Friday", "Answer", "1.2", "=not a formula", "See attached.", "Yes",
     "Contact: procurement@example.org", "Do you agree?", "12", "Kommentar", " "]
)  # fmt: skip
TEXTS = ("Yes. We do.", "=1+1", "No.")
SPOTS = st.tuples(st.integers(1, 40), st.integers(1, 14))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def noisy_layouts(draw: st.DrawFn) -> Layout:
    """One to three sheets of different families, with cells, dropdowns and fills strewn over them."""
    sheets: dict[str, Canvas] = {}
    for _ in range(draw(st.integers(1, 2))):
        family, part = draw(st.sampled_from(FAMILIES))
        language, seed = draw(st.sampled_from(LANGUAGES)), draw(st.integers(0, 999))
        layout = make_layout(family, language, variant=0, seed=seed, part=part)
        for sheet in layout.sheets:
            sheets.setdefault(sheet.name.casefold(), sheet)
    for sheet in sheets.values():
        _strew(draw, sheet)
    return Layout(family="mixed", variant=0, language="xx", sheets=tuple(sheets.values()))


def _strew(draw: st.DrawFn, sheet: Canvas) -> None:
    inside = {
        (row, column)
        for top, left, bottom, right in sheet.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    for spot, text in draw(st.dictionaries(SPOTS, NOISE, max_size=5)).items():
        if spot not in inside and spot not in sheet.cells:
            sheet.put(*spot, text, draw(st.sampled_from(["", "section", "open"])))
    listed = {place for place, _ in sheet.lists}
    for spot in draw(st.sets(SPOTS, max_size=2)) - listed:
        sheet.open(*spot, Slot(purposes=frozenset(), options=("A", "B"), has_list=True))
    if draw(st.booleans()):
        sheet.hidden_rows = {*sheet.hidden_rows, draw(st.integers(2, 20))}


def _grids(path: Path) -> tuple[Grid, ...]:
    package = open_package(path)
    return read_grids(package, read_workbook(package))


@SLOW
@given(noisy_layouts())
def test_every_visible_cell_has_a_role_or_stands_in_a_problem(layout: Layout) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = layout.write(Path(folder))
        try:
            asked = read(path, None)
        except UnsureMapping:
            return
        grids = _grids(path)
    accounts = account_for(grids, parse_mapping(asked.layout, file=path.name))
    for grid in grids:
        if grid.is_hidden:
            continue
        told = accounts.cells[grid.name]
        named = {place for item in accounts.unexplained if item.sheet == grid.name for place in item.places}
        shown_cells = {Place(row, column) for row in grid.rows() for column in grid.row_cells(row)}
        assert shown_cells <= told.keys() | named
        assert all(account.why for account in told.values() if account.role is CellRole.OTHER)
    _agree(asked, accounts)


def _agree(asked: Questionnaire, accounts: Accounts) -> None:
    """What is asked and what takes an answer is told so in the accounts, and nothing else is."""
    questions, slots = set(_places(q.location for q in asked.questions)), set(_slots(asked))
    for sheet, cells in accounts.cells.items():
        by_role = {role: {p for p, a in cells.items() if a.role is role} for role in CellRole}
        assert {place for name, place in questions if name == sheet} <= by_role[CellRole.QUESTION]
        assert {place for name, place in slots if name == sheet} == by_role[CellRole.SLOT]


def _places(locations: Iterator[str]) -> Iterator[tuple[str, Place]]:
    for location in locations:
        found = parse_location(location)
        assert found is not None
        yield found


def _slots(asked: Questionnaire) -> Iterator[tuple[str, Place]]:
    return _places(slot.location for question in asked.questions for slot in question.slots)


@SLOW
@given(noisy_layouts(), st.integers(0, 99))
def test_writing_changes_no_other_cell_of_any_layout(layout: Layout, seed: int) -> None:
    rng = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path, out = layout.write(Path(folder)), Path(folder) / "out.xlsx"
        try:
            asked = read(path, None)
        except UnsureMapping:
            return
        drafts = {
            q.id: draft_for(
                q.id, rng.choice(["Yes. We do.", "=1+1", "No."]), choice=next(iter(q.options), None)
            )
            for q in asked.questions
        }
        write(asked, drafts, out=out, evidence="none", overwrite=rng.random() < 0.5)
        old, new = parts_of(path), parts_of(out)
        parts = {entry.name: entry.part for entry in read_workbook(open_package(path)).sheets}
    assert old.keys() == new.keys()
    slots = set(_slots(asked))
    for name, part in parts.items():
        _check_sheet(old[part], new[part], {place for sheet, place in slots if sheet == name})
    others = old.keys() - {
        *parts.values(),
        "xl/styles.xml",
    }  # a text that looks like a formula takes a format
    assert all(old[part] == new[part] for part in others)


def _check_sheet(old: bytes, new: bytes, slots: set[Place]) -> None:
    before, after = (scan_sheet(raw, file="f", part="p") for raw in (old, new))
    assert after.cells.keys() - before.cells.keys() <= slots
    for place, cell in before.cells.items():
        now = after.cells[place]
        assert now.has_formula == cell.has_formula
        if place not in slots:
            assert old[cell.start : cell.end] == new[now.start : now.end]
