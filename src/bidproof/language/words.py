"""Words of a text as stems, with the words that carry no meaning left out."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingImports=false
# PyStemmer ships no types.

import re
import threading
from functools import cache, lru_cache
from itertools import pairwise

import Stemmer

from bidproof.language.lexicon import STEMMERS, word_set
from bidproof.language.rules import read_patterns

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKED = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0981-\u0dff])+(?:['’][^\W_]+)?"
)
"""The same with the marks that some scripts put on their letters: vowels of Hindi, points of Hebrew."""
_JOINT = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_LEAST_JOINED = 3
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""Letters of scripts that put no blank between words."""
_KANA = re.compile(r"[\u3040-\u309f]+")
"""Japanese endings and particles."""
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|nell|sull|un)['’](?=\w{2})", re.IGNORECASE)
"""French and Italian articles before a vowel: ``l'accès``."""
_LEAST_STEM = 3
_stemmers = threading.local()

STOP_WORDS = word_set("stop.shared", "stop.answers")
"""English words that say nothing about the topic of a text. Negations are not among them."""


def words(text: str) -> list[str]:
    """Every word of a text in lower case, in order; apostrophes kept straight."""
    found: list[str] = (_WORD if text.isascii() else _MARKED).findall(text)
    joined: str = " ".join(found)
    return joined.lower().replace("’", "'").split(" ") if found else []


@lru_cache(maxsize=512)
def spellings(text: str) -> frozenset[str]:
    """Every word of a text, as written, joined and parted: ``GroundTruth`` and ``Ground Truth``."""
    own = words(text)
    joined = (one + other for one, other in pairwise(own) if min(len(one), len(other)) >= _LEAST_JOINED)
    return frozenset((*own, *words(_JOINT.sub(" ", text)), *joined))


def count_words(text: str) -> int:
    """How long a text is: words between blanks, and two letters a word in scripts that have no blanks."""
    count = len(text.split())
    return count if text.isascii() else count + len(_UNSPACED.findall(text)) // 2


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words of a language that say nothing about the topic of a text; in scripts without blanks, letters."""
    return STOP_WORDS if language == "en" else word_set("stop.shared", language=language)


def without_article(word: str) -> str:
    """A French or Italian word without the article that stands before it with an apostrophe."""
    return _ELIDED.sub("", word)


def letter_pairs(word: str) -> tuple[str, ...]:
    """The pairs of neighbouring letters that stand for a word in scripts without blanks; else none."""
    if not _UNSPACED.search(word):
        return ()
    return tuple(word[at : at + 2] for at in range(max(len(word) - 1, 1)))


@lru_cache(maxsize=65536)
def stem(word: str, language: str = "en") -> str:
    """The stem of one lower-case word in a language; without a Snowball stemmer, the word itself.

    An English possessive is dropped; a Hebrew word loses the letters that are written before it.
    """
    if language not in STEMMERS:
        return _without_prefix(word, language)
    name = STEMMERS[language]
    stemmer = getattr(_stemmers, name, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(name)
        setattr(_stemmers, name, stemmer)
    return str(stemmer.stemWord(word.removesuffix("'s")))


def _without_prefix(word: str, language: str) -> str:
    prefixes = word_set("prefixes", language=language)
    while len(word) > _LEAST_STEM and word[0] in prefixes:
        word = word[1:]
    return word


@lru_cache(maxsize=8192)
def content_stems(text: str, language: str = "en") -> tuple[str, ...]:
    """Stems of the words that carry meaning, in order, repeats kept.

    Kept for texts seen before: one question reads a statement up to four times, and
    the same passages come back for other questions.

    Args:
        text: In any language.
        language: In which its words are read: that of the question which is held against the text.
    """
    return tuple(_carrying(text, language, stop_words(language)))


def _carrying(text: str, language: str, silent: frozenset[str]) -> list[str]:
    found: list[str] = []
    for word in words(text):
        if _UNSPACED.search(word):
            runs = _separator(silent).split(word) if silent else [word]
            found += [pair for run in runs if run for pair in letter_pairs(run) if not _KANA.fullmatch(pair)]
            continue
        bare = word if language == "en" else without_article(word)
        if bare not in silent:
            found.append(stem(bare, language))
    return found


@lru_cache(maxsize=64)
def _separator(silent: frozenset[str]) -> re.Pattern[str]:
    """What parts the telling letters of a text without blanks: its silent words, longest first."""
    return re.compile("|".join(map(re.escape, sorted(silent, key=len, reverse=True))))


def term_value(asked: str, language: str = "en") -> float:
    """How much a stem tells about the topic: 0.4 for words any questionnaire repeats, else 1."""
    return _GENERIC_VALUE if asked in _generic_stems(language) else 1.0


_GENERIC_VALUE = 0.4


@cache
def _generic_stems(language: str) -> frozenset[str]:
    generic = word_set("questions.parties", "questions.generic", language=language)
    return frozenset(stem(word, language) for word in generic)


@cache
def _asking(language: str) -> frozenset[str]:
    return stop_words(language) | word_set("questions.asking", language=language)


def asked_stems(question: str, language: str = "en") -> list[str]:
    """Stems of what a question asks about, without the words it asks with."""
    if language == "en":
        question = read_patterns("bidproof.language", "en")["asked_how"].sub(" ", question)
    return _carrying(question, language, _asking(language)) or list(content_stems(question, language))
