"""Tell the rows of a table apart: questions, section titles, guidance, notes and footers."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bidproof.questionnaires.sheets.grid import Grid, Place, column_number
from bidproof.questionnaires.sheets.headers import is_footer, is_label
from bidproof.questionnaires.sheets.mapping import ColumnLayout, TableLayout
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder, split_leading_id

_MAX_SECTION_WORDS = 8
_MAX_TITLE_WORDS = 14
_Value = TypeVar("_Value", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKinds:
    """Rows of one table that are not questions; every other row with question text is one.

    ``guidance_rows`` explain the question above them.
    """

    section_rows: tuple[int, ...]
    guidance_rows: tuple[int, ...] = ()
    skip_rows: tuple[int, ...]


def classify_rows(grid: Grid, table: TableLayout) -> RowKinds:
    """Sort the rows that hold something: sections, guidance, rows to skip, and (the rest) questions.

    What the layout says of its rows stands; the rest is worked out.
    """
    if None not in (table.section_rows, table.guidance_rows, table.skip_rows):
        return _given(table, RowKinds(section_rows=(), skip_rows=()))
    judge = _RowJudge(grid, table)
    kinds: dict[str, list[int]] = {"section": [], "guidance": [], "skip": [], "question": []}
    for row in judge.rows:
        kind = judge.kind(row)
        kinds["skip" if kind == "guidance" and not kinds["question"] else kind].append(row)
    found = {f"{name}_rows": tuple(rows) for name, rows in kinds.items() if name != "question"}
    return _given(table, RowKinds(**found))


def _given(table: TableLayout, found: RowKinds) -> RowKinds:
    told = {row for rows in (table.section_rows, table.guidance_rows, table.skip_rows) for row in rows or ()}

    def rows(given: tuple[int, ...] | None, worked_out: tuple[int, ...]) -> tuple[int, ...]:
        return given if given is not None else tuple(row for row in worked_out if row not in told)

    return RowKinds(
        section_rows=rows(table.section_rows, found.section_rows),
        guidance_rows=rows(table.guidance_rows, found.guidance_rows),
        skip_rows=rows(table.skip_rows, found.skip_rows),
    )


class _RowJudge:
    def __init__(self, grid: Grid, table: TableLayout) -> None:
        self.grid = grid
        columns = table.columns
        first, last = table.rows
        self.rows = [row for row in grid.rows() if first <= row <= last and row not in table.header_rows]
        self.order = {row: index for index, row in enumerate(self.rows)}
        self.questions = [column_number(letters) for letters in columns.question]
        self.ids = [column_number(letters) for letters in columns.id]
        self.takers = taker_columns(columns)
        self.default = set(table.default)
        self.choices = [column_number(letters) for letters in (*columns.choice, *columns.answer)]
        self._count_habits()

    def _count_habits(self) -> None:
        asked = [row for row in self.rows if self.question_text(row)]
        plain = [row for row in asked if is_asking(self.question_text(row))]
        listed = [row for row in asked if self._has_list(row)]
        self.most_have_ids = bool(self.ids) and _is_most(asked, self._id)
        self.most_ask = _is_most(asked, lambda row: is_asking(self.question_text(row)))
        self.lists_tell = _is_most(asked, self._has_list) or (
            len(listed) > 2 and _is_most(plain, self._has_list)
        )
        models = (listed if self.lists_tell else plain) or asked
        self.usual_style = _most_common(map(self._style, models))
        self.usual_id = _most_common(map(self._id_shape, models))
        self.has_styles = any(self._style(row) != self.usual_style for row in asked)

    def question_text(self, row: int) -> str:
        return next((text for c in self.questions if (text := self.grid.text(row, c))), "")

    def _style(self, row: int) -> tuple[str, bool]:
        place = self.grid.anchor(row, self.questions[0])
        return self.grid.fills.get(place, ""), place in self.grid.bold

    def _is_unlike(self, row: int) -> bool:
        return self._style(row) != self.usual_style

    def _has_list(self, row: int) -> bool:
        return any(self.grid.options(row, column) for column in self.choices)

    def _id_shape(self, row: int) -> str:
        """The row's id with digits and letters levelled: ``AC-12`` is ``a-0``."""
        return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", self._id(row))).rstrip(".")

    def _id(self, row: int) -> str:
        found = next((text for column in self.ids if (text := self.grid.shown_text(row, column))), "")
        return found or split_leading_id(self.question_text(row)).buyer_id

    def kind(self, row: int) -> str:
        """``question``, ``section``, ``guidance`` or ``skip``."""
        cells = self.grid.row_cells(row)
        text = self.question_text(row)
        if is_mirrored(self.grid, row, self.takers):
            return "skip"
        is_closing = any(is_footer(cell) for cell in list(cells.values())[:2]) and "?" not in text
        if is_closing and not (self.usual_id and self._id_shape(row) == self.usual_id):
            return "skip"
        if self._is_summed(row):
            return "section"
        if self._is_spread_title(row) or self._is_lone_title(row) or self._is_parent(row):
            return "section" if not self._is_long(" ".join(cells.values())) else "skip"
        is_empty = is_placeholder(text) and not (is_asking(text) or self._id(row) or self._has_list(row))
        if not text or is_empty or not re.search(r"[^\W\d_]{2}", text):
            return "skip"
        return self._kind_of_text(row, text)

    def _kind_of_text(self, row: int, text: str) -> str:
        if any(value and value not in self.default for value in self._answers(row)):
            return "question"
        if self.lists_tell and not self._has_list(row) and self._id_shape(row) != self.usual_id:
            return self._kind_without_list(row, text)
        if self.lists_tell and not self._has_list(row) and not self.usual_id:
            return self._kind_without_list(row, text)
        if is_asking(text) or self._has_list(row) or not (self.most_ask and self._is_title(text)):
            return "question"
        lacks_id = self.most_have_ids and not self._id(row)
        return "section" if lacks_id or self._is_unlike(row) else "question"

    def _is_summed(self, row: int) -> bool:
        """Whether a formula makes what rows with a dropdown ask for: it sums up the rows below."""
        is_made = any(Place(row, column) in self.grid.formulas for column in self.choices)
        is_other = self._id_shape(row) != self.usual_id or self._is_unlike(row)
        return is_made and is_other and self.lists_tell and not self._has_list(row)

    def _answers(self, row: int) -> list[str]:
        return [
            text
            for column in self.takers
            if (text := self.grid.text(row, column)) and Place(row, column) not in self.grid.formulas
        ]

    def _kind_without_list(self, row: int, text: str) -> str:
        """A row amid rows with dropdowns that has none: a title, criteria, or a question in free text."""
        asks = "?" in text or is_asking(text) or is_label(text)
        if (asks or self.has_styles) and not self._is_unlike(row):
            return "question"
        if "?" in text and not self.has_styles:
            return "question"
        return "section" if self._is_title(text) else "guidance"

    def _is_spread_title(self, row: int) -> bool:
        """One text merged from the question column, or left of it, into a column for answers."""
        area = self.grid.merge_at(row, self.questions[0])
        return area is not None and any(area.left < column <= area.right for column in self.takers)

    def _is_lone_title(self, row: int) -> bool:
        """The only text of its row, perhaps with an id, that does not ask and has no place to answer."""
        texts = {c: text for c, text in self.grid.row_cells(row).items() if text not in self.default}
        if len(texts) > 2 or not texts or self._has_list(row):
            return False
        if len(texts) == 2:
            return self._is_numbered_title(row)
        column, text = next(iter(texts.items()))
        if is_asking(text) or is_id(text):
            return False
        if column not in self.questions:
            return True
        if not self._is_title(text):
            return False
        if self.most_have_ids or (self.has_styles and self._is_unlike(row)):
            return True
        return self.most_ask and not self.has_styles and self._stands_alone(row)

    def _is_numbered_title(self, row: int) -> bool:
        """An id with a short title that differs from the questions around it: in dropdown, style or id."""
        text = self.question_text(row)
        if not text or not self._id(row) or not self._is_title(text):
            return False
        is_other_id = self._id_shape(row) != self.usual_id
        return (self.lists_tell or self.most_ask) and (is_other_id or self._is_unlike(row))

    def _is_parent(self, row: int) -> bool:
        """A short title whose id the next row's id continues: ``2`` above ``2.1``, ``A`` above ``A1``."""
        text, own = self.question_text(row), self._id(row).rstrip(".")
        index = self.order[row] + 1
        following = self._id(self.rows[index]) if index < len(self.rows) else ""
        if not own or not self._is_title(text) or not following.startswith(own):
            return False
        rest = following[len(own) :]
        return bool(rest) and (not rest[0].isalnum() or rest[0].isdigit() != own[-1].isdigit())

    def _stands_alone(self, row: int) -> bool:
        """A title with a question right below it and none of its kind above: a form's fields come in runs."""
        index = self.order[row]
        above = self.question_text(self.rows[index - 1]) if index else ""
        below = self.question_text(self.rows[index + 1]) if index + 1 < len(self.rows) else ""
        return is_asking(below) and not (above and self._is_title(above))

    def _is_title(self, text: str) -> bool:
        is_short = len(text.split()) <= _MAX_SECTION_WORDS
        return is_short and not is_asking(text) and not text.endswith((".", ":", "?"))

    def _is_long(self, text: str) -> bool:
        return len(text.split()) > _MAX_TITLE_WORDS


def is_mirrored(grid: Grid, row: int, takers: Iterable[int]) -> bool:
    """Whether formulas make all of a row, the cells for its answer too: it stands on another sheet."""
    made = {place.column for place in grid.formulas_in(row)}
    return bool(made) and made.issuperset(grid.row_cells(row)) and not made.isdisjoint(takers)


def _is_most(rows: list[int], has: Callable[[int], object]) -> bool:
    return bool(rows) and sum(bool(has(row)) for row in rows) * 10 >= len(rows) * 6


def _most_common(values: Iterable[_Value]) -> _Value | None:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else None


def taker_columns(columns: ColumnLayout) -> list[int]:
    """Numbers of the columns that take some part of the answer."""
    letters = (
        *columns.answer,
        *columns.choice,
        *columns.marks,
        *columns.comment,
        *columns.evidence,
        *columns.ownership,
        *columns.customer,
    )
    return [column_number(item) for item in letters]


def slot_places(grid: Grid, row: int, columns: ColumnLayout) -> dict[int, Place]:
    """Where a row takes the parts of its answer, by column; a merge with a cell of the buyer is none."""
    takers = taker_columns(columns)
    places = {column: grid.anchor(row, column) for column in takers}
    return {column: place for column, place in places.items() if place.column in takers}
