"""Account for every cell of a file: what each is for, and what the layout leaves unexplained."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.core.records import CellRole
from bidproof.questionnaires.sheets.forms import asks_beside
from bidproof.questionnaires.sheets.grid import Grid, Place, column_letters, column_number
from bidproof.questionnaires.sheets.headers import FILLED_ROLES, read_header
from bidproof.questionnaires.sheets.mapping import FileLayout, SheetLayout, TableLayout
from bidproof.questionnaires.sheets.rows import classify_rows, slot_places, taker_columns
from bidproof.questionnaires.wording import is_placeholder

_MAX_LABEL_WORDS = 8
_MAX_LABEL_COLUMNS = 2
_MAX_PLACES = 6
_MIN_FORM_ROWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one cell is for; ``why`` says where it stands when it is none of the questionnaire's own."""

    role: CellRole
    why: str = ""

    def __str__(self) -> str:
        return f"{self.role}: {self.why}" if self.why else str(self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """Cells that the evidence speaks for and the layout leaves out, or the reverse."""

    sheet: str
    places: tuple[Place, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Every visible cell that holds something or takes an answer, by sheet, with what stayed unexplained."""

    cells: Mapping[str, Mapping[Place, Account]]
    unexplained: tuple[Unexplained, ...]

    def count(self) -> dict[str, int]:
        """Cells by what they are for, most first."""
        counts = Counter(str(account) for cells in self.cells.values() for account in cells.values())
        return dict(counts.most_common())


def account_for(grids: Sequence[Grid], layout: FileLayout) -> Accounts:
    """Say for each visible cell of a file what it is for under a layout.

    Args:
        grids: Every sheet of the file, hidden ones included.
        layout: Detected or given. Sheets that it skips are left alone without a word.

    Returns:
        A role for every visible cell that holds something and for every answer
        slot, and what the evidence does not explain, each with its cells.
    """
    sheets = {sheet.name: sheet for sheet in layout.sheets}
    cells: dict[str, Mapping[Place, Account]] = {}
    found: list[Unexplained] = []
    for grid in grids:
        if grid.is_hidden:
            continue
        accountant = _SheetAccountant(grid, sheets.get(grid.name), is_buyers=grid.name in layout.buyer)
        cells[grid.name] = accountant.cells
        if grid.name not in layout.skip:
            found.extend(accountant.unexplained())
    return Accounts(cells=cells, unexplained=tuple(found))


@dataclass(slots=True)
class _SheetAccountant:
    grid: Grid
    sheet: SheetLayout | None
    is_buyers: bool
    cells: dict[Place, Account] = field(default_factory=dict[Place, Account])
    dragged: set[int] = field(default_factory=set[int])

    def __post_init__(self) -> None:
        tables = self.sheet.tables if self.sheet else ()
        for table in tables:
            self._account_table(table)
        first = min((min((*table.header_rows, table.rows[0])) for table in tables), default=0)
        for row in self.grid.rows():
            for column in self.grid.row_cells(row):
                place = Place(row, column)
                if place not in self.cells:
                    self.cells[place] = self._stray(place, first)

    def _stray(self, place: Place, first: int) -> Account:
        if place in self.grid.formulas:
            return Account(role=CellRole.COMPUTED)
        if self.is_buyers:
            return Account(role=CellRole.BUYER, why="a sheet of the buyer's own")
        if place in self.grid.listed:
            return Account(role=CellRole.OTHER, why="a list of values")
        if self.sheet is None:
            return Account(role=CellRole.OTHER, why="a sheet without questions")
        return Account(role=CellRole.OTHER, why="above the questions" if place.row < first else "beside them")

    def _account_table(self, table: TableLayout) -> None:
        roles = _column_roles(table)
        kinds = classify_rows(self.grid, table)
        sections, guidance, skipped = map(set, (kinds.section_rows, kinds.guidance_rows, kinds.skip_rows))
        questions = [column_number(letters) for letters in table.columns.question]
        self.dragged.update(sections, guidance, table.header_rows)
        for row in self.grid.rows():
            row_cells = self.grid.row_cells(row)
            if row in table.header_rows:
                self._set(row, row_cells, Account(role=CellRole.HEADER))
            elif not table.rows[0] <= row <= table.rows[1]:
                continue
            elif row in sections:
                self._set(row, row_cells, Account(role=CellRole.SECTION))
            elif row in guidance:
                self._set(row, row_cells, Account(role=CellRole.GUIDANCE))
            elif row in skipped or not any(self.grid.text(row, column) for column in questions):
                self._set(row, row_cells, Account(role=CellRole.OTHER, why="a note among the questions"))
            else:
                places = slot_places(self.grid, row, table.columns)
                for column in {*row_cells, *places}:
                    self._account_cell(row, column, roles, places)
                for letters, down in table.below.values():
                    self.cells[self.grid.anchor(row + down, column_number(letters))] = Account(
                        role=CellRole.SLOT
                    )

    def _account_cell(
        self, row: int, column: int, roles: Mapping[int, CellRole], slots: Mapping[int, Place]
    ) -> None:
        place = slots.get(column, Place(row, column))
        if column not in roles and place in self.cells:
            return  # a table beside this one told of it
        if column not in slots and place in self.grid.formulas and column not in roles:
            self.cells[place] = Account(role=CellRole.COMPUTED)
        else:
            self.cells[place] = Account(role=roles.get(column, CellRole.BUYER))

    def _set(self, row: int, columns: Iterable[int], account: Account) -> None:
        for column in columns:
            self.cells.setdefault(Place(row, column), account)

    def unexplained(self) -> Iterator[Unexplained]:
        """What speaks for a question or an answer and was not read as one."""
        if self.is_buyers:
            return
        yield from self._lost_dropdowns()
        yield from self._lost_labels()
        for table in self.sheet.tables if self.sheet else ():
            yield from self._blank_columns(table)
        hidden = sorted(self._hidden_rows())
        if hidden:
            verb = "is" if len(hidden) == 1 else "are"
            yield self._unexplained(
                [Place(row, 1) for row in hidden], f"{counted(len(hidden), 'row')} {verb} hidden"
            )

    def _lost_dropdowns(self) -> Iterator[Unexplained]:
        by_column: dict[int, list[Place]] = {}
        for row in self.grid.rows():
            if row in self.dragged:
                continue
            for column in self.grid.columns_with_list(row):
                place = self.grid.anchor(row, column)
                role = self.cells.get(place)
                is_told = role is not None and role.role in _TOLD
                if place.row == row and place not in self.grid.formulas and not is_told:
                    by_column.setdefault(column, []).append(place)
        for column, places in by_column.items():
            name = f"{self.grid.name!r}!{column_letters(column)}"
            yield self._unexplained(
                places,
                f"{counted(len(places), 'cell')} with a dropdown on {name} belong to no question",
                named=True,
            )

    def _blank_columns(self, table: TableLayout) -> Iterator[Unexplained]:
        """Columns that a header names in no words we know, blank in every row, which take nothing."""
        rows = [row for row in self.grid.rows() if table.rows[0] <= row <= table.rows[1]]
        rows = [row for row in rows if row not in self.dragged]
        named = {column for row in table.header_rows for column in self.grid.row_cells(row)}
        first = column_number(table.columns.question[0])
        lost = [column for column in sorted(named) if column > first and self._is_unused(table, column, rows)]
        names = [column_letters(column) for column in lost]
        if lost:
            is_one = len(lost) == 1
            said = f"column{'' if is_one else 's'} {', '.join(names)} {'is' if is_one else 'are'} blank and"
            places = [Place(row, column) for column in lost for row in rows]
            yield self._unexplained(places, f"{said} take{'s' if is_one else ''} no answer")

    def _is_unused(self, table: TableLayout, column: int, rows: Sequence[int]) -> bool:
        header = read_header(tuple(self.grid.shown_text(row, column) for row in table.header_rows))
        is_open = header.role is None or header.role in FILLED_ROLES
        places = [Place(row, column) for row in rows]
        return is_open and not any(place in self.cells or place in self.grid.formulas for place in places)

    def _lost_labels(self) -> Iterator[Unexplained]:
        """Rows outside every question that ask, or name what a form wants to know, beside a blank cell."""
        strays = list(self._strays())
        lost = [place for place in strays if self._asks(place)]
        if len(lost) >= _MIN_FORM_ROWS or any(self.grid.text(*place).endswith("?") for place in lost):
            lost = self._with_rows_below(lost, strays)
            is_form = all(len(self.grid.text(*place).split()) <= _MAX_LABEL_WORDS for place in lost)
            kind = "label row" if is_form else "asking row"
            yield self._unexplained(lost, f"{counted(len(lost), kind)} read as no question")

    def _with_rows_below(self, lost: list[Place], strays: list[Place]) -> list[Place]:
        """The rows of a form that has lost some: also those right below in words that nobody knows."""
        found = set(lost)
        for place in strays:
            is_short = len(self.grid.text(*place).split()) <= _MAX_LABEL_WORDS
            if Place(place.row - 1, place.column) in found and is_short and self._is_open(place):
                found.add(place)
        return sorted(found)

    def _strays(self) -> Iterator[Place]:
        """The longest text of each row outside the questions that is no list of values and not computed."""
        for row, cells in ((row, self.grid.row_cells(row)) for row in self.grid.rows()):
            column = max(cells, key=lambda item: len(cells[item]))
            account = self.cells[Place(row, column)]
            if account.role is CellRole.OTHER and account.why != "a list of values" and len(cells) <= 3:
                yield Place(row, column)

    def _asks(self, place: Place) -> bool:
        return self._is_open(place) and asks_beside(self.grid, *place, self._beside(place))

    def _is_open(self, place: Place) -> bool:
        """Whether the cell beside is blank, nobody computes it, and the text is no prose across the sheet."""
        area, beside = self.grid.merge_at(*place), Place(place.row, self._beside(place))
        is_prose = area is not None and area.right - area.left > _MAX_LABEL_COLUMNS
        return is_placeholder(self.grid.text(*beside)) and not (beside in self.grid.formulas or is_prose)

    def _beside(self, place: Place) -> int:
        area = self.grid.merge_at(*place)
        return (area.right if area else place.column) + 1

    def _hidden_rows(self) -> set[int]:
        if self.sheet is None:
            return set()
        rows = {place.row for place, text in self.grid.texts.items() if text.strip()}
        return {row for row in rows & self.grid.hidden_rows if self._is_in_table(row)}

    def _is_in_table(self, row: int) -> bool:
        tables = self.sheet.tables if self.sheet else ()
        return any(table.rows[0] <= row <= table.rows[1] for table in tables)

    def _unexplained(self, places: Collection[Place], message: str, *, named: bool = False) -> Unexplained:
        cells = [f"{column_letters(place.column)}{place.row}" for place in list(places)[:_MAX_PLACES]]
        more = ", …" if len(places) > _MAX_PLACES else ""
        shown = message if named else f"sheet {self.grid.name!r}: {message}"
        return Unexplained(
            sheet=self.grid.name, places=tuple(places), message=f"{shown} ({', '.join(cells)}{more})"
        )


_TOLD = frozenset({CellRole.SLOT, CellRole.GUIDANCE, CellRole.SECTION, CellRole.ID, CellRole.HEADER})


def counted(number: int, what: str) -> str:
    """A number with what it counts: ``1 cell``, ``2 cells``."""
    return f"{number} {what}" + ("s" if number != 1 else "")


def _column_roles(table: TableLayout) -> dict[int, CellRole]:
    columns = table.columns
    named: dict[CellRole, Iterable[str]] = {
        CellRole.GUIDANCE: (*columns.guidance, *columns.mandatory, *columns.limit),
        CellRole.SECTION: columns.section,
        CellRole.ID: columns.id,
        CellRole.QUESTION: columns.question,
    }
    roles = {column_number(letters): role for role, several in named.items() for letters in several}
    return roles | dict.fromkeys(taker_columns(columns), CellRole.SLOT)
