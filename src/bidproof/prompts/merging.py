"""Three-way merge over a program's fields; what both sides changed is named, never decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bidproof.prompts.fields import fields_of
from bidproof.prompts.program import Program
from bidproof.prompts.versions import Version

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that both sides changed, each in its own way; None where a side does not have it."""

    field: str
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedFields:
    """The fields that a merge gives; of a conflict without a choice, ours. ``theirs`` came over."""

    fields: Mapping[str, Any]
    conflicts: tuple[Conflict, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a merge gave.

    ``version`` is None while there are conflicts. ``base`` is the last version that
    both come from, empty when there is none. ``theirs`` names the fields that came over.
    """

    version: Version | None
    base: str
    conflicts: tuple[Conflict, ...]
    theirs: tuple[str, ...]


def merge_fields(
    base: Program | None, ours: Program, theirs: Program, *, take: Mapping[str, Side] | None = None
) -> MergedFields:
    """Join two programs that come from one.

    A field that one side alone changed takes that side's value: a text by name, a
    setting by name, all examples together. A text is one field: two edits of it
    are a conflict wherever in it they stand.

    Args:
        base: The last version that both come from; None when there is none, so
            that every difference is a conflict.
        ours: The program that is merged into.
        theirs: The other one.
        take: Which side's value a conflict takes, by field.
    """
    before = fields_of(base) if base is not None else None
    mine, other = fields_of(ours), fields_of(theirs)
    merged: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    came: list[str] = []
    for name in dict.fromkeys((*mine, *other)):
        a, b = mine.get(name), other.get(name)
        was = before.get(name) if before is not None else None
        is_theirs = a != b and before is not None and a == was
        if a != b and not is_theirs and (before is None or b != was):
            side = (take or {}).get(name)
            is_theirs = side == "theirs"
            if side is None:
                conflicts.append(Conflict(field=name, base=was, ours=a, theirs=b))
        value = b if is_theirs else a
        came += [name] if is_theirs else []
        if value is not None:
            merged[name] = value
    return MergedFields(fields=merged, conflicts=tuple(conflicts), theirs=tuple(came))


def common_ancestor(ours: str, theirs: str, parents: Mapping[str, tuple[str, ...]]) -> str:
    """The nearest version that both come from; empty when there is none.

    Args:
        ours: Digest of one.
        theirs: Digest of the other.
        parents: Parents of every known version.
    """
    mine, other = _distances(ours, parents), _distances(theirs, parents)
    common = [name for name in mine if name in other]
    return min(common, key=lambda name: (mine[name] + other[name], name), default="")


def _distances(start: str, parents: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found, waiting = {start: 0}, [start]
    while waiting:
        name = waiting.pop(0)
        for parent in parents.get(name, ()):
            if parent not in found:
                found[parent] = found[name] + 1
                waiting.append(parent)
    return found
