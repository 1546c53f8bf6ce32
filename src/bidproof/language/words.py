"""Words of a text as stems, with the words that carry no meaning left out."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingImports=false
# PyStemmer ships no types.

import re
import threading
from functools import lru_cache
from itertools import pairwise

import Stemmer

from bidproof.language.lexicon import STEMMERS, word_set
from bidproof.language.rules import read_patterns

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_JOINT = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_LEAST_JOINED = 3
_stemmers = threading.local()

STOP_WORDS = word_set("stop.shared", "stop.answers")
"""Words that say nothing about the topic of a text. Negations are not among them."""

_ASKING = word_set("questions.asking")


def words(text: str) -> list[str]:
    """Every word of a text in lower case, in order; apostrophes kept straight."""
    found: list[str] = _WORD.findall(text)
    joined: str = " ".join(found)
    return joined.lower().replace("’", "'").split(" ") if found else []


@lru_cache(maxsize=512)
def spellings(text: str) -> frozenset[str]:
    """Every word of a text, as written, joined and parted: ``GroundTruth`` and ``Ground Truth``."""
    own = words(text)
    joined = (one + other for one, other in pairwise(own) if min(len(one), len(other)) >= _LEAST_JOINED)
    return frozenset((*own, *words(_JOINT.sub(" ", text)), *joined))


@lru_cache(maxsize=65536)
def stem(word: str, language: str = "en") -> str:
    """The Snowball stem of one lower-case word in a language of ``STEMMERS``; a possessive is dropped."""
    name = STEMMERS[language]
    stemmer = getattr(_stemmers, name, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(name)
        setattr(_stemmers, name, stemmer)
    return str(stemmer.stemWord(word.removesuffix("'s")))


@lru_cache(maxsize=8192)
def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning, in order, repeats kept.

    Kept for texts seen before: one question reads a statement up to four times, and
    the same passages come back for other questions.
    """
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


def term_value(asked: str) -> float:
    """How much a stem tells about the topic: 0.4 for words any questionnaire repeats, else 1."""
    return _GENERIC_VALUE if asked in _GENERIC_STEMS else 1.0


_GENERIC_VALUE = 0.4
_GENERIC_STEMS = frozenset(map(stem, word_set("questions.generic")))
_PATTERNS = read_patterns("bidproof.language", "en")


def asked_stems(question: str) -> list[str]:
    """Stems of what a question asks about, without the words it asks with."""
    found = [
        stem(w)
        for w in words(_PATTERNS["asked_how"].sub(" ", question))
        if w not in STOP_WORDS and w not in _ASKING
    ]
    return found or list(content_stems(question))
