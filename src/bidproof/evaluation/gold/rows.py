"""Rows of a table as cases; a row that is no case is named, never left out in silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.core.ids import digest
from bidproof.evaluation.gold.columns import ColumnRoles
from bidproof.evaluation.gold.roles import Role, plain_name
from bidproof.evaluation.gold.tables import GoldTable, RowProblem, TableRow, column_values
from bidproof.evaluation.gold.values import (
    is_blank,
    pages_of,
    relevant_of,
    split_list,
    split_of,
    text_of,
    truth_of,
)
from bidproof.evaluation.records import GoldCase, Relevant, Split
from bidproof.language.choices import match_option, meaning_of

_MOST_OPTIONS = 12
_MOSTLY = 0.8
_MEANINGS = ("yes", "no", "na")
_NO_TEXT = frozenset({"", "nan", "null"})
_PLAIN_TAGS = frozenset({"tag", "tags", "label", "labels"})


class _BadRow(Exception):
    """A row that cannot become a case; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRows:
    """Cases in row order, and the rows that are none.

    ``options`` are those read off the choice column because no column lists them.
    """

    cases: tuple[GoldCase, ...]
    problems: tuple[RowProblem, ...]
    options: tuple[str, ...] = ()


def rows_to_cases(table: GoldTable, roles: ColumnRoles, *, origin: str) -> CaseRows:
    """Make a case of each row.

    A row without a question, with a choice outside its options, with a value
    that its column cannot hold, or with an id seen before is named with what is
    wrong. Rows without an id get one made of the question, so that importing the
    same file again gives the same ids.
    """
    usual = _usual_options(table, roles)
    cases: list[GoldCase] = []
    problems = list(table.problems)
    seen: dict[str, str] = {}
    for row in table.rows:
        try:
            case = _case(row, roles, usual=usual, origin=origin)
            if not case.id:
                case = replace(case, id=_made_id(case.question, seen))
            elif case.id in seen:
                raise _BadRow(f"the id {case.id!r} stands in {seen[case.id]} already")
        except _BadRow as error:
            problems.append(RowProblem(row=row.row, problem=str(error)))
            continue
        seen[case.id] = row.row
        cases.append(case)
    return CaseRows(cases=tuple(cases), problems=tuple(problems), options=usual)


def made_id(question: str) -> str:
    """A short id made of the question's words, the same at every import."""
    return f"q-{digest('gold case', ' '.join(question.split()), length=10)}"


def _made_id(question: str, seen: dict[str, str]) -> str:
    first = made_id(question)
    count, name = 2, first
    while name in seen:
        name, count = f"{first}-{count}", count + 1
    return name


def _usual_options(table: GoldTable, roles: ColumnRoles) -> tuple[str, ...]:
    """What a choice column chooses from, where no column lists it: its few repeated values."""
    column = roles.one("choice")
    if column is None or roles.one("options"):
        return ()
    counts = Counter(text for value in column_values(table, column) if not is_blank(text := text_of(value)))
    total = sum(counts.values())
    spelled = {
        meaning: max(
            (text for text in counts if meaning_of(text) == meaning), key=counts.__getitem__, default=""
        )
        for meaning in _MEANINGS
    }
    plain = sum(count for text, count in counts.items() if meaning_of(text))
    if total and plain / total >= _MOSTLY:
        named = {"yes": spelled["yes"] or "Yes", "no": spelled["no"] or "No", "na": spelled["na"]}
        return tuple(filter(None, named.values()))
    if len(counts) <= _MOST_OPTIONS and total >= 2 * len(counts):
        return tuple(counts)
    return ()


def _case(row: TableRow, roles: ColumnRoles, *, usual: tuple[str, ...], origin: str) -> GoldCase:
    def cell(role: Role) -> object:
        column = roles.one(role)
        return row.values.get(column) if column else None

    question = text_of(cell("question"))
    if not question:
        raise _BadRow("no question")
    reference = text_of(cell("reference"))
    reference = "" if reference.casefold() in _NO_TEXT else reference
    options = tuple(text_of(item) for item in split_list(cell("options"))) if cell("options") else ()
    choice = _choice(text_of(cell("choice")), options or usual)
    is_silent = not (roles.one("is_answerable") or roles.one("is_unanswerable"))
    relevant = _relevant(cell("relevant"), cell("page"), cell("quote"))
    return GoldCase(
        id=text_of(cell("id")),
        question=question,
        reference=reference,
        choice=choice,
        options=options or (usual if choice else ()),
        relevant=relevant,
        is_answerable=_answerable(
            cell("is_answerable"),
            cell("is_unanswerable"),
            is_sourced=is_silent and bool(relevant and (reference or choice)),
        ),
        group=text_of(cell("group")),
        tags=_tags(row, roles.by_role.get("tags", ())),
        split=_split(cell("split")),
        is_verified=_truth(cell("is_verified"), "whether the case is verified") is not False,
        section_path=_section(row, roles.by_role.get("section", ())),
        origin=text_of(cell("origin")) or f"{origin}, {row.row}",
    )


def _choice(text: str, options: tuple[str, ...]) -> str:
    if is_blank(text) and text not in options:
        return ""
    if not options:
        return text
    found = match_option(text, options)
    if found is None:
        raise _BadRow(f"the choice {text!r} is none of {', '.join(map(repr, options))}")
    return found


def _relevant(documents: object, page: object, quotes: object) -> tuple[Relevant, ...]:
    blank = page is None or is_blank(text_of(page)) or text_of(page).casefold() in ("n/a", "na")
    pages = [] if blank else pages_of(page)
    if pages is None:
        raise _BadRow(f"the page {text_of(page)!r} is no page number")
    return relevant_of(documents, pages, quotes)


def _answerable(value: object, contrary: object, *, is_sourced: bool) -> bool | None:
    """What a column says; without such a column true where a source is named for an answer, else unknown."""
    for cell, is_contrary in ((value, False), (contrary, True)):
        truth = _truth(cell, "whether the documents hold the answer")
        if truth is not None:
            return truth != is_contrary
    return True if is_sourced else None


def _truth(value: object, what: str) -> bool | None:
    """A cell as true or false; None where it is blank."""
    if value is None or is_blank(text_of(value)):
        return None
    truth = truth_of(value)
    if truth is None:
        raise _BadRow(f"{text_of(value)!r} does not say {what}")
    return truth


def _split(value: object) -> Split:
    split = split_of(value)
    if split is None:
        raise _BadRow(f"the split {text_of(value)!r} is none of 'train', 'dev', 'test'")
    return split


def _tags(row: TableRow, columns: Sequence[str]) -> tuple[str, ...]:
    tags: list[str] = []
    for column in columns:
        name = plain_name(column)
        items = [text_of(item) for item in split_list(row.values.get(column))]
        tags.extend(item if name in _PLAIN_TAGS else f"{name}: {item}" for item in items if item)
    return tuple(dict.fromkeys(tags))


def _section(row: TableRow, columns: Sequence[str]) -> tuple[str, ...]:
    parts = (text_of(item) for column in columns for item in split_list(row.values.get(column)))
    return tuple(filter(None, parts))
