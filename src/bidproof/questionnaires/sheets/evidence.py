"""What stands in each column of like blocks, counted once."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.language.choices import meaning_of
from bidproof.questionnaires.sheets.blocks import Block
from bidproof.questionnaires.sheets.grid import Grid, Place
from bidproof.questionnaires.sheets.headers import (
    Header,
    Role,
    is_mark_word,
    is_unanswered,
    role_of,
    scale_columns,
)
from bidproof.questionnaires.wording import is_asking, is_id, is_placeholder

_MARK_VALUE = re.compile(r"^(?:[xX✓✔☑☒√vV1yY☐□]|yes|YES|Yes)?$")
_CODE = re.compile(r"^(?=\D*\d)[^\s/]{1,40}$")
_LINK = re.compile(r"^(?:https?://|www\.)", re.IGNORECASE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_MAX_COLUMNS = 400
_MAX_CODE_CHARS = 4
_MAX_DEFAULT_WORDS = 5
_MIN_DEFAULT_ROWS = 3
_KEPT = frozenset({Role.ID, Role.SECTION, Role.TOPIC, Role.QUESTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Blocks with the same columns, on one sheet or on several, which are judged together.

    ``headers`` are the first block's; in ``varied`` columns the header differs
    from block to block, as a section's title does.
    """

    parts: tuple[tuple[Grid, Block], ...]
    headers: Mapping[int, Header]
    varied: frozenset[int]

    def role(self, column: int) -> Role | None:
        """What the column's header says it is for; a section's title says nothing of it."""
        header = self.headers.get(column)
        if header is None or (column in self.varied and header.role not in _KEPT):
            return None
        return header.role

    def body(self) -> list[tuple[Grid, int]]:
        """Every row below the headers."""
        return [
            (grid, row)
            for grid, block in self.parts
            for row in grid.rows()
            if block.first <= row <= block.last
        ]


@dataclass(slots=True, kw_only=True)
class Evidence:
    """What a column holds over some rows; counts of rows unless it says otherwise."""

    rows: int = 0
    filled: int = 0
    asking: int = 0
    interrogative: int = 0
    words: int = 0
    ids: int = 0
    links: int = 0
    listed: int = 0
    mark_like: int = 0
    computed: int = 0
    opened: int = 0
    locked: int = 0
    options: tuple[str, ...] = ()
    values: Counter[str] = field(default_factory=Counter[str])
    by_sheet: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def share(self, count: int) -> float:
        """A count as a share of the rows, 0 to 1."""
        return count / self.rows if self.rows else 0.0

    @property
    def mean_words(self) -> float:
        """Average words of the cells that hold something."""
        return self.words / self.filled if self.filled else 0.0

    @property
    def distinct(self) -> float:
        """Different values of each sheet as a share of the cells that hold something, 0 to 1."""
        return len(self.by_sheet) / self.filled if self.filled else 0.0

    @property
    def id_share(self) -> float:
        """Ids as a share of the cells that hold something, 0 to 1."""
        return self.ids / self.filled if self.filled else 0.0

    def default(self) -> str:
        """The value that stands in most rows and means "not answered"; empty where none does.

        It is short, says neither yes nor no, and opens the dropdown or says by its
        words that nobody has answered yet.
        """
        if self.filled < _MIN_DEFAULT_ROWS or self.share(self.filled) < 0.6:
            return ""
        value, count = self.values.most_common(1)[0]
        is_usual = count * 10 >= self.filled * 6 and len(value.split()) <= _MAX_DEFAULT_WORDS
        opens = (
            bool(self.options)
            and value in (self.options[0], self.options[-1])
            and count * 10 >= self.filled * 9
        )
        return value if is_usual and meaning_of(value) is None and (opens or is_unanswered(value)) else ""


def _count_words(text: str) -> int:
    """Words, where a script without spaces counts two characters for one."""
    return max(len(text.split()), len(_UNSPACED.findall(text)) // 2)


def computed_columns(grid: Grid, block: Block) -> frozenset[int]:
    """Columns of a block that formulas fill in most of its rows."""
    rows = [row for row in grid.rows() if block.first <= row <= block.last]
    counts = Counter(place.column for row in rows for place in grid.formulas_in(row))
    return frozenset(column for column, count in counts.items() if count * 2 >= len(rows))


def measure(rows: Sequence[tuple[Grid, int]]) -> dict[int, Evidence]:
    """Count what the visible columns hold in these rows, one column beyond the last included."""
    last = min(max((grid.last_column for grid, _ in rows), default=0) + 1, _MAX_COLUMNS)
    found = {column: Evidence() for column in range(1, last + 1)}
    for grid, row in rows:
        for column, evidence in found.items():
            if column not in grid.hidden_columns:
                _count(evidence, grid, row, column)
    return {column: evidence for column, evidence in found.items() if evidence.rows}


def _count(evidence: Evidence, grid: Grid, row: int, column: int) -> None:
    evidence.rows += 1
    place = grid.anchor(row, column)
    if options := grid.options(row, column):
        evidence.listed += 1
        evidence.options = evidence.options or options
    if grid.unlocked is not None:
        evidence.opened += place in grid.unlocked
        evidence.locked += place not in grid.unlocked
    evidence.computed += Place(row, column) in grid.formulas
    text = grid.text(row, column)
    evidence.mark_like += bool(_MARK_VALUE.match(text))
    if is_placeholder(text):
        return
    evidence.filled += 1
    evidence.asking += is_asking(text)
    evidence.interrogative += text.rstrip().endswith(("?", "？"))
    evidence.words += _count_words(text)
    evidence.ids += is_id(text) or bool(_CODE.match(text))
    evidence.links += bool(_LINK.match(text))
    evidence.values[text] += 1
    evidence.by_sheet.add((grid.name, text))


def find_marks(headers: Mapping[int, Header], found: Mapping[int, Evidence], *, after: int) -> dict[int, str]:
    """Columns that stand for one option each, to be marked "x": column to option.

    Two or more of them, blank or marked in every row, with an option for a
    header (``Yes``, ``No``, ``N/A``) or a short code below one group heading for
    answers (``Compliance`` over ``C``, ``PC``, ``NC``).
    """
    markable = [
        column for column in headers if column > after and column in found and _is_markable(found[column])
    ]
    scale = scale_columns({column: _leaf(headers[column]) for column in markable})
    leaves = {column: _leaf(headers[column]) for column in markable}
    marks = {column: leaf for column, leaf in leaves.items() if column in scale or is_mark_word(leaf)}
    groups: dict[str, list[int]] = {}
    for column in markable:
        group, _, code = headers[column].text.rpartition(" / ")
        if role_of(group) in (Role.ANSWER, Role.CHOICE, Role.STATUS) and (
            0 < len(code) <= _MAX_CODE_CHARS or role_of(code) in (None, Role.STATUS, Role.CHOICE)
        ):
            groups.setdefault(group, []).append(column)
    groups = {group: several for group, several in groups.items() if _are_options(several, leaves)}
    between = [c for c in markable if marks and min(marks) < c < max(marks) and _is_option(headers[c])]
    for columns in (*groups.values(), [*marks, *between]):
        if len(columns) > 1:
            marks.update({column: _leaf(headers[column]) for column in columns})
    return dict(sorted(marks.items())) if len(set(marks.values())) > 1 else {}


def _are_options(columns: Sequence[int], leaves: Mapping[int, str]) -> bool:
    """Whether all are codes, or one of several is a known option."""
    texts = [leaves[column] for column in columns]
    return all(len(text) <= _MAX_CODE_CHARS for text in texts) or (
        len(texts) > 2 and any(map(is_mark_word, texts))
    )


def _is_markable(evidence: Evidence) -> bool:
    return evidence.mark_like == evidence.rows or not evidence.filled


def _is_option(header: Header) -> bool:
    return (
        header.role in (None, Role.STATUS, Role.CHOICE) and len(_leaf(header).split()) <= _MAX_DEFAULT_WORDS
    )


def _leaf(header: Header) -> str:
    return header.text.rpartition(" / ")[2].strip("☐□ ")
