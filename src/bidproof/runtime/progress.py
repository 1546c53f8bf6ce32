"""How a flow tells that it moves on, without knowing who listens."""

from collections.abc import Callable
from dataclasses import dataclass, replace


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


def without_notes(progress: Progress, *, stage: str) -> Progress:
    """Leave a stage's notes out, for a report that lists them at its end."""

    def tell(step: Step) -> None:
        progress(replace(step, note="") if step.stage == stage else step)

    return tell


def silent(step: Step) -> None:
    """Listen to nothing."""
