"""Questions in the words in which they are compared: short forms written out, form words left out."""

import re

from bidproof.answering.abbreviations import spell_out
from bidproof.language.lexicon import word_set
from bidproof.language.rules import read_data, read_patterns
from bidproof.language.words import content_stems, stem, words

PATTERNS = read_patterns("bidproof.answering", "reuse")
_DATA = read_data("bidproof.answering", "reuse")
_ASKING = word_set("questions.asking")
_FORM_STEMS = frozenset(map(stem, _ASKING | word_set("questions.parties", "questions.generic")))
_WORD = re.compile(r"[^\W_]+")
_SILENT = _ASKING | frozenset(_DATA["silent"].split())
_LEAST_STEMS = 2


def topic(question: str) -> str:
    """A question without the words that any questionnaire repeats; the whole where nothing is left."""
    kept = _WORD.sub(lambda word: "" if stem(word[0].lower()) in _FORM_STEMS else word[0], question)
    return " ".join(kept.split()) if content_stems(kept) else question


def is_same_wording(one: str, other: str) -> bool:
    """Whether two questions differ in nothing but short forms and the words that they ask with.

    Order, negations, numbers, prepositions, question words and whose side is meant count.
    """
    mine = _telling(one)
    return len(mine) >= _LEAST_STEMS and mine == _telling(other)


def _telling(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(spell_out(text)) if word not in _SILENT)
