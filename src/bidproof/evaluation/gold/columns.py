"""Which column of a table fills which field of a case."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from bidproof.core.errors import InvalidMapping, UnsureMapping
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.roles import ROLES, SEVERAL, NameMatch, Role, parse_role, plain_name, role_of
from bidproof.evaluation.gold.tables import GoldTable, column_values
from bidproof.evaluation.gold.values import split_list
from bidproof.language.choices import meaning_of

_SAMPLE = 400
_MOSTLY = 0.8
_PATH_WORDS = 12
_URL = re.compile(r"^https?://", re.IGNORECASE)
_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRoles:
    """Columns by the role they fill, in file order, and the columns that fill none."""

    by_role: Mapping[Role, tuple[str, ...]]
    unused: tuple[str, ...]

    def one(self, role: Role) -> str | None:
        """The column of a role that at most one column has."""
        columns = self.by_role.get(role, ())
        return columns[0] if columns else None


def find_roles(table: GoldTable, *, columns: Mapping[str, str] | None = None) -> ColumnRoles:
    """Tell the columns' roles by their names, and by their values where names leave a doubt.

    Args:
        table: As read.
        columns: Corrections, column to role; the role ``none`` leaves a column out.

    Raises:
        InvalidMapping: A correction names no column or no role (``gold-columns``).
        UnsureMapping: No column asks, or two fit one role equally well (``gold-columns``).
    """
    said = _corrections(table, columns or {})
    taken = {role for role in said.values() if role is not None and role not in SEVERAL}
    matches: dict[str, NameMatch] = {}
    for column in table.columns:
        match = None if column in said else _by_value(table, column, role_of(column))
        if match is not None and match.role not in taken:
            matches[column] = match
    if "question" not in taken and not any(match.role == "question" for match in matches.values()):
        asking = [column for column in table.columns if column not in said and _is_asking(table, column)]
        if len(asking) == 1:
            matches[asking[0]] = NameMatch(role="question", is_exact=False)
    chosen: dict[Role, tuple[str, ...]] = {}
    for role in ROLES:
        named = tuple(column for column, given in said.items() if given == role)
        found = _best(role, matches, table)
        together = (*named, *found) if role in SEVERAL else named or found
        if together:
            chosen[role] = tuple(column for column in table.columns if column in together)
    if "question" not in chosen:
        raise _unsure(table, "none that asks", "question=COLUMN")
    used = {column for group in chosen.values() for column in group}
    return ColumnRoles(by_role=chosen, unused=tuple(column for column in table.columns if column not in used))


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """Turn ``ROLE=COLUMN`` words into column to role.

    Raises:
        InvalidMapping: A word has no ``=`` (``gold-columns``).
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        role, equals, column = pair.partition("=")
        if not equals or not role.strip() or not column.strip():
            raise InvalidMapping(
                f"cannot take --map {pair!r}: expected ROLE=COLUMN",
                hint=f"roles: {', '.join(ROLES)}, none",
                code="gold-columns",
            )
        columns[column.strip()] = role.strip()
    return columns


def _corrections(table: GoldTable, columns: Mapping[str, str]) -> dict[str, Role | None]:
    said: dict[str, Role | None] = {}
    for column, word in columns.items():
        same = [name for name in table.columns if name == column] or [
            name for name in table.columns if plain_name(name) == plain_name(column)
        ]
        if len(same) != 1:
            raise InvalidMapping(
                f"cannot map {column!r}: found the columns {', '.join(map(repr, table.columns))}",
                hint=NextStep("name one of them, as ROLE=COLUMN", options=("map",)),
                code="gold-columns",
            )
        role = parse_role(word)
        if role is None and plain_name(word) != _NONE:
            raise InvalidMapping(
                f"cannot map {column!r} to {word!r}: expected one of {', '.join(ROLES)}, none",
                hint=NextStep(f"for example question={column}", options=("map",)),
                code="gold-columns",
            )
        said[same[0]] = role
    return said


def _best(role: Role, matches: Mapping[str, NameMatch], table: GoldTable) -> tuple[str, ...]:
    fitting = [column for column, match in matches.items() if match.role == role]
    if role in SEVERAL or len(fitting) < 2:
        return tuple(fitting)
    exact = [column for column in fitting if matches[column].is_exact]
    if len(exact) == 1:
        return tuple(exact)
    usual = [column for column in fitting if plain_name(column) == role.replace("_", " ")]
    if len(usual) == 1:
        return tuple(usual)
    raise _unsure(
        table,
        f"{' and '.join(map(repr, exact or fitting))}, which fit {role!r} equally well",
        f"{role}=COLUMN",
    )


def _unsure(table: GoldTable, found: str, example: str) -> UnsureMapping:
    return UnsureMapping(
        f"cannot tell the columns apart: found {found} among {', '.join(map(repr, table.columns))}",
        hint=NextStep(f"say it as {example} (roles: {', '.join(ROLES)}, none)", options=("map",)),
        code="gold-columns",
    )


def _by_value(table: GoldTable, column: str, match: NameMatch | None) -> NameMatch | None:
    """Correct what a name promises by what the column holds."""
    if match is None or plain_name(column) == match.role.replace("_", " "):
        return match
    texts = _texts(table, column)
    if match.role == "reference" and _share(texts, lambda text: meaning_of(text) is not None) >= _MOSTLY:
        return NameMatch(role="choice", is_exact=match.is_exact)
    if match.role == "relevant" and texts:
        if all(_URL.match(text) for text in texts):
            return None
        if _share(texts, lambda text: len(text.split()) > _PATH_WORDS) > 1 - _MOSTLY:
            return NameMatch(role="quote", is_exact=match.is_exact)
    return match


def _texts(table: GoldTable, column: str) -> list[str]:
    texts: list[str] = []
    for value in column_values(table, column):
        items = split_list(cast("object", value)) if isinstance(value, (list, str)) else [value]
        texts.extend(str(item) for item in items if not isinstance(item, dict))
        if len(texts) >= _SAMPLE:
            break
    return texts


def _is_asking(table: GoldTable, column: str) -> bool:
    return _share(_texts(table, column), lambda text: text.rstrip().endswith("?")) > 1 - _MOSTLY / 2


def _share(texts: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, texts)) / len(texts) if texts else 0.0
