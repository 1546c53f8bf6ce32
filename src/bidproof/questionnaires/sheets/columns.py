"""Give each column of like blocks its purpose: the question and its answers are chosen together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bidproof.language.choices import is_yes_no
from bidproof.questionnaires.sheets.evidence import Evidence, Family, find_marks, measure
from bidproof.questionnaires.sheets.grid import Grid, column_letters
from bidproof.questionnaires.sheets.headers import FILLED_ROLES, Role, record_words
from bidproof.questionnaires.sheets.mapping import ColumnLayout

_MAX_TOPIC_WORDS = 5
_MAX_SECTION_WORDS = 12
_ASKS: Mapping[Role | None, float] = {
    Role.QUESTION: 1.0, Role.TOPIC: 0.6, None: 0.2, Role.SECTION: -0.2, Role.GUIDANCE: -0.6,
    Role.COMMENT: -0.5, Role.EVIDENCE: -0.6, Role.ID: -0.4,
}  # fmt: skip
_ASKS_ELSE = -0.8
_TAKES: Mapping[Role | None, float] = {
    Role.ANSWER: 1.0, Role.CHOICE: 1.0, Role.COMMENT: 0.9, Role.EVIDENCE: 0.8, Role.OWNERSHIP: 0.8,
    Role.CUSTOMER: 0.8, Role.STATUS: 0.4, None: 0.0, Role.IGNORE: -0.8, Role.GUIDANCE: -0.8,
}  # fmt: skip
_TAKES_ELSE = -0.25
_LEFT, _NAMED_LEFT = 0.6, 0.15
_ENOUGH = 0.75
_NEVER = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedColumns:
    """The columns of like blocks; None where they are no table of questions.

    Attributes:
        columns: By purpose.
        default: Values that mean "not answered".
        title_column: The column whose header is the section's title; 0 for none.
        signals: What speaks for the reading, each 0 to 1, for its confidence.
        problems: What was doubtful.
    """

    columns: ColumnLayout | None
    default: tuple[str, ...] = ()
    title_column: int = 0
    signals: Mapping[str, float] = field(default_factory=dict[str, float])
    problems: tuple[str, ...] = ()


def assign_columns(family: Family) -> AssignedColumns:
    """Decide which column asks and which columns take which part of the answer."""
    body = family.body()
    found = measure(body)
    if not found:
        return AssignedColumns(columns=None)
    likely = sorted(
        (column for column in found if _may_ask(family, column, found[column])),
        key=lambda column: (-_question_likeness(family, column, found[column]), column),
    )
    computed, filled = (
        sum(count) for count in zip(*((e.computed, e.filled) for e in found.values()), strict=True)
    )
    tables = [_Table(family, column, body, is_computed=computed * 2 > filled) for column in likely[:3]]
    named = next((table for table in tables if table.has_answers()), None)
    table = named or next((table for table in tables if table.guess_answer()), None)
    return table.assigned() if table else AssignedColumns(columns=None)


def guess_columns(family: Family) -> tuple[int, list[int]]:
    """The column that looks most like questions, however little, and those that might take answers."""
    found = {column: evidence for column, evidence in measure(family.body()).items() if evidence.filled}
    question = max(found, key=lambda column: _question_likeness(family, column, found[column]), default=1)
    last = max(found, default=1)
    return question, [column for column in range(question + 1, last + 1) if column not in found] or [last + 1]


def _may_ask(family: Family, column: int, evidence: Evidence) -> bool:
    role = family.role(column)
    least = 1.0 if role in (Role.TOPIC, Role.QUESTION) or evidence.asking else 1.5
    is_text = evidence.mean_words >= least and evidence.links * 2 < evidence.filled
    return is_text and evidence.id_share < 0.5 and evidence.listed * 2 <= evidence.filled


def _question_likeness(family: Family, column: int, evidence: Evidence) -> float:
    named = 0.8 if column in family.varied else _ASKS.get(family.role(column), _ASKS_ELSE)
    asking = (evidence.asking + 0.5 * evidence.interrogative) / evidence.filled
    words = min(evidence.mean_words, 12.0) / 12
    return named + 1.3 * asking + 0.8 * evidence.share(evidence.filled) + 0.6 * words + evidence.distinct


class _Table:
    """Like blocks under the assumption that one column asks."""

    def __init__(
        self, family: Family, question: int, body: list[tuple[Grid, int]], *, is_computed: bool
    ) -> None:
        self.family = family
        self.question = question
        asked = [(grid, row) for grid, row in body if _stands_among_others(grid, row, question)]
        self.found = measure(asked or [(grid, row) for grid, row in body if grid.text(row, question)])
        self.rows = len(body)
        self.problems: list[str] = []
        self.guessed = 0
        takers = [c for c in self.found if family.role(c) in (Role.ANSWER, Role.CHOICE)]
        asks = self.found[question].asking * 2 >= self.found[question].filled
        is_left = bool(takers) and max(takers) < question and asks
        self.after = 0 if is_left else question
        self.is_computed = is_computed
        self.marks = find_marks(family.headers, self.found, after=self.after)
        self.takers = [c for c in self.found if c not in self.marks and self._takes(c) >= _ENOUGH]
        self._drop_the_buyers()
        self._take_neighbours()

    def _takes(self, column: int) -> float:
        """How much speaks for a column that the answering company fills."""
        evidence, role = self.found[column], self.family.role(column)
        if column == self.question or evidence.share(evidence.computed) > 0.5:
            return _NEVER
        if self.is_computed and role in (Role.STATUS, None) and not evidence.listed:
            return _NEVER
        score = _TAKES.get(role, _TAKES_ELSE)
        if column < self.after:
            is_plain = (role is None or self._is_full(column)) and not evidence.listed
            score -= _LEFT if is_plain else _NAMED_LEFT
        score += (0.8 if is_yes_no(evidence.options) else 0.6) * min(
            1.0, 1.5 * evidence.share(evidence.listed)
        )
        waits = evidence.default() or not evidence.filled
        score += 0.5 if waits else 0.3 if evidence.share(evidence.filled) <= 0.3 else 0.0
        is_named = role in FILLED_ROLES or role is Role.STATUS
        is_chosen = is_yes_no(evidence.options) and not self._is_full(column)
        if not (is_named or is_chosen) and evidence.filled and not evidence.default():
            score -= 0.6 * evidence.share(evidence.filled)
        if evidence.opened or evidence.locked:
            score += 0.8 * evidence.share(evidence.opened) - 0.6 * evidence.share(evidence.locked)
        return score

    def _drop_the_buyers(self) -> None:
        """Columns that are full while the answers are blank, and states beside an answer, are not ours."""
        states = [c for c in self.takers if self.family.role(c) is Role.STATUS]
        remarks = [c for c in self.takers if self.family.role(c) is Role.COMMENT]
        main = [c for c in self.takers if self._role(c) in (Role.ANSWER, Role.CHOICE)]
        main = [c for c in main if c not in states and c not in remarks]
        waiting = [c for c in self.takers if self._is_waiting(c)]
        blank = [c for c in waiting if c in main or not main]
        if blank:
            self.takers = [
                c for c in self.takers if c in waiting or not self._is_full(c) or self.found[c].listed
            ]
        if any(self.found[c].listed or not self.found[s].listed for c in main for s in states):
            self.takers = [c for c in self.takers if c not in states]

    def _take_neighbours(self) -> None:
        """A blank column that only its header names, right beside the answers, is room for a remark."""
        taken = [c for c in (*self.takers, *self.marks) if c > self.question]
        for column in self.found:
            beside = column > self.question and any(abs(column - other) == 1 for other in taken)
            if beside and self._is_blank_neighbour(column):
                taken.append(column)
                self.takers.append(column)
                name = f"{column_letters(column)} ({self.family.headers[column].text!r})"
                self.problems.append(f"column {name} is blank beside the answers: taken for remarks")

    def _is_blank_neighbour(self, column: int) -> bool:
        evidence = self.found[column]
        is_named = column in self.family.headers and self.family.role(column) in (None, Role.TOPIC)
        is_closed = evidence.computed or evidence.locked or evidence.listed or column in self.marks
        return is_named and not evidence.filled and not is_closed

    def _is_waiting(self, column: int) -> bool:
        return not self.found[column].filled or bool(self.found[column].default())

    def _is_full(self, column: int) -> bool:
        evidence = self.found[column]
        return evidence.share(evidence.filled) >= 0.7 and not evidence.default()

    def _role(self, column: int) -> Role:
        """The purpose of a column that takes a part of the answer."""
        evidence, header = self.found[column], self.family.headers.get(column)
        role = header.role if header else None
        if role is not None and role in _APART:
            return role
        if evidence.listed * 3 >= evidence.rows or role in (Role.CHOICE, Role.STATUS):
            return Role.CHOICE
        if header is not None and header.options and role is Role.ANSWER:
            return Role.CHOICE
        is_remark = role is Role.COMMENT or (
            role in (None, Role.TOPIC) and column != self.guessed and self._is_blank_neighbour(column)
        )
        return Role.COMMENT if is_remark else Role.ANSWER

    def has_answers(self) -> bool:
        """Whether any column takes the answer, a choice or a comment."""
        return bool(self.marks) or any(self._role(c) in FILLED_ROLES - _APART for c in self.takers)

    def guess_answer(self) -> bool:
        """Take the likeliest blank column for the answer: open ones first, then named, then the next."""
        computed = [c for c in self.found if self.family.role(c) in FILLED_ROLES and self.found[c].computed]
        if computed or self.is_computed or self.found[self.question].rows * 2 < self.rows:
            return False
        right = [c for c in self.found if c > self.question and self._may_be_guessed(c)]
        opened = [c for c in right if self.found[c].opened * 2 > self.found[c].rows]
        named = [c for c in right if c in self.family.headers]
        self.guessed = next(iter(opened or named or right), 0)
        if self.guessed:
            self.takers.append(self.guessed)
            letters = column_letters(self.guessed)
            self.problems.append(f"no header says where answers go: column {letters} was taken")
            self._take_neighbours()
        return bool(self.guessed)

    def _may_be_guessed(self, column: int) -> bool:
        evidence = self.found[column]
        is_open = self.family.role(column) in (None, Role.TOPIC, Role.QUESTION, Role.SECTION)
        return is_open and evidence.share(evidence.filled) <= 0.3 and not evidence.computed

    def assigned(self) -> AssignedColumns:
        """The columns by purpose, where these blocks ask anything."""
        by_role: dict[Role, list[int]] = {}
        for column in self.takers:
            by_role.setdefault(self._role(column), []).append(column)
        choices = by_role.get(Role.CHOICE, [])
        remarks = [c for c in choices if self.family.role(c) is Role.COMMENT]
        if self.marks or len(remarks) < len(choices):
            by_role.setdefault(Role.COMMENT, []).extend(remarks)
            choices = [c for c in choices if c not in remarks]
        choices = [] if self.marks else self._one(choices, "choices")
        by_role.setdefault(Role.OWNERSHIP, []).extend(choices[1:])  # a dropdown of its own: people decide
        choices = choices[:1]
        for column in choices:
            self._tell_unlisted(column)
        answers = self._one(by_role.get(Role.ANSWER, []), "answers")
        comments = by_role.get(Role.COMMENT, [])
        if not (self.marks or choices or answers) and comments:
            answers, comments = comments[:1], comments[1:]
        taken = {self.question, *self.marks, *self.takers}
        if self._is_record(answers or choices):
            return AssignedColumns(columns=None)
        ids = self._find_id(taken)
        taken.update(ids)
        sections = self._find_sections(taken)
        taken.update(sections)
        columns = ColumnLayout(
            question=_letters([self.question, *self._other_questions(taken)]),
            id=_letters(ids),
            answer=_letters(answers),
            choice=_letters(choices),
            marks={column_letters(c): text for c, text in self.marks.items()},
            comment=_letters(comments),
            evidence=_letters(by_role.get(Role.EVIDENCE, [])),
            ownership=_letters(by_role[Role.OWNERSHIP]),
            customer=_letters(by_role.get(Role.CUSTOMER, [])),
            section=_letters(sections),
            guidance=_letters(self._find_guidance(taken)),
            mandatory=_letters(self._named(Role.MANDATORY, taken)),
            limit=_letters(self._named(Role.LIMIT, taken)),
        )
        defaults = (self.found[c].default() for c in (*choices, *answers, *comments))
        return AssignedColumns(
            columns=columns,
            default=tuple(dict.fromkeys(value for value in defaults if value)),
            title_column=self._title_column(ids),
            signals=self._signals([*self.marks, *choices, *answers]),
            problems=tuple(self.problems),
        )

    def _title_column(self, ids: list[int]) -> int:
        """The column whose header says what a block is about: the question's, or its ids'."""
        header = self.family.headers.get(self.question)
        if self.question in self.family.varied:
            return self.question
        if header is not None:
            return 0 if header.role in (Role.QUESTION, Role.TOPIC, *_BESIDE) else self.question
        return next((c for c in ids if self.family.role(c) is not Role.ID), 0)

    def _tell_unlisted(self, column: int) -> None:
        """A score or a state whose values nobody lists cannot be chosen: a person names them."""
        header = self.family.headers.get(column)
        if header is not None and header.lacks_options(is_listed=bool(self.found[column].listed)):
            letters = column_letters(column)
            self.problems.append(
                f"column {letters} ({header.text!r}) takes values that the form does not list:"
                " left to people, or name them as scale in the mapping"
            )

    def _one(self, columns: list[int], what: str) -> list[int]:
        """One column of several that could all take the same: the best supported, then the emptiest.

        All of them, that one first, where each has a dropdown of its own.
        """
        if len(columns) <= 1:
            return columns
        best = max(columns, key=lambda c: (self._takes(c), -self.found[c].filled, -c))
        options = [self.found[c].options for c in columns]
        if all(options) and len(set(options)) == len(options):
            return [best, *(c for c in columns if c != best)]
        names = ", ".join(map(column_letters, columns))
        self.problems.append(f"columns {names} could all take {what}: {column_letters(best)} is filled")
        self.takers = [c for c in self.takers if c not in columns or c == best]
        return [best]

    def _is_record(self, main: list[int]) -> bool:
        """A list of changes, people, terms or prices, which has a blank column but asks nothing."""
        if not self.family.headers:
            return False
        texts = [header.text for header in self.family.headers.values()]
        asks = self.found[self.question].asking * 4 >= self.found[self.question].filled
        is_named = self.family.role(self.question) is Role.QUESTION or any(self.found[c].listed for c in main)
        if asks or is_named:
            return bool(self.guessed) and not asks
        return bool(self.guessed) or record_words(texts) >= 2

    def _find_id(self, taken: set[int]) -> list[int]:
        free = [c for c in self.found if c not in taken and self.found[c].filled]
        named = [c for c in free if self.family.role(c) is Role.ID]
        like = [
            c
            for c in free
            if self.found[c].id_share >= 0.7
            and self.found[c].distinct >= 0.7
            and (c < self.question or self._is_id_header(c))
        ]
        if not (named or like):
            return []
        return [max(named or like, key=lambda c: (self._id_likeness(c), -c))]

    def _is_id_header(self, column: int) -> bool:
        return self.family.role(column) in (None, Role.TOPIC, Role.QUESTION, Role.SECTION, Role.ID)

    def _id_likeness(self, column: int) -> float:
        evidence, header = self.found[column], self.family.headers.get(column)
        about = _ABOUT_QUESTIONS & set(header.text.casefold().split()) if header else set[str]()
        return evidence.distinct + 0.3 * (column < self.question) + 0.5 * bool(about)

    def _find_sections(self, taken: set[int]) -> list[int]:
        """Section columns, widest first: named ones, and short texts left of the question that repeat."""
        free = [c for c in self.found if c not in taken and self.found[c].filled]
        named = [
            c
            for c in free
            if self.family.role(c) is Role.SECTION and self.found[c].mean_words <= _MAX_SECTION_WORDS
        ]
        short = [c for c in free if c < self.question and 0 < self.found[c].mean_words <= _MAX_TOPIC_WORDS]
        topics = [c for c in short if self.family.role(c) in (Role.TOPIC, Role.QUESTION)]
        repeated = [
            c
            for c in short
            if self.family.role(c) is None
            and self.found[c].id_share < 0.5
            and self.family.headers.get(c)
            and self.found[c].distinct <= 0.6
        ]
        found = {*named, *topics, *repeated}
        return sorted(found, key=lambda c: (len(self.found[c].values), c))

    def _other_questions(self, taken: set[int]) -> list[int]:
        return [
            c
            for c in self.found
            if self.family.role(c) is Role.QUESTION
            and c not in taken
            and self.found[c].filled
            and self.found[c].mean_words >= 3
        ]

    def _find_guidance(self, taken: set[int]) -> list[int]:
        is_named = self.family.role(self.question) in (Role.QUESTION, None)
        roles = (Role.GUIDANCE, Role.COMMENT, Role.EVIDENCE) if is_named else (*_BESIDE, Role.TOPIC)
        return [
            c
            for c in self.found
            if c not in taken
            and self.found[c].filled
            and self.family.role(c) in roles
            and (self.family.role(c) is not Role.TOPIC or self.found[c].mean_words > _MAX_TOPIC_WORDS)
        ]

    def _named(self, role: Role, taken: set[int]) -> list[int]:
        return [c for c in self.found if self.family.role(c) is role and c not in taken]

    def _signals(self, main: list[int]) -> dict[str, float]:
        asked, role = self.found[self.question], self.family.role(self.question)
        is_named = role is Role.QUESTION or self.question in self.family.varied
        named = sum(self.family.role(c) is not None for c in self.family.headers)
        return {
            "asking": asked.asking / asked.filled if asked.filled else 0.0,
            "named_question": 1.0 if is_named else 0.5 * (role is Role.TOPIC),
            "named_columns": named / len(self.family.headers) if self.family.headers else 0.0,
            "dropdown": max((self.found[c].share(self.found[c].listed) for c in main), default=0.0),
            "guessed": float(bool(self.guessed)),
            "doubts": min(1.0, 0.5 * sum("taken for remarks" not in problem for problem in self.problems)),
            "headless": float(not self.family.headers),
        }


_APART: frozenset[Role | None] = frozenset({Role.EVIDENCE, Role.OWNERSHIP, Role.CUSTOMER})
_BESIDE = (Role.GUIDANCE, Role.COMMENT, Role.EVIDENCE)
_ABOUT_QUESTIONS = frozenset({"question", "requirement", "q", "qid"})


def _stands_among_others(grid: Grid, row: int, column: int) -> bool:
    """Whether a row with a text in this column has more to it: an id, a dropdown, or a request."""
    if not grid.text(row, column):
        return False
    area = grid.merge_at(row, column)
    is_spread = area is not None and area.right - area.left > 2
    return not is_spread and (len(grid.row_cells(row)) > 1 or bool(grid.columns_with_list(row)))


def _letters(columns: Iterable[int]) -> tuple[str, ...]:
    return tuple(column_letters(column) for column in columns)
