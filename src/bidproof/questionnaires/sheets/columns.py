"""Give each column of a table its purpose, by its header and by what stands below it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bidproof.language.choices import is_yes_no
from bidproof.questionnaires.sheets.column_stats import find_marks, measure_columns
from bidproof.questionnaires.sheets.grid import Grid, column_letters
from bidproof.questionnaires.sheets.headers import Header, Role
from bidproof.questionnaires.sheets.mapping import ColumnLayout
from bidproof.questionnaires.sheets.regions import Region
from bidproof.questionnaires.wording import is_id

_MAX_TOPIC_WORDS = 5
_QUESTION_BONUS: dict[Role | None, float] = {Role.TOPIC: 0.5, Role.QUESTION: 0.8, None: 0.1}
_NAMED_CONFIDENCE: dict[Role | None, float] = {Role.QUESTION: 0.35, Role.TOPIC: 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedColumns:
    """A table's columns with how sure that is (0 to 1) and what was doubtful; None columns: not a table."""

    columns: ColumnLayout | None
    confidence: float = 0.0
    problems: tuple[str, ...] = ()


def assign_columns(grid: Grid, region: Region) -> AssignedColumns:
    """Decide which column is the question and which take which part of the answer."""
    rows = [row for row in grid.rows() if region.first <= row <= region.last]
    table = _Table(grid, region, rows)
    question = table.find_question()
    if question is None or not rows:
        return AssignedColumns(columns=None)
    return table.assign(question)


class _Table:
    def __init__(self, grid: Grid, region: Region, rows: list[int]) -> None:
        self.grid = grid
        self.headers = region.headers
        self.rows = rows
        self.problems: list[str] = []
        self.stats = measure_columns(grid, region, rows)

    def role(self, column: int) -> Role | None:
        header = self.headers.get(column)
        return header.role if header else None

    def with_role(self, *roles: Role) -> list[int]:
        return [column for column in self.stats if self.role(column) in roles]

    def find_question(self) -> int | None:
        asked = [c for c in self.with_role(Role.QUESTION) if self.stats[c].filled]
        if asked:
            best = max(asked, key=lambda c: (self.stats[c].asking + 0.01 * self.stats[c].mean_words, -c))
            if self.stats[best].mean_words >= 2 or self.stats[best].asking:
                return best
        first_taker = min(self.with_role(Role.ANSWER, Role.CHOICE, Role.MARK), default=None)
        if first_taker == min(self.stats):
            first_taker = None  # nothing stands left of it, so the questions must stand right of it
        open_roles = (None, Role.TOPIC, Role.QUESTION, Role.SECTION, Role.COMMENT, Role.IGNORE)
        candidates = [
            column
            for column, stats in self.stats.items()
            if self.role(column) in open_roles
            and (first_taker is None or column < first_taker)
            and stats.filled
            and stats.mean_words >= (1 if self.role(column) in (Role.TOPIC, Role.QUESTION) else 1.5)
            and stats.listed * 2 <= stats.filled
        ]
        return max(candidates, key=self._question_likeness, default=None)

    def _question_likeness(self, column: int) -> tuple[float, int]:
        stats = self.stats[column]
        bonus = _QUESTION_BONUS.get(self.role(column), 0.0)
        share = stats.asking / stats.filled
        coverage = stats.filled / max(1, len(self.rows))
        return (bonus + share + coverage + min(stats.mean_words, 20.0) / 40, -column)

    def assign(self, question: int) -> AssignedColumns:
        after = self._takers_start(question)
        marks = find_marks(self.headers, self.stats, after=after, rows=len(self.rows))
        taken = {question, *marks}
        choices = self._find_choices(after, taken, bool(marks))
        taken.update(choices)
        answers = self._find_answers(after, taken)
        taken.update(answers)
        comments = self._free(Role.COMMENT, taken, after=after)
        evidence = self._free(Role.EVIDENCE, taken, after=after)
        guessed = False
        if not (marks or choices or answers):
            if comments:
                answers, comments = comments[:1], comments[1:]
            else:
                answers, guessed = self._guess_answer(question, taken), True
        if not (marks or choices or answers):
            return AssignedColumns(columns=None)
        taken.update(answers, comments, evidence)
        ids = self._find_id(question, taken)
        taken.update(ids)
        columns = ColumnLayout(
            question=self._letters([question, *self._other_questions(question, taken)]),
            id=self._letters(ids),
            answer=self._letters(answers),
            choice=self._letters(choices),
            marks={column_letters(c): text for c, text in marks.items()},
            comment=self._letters(comments),
            evidence=self._letters(evidence),
            ownership=self._letters(self._free(Role.OWNERSHIP, taken, after=question)),
            customer=self._letters(self._free(Role.CUSTOMER, taken, after=question)),
            section=self._letters(self._find_sections(question, taken)),
            guidance=self._letters(self._find_guidance(question, taken)),
            mandatory=self._letters(self._free(Role.MANDATORY, taken, after=0)),
            limit=self._letters(self._free(Role.LIMIT, taken, after=0)),
        )
        confidence = self._confidence(question, guessed=guessed, is_bound=bool(marks or choices))
        return AssignedColumns(columns=columns, confidence=confidence, problems=tuple(self.problems))

    def _takers_start(self, question: int) -> int:
        """Answers stand right of the questions, or left where only there a header calls for them."""
        takers = self.with_role(Role.ANSWER, Role.CHOICE)
        is_left = bool(takers) and max(takers) < question
        asks = self.stats[question].asking * 2 >= self.stats[question].filled
        return 0 if is_left and asks else question

    def _letters(self, columns: Iterable[int]) -> tuple[str, ...]:
        return tuple(column_letters(column) for column in columns)

    def _free(self, role: Role, taken: set[int], *, after: int) -> list[int]:
        return [column for column in self.with_role(role) if column > after and column not in taken]

    def _find_choices(self, after: int, taken: set[int], has_marks: bool) -> list[int]:
        if has_marks:
            return []
        found = [
            column
            for column in self.with_role(Role.CHOICE, Role.ANSWER)
            if column > after and column not in taken and self._is_bound(column)
        ]
        if found:
            return found[:1] if len(found) == 1 else self._warn_many("choices", found)
        unnamed = [
            column
            for column, stats in self.stats.items()
            if column > after
            and column not in taken
            and self.role(column) in (None, Role.COMMENT, Role.TOPIC, Role.SECTION, Role.QUESTION)
            and stats.listed * 3 >= len(self.rows)
        ]
        preferred = [column for column in unnamed if is_yes_no(self.stats[column].options)] or unnamed
        if preferred and self.role(preferred[0]) is None:
            self.problems.append(
                f"column {column_letters(preferred[0])} taken as the answer for its dropdown alone"
            )
        return preferred[:1]

    def _is_bound(self, column: int) -> bool:
        header = self.headers.get(column) or Header(text="", role=None)
        return bool(self.stats[column].listed or header.options) or header.role is Role.CHOICE

    def _warn_many(self, what: str, columns: list[int]) -> list[int]:
        emptiest = min(columns, key=lambda column: (self.stats[column].filled, column))
        names = ", ".join(column_letters(column) for column in columns)
        self.problems.append(f"columns {names} could all take {what}: {column_letters(emptiest)} is filled")
        return [emptiest]

    def _find_answers(self, after: int, taken: set[int]) -> list[int]:
        free = [c for c in self._free(Role.ANSWER, taken, after=after) if not self.stats[c].listed]
        return self._warn_many("answers", free) if len(free) > 1 else free

    def _guess_answer(self, question: int, taken: set[int]) -> list[int]:
        """The first blank column to the right: named ones first, then one left open on a locked sheet."""
        right = [column for column in self.stats if column > question and column not in taken]
        blank = [column for column in right if self.stats[column].filled * 3 <= len(self.rows)]
        blank = [c for c in blank if self.role(c) in (None, Role.TOPIC, Role.QUESTION, Role.SECTION)]
        opened = [column for column in right if self.stats[column].unlocked * 2 > len(self.rows)]
        named = [column for column in blank if column in self.headers]
        found = (opened or named or blank)[:1]
        if found:
            self.problems.append(
                f"no header says where answers go: column {column_letters(found[0])} was taken"
            )
        return found

    def _other_questions(self, question: int, taken: set[int]) -> list[int]:
        return [
            column
            for column in self.with_role(Role.QUESTION)
            if column not in taken and self.stats[column].filled and self.stats[column].mean_words >= 3
        ]

    def _find_id(self, question: int, taken: set[int]) -> list[int]:
        named = [c for c in self.with_role(Role.ID) if c not in taken and self.stats[c].filled]
        if named:
            about = [
                c for c in named if re.search(r"question|requirement|^q", self.headers[c].text, re.IGNORECASE)
            ]
            left = [c for c in (about or named) if c < question] or about or named
            return [max(left, key=lambda c: len(self.stats[c].distinct))]
        asked = [row for row in self.rows if self.grid.text(row, question)]
        return [
            column
            for column in self.stats
            if column < question and column not in taken and self._holds_ids(column, asked)
        ][-1:]

    def _holds_ids(self, column: int, rows: list[int]) -> bool:
        ids = sum(is_id(self.grid.text(row, column)) for row in rows)
        return bool(ids) and ids * 10 >= len(rows) * 7

    def _find_sections(self, question: int, taken: set[int]) -> list[int]:
        """Section columns, widest first; a short topic left of the question names what it is about."""
        named = [c for c in self.with_role(Role.SECTION) if self.stats[c].mean_words <= 12]
        topics = [
            column
            for column in self.with_role(Role.TOPIC)
            if column < question and 0 < self.stats[column].mean_words <= _MAX_TOPIC_WORDS
        ]
        found = [c for c in (*named, *topics) if c not in taken and self.stats[c].filled]
        return sorted(found, key=lambda column: (len(self.stats[column].distinct), column))

    def _find_guidance(self, question: int, taken: set[int]) -> list[int]:
        found = [c for c in self.with_role(Role.GUIDANCE) if c not in taken and self.stats[c].filled]
        question_named = self.role(question) in (Role.QUESTION, None)
        details = [
            column
            for column in self.with_role(Role.TOPIC)
            if column not in taken and not question_named and self.stats[column].mean_words > _MAX_TOPIC_WORDS
        ]
        return sorted({*found, *details})

    def _confidence(self, question: int, *, guessed: bool, is_bound: bool) -> float:
        stats = self.stats[question]
        named = _NAMED_CONFIDENCE.get(self.role(question), 0.15)
        asking = 0.25 * min(1.0, stats.asking / stats.filled / 0.6)
        taken = 0.1 if guessed else 0.3 if is_bound else 0.25
        size = 0.1 if stats.filled >= 3 else 0.03
        penalty = 0.1 * len(self.problems)
        return round(max(0.0, min(1.0, named + asking + taken + size - penalty)), 2)
