"""A table of prices that the user keeps: ``prices.toml`` in the workspace; nothing is ever downloaded.

Each table is named by a model or by a pattern with ``*``; prices are US dollars
per million tokens. A name said in full comes before a pattern, a longer pattern
before a shorter one.
"""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

from bidproof.core.errors import InvalidSetting
from bidproof.llm.providers import bare_name

PRICES_FILE = "prices.toml"
_FIELDS = ("prompt", "completion", "cached_prompt")

TEMPLATE = """\
# Prices in US dollars per million tokens, as your provider states them. A table is named by a
# model, or by a pattern with *. They are used where model.prompt_price and model.completion_price
# are not set. Nothing is downloaded: correct them here when they change.
#
# ["large-model-2026"]
# prompt = 2.50
# completion = 10.00
# cached_prompt = 1.25      # prompt tokens from the provider's cache; leave out when the same
#
# ["small-*"]
# prompt = 0.15
# completion = 0.60
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens; ``cached_prompt`` is None where the cache saves nothing."""

    prompt: float
    completion: float
    cached_prompt: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """Prices by model name or pattern, in the order of the file."""

    entries: tuple[tuple[str, Price], ...] = ()

    def price_of(self, model: str) -> Price | None:
        """The price of a model, named with its provider or without; None where nothing fits its name."""
        named = dict(self.entries)
        bare = bare_name(model)
        if model in named or bare in named:
            return named.get(model) or named[bare]
        fitting = [pattern for pattern in named if fnmatchcase(model, pattern) or fnmatchcase(bare, pattern)]
        return named[max(fitting, key=len)] if model and fitting else None


def read_prices(path: Path) -> PriceTable:
    """Read a table; an empty one where there is no file.

    Raises:
        InvalidSetting: The file is no TOML, or an entry is no price.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return PriceTable()
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise InvalidSetting(
            f"cannot read {str(path)!r}: {error}, expected TOML", hint="correct or remove the file"
        ) from error
    return PriceTable(entries=tuple((name, _price(path, name, entry)) for name, entry in content.items()))


def _price(path: Path, name: str, entry: object) -> Price:
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    numbers = {key: _number(value) for key, value in fields.items() if key in _FIELDS}
    unknown = [key for key in fields if key not in _FIELDS]
    wrong = [key for key, value in numbers.items() if value is None]
    if unknown or wrong or "prompt" not in numbers or "completion" not in numbers:
        found = ", ".join(repr(key) for key in (*unknown, *wrong)) or "not both of them"
        raise InvalidSetting(
            f"cannot take the price of {name!r} in {str(path)!r}: found {found}, expected prompt and "
            f"completion (and cached_prompt) as numbers of 0 or more",
            hint=f'write ["{name}"] with a line prompt = … and a line completion = …',
        )
    return Price(
        prompt=numbers["prompt"] or 0.0,
        completion=numbers["completion"] or 0.0,
        cached_prompt=numbers.get("cached_prompt"),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < float("inf") else None
