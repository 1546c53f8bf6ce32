"""Fit how sure to be, which model to ask, and what may be promised."""

from dataclasses import dataclass, field

from bidproof.core.options import option
from bidproof.routing.options import RouteOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRequest:
    """What to fit: a run of the program, or one of each program of a cascade, on the same cases."""

    small: str
    large: str = ""
    metric: str = option("", help="What says that an answer is right. [default: the most telling of the run]")
    least_right: float = option(0.5, flags=("--least",), help="Right from this value on.")
    options: RouteOptions = field(default_factory=RouteOptions)
