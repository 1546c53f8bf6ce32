"""Records to plain JSON values and back, for every record of ``core``."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import PurePath
from typing import Any, TypeVar, cast

Record = TypeVar("Record")


def to_json(value: object) -> Any:
    """Turn a record, or a container of records, into plain JSON values.

    Dates become ISO text, enums their value, paths text, tuples lists.

    Raises:
        TypeError: The value holds something that JSON has no word for.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (StrEnum, str)):
        return str(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [to_json(item) for item in cast("tuple[object, ...]", value)]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def from_json(kind: type[Record], value: object) -> Record:
    """Rebuild a record from what :func:`to_json` made of it.

    Unknown keys are ignored and missing ones take the record's default, so that
    a newer program reads what an older one wrote.

    Raises:
        TypeError: A required field is missing or a value has the wrong shape.
        ValueError: An enum or date holds an unknown value.
    """
    return cast("Record", _build(kind, value))


def _build(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [item for item in arguments if item is not type(None)]
        return None if value is None else _build(inner[0], value)
    if origin is tuple:
        return tuple(_build(arguments[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict(value)
    if is_dataclass(kind):
        hints = _field_types(kind)
        values = {name: _build(hints[name], item) for name, item in value.items() if name in hints}
        return cast("Any", kind)(**values)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(value)
    return value


@cache
def _field_types(kind: type) -> Mapping[str, Any]:
    """The types of a record's fields; resolving them anew took most of the time for a long document."""
    hints = typing.get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}
