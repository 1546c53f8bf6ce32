"""Word lists of each language, written once in ``data/<language>.toml``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bidproof.language.rules import read_data

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "no"),
    *("ru", "el", "ar", "he", "ja", "zh", "ko"),
)
"""Languages that have lists."""

STEMMERS = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch_porter",
    "pl": "polish",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "ru": "russian",
    "el": "greek",
    "ar": "arabic",
}
"""Languages whose words are stemmed, with the names of their Snowball stemmers."""

INDEXED = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages in whose stems passages are indexed; of the others, words are indexed as they stand."""


def lexicon(language: str = "en") -> Mapping[str, Any]:
    """Everything that a language's file lists, if it has one; read once, never to be changed."""
    return read_data("bidproof.language", language) if language in LANGUAGES else {}


def word_list(name: str, *, language: str = "en") -> tuple[str, ...]:
    """The words of a list in their order; ``name`` is ``section.list``, or ``list`` outside any section.

    A language may lack a list: it has no words then.
    """
    found: Any = lexicon(language)
    for part in name.split("."):
        found = found.get(part, {})
    return tuple(found.split()) if found else ()


@cache
def months(*languages: str) -> Mapping[str, int]:
    """Months by name, 1 to 12, abbreviations among them; of every language that lists them unless told."""
    rows = [lexicon(language)["numbers"]["months"] for language in languages or INDEXED]
    return {
        name: number for row in rows for number, names in enumerate(row, start=1) for name in names.split()
    }


def word_set(*names: str, language: str = "en") -> frozenset[str]:
    """The words of one list or of several together."""
    return frozenset(word for name in names for word in word_list(name, language=language))
