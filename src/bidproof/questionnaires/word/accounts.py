"""Account for a Word file: what each paragraph and table cell is for, and what stayed unexplained."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.core.records import CellRole, Question
from bidproof.formats.word.body import Cell, Paragraph, Table, all_paragraphs
from bidproof.questionnaires.requirements.limits import standing_limits
from bidproof.questionnaires.requirements.reader import is_question
from bidproof.questionnaires.sheets.headers import Role
from bidproof.questionnaires.word.columns import title_role
from bidproof.questionnaires.word.cues import is_blank
from bidproof.questionnaires.word.slots import is_answer_place
from bidproof.questionnaires.word.tables import TableLayout
from bidproof.questionnaires.word.titles import column_titles

_MAX_PLACES = 6
_MIN_ROWS = 2
_COLUMN_ROLES = {
    Role.ID.value: CellRole.ID,
    Role.SECTION.value: CellRole.SECTION,
    Role.GUIDANCE.value: CellRole.GUIDANCE,
    Role.MANDATORY.value: CellRole.GUIDANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """How many paragraphs and cells are for what, and what the evidence does not explain."""

    cells: Mapping[str, int]
    problems: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Book:
    """Where questions stand and answers go: paragraph numbers and addresses of cells."""

    asked: set[str]
    taken: set[str]
    headings: Collection[int]
    instructions: Collection[int]
    layouts: Mapping[int, TableLayout]
    roles: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])
    strays: list[Paragraph] = field(default_factory=list[Paragraph])


def account_for(
    blocks: Sequence[Paragraph | Table],
    questions: Sequence[Question],
    *,
    layouts: Mapping[int, TableLayout],
    headings: Collection[int],
    asked: Collection[int],
    instructions: Collection[int] = (),
) -> Accounts:
    """Say what each paragraph and cell that holds something, or takes an answer, is for.

    Args:
        blocks: The file's top-level blocks.
        questions: As read, with their slots.
        layouts: How each table was read, by its number.
        headings: Numbers of the paragraphs that are headings.
        asked: Numbers of the paragraphs that questions are made of.
        instructions: Numbers of those that say how to fill the form.
    """
    paragraphs = list(all_paragraphs(tuple(blocks)))
    controls = {
        f"control:{item.number}": paragraph for paragraph in paragraphs for item in paragraph.controls
    }
    places = {_place(slot.location) for question in questions for slot in question.slots}
    taken = {place for place in places if not place.startswith("control:")}
    taken |= {f"paragraph:{controls[place].number}" for place in places if place in controls}
    book = _Book(
        asked={_place(question.location) for question in questions} | {f"paragraph:{item}" for item in asked},
        taken=taken | {item.cell.location for item in paragraphs if item.cell and _name(item) in taken},
        headings=headings,
        instructions=instructions,
        layouts=layouts,
    )
    for block in blocks:
        _enter(block, book)
    return Accounts(cells=dict(book.roles.most_common()), problems=(*book.problems, *_stray_problems(book)))


def _place(location: str) -> str:
    """The paragraph, cell or control of an address; a new paragraph counts as the one above it."""
    parts = location.removeprefix("after-").split("/")
    return "/".join(parts[:3]) if parts[0].startswith("table:") else parts[0]


def _name(paragraph: Paragraph) -> str:
    return f"paragraph:{paragraph.number}"


def _enter(block: Paragraph | Table, book: _Book) -> None:
    if isinstance(block, Paragraph):
        _enter_paragraph(block, book)
        return
    layout = book.layouts[block.number]
    if layout.kind == "skip":
        return
    loose: dict[str, set[int]] = {}
    titles = column_titles(block, layout)
    for number, row in enumerate(block.rows, start=1):
        for cell in row:
            if cell.is_continued:
                continue
            role = _cell_role(cell, number, layout, book)
            if role is None:
                loose.setdefault(titles.get(cell.column, ""), set()).add(number)
            elif cell.text or role is CellRole.SLOT:
                book.roles[role] += 1
            for inner in cell.blocks:
                if isinstance(inner, Table) or (role is CellRole.OTHER and layout.kind == "prose"):
                    _enter(inner, book)
    book.problems.extend(_table_problems(block, layout, loose))


def _enter_paragraph(paragraph: Paragraph, book: _Book) -> None:
    if not (paragraph.text or paragraph.controls) or paragraph.is_in_toc:
        return
    name = _name(paragraph)
    if name in book.asked:
        role = CellRole.QUESTION
    elif name in book.taken:
        role = CellRole.SLOT
    elif paragraph.number in book.headings:
        role = CellRole.SECTION
    elif paragraph.number in book.instructions or any(
        True for _ in standing_limits(paragraph.text, order=0, section_path=())
    ):
        role = CellRole.GUIDANCE
    else:
        role = CellRole.OTHER
        if is_answer_place(paragraph) or (is_question(paragraph.text) and "?" in paragraph.text):
            book.strays.append(paragraph)
    if paragraph.cell is None:
        book.roles[role] += 1


def _cell_role(cell: Cell, row: int, layout: TableLayout, book: _Book) -> CellRole | None:
    """What a cell is for; None for one that is open and takes no answer of a question."""
    location = cell.place.location
    if location in book.taken:
        return CellRole.SLOT
    if location in book.asked or any(_name(item) in book.asked for item in cell.paragraphs):
        return CellRole.QUESTION
    if row <= layout.header_row:
        return CellRole.HEADER
    if is_blank(cell.text) and not cell.tables:
        return None
    covered = range(cell.column, cell.column + cell.span)
    named = (role for role, column in layout.columns.items() if column in covered)
    return next((_COLUMN_ROLES[role] for role in named if role in _COLUMN_ROLES), CellRole.OTHER)


def _table_problems(table: Table, layout: TableLayout, loose: Mapping[str, set[int]]) -> Iterator[str]:
    """Open cells that a person might have to fill, beside something that says what for."""
    filled = {
        number
        for number, row in enumerate(table.rows, start=1)
        if any(cell.text and not is_blank(cell.text) and not cell.is_continued for cell in row)
    }
    for title, rows in loose.items():
        labelled = rows & filled
        is_known = layout.kind in ("questions", "requirements") and (
            not title
            or title_role(title) in (Role.IGNORE, Role.GUIDANCE, Role.ID, Role.SECTION, Role.MANDATORY)
        )
        if len(labelled) >= _MIN_ROWS and not is_known:
            under = f" under {title[:40]!r}" if title else ""
            yield f"table {table.number}: {len(labelled)} rows with blank cells{under} belong to no question"


def _stray_problems(book: _Book) -> Iterator[str]:
    places = [item.number for item in book.strays if is_answer_place(item)]
    asking = [item.number for item in book.strays if not is_answer_place(item)]
    for numbers, one, more in (
        (places, "place to fill belongs", "places to fill belong"),
        (asking, "paragraph that asks belongs", "paragraphs that ask belong"),
    ):
        if numbers:
            shown = ", ".join(map(str, numbers[:_MAX_PLACES])) + (", …" if len(numbers) > _MAX_PLACES else "")
            yield f"{len(numbers)} {one if len(numbers) == 1 else more} to no question (paragraph {shown})"
