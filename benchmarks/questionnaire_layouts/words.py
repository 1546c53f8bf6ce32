"""The words of one language that layouts are made of, drawn by a seeded generator."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


@cache
def _read(language: str) -> dict:
    return tomllib.loads((Path(__file__).parent / "words" / f"{language}.toml").read_text(encoding="utf-8"))


class Words:
    """Sentences, labels, headers and options of a language.

    Headers and sheet names are written in three ways: layouts that are shown use the first two,
    layouts that are kept apart the last two, so that their wording differs, too.
    """

    def __init__(self, language: str, rng: Random, *, is_kept: bool) -> None:
        self.language = language
        self.rng = rng
        self._table = _read(language)
        self._wordings = (1, 2) if is_kept else (0, 1)
        self._unused: dict[str, list[str]] = {}

    def header(self, name: str) -> str:
        """One wording of a column's header."""
        return self._one(self._table["headers"][name])

    def sheet(self, name: str) -> str:
        """One wording of a sheet's name."""
        return self._one(self._table["sheets"][name])

    def options(self, name: str) -> tuple[str, ...]:
        """A dropdown's values."""
        return tuple(self._table["options"][name])

    def text(self, name: str) -> str:
        """One of the texts of a kind."""
        return self.rng.choice(self.texts(name))

    def texts(self, name: str) -> Sequence:
        """All texts of a kind, in the file's order."""
        return self._table["texts"][name]

    def all(self, name: str) -> Sequence[str]:
        """All sentences of a kind."""
        return self._table[name]

    def more_headers(self, count: int) -> list[str]:
        """Headers of columns that are the buyer's own."""
        return self.rng.sample(self._table["headers"]["more"], count)

    def draw(self, name: str, count: int) -> list[str]:
        """Sentences of a kind; none twice before all were used."""
        drawn: list[str] = []
        while len(drawn) < count:
            left = self._unused.setdefault(name, [])
            if not left:
                left.extend(self.rng.sample(self._table[name], len(self._table[name])))
            drawn.append(left.pop())
        return drawn

    def _one(self, wordings: Sequence[str]) -> str:
        return wordings[self.rng.choice(self._wordings)]
