"""What endpoints refused by name, and which models think: adapted to from there on, for a week.

What one client learns of a model, all of this process know, and with :func:`kept_in` later ones.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, cast

from bidproof.core.ids import digest
from bidproof.core.jsonable import json_text, parse_json

THINKS = "thinks"
"""Stands among a model's fields where it used up its tokens on thoughts."""

_FACT = "fields that endpoints refused"
_KEPT = timedelta(days=7)
_learnt: dict[str, dict[str, str]] = {}


class Facts(Protocol):
    """Named texts about a workspace."""

    def get(self, name: str) -> str | None:
        """The text stored under a name."""
        ...

    def set(self, name: str, value: str) -> None:
        """Store a text under a name."""
        ...


def adaptations_of(*endpoint: str) -> dict[str, str]:
    """The fields that an endpoint refused, each with the day; what is added is known from there on."""
    return _learnt.setdefault(digest(*endpoint), {})


def today() -> str:
    """The day as it is kept."""
    return datetime.now(UTC).date().isoformat()


@contextmanager
def kept_in(facts: Facts) -> Generator[None]:
    """Know inside the block what earlier processes learnt in the last week; keep what is learnt in it."""
    stored = _read(facts)
    for endpoint, fields in stored.items():
        _learnt.setdefault(endpoint, {}).update(fields)
    before = {endpoint: dict(fields) for endpoint, fields in _learnt.items()}
    try:
        yield
    finally:
        new = {name: fields for name, fields in _learnt.items() if fields != before.get(name, {})}
        if new:
            facts.set(_FACT, json_text({**_read(facts), **new}))


def _read(facts: Facts) -> dict[str, dict[str, str]]:
    """What is stored and not too old; nothing where that cannot be read."""
    oldest = datetime.now(UTC).date() - _KEPT
    try:
        stored = cast("dict[str, dict[str, str]]", parse_json(facts.get(_FACT) or "{}"))
        return {
            endpoint: {name: day for name, day in fields.items() if date.fromisoformat(day) >= oldest}
            for endpoint, fields in stored.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}
