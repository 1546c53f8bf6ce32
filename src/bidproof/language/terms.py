"""Words to index and to search for: stems, parts of compounds, and codes kept whole."""

import re
import unicodedata
from functools import cache, lru_cache

from bidproof.language.detect import guess_language, reading_language
from bidproof.language.lexicon import INDEXED, word_set
from bidproof.language.words import letter_pairs, stem, without_article

# A run of word characters, joined by marks that occur inside codes, versions, paths and names.
_WORD = re.compile(r"\w+(?:(?:[-_./:&'’+#]|,(?=\d{3}))\w+)*[+#]*")
_SEPARATOR = re.compile(r"[^\w]+|_+")
_HUMP = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]{2})|[A-Z]?[a-z]+|[A-Z]+|\d+")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")

STOP_WORDS = word_set("stop.shared", "stop.searches")
"""English words that carry no topic; dropped from queries, kept in the index."""
_TOLD_BY = 2_000
"""How many characters of a text its language is told by."""


def index_terms(text: str) -> list[str]:
    """Terms a passage can be found by, in order, repeats kept.

    A plain word gives its stem. A compound (``REQ-004217``, ``AES-256``,
    ``KeyRotation``, ``v1.2.3``, ``docs/intro.md``) gives itself in lower case
    and the stems of its parts, so a code matches exactly and its parts match
    in prose. A word of a text in another language than English that has a stemmer
    gives its stem there, and its English one where that differs: the language of a
    question or a table is not always told.
    """
    language = _language(text)
    terms: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text)):
        terms.extend(word_terms(match.group(), language))
    return terms


def query_terms(text: str) -> list[str]:
    """Distinct terms of a question, in order, stop words left out.

    When a text is stop words alone, they are kept: a poor query beats none.
    """
    language = reading_language(text[:_TOLD_BY])
    words = [match.group() for match in _WORD.finditer(unicodedata.normalize("NFKC", text))]
    silent = _stop_words(language)
    telling = [word for word in words if word.lower() not in silent]
    terms = [term for word in telling or words for term in word_terms(word, language)]
    return list(dict.fromkeys(terms))


@cache
def _stop_words(language: str) -> frozenset[str]:
    own = word_set("stop.shared", "questions.asking", language=language)
    return STOP_WORDS if language == "en" else own


def _language(text: str) -> str:
    """The language of a text where its words are stemmed in it, else English."""
    guessed = guess_language(text[:_TOLD_BY])
    return guessed if guessed in INDEXED else "en"


@lru_cache(maxsize=200_000)
def word_terms(word: str, language: str) -> tuple[str, ...]:
    """Terms of one word of a text in a language; see :func:`index_terms`."""
    if language != "en":
        word = without_article(word)
    word = _POSSESSIVE.sub("", word)
    if pairs := letter_pairs(word):
        return pairs
    whole = word.lower()
    parts = _parts(word)
    if len(parts) <= 1 and (not parts or parts[0] == whole):
        return _stems(whole, language) if whole else ()
    stems = tuple(found for part in parts if len(part) > 1 for found in _stems(part, language))
    return (whole, *(found for found in stems if found != whole))


def _parts(word: str) -> list[str]:
    """Split at punctuation and, within plain letters, where capitals or digits begin."""
    parts: list[str] = []
    for piece in _SEPARATOR.split(word):
        humps = _HUMP.findall(piece) if piece.isascii() else [piece]
        parts.extend(hump.lower() for hump in humps if hump)
    return parts


def _stems(word: str, language: str) -> tuple[str, ...]:
    """The stem of a word, in its language first."""
    english = stem(word) if word.isascii() and word.isalpha() else word
    if language not in INDEXED or language == "en" or not word.isalpha():
        return (english,)
    return tuple(dict.fromkeys((stem(word, language), english)))
