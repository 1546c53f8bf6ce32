"""Values of a mapping that a person may have edited, each refused in the same words where it is none."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar, cast

from bidproof.core.errors import InvalidMapping
from bidproof.core.next_steps import Action, NextStep

Item = TypeVar("Item", str, int)


def check_keys(mapping: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse a key that nobody reads.

    Raises:
        InvalidMapping: There is one; so do the others here where a value is of the wrong kind.
    """
    if unknown := sorted(set(mapping) - set(known)):
        raise invalid(f"found the key {unknown[0]!r}, expected one of {', '.join(sorted(known))}")


def flag_in(mapping: Mapping[str, object], name: str) -> bool:
    """A truth value; True where it is not named."""
    value = mapping.get(name, True)
    if not isinstance(value, bool):
        raise invalid(f"{name} is {value!r}, expected true or false")
    return value


def list_in(mapping: Mapping[str, object], name: str) -> Sequence[object]:
    """A list; empty where it is not named."""
    value = mapping.get(name, ())
    if not isinstance(value, (list, tuple)):
        raise invalid(f"{name} is {value!r}, expected a list")
    return cast("Sequence[object]", value)


def items_in(mapping: Mapping[str, object], name: str, kind: type[Item], *, what: str) -> tuple[Item, ...]:
    """A list of texts or of numbers; empty where it is not named."""
    values = list_in(mapping, name)
    if not all(type(value) is kind for value in values):
        raise invalid(f"{name} is {values!r}, expected a list of {what}")
    return cast("tuple[Item, ...]", tuple(values))


def invalid(what: str) -> InvalidMapping:
    """The error of a mapping that says ``what``."""
    return InvalidMapping(
        f"cannot use the mapping: {what}",
        hint=NextStep("look at the mapping that was detected, and correct that", Action.INSPECT),
    )
