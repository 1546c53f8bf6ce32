"""Bring a file of questions and answers in as a gold set."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.columns import find_roles
from bidproof.evaluation.gold.relevance import PathChange, resolve_paths
from bidproof.evaluation.gold.rows import rows_to_cases
from bidproof.evaluation.gold.tables import RowProblem, read_table
from bidproof.evaluation.records import GoldCase, GoldSet
from bidproof.language.choices import meaning_of

GROUPINGS = ("auto", "section", "document", "none")
_MOSTLY = 0.9
_PARTLY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedGold:
    """A gold set and everything a person should know about how it came to be.

    Attributes:
        gold: The set.
        problems: Rows that became no case, each with what is wrong.
        columns: Column names by role, where the source has columns.
        unused: Columns that fill nothing.
        options: Options read off the choice column because nothing lists them.
        grouping: What the groups are: ``column``, ``section``, ``document`` or ``none``.
        changed: Gold paths rewritten to the stored document that they can only mean.
        unknown: Gold paths that fit no stored document; empty when there are no documents.
    """

    gold: GoldSet
    problems: tuple[RowProblem, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unused: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    grouping: str = "none"
    changed: tuple[PathChange, ...] = ()
    unknown: tuple[PathChange, ...] = ()


def import_gold(
    path: Path,
    *,
    name: str,
    columns: Mapping[str, str] | None = None,
    group_by: str = "auto",
    documents: Collection[str] = (),
) -> ImportedGold:
    """Read cases from CSV, XLSX, Parquet, JSON or JSON lines.

    Args:
        path: The file.
        name: The set's name.
        columns: Corrections of the detected roles, column to role.
        group_by: See :func:`with_groups`.
        documents: Paths of the stored documents, to rewrite gold paths to; empty leaves them.

    Raises:
        UnreadableFile: The file cannot be read.
        UnsureMapping: The columns' roles are not clear (``gold-columns``).
        InvalidMapping: A correction fits no column (``gold-columns``).
        UserError: No row is a case (``gold-empty``).
    """
    table = read_table(path)
    roles = find_roles(table, columns=columns)
    found = rows_to_cases(table, roles, origin=path.name)
    imported = ImportedGold(
        gold=GoldSet(name=name, cases=found.cases),
        problems=found.problems,
        columns={str(role): names for role, names in roles.by_role.items()},
        unused=roles.unused,
        options=found.options,
    )
    return finish_import(imported, source=path.name, group_by=group_by, documents=documents)


def finish_import(
    imported: ImportedGold, *, source: str, group_by: str, documents: Collection[str]
) -> ImportedGold:
    """Group the cases and fit their paths to the stored documents; the last step of every import.

    Raises:
        UserError: There are no cases (``gold-empty``).
    """
    cases = imported.gold.cases
    if not cases:
        named = "; ".join(f"{item.row}: {item.problem}" for item in imported.problems[:3])
        raise UserError(
            f"cannot import {source!r}: found no case" + (f" ({named})" if named else ""),
            hint=NextStep("each row needs a question; say where it is, as question=COLUMN", options=("map",)),
            code="gold-empty",
        )
    grouped, grouping = with_groups(cases, group_by=group_by)
    if not documents:
        return replace(imported, gold=replace(imported.gold, cases=grouped), grouping=grouping)
    resolved = resolve_paths(grouped, documents)
    return replace(
        imported,
        gold=replace(imported.gold, cases=resolved.cases),
        grouping=grouping,
        changed=resolved.changed,
        unknown=resolved.unknown,
    )


def with_groups(cases: Sequence[GoldCase], *, group_by: str) -> tuple[tuple[GoldCase, ...], str]:
    """Give cases that have none a group, so that related ones count as related.

    ``auto`` keeps given groups; without any it groups by the section that a
    question stands in, where nearly all have one, else by the document that
    answers it, where half have one. A case without section or document stands alone.

    Returns:
        The cases and what the groups are.

    Raises:
        InvalidSetting: No such grouping.
    """
    if group_by not in GROUPINGS:
        raise InvalidSetting(
            f"cannot group by {group_by!r}: expected {', '.join(GROUPINGS)}",
            hint=NextStep("to group by a column, map it as group=COLUMN", options=("map",)),
        )
    total = len(cases)
    if group_by == "none":
        return tuple(replace(case, group="") for case in cases), "none"
    if group_by == "auto" and any(case.group for case in cases):
        return tuple(cases), "column"
    sections = sum(bool(case.section_path) for case in cases)
    if group_by == "section" or (group_by == "auto" and sections >= _MOSTLY * total):
        return tuple(replace(case, group=" / ".join(case.section_path)) for case in cases), "section"
    placed = sum(bool(case.relevant) for case in cases)
    if group_by == "document" or placed >= _PARTLY * total:
        return tuple(replace(case, group=_documents(case)) for case in cases), "document"
    return tuple(cases), "none"


def _documents(case: GoldCase) -> str:
    return "; ".join(sorted({item.path for item in case.relevant}))


def check_strict(imported: ImportedGold, *, source: str) -> None:
    """Refuse an import of which a row is left out.

    Raises:
        UserError: With code ``gold-rows``; the message names the first rows.
    """
    if not imported.problems:
        return
    named = "; ".join(f"{item.row}: {item.problem}" for item in imported.problems[:5])
    more = len(imported.problems) - 5
    raise UserError(
        f"cannot import {source!r}: found {len(imported.problems)} rows that are no case: {named}"
        + (f"; and {more} more" if more > 0 else ""),
        hint=NextStep(
            "correct the rows, or import without being strict, which leaves them out by name",
            options=("strict",),
        ),
        code="gold-rows",
    )


def choice_counts(cases: Sequence[GoldCase]) -> Mapping[str, int]:
    """How often each choice is right, yes and no in one spelling."""
    return Counter((meaning_of(case.choice) or case.choice) if case.choice else "none" for case in cases)
