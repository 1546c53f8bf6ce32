"""Keep libraries that print as they work off the terminal; everybody else's output goes through."""

import logging
import sys
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO, cast

_TALKATIVE = ("dspy", "optuna", "gepa")


# Set where quiet began, and so in the threads that are started with a copy of its context.
_is_quiet: ContextVar[bool] = ContextVar("is quiet", default=False)


class _Filter:
    """A stream that swallows what is written in quiet; all else is the stream's own."""

    def __init__(self, stream: Any, loud: int) -> None:
        self._stream = stream
        self._loud = loud

    def write(self, text: str) -> int:
        if _is_quiet.get() and threading.get_ident() != self._loud:
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def quiet(*, loud: int) -> Generator[None]:
    """Silence what is printed, warned of and logged in here, threads started from here included.

    Args:
        loud: Identity of a thread that is heard all the same: the event loop's, which
            does work for here and for others.
    """
    out, err = sys.stdout, sys.stderr
    levels = {name: logging.getLogger(name).level for name in _TALKATIVE}
    token = _is_quiet.set(True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.stdout = cast("TextIO", _Filter(out, loud))
        sys.stderr = cast("TextIO", _Filter(err, loud))
        for name in levels:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err
            _is_quiet.reset(token)
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
