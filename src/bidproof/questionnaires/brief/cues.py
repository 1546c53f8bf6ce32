"""Which topic a unit speaks of, by cue words in its text, row, column, lead and heading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bidproof.language.detect import guess_language
from bidproof.language.rules import read_data, read_patterns
from bidproof.questionnaires.brief.mentions import without_addresses
from bidproof.questionnaires.brief.units import Unit

ROOM = "bidproof.questionnaires.brief"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
"""Languages whose cue words are known: a file each."""

_WEIGHTS: Mapping[str, float] = {"text": 2, "row": 3, "column": 2, "lead": 1, "heading": 1}
LEAST = 2.0
"""What must speak for a topic: words of the text itself, of its row or of its column."""


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words of the languages that a file is written in."""

    languages: tuple[str, ...]

    def find(self, name: str, text: str) -> re.Match[str] | None:
        """The first cue of this name in a text."""
        found = (pattern.search(text) for pattern in _patterns(self.languages).get(name, ()) if text)
        return next((match for match in found if match), None)

    def score(self, name: str, unit: Unit, *, text: str | None = None) -> float:
        """How much speaks for a topic; 0 where a word stands there that rules it out.

        Args:
            name: The topic's cues.
            unit: What is read.
            text: The part of the unit's words that counts; None for all.
        """
        around = {
            "text": without_addresses(unit.text if text is None else text),
            "row": unit.row,
            "column": "" if self.find("plain_column", unit.column) else unit.column,
            "lead": unit.lead,
            "heading": unit.title,
        }
        if any(self.find(f"{name}_not", words) for words in (unit.text, unit.row, unit.title)):
            return 0.0
        told = sum(weight for place, weight in _WEIGHTS.items() if self.find(name, around[place]))
        is_listed = unit.kind in ("item", "cell") and self.find(f"{name}_section", unit.title)
        return told + (LEAST if is_listed else 0.0)

    def ask(self, name: str) -> str:
        """The sentence that asks the buyer about something, in the file's own language."""
        for language in self.languages:
            if name in (sentences := read_data(ROOM, language)["ask"]):
                return str(sentences[name])
        return str(read_data(ROOM, "en")["ask"][name])

    def topic_name(self, name: str, *, default: str) -> str:
        """What a topic is called in the file's own language."""
        for language in self.languages:
            if name in (names := read_data(ROOM, language).get("names", {})):
                return str(names[name])
        return default


def cues_for(texts: Sequence[str]) -> Cues:
    """The cues for files in these languages; English words count everywhere."""
    guessed = dict.fromkeys(guess_language(text) for text in texts)
    known = [language for language in guessed if language in LANGUAGES]
    return Cues((*(language for language in known if language != "en"), "en"))


@cache
def _patterns(languages: tuple[str, ...]) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    tables = [read_patterns(ROOM, language) for language in languages]
    names = {name for table in tables for name in table}
    return {name: tuple(table[name] for table in tables if name in table) for name in names}
