"""What a column of a gold table is for, by its name alone."""

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from bidproof.language.rules import read_data, read_patterns, read_rules

Role = Literal[
    "id",
    "question",
    "reference",
    "choice",
    "options",
    "relevant",
    "page",
    "quote",
    "is_answerable",
    "is_unanswerable",
    "group",
    "tags",
    "split",
    "section",
    "is_verified",
    "origin",
]
"""A field of a case that a column can fill; ``is_unanswerable`` is its contrary, as some sets keep it."""

ROLES: tuple[Role, ...] = get_args(Role)
SEVERAL: frozenset[Role] = frozenset({"tags", "section"})
"""Roles that more than one column may have."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")
_DATA = read_data("bidproof.evaluation.gold", "roles")
_ALSO_CALLED: dict[str, Role] = _DATA["also_called"]
_NEVER = read_patterns("bidproof.evaluation.gold", "roles")["never"]
_INSIDE = read_rules("bidproof.evaluation.gold", "roles")
_EXACT: dict[str, Role] = {
    " ".join(name.split()): role for role, names in _DATA["names"].items() for name in names.split(",")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A role that a name fits; ``is_exact`` when it is a usual name, not one that only holds a word."""

    role: Role
    is_exact: bool


def plain_name(name: str) -> str:
    """A column's name in lower case, words parted by blanks: ``Yes_No_True`` is ``yes no true``."""
    return _NOT_WORD.sub(" ", _CAMEL.sub(" ", name)).strip().casefold()


def role_of(name: str) -> NameMatch | None:
    """The role that a column's name speaks for; None when it says nothing."""
    plain = plain_name(name)
    if plain in _EXACT:
        return NameMatch(role=_EXACT[plain], is_exact=True)
    inside = None if _NEVER.search(plain) else _INSIDE.first(plain)
    return NameMatch(role=cast("Role", inside), is_exact=False) if inside else None


def parse_role(word: str) -> Role | None:
    """The role that a user names, in a field's name or a usual word; None when it is none."""
    plain = plain_name(word)
    named: Role | None = next((role for role in ROLES if role.replace("_", " ") == plain), None)
    return named or _ALSO_CALLED.get(plain)
