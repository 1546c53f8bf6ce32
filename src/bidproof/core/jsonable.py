"""JSON text that somebody else wrote to values, within bounds; records to JSON values and back."""

import json
import math
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import PurePath
from typing import Any, TypeVar, cast

Record = TypeVar("Record")

MAX_DEPTH = 100
MAX_CHARS = 64 << 20
_MAX_INTEGER = 1 << 64


def parse_json(text: str | bytes, *, max_chars: int = MAX_CHARS) -> Any:
    """Read JSON that somebody else wrote: small enough to hold, flat enough to walk, and of sound values.

    Stricter than :func:`json.loads`, so that what comes back can be printed, stored and compared:
    at most ``MAX_DEPTH`` levels, integers within 64 bits, finite numbers, text without half
    characters (lone surrogates).

    Args:
        text: JSON; bytes are UTF-8.
        max_chars: Longest text, in characters or bytes.

    Raises:
        ValueError: It is no JSON, or outside of these bounds; the message says which.
    """
    if len(text) > max_chars:
        raise ValueError(f"{len(text)} characters, expected at most {max_chars}")
    try:
        value = json.loads(
            text if isinstance(text, str) else text.decode("utf-8-sig"), parse_constant=_not_a_number
        )
    except RecursionError as error:
        raise ValueError(f"more than {MAX_DEPTH} levels of nesting") from error
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for item in level for inner in _inner(item)]
    if level:
        raise ValueError(f"more than {MAX_DEPTH} levels of nesting")
    return value


def _not_a_number(name: str) -> Any:
    raise ValueError(f"{name}, which is no number of JSON")


def _inner(value: object) -> Collection[object]:
    """What a value holds; refuses a scalar that is out of bounds."""
    if isinstance(value, str):
        if not value.isascii():
            value.encode()  # UnicodeEncodeError, a ValueError, for half of a surrogate pair
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value}, expected a finite number")
    elif isinstance(value, int):
        if abs(value) >= _MAX_INTEGER:
            raise ValueError("an integer beyond 64 bits")
    elif isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        return [*inner, *inner.values()]
    elif isinstance(value, list):
        return cast("list[object]", value)
    return ()


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


def json_text(value: object) -> str:
    """One JSON document that people can read, ended by a line feed."""
    return json.dumps(to_json(value), ensure_ascii=False, indent=2) + "\n"


def from_json(kind: type[Record], value: object) -> Record:
    """Rebuild a record from what :func:`to_json` made of it.

    Unknown keys are ignored and missing ones take the record's default, so that
    a newer program reads what an older one wrote.

    Raises:
        TypeError: A required field is missing or a value has the wrong shape.
        ValueError: An enum, a choice or a date holds an unknown value.
    """
    return cast("Record", _build(kind, value))


def _build(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [item for item in arguments if item is not type(None)]
        return None if value is None else _build(inner[0], value)
    if origin is typing.Literal:
        if value not in arguments:
            raise ValueError(f"found {value!r}, expected one of {', '.join(map(repr, arguments))}")
        return value
    if isinstance(origin, type) and issubclass(origin, (tuple, frozenset)):
        _check(value, list)
        return cast("Any", origin)(_build(arguments[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _check(value, dict)
        return {name: _build(arguments[1], item) for name, item in value.items()}
    if is_dataclass(kind):
        hints = _field_types(kind)
        values = {name: _build(hints[name], item) for name, item in value.items() if name in hints}
        return cast("Any", kind)(**values)
    return _build_scalar(kind, value)


def _build_scalar(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, PurePath):
        _check(value, str)
        return kind(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind in (str, int, float, bool):
        _check(value, kind)
    return value


def _check(value: object, kind: type) -> None:
    is_fit = type(value) is kind or (kind is float and type(value) is int)
    if not is_fit:
        raise TypeError(f"found {type(value).__name__}, expected {kind.__name__}")


@cache
def _field_types(kind: type) -> Mapping[str, Any]:
    """The types of a record's fields; resolving them anew took most of the time for a long document."""
    hints = typing.get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}
