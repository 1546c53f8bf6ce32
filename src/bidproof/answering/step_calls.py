"""See what each step of a program was shown and said, while somebody looks.

An optimiser of prompts learns from single calls, of which a draft tells little.
Nothing is kept, and nothing is spent, while nobody looks.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCall:
    """One model call whose reply had the right shape; nothing of it is checked.

    Attributes:
        signature: Name of the step's signature.
        inputs: As sent, fenced; with ``reply`` and ``problems`` where a reply was to be corrected.
        fields: The reply, by output field.
    """

    signature: str
    inputs: Mapping[str, str]
    fields: Mapping[str, Any]


_watcher: ContextVar[Callable[[StepCall], None] | None] = ContextVar("watcher of step calls", default=None)


@contextmanager
def watching(watcher: Callable[[StepCall], None]) -> Generator[None]:
    """Hand every step call made inside, tasks started inside included, to ``watcher``."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(signature: type[Any], inputs: Mapping[str, str], fields: Mapping[str, Any]) -> None:
    """Tell of a finished call, if somebody looks."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(StepCall(signature=signature.__name__, inputs=dict(inputs), fields=dict(fields)))
