"""What a guarded child may send back, and the narrow door it comes through."""

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from enum import Enum
from typing import Any, Literal

from bidproof.core import errors, next_steps

_PLAIN = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("builtins", "complex"),
        ("pathlib", "PosixPath"),
        ("pathlib", "PurePosixPath"),
        (errors.__name__, "_rebuild"),
        (next_steps.__name__, "_rebuild"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How a call in the child ended.

    ``value`` is the result, a :class:`BidproofError`, or the text of a bug.
    """

    outcome: Literal["value", "error", "memory"]
    value: object = None


class _PlainPickler(pickle.Pickler):
    """Names an enum member by its value; Python 3.11.2 would send ``getattr``, which may not pass."""

    def reducer_override(self, value: object, /) -> Any:
        """Take enum members apart; leave the rest to pickle."""
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


class _NarrowUnpickler(pickle.Unpickler):
    """Builds Bidproof's records, enums and errors, and plain values; nothing else.

    A parser that was captured by a hostile file could send any pickle; the
    pickle protocol can name any callable, so names are checked one by one.
    """

    def find_class(self, module_name: str, global_name: str, /) -> object:
        """Resolve a name that a reply refers to, or refuse."""
        if (module_name, global_name) in _PLAIN:
            return super().find_class(module_name, global_name)
        if module_name.startswith("bidproof."):
            found = super().find_class(module_name, global_name)
            if isinstance(found, type) and _is_record(found):
                return found
        raise pickle.UnpicklingError(f"{module_name}.{global_name} may not come out of a parser process")


def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, (Enum, errors.BidproofError))


def dump_reply(reply: Reply) -> bytes:
    """Pickle a reply in the child."""
    raw = io.BytesIO()
    _PlainPickler(raw, protocol=pickle.HIGHEST_PROTOCOL).dump(reply)
    return raw.getvalue()


class BadReply(Exception):
    """The bytes are no reply, or name a type that may not pass."""


def load_reply(raw: bytes) -> Reply:
    """Rebuild a reply in the parent.

    Raises:
        BadReply: See there.
    """
    try:
        reply = _NarrowUnpickler(io.BytesIO(raw)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, IndexError) as error:
        raise BadReply(str(error)) from error
    if not isinstance(reply, Reply):
        raise BadReply("not a reply")
    return reply


Task = Callable[[object], object]
