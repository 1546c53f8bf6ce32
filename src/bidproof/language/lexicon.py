"""Word lists of each language, written once in ``data/<language>.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
"""Languages that have lists; all but English only the commonest words and those for yes and no."""


@cache
def lexicon(language: str = "en") -> Mapping[str, Any]:
    """Everything that a language's file lists; read once, never to be changed."""
    file = files("bidproof.language") / "data" / f"{language}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def word_list(name: str, *, language: str = "en") -> tuple[str, ...]:
    """The words of a list in their order; ``name`` is ``section.list``, or ``list`` outside any section."""
    found: Any = lexicon(language)
    for part in name.split("."):
        found = found[part]
    return tuple(found.split())


def word_set(*names: str, language: str = "en") -> frozenset[str]:
    """The words of one list or of several together."""
    return frozenset(word for name in names for word in word_list(name, language=language))
