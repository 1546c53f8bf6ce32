"""Memory that was freed, given back to the system."""

import ctypes
from functools import cache
from typing import Any


def release_freed() -> None:
    """Give back what the C library keeps of freed memory; does nothing where it has no such call.

    glibc keeps an arena for each thread, and what is freed between two living blocks stays resident: after
    large documents were read beside an embedding thread that is a quarter of a process.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):  # no such library; Windows has none without a name
        return None
