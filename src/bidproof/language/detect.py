"""Which language a question is in, by its commonest words and its script: a heuristic for slices."""

import re
import unicodedata
from collections import Counter

from bidproof.language.lexicon import LANGUAGES, STEMMERS, word_set

_COMMON = {
    language: word_set("common", *(["stop.shared"] if language in STEMMERS else []), language=language)
    for language in LANGUAGES
}
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
_LEAST_WORDS = 3
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
    counts = Counter({name: sum(word in common for word in found) for name, common in _COMMON.items()})
    (best, first), (_, second) = counts.most_common(2)
    return best if first >= 2 and first > second else "unknown"


def _script(text: str) -> str:
    """The language or script that most letters belong to, where they are not Latin."""
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
