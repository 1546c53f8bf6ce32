"""Words and rules of a room, kept in a data file beside its modules.

A file is TOML. Rules stand in ``[[rule]]`` tables in the order in which they are
tried: ``is`` says what a text that fits is, ``fits`` holds regular expressions, one
a line, any of which may match.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_data(package: str, name: str) -> Mapping[str, Any]:
    """What ``data/<name>.toml`` beside a package's modules holds; read once, never to be changed."""
    return tomllib.loads((files(package) / "data" / f"{name}.toml").read_text("utf-8"))


def any_of(lines: str, *, flags: int = 0) -> re.Pattern[str]:
    """A pattern that fits where one of these regular expressions does, one a line."""
    return re.compile("|".join(lines.strip("\n").split("\n")), flags)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in the order in which they are tried."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, tables: Iterable[Mapping[str, Any]], *, flags: int = 0) -> "Rules":
        """The rules of a data file's ``[[rule]]`` tables."""
        return cls(tuple((table["is"], any_of(table["fits"], flags=flags)) for table in tables))

    def first(self, text: str) -> str | None:
        """What the first rule that fits says; None where none fits."""
        return next((name for name, pattern in self.patterns if pattern.search(text)), None)
