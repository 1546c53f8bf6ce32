"""Words of a text as stems, with the words that carry no meaning left out."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingImports=false
# PyStemmer ships no types.

import re
from functools import lru_cache

import Stemmer


def word_set(text: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(text.split())


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STEMMER = Stemmer.Stemmer("english")

STOP_WORDS = word_set(
    """a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each either else etc ever every
    few for from further had has have having he her here hers him his how i if in into is it its
    itself just may me might more most much must my nor of off on once one only or other our ours out
    over own per same shall she should since so some such than that the their theirs them themselves
    then there these they this those through thus to too under until up upon us very via was we were
    what when where whether which while who whom whose why will with within would yes you your yours s
    t ll re ve d m isn't don't doesn't"""
)
"""Words that say nothing about the topic of a text. Negations are not among them."""

_ASKING = word_set(
    """please describe explain provide list specify state give detail details indicate identify discuss
    outline elaborate confirm demonstrate tell know use used using include including included e.g i.e"""
)
"""Words that a questionnaire uses to ask, which no answer repeats."""


def words(text: str) -> list[str]:
    """Every word of a text in lower case, in order; apostrophes kept straight."""
    found: list[str] = _WORD.findall(text)
    joined: str = " ".join(found)
    return joined.lower().replace("’", "'").split(" ") if found else []


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English Snowball stem of one lower-case word, possessive dropped."""
    return str(_STEMMER.stemWord(word.removesuffix("'s")))


@lru_cache(maxsize=8192)
def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning, in order, repeats kept.

    Kept for texts seen before: one question reads a statement up to four times, and
    the same passages come back for other questions.
    """
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


_GENERIC = word_set(
    """project company organization organisation vendor supplier provider bidder contractor offeror product
    solution service platform system software application process procedure measure technical implement define
    establish maintain evaluate communicate apply ensure relevant appropriate applicable place exist current
    currently requirement approach practice follow address related associated based existing specific various
    overall general information provided offer way ability able need based perform cover consider"""
)


def term_value(asked: str) -> float:
    """How much a stem tells about the topic: 0.4 for words any questionnaire repeats, else 1."""
    return _GENERIC_VALUE if asked in _GENERIC_STEMS else 1.0


_GENERIC_VALUE = 0.4
_GENERIC_STEMS = frozenset(map(stem, _GENERIC))
_HOW = re.compile(
    r"\bhow (?:often|frequently|regularly|many|much|long|soon|quickly|fast|large|big)\b"
    r"|\b(?:what|which) (?:types?|kinds?|sorts?) of\b",
    re.IGNORECASE,
)


def asked_stems(question: str) -> list[str]:
    """Stems of what a question asks about, without the words it asks with."""
    found = [stem(w) for w in words(_HOW.sub(" ", question)) if w not in STOP_WORDS and w not in _ASKING]
    return found or list(content_stems(question))
