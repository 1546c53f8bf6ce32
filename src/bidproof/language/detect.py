"""Which language a question is in, by its commonest words and its script: a heuristic for slices."""

import re
import unicodedata
from collections import Counter, defaultdict

from bidproof.language.lexicon import LANGUAGES, word_set


def _spoken_in(*lists: str) -> dict[str, tuple[str, ...]]:
    """Every word of these lists, with the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        for word in word_set(*lists, language=language):
            found[word] = (*found.get(word, ()), language)
    return found


_SPOKEN_IN = _spoken_in("common", "stop.shared")
_ASKED_IN = _spoken_in("common", "stop.shared", "questions.asking", "questions.parties")
_SCRIPTS = {
    "CYRILLIC": "cyrillic",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
_LISTED = {"cyrillic": "ru"}
"""Whose lists serve a script of several languages."""
_LEAST_WORDS = 3
_LEAST_AHEAD = 0.5
"""By how much another language must be ahead of English, in words that it alone has."""
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str:
    """A language code such as ``en``, a script's name where it has several languages, or ``unknown``.

    Counts each language's commonest words; a tie, or fewer than two of them, is
    ``unknown``. Not for short or mixed texts.
    """
    script = _script(text)
    if script:
        return script
    found = [word.casefold() for word in _WORD.findall(text)]
    if len(found) < _LEAST_WORDS:
        return "unknown"
    counts = Counter(language for word in found for language in _SPOKEN_IN.get(word, ()))
    (best, first), (_, second) = (*counts.most_common(2), ("", 0), ("", 0))[:2]
    return best if first >= 2 and first > second else "unknown"


def reading_language(text: str) -> str:
    """The language whose lists read a question, or the code of a script that has none.

    What :func:`guess_language` says; where it cannot tell, as of few words, each word counts for less, the
    more languages have it. English where nothing is told.
    """
    guessed = guess_language(text)
    if guessed != "unknown":
        return _LISTED.get(guessed, guessed)
    told: defaultdict[str, float] = defaultdict(float)
    for word in _WORD.findall(text):
        languages = _ASKED_IN.get(word.lower(), ())
        for language in languages if len(word) > 1 else ():
            told[language] += 1 / len(languages)
    best = max(told, key=lambda language: told[language], default="en")
    return best if told[best] > (_LEAST_AHEAD if told["en"] else 0.0) + told["en"] else "en"


def _script(text: str) -> str:
    """The language or script that most letters belong to, where they are not Latin."""
    if text.isascii():
        return ""
    letters = [char for char in text if char.isalpha()]
    counts: Counter[str] = Counter()
    for char in letters:
        name = unicodedata.name(char, "").split(" ")[0]
        if name in _SCRIPTS:
            counts[_SCRIPTS[name]] += 1
    if not counts or sum(counts.values()) * 2 < len(letters):
        return ""
    # Japanese mixes Chinese characters with its own.
    return "ja" if counts["ja"] else counts.most_common(1)[0][0]
