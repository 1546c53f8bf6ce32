"""Tell the rows of a table apart: questions, section titles, notes and footers."""

import re
from collections import Counter
from dataclasses import dataclass

from bidproof.questionnaires.grid import Grid, column_number
from bidproof.questionnaires.mapping import ColumnLayout, TableLayout
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_FOOTER = re.compile(
    r"^\s*(?:end of\b|©|\(c\)\s|copyright\b|all rights reserved|page \d+ of \d+|confidential(?:ity)?\b[^?]*$|version \d|"
    r"(?:sub-?)?total\b|disclaimer\b|©?\s*20\d\d\b)|©|\ball rights reserved\b",
    re.IGNORECASE,
)
_MAX_TITLE_WORDS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKinds:
    """Rows of one table that are not questions; every other row with question text is one."""

    section_rows: tuple[int, ...]
    skip_rows: tuple[int, ...]


def classify_rows(grid: Grid, table: TableLayout) -> RowKinds:
    """Sort the rows that hold something into sections, rows to skip, and (the rest) questions."""
    judge = _RowJudge(grid, table)
    sections: list[int] = []
    skipped: list[int] = []
    for row in judge.rows:
        kind = judge.kind(row)
        if kind == "section":
            sections.append(row)
        elif kind == "skip":
            skipped.append(row)
    return RowKinds(section_rows=tuple(sections), skip_rows=tuple(skipped))


class _RowJudge:
    def __init__(self, grid: Grid, table: TableLayout) -> None:
        self.grid = grid
        columns = table.columns
        first, last = table.rows
        self.rows = [row for row in grid.rows() if first <= row <= last]
        self.questions = [column_number(letters) for letters in columns.question]
        self.ids = [column_number(letters) for letters in columns.id]
        self.takers = taker_columns(columns)
        self.choices = [column_number(letters) for letters in columns.choice]
        self._count_habits()

    def _count_habits(self) -> None:
        asked = [row for row in self.rows if self.question_text(row)]
        listed = sum(self._has_list(row) for row in asked)
        self.most_have_lists = bool(asked) and listed * 10 >= len(asked) * 6
        with_id = sum(self._has_id(row) for row in asked)
        self.most_have_ids = bool(self.ids) and bool(asked) and with_id * 10 >= len(asked) * 6
        asking = sum(is_asking(self.question_text(row)) for row in asked)
        self.most_ask = bool(asked) and asking * 10 >= len(asked) * 6
        styles = Counter(self._fill(row) for row in asked if is_asking(self.question_text(row)))
        self.usual_fill = styles.most_common(1)[0][0] if styles else ""

    def question_text(self, row: int) -> str:
        return next((text for c in self.questions if (text := self.grid.text(row, c))), "")

    def _fill(self, row: int) -> str:
        return self.grid.fills.get(self.grid.anchor(row, self.questions[0]), "")

    def _has_list(self, row: int) -> bool:
        return any(self.grid.options(row, column) for column in self.choices)

    def _has_id(self, row: int) -> bool:
        return any(self.grid.text(row, column) for column in self.ids)

    def kind(self, row: int) -> str:
        """``question``, ``section`` or ``skip``."""
        cells = self.grid.row_cells(row)
        text = self.question_text(row)
        if any(_FOOTER.search(cell) for cell in list(cells.values())[:2]) and not is_asking(text):
            return "skip"
        if self._is_spread_title(row) or self._is_lone_title(row, cells):
            return "section" if not self._is_long(" ".join(cells.values())) else "skip"
        if not text or is_placeholder(text) or not re.search(r"[^\W\d_]{2}", text):
            return "skip"
        return self._kind_of_text(row, text)

    def _kind_of_text(self, row: int, text: str) -> str:
        if is_asking(text) or any(self.grid.text(row, column) for column in self.takers):
            return "question"
        has_own_list = self._has_list(row)
        if self.most_have_lists and not has_own_list:
            return "skip" if self._is_long(text) else "section"
        if has_own_list:
            return "question"
        is_unlike = self.most_ask and len(text.split()) <= 8 and not text.endswith((".", ":"))
        if is_unlike and (
            self._fill(row) != self.usual_fill or (self.most_have_ids and not self._has_id(row))
        ):
            return "section"
        return "question"

    def _is_spread_title(self, row: int) -> bool:
        """One text merged from the question column, or left of it, into a column for answers."""
        area = self.grid.merge_at(row, self.questions[0])
        return area is not None and any(area.left < column <= area.right for column in self.takers)

    def _is_lone_title(self, row: int, cells: object) -> bool:
        """The only text of its row, not in the question column or not asking, and no place to answer."""
        texts = self.grid.row_cells(row)
        if len(texts) > 2 or self._has_list(row):
            return False
        if len(texts) == 2:
            return self._is_numbered_title(row, texts)
        column, text = next(iter(texts.items()))
        if is_asking(text) or is_id(text):
            return False
        if column not in self.questions:
            return True
        return self.most_have_ids and not self._is_long(text) and not text.endswith((".", ":"))

    def _is_numbered_title(self, row: int, texts: object) -> bool:
        """An id with a short title whose style or dropdown differs from the questions around it."""
        text = self.question_text(row)
        if not text or is_asking(text) or not self._has_id(row) or len(text.split()) > 8:
            return False
        return self.most_have_lists or (self.most_ask and self._fill(row) != self.usual_fill)

    def _is_long(self, text: str) -> bool:
        return len(text.split()) > _MAX_TITLE_WORDS


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
