"""Tell the rows of a table apart: questions, section titles, notes and footers."""

import re
from collections import Counter
from dataclasses import dataclass

from bidproof.questionnaires.sheets.grid import Grid, column_number
from bidproof.questionnaires.sheets.mapping import ColumnLayout, TableLayout
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_NOTICE = re.compile(r"^\s*(?:©|\(c\)\s|copyright\b|end of\b)|©|\ball rights reserved\b", re.IGNORECASE)
_FOOTER = re.compile(
    r"^\s*(?:page \d+ of \d+|(?:strictly |company )?confidential\b(?!\s+\w)|version \d"
    r"|(?:sub-?|grand )?total\b|disclaimer\b)",
    re.IGNORECASE,
)
_MAX_SECTION_WORDS = 8
_MAX_TITLE_WORDS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKinds:
    """Rows of one table that are not questions; every other row with question text is one."""

    section_rows: tuple[int, ...]
    guidance_rows: tuple[int, ...] = ()
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
        self.order = {row: index for index, row in enumerate(self.rows)}
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
        plain = [row for row in asked if is_asking(self.question_text(row))]
        self.usual_fill = _most_common([self._fill(row) for row in plain])
        self.usual_id = _most_common([self._id_shape(row) for row in plain])

    def question_text(self, row: int) -> str:
        return next((text for c in self.questions if (text := self.grid.text(row, c))), "")

    def _fill(self, row: int) -> str:
        return self.grid.fills.get(self.grid.anchor(row, self.questions[0]), "")

    def _has_list(self, row: int) -> bool:
        return any(self.grid.options(row, column) for column in self.choices)

    def _has_id(self, row: int) -> bool:
        return any(self.grid.text(row, column) for column in self.ids)

    def _id_shape(self, row: int) -> str:
        """The row's id with digits and letters levelled: ``AC-12`` is ``a-0``."""
        return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", self._id(row))).rstrip(".")

    def _id(self, row: int) -> str:
        return next((text for column in self.ids if (text := self.grid.text(row, column))), "")

    def kind(self, row: int) -> str:
        """``question``, ``section`` or ``skip``."""
        cells = self.grid.row_cells(row)
        text = self.question_text(row)
        opening = list(cells.values())[:2]
        if any(_NOTICE.search(cell) for cell in opening) and "?" not in text:
            return "skip"
        if any(_FOOTER.search(cell) for cell in opening) and not is_asking(text):
            return "skip"
        if self._is_spread_title(row) or self._is_lone_title(row):
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
        if has_own_list or not (self.most_ask and self._is_title(text)):
            return "question"
        lacks_id = self.most_have_ids and not self._has_id(row)
        return "section" if lacks_id or self._fill(row) != self.usual_fill else "question"

    def _is_spread_title(self, row: int) -> bool:
        """One text merged from the question column, or left of it, into a column for answers."""
        area = self.grid.merge_at(row, self.questions[0])
        return area is not None and any(area.left < column <= area.right for column in self.takers)

    def _is_lone_title(self, row: int) -> bool:
        """The only text of its row, perhaps with an id, that does not ask and has no place to answer."""
        texts = self.grid.row_cells(row)
        if len(texts) > 2 or self._has_list(row):
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
        return self.most_have_ids or (self.most_ask and self._stands_alone(row))

    def _is_numbered_title(self, row: int) -> bool:
        """An id with a short title that differs from the questions around it: in dropdown, fill or id."""
        text = self.question_text(row)
        if not text or not self._has_id(row) or not self._is_title(text):
            return False
        if self._has_numbers_below(row):
            return True
        is_unlike = self._fill(row) != self.usual_fill or self._id_shape(row) != self.usual_id
        return self.most_have_lists or (self.most_ask and is_unlike)

    def _has_numbers_below(self, row: int) -> bool:
        """Whether the next row's id continues this one's: ``2`` above ``2.1``."""
        index = self.order[row] + 1
        own, following = self._id(row), self._id(self.rows[index]) if index < len(self.rows) else ""
        return bool(own) and following.startswith((f"{own.rstrip('.')}.", f"{own}-"))

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


def _most_common(values: list[str]) -> str:
    return Counter(values).most_common(1)[0][0] if values else ""


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
