"""How a flow tells that it moves on, without knowing who listens."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sign of progress.

    ``stage`` names what is going on in the user's words. ``done`` and ``total``
    count its units; ``total`` is None while unknown. ``note`` is one line about
    the unit just finished, e.g. a file that could not be read.
    """

    stage: str
    done: int
    total: int | None
    note: str = ""


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Listen to nothing."""
