"""What stands in each column of a table, counted once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bidproof.questionnaires.sheets.grid import Grid
from bidproof.questionnaires.sheets.headers import Header, Role, is_mark_word, role_of
from bidproof.questionnaires.sheets.regions import Region
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_MARK_VALUE = re.compile(r"^(?:[xX✓✔☑☒√vV1yY☐□]|yes|YES|Yes)?$")
_MAX_COLUMNS = 400
_MAX_CODE_CHARS = 4


@dataclass(slots=True, kw_only=True)
class ColumnStats:
    """What a column holds below its header, over the rows that hold anything."""

    filled: int = 0
    asking: int = 0
    words: int = 0
    ids: int = 0
    listed: int = 0
    mark_like: int = 0
    unlocked: int = 0
    options: tuple[str, ...] = ()
    distinct: set[str] = field(default_factory=set[str])

    @property
    def mean_words(self) -> float:
        """Average words of the cells that hold something."""
        return self.words / self.filled if self.filled else 0.0


def measure_columns(grid: Grid, region: Region, rows: list[int]) -> dict[int, ColumnStats]:
    """Count what the visible columns hold in these rows, one column beyond the last included."""
    last = min(max([*region.headers, grid.last_column]) + 1, _MAX_COLUMNS)
    shown = [column for column in range(1, last + 1) if column not in grid.hidden_columns]
    return {column: _measure(grid, rows, column) for column in shown}


def _measure(grid: Grid, rows: list[int], column: int) -> ColumnStats:
    stats = ColumnStats()
    for row in rows:
        options = grid.options(row, column)
        if options:
            stats.listed += 1
            stats.options = stats.options or options
        if grid.unlocked is not None and (row, column) in grid.unlocked:
            stats.unlocked += 1
        text = grid.text(row, column)
        stats.mark_like += bool(_MARK_VALUE.match(text))
        if is_placeholder(text):
            continue
        stats.filled += 1
        stats.asking += is_asking(text)
        stats.words += len(text.split())
        stats.ids += is_id(text)
        stats.distinct.add(text)
    return stats


def find_marks(
    headers: Mapping[int, Header], stats: Mapping[int, ColumnStats], *, after: int, rows: int
) -> dict[int, str]:
    """Columns that stand for one option each, to be marked "x": column to option.

    Two or more of them, blank or marked in every row, with an option for a
    header (``Yes``, ``No``, ``N/A``) or a short code below one group heading for
    answers (``Compliance`` over ``C``, ``PC``, ``NC``).
    """
    markable = [
        column
        for column in headers
        if column > after and column in stats and _is_markable(stats[column], rows)
    ]
    marks = {column: _leaf(headers[column]) for column in markable if is_mark_word(_leaf(headers[column]))}
    groups: dict[str, list[int]] = {}
    for column in markable:
        group, _, code = headers[column].text.rpartition(" / ")
        if role_of(group) in (Role.ANSWER, Role.CHOICE) and 0 < len(code) <= _MAX_CODE_CHARS:
            groups.setdefault(group, []).append(column)
    for columns in groups.values():
        if len(columns) > 1:
            marks.update({column: _leaf(headers[column]) for column in columns})
    return dict(sorted(marks.items())) if len(set(marks.values())) > 1 else {}


def _is_markable(stats: ColumnStats, rows: int) -> bool:
    return stats.mark_like == rows or not stats.filled


def _leaf(header: Header) -> str:
    return header.text.rpartition(" / ")[2].strip("☐□ ")
