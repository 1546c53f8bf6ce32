"""The words of a room as patterns, kept in data files beside its modules: ``data/<name>.toml``.

A pattern is a regular expression of one or more lines; any line may match. ``{party}``
in it stands for the part of that name, which is written the same way in ``[parts]``.

* ``[patterns]``: by name.
* ``[[rule]]``: tried in order; ``is`` says what a text is where the pattern in ``fits`` is found.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_PART = re.compile(r"\{([a-z_]+)\}")


@cache
def read_data(package: str, name: str) -> Mapping[str, Any]:
    """What a data file beside a package's modules holds; read once, never to be changed."""
    return tomllib.loads((files(package) / "data" / f"{name}.toml").read_text("utf-8"))


@cache
def read_patterns(package: str, name: str, *, flags: int = re.IGNORECASE) -> Mapping[str, re.Pattern[str]]:
    """The patterns of a data file by their names."""
    data = read_data(package, name)
    patterns = data.get("patterns", {})
    return {called: re.compile(_expression(lines, data), flags) for called, lines in patterns.items()}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a data file, in the order in which they are tried."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def first(self, text: str) -> str | None:
        """What the first rule that fits says; None where none fits."""
        return next((name for name, pattern in self.patterns if pattern.search(text)), None)


def read_rules(package: str, name: str, *, flags: int = 0) -> Rules:
    """The rules of a data file."""
    data = read_data(package, name)
    return Rules(
        tuple(
            (rule["is"], re.compile(_expression(rule["fits"], data), flags)) for rule in data.get("rule", ())
        )
    )


def _expression(lines: str, data: Mapping[str, Any]) -> str:
    either = "|".join(lines.strip("\n").split("\n"))
    return _PART.sub(lambda part: f"(?:{_expression(data['parts'][part[1]], data)})", either)
