"""What a request's field says about itself, so that every face can ask for its value in the same words."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field
from typing import Any, TypeVar, cast, overload

_KEY = "option"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How a field is asked for.

    Attributes:
        help: One line; its default is shown behind it, unless it says ``[default: …]`` itself.
        flags: Names on a command line; empty for ``--`` and the field's name. A switch whose
            field is True by default turns it off: ``has_report`` by ``--no-report``. ``--x/--no-x``
            is a switch with a third state, None, where neither is said.
        metavar: What a command line calls the value.
        choices: The values allowed; empty for those of the field's type.
        least: Least value of a number.
        above: A number is larger than this.
        most: Largest value of a number.
        has_commas: Several values may be given at once, with commas between.
    """

    help: str
    flags: tuple[str, ...] = ()
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    above: float | None = None
    most: float | None = None
    has_commas: bool = False


@overload
def option(*, help: str, **how: Any) -> Any: ...
@overload
def option(default: Value, *, help: str, **how: Any) -> Value: ...
def option(default: object = MISSING, *, help: str, **how: Any) -> Any:
    """A dataclass field that people fill in; without a default it is required.

    Args:
        default: What stands where nothing is said.
        help: See :class:`Option`, as for the rest.
        **how: Further attributes of :class:`Option`.
    """
    metadata = {_KEY: Option(help=help, **how)}
    if isinstance(default, Mapping):
        copied = dict(cast("Mapping[str, str]", default))
        return field(default_factory=lambda: dict(copied), metadata=metadata)
    return field(default=default, metadata=metadata)


def option_of(item: Field[Any]) -> Option | None:
    """How a field is asked for; None where it is no option."""
    return item.metadata.get(_KEY)
