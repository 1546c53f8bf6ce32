"""What is dear to open, opened once a process and shared by its threads."""

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True, kw_only=True)
class _Place(Generic[Value]):
    """One value, or none yet; its lock keeps a second thread from making it too."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Value | None = None


class Kept(Generic[Key, Value]):
    """The values used last, by key; thread-safe.

    A value that makes room for others is only let go of: whoever uses it goes on, and
    what it holds is freed with its last user. A value that must be closed says so with
    ``weakref.finalize``, which also runs when the process ends. A forked child starts
    with nothing, since threads and connections do not live on in it.

    Args:
        most: How much is kept, by weight; the value used last stays however heavy it is.
        weigh: What one value counts for, at this moment.
    """

    def __init__(self, *, most: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self._most, self._weigh = most, weigh
        self._start()
        _everything.add(self)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made now where there is none; others with that key wait for it."""
        with self._lock:
            place = self._places.setdefault(key, _Place[Value]())
            self._places.move_to_end(key)
        with place.lock:
            if place.value is None:
                place.value = make()
            value = place.value
        self._make_room()
        return value

    def drop(self, key: Key, value: Value) -> None:
        """Let go of a value that is no good any more, unless another has taken its place."""
        with self._lock:
            place = self._places.get(key)
            if place is not None and place.value is value:
                del self._places[key]

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._places.clear()

    def _make_room(self) -> None:
        with self._lock:
            values = [(key, place.value) for key, place in self._places.items() if place.value is not None]
            total = sum(self._weigh(value) for _, value in values)
            for key, value in values[:-1]:
                if total <= self._most:
                    break
                total -= self._weigh(value)
                del self._places[key]

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._places: OrderedDict[Key, _Place[Value]] = OrderedDict()

    def leave_to_parent(self) -> None:
        """Start anew in a forked child, without touching what belongs to its parent."""
        _of_parent.append(self._places)
        self._start()


_everything: "weakref.WeakSet[Kept[Any, Any]]" = weakref.WeakSet()
_of_parent: list[object] = []


def close_all() -> None:
    """Let go of everything that this process keeps open."""
    for kept in tuple(_everything):
        kept.clear()


def _leave_all_to_parent() -> None:
    for kept in tuple(_everything):
        kept.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all_to_parent)
