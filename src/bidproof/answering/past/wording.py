"""Questions in the words in which they are compared: short forms written out, form words left out."""

import re

from bidproof.language.lexicon import word_set
from bidproof.language.rules import read_data, read_patterns
from bidproof.language.words import content_stems, stem, words

PATTERNS = read_patterns("bidproof.answering", "reuse")
_DATA = read_data("bidproof.answering", "reuse")
_SHORT: dict[str, str] = _DATA["abbreviations"]
_SHORT_FORM = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})\b")
_ASKING = word_set("questions.asking")
_FORM_STEMS = frozenset(map(stem, _ASKING | word_set("questions.generic")))
_WORD = re.compile(r"[^\W_]+")
_SILENT = _ASKING | frozenset(_DATA["silent"].split())
_LEAST_STEMS = 2


def spell_out(text: str, *, held_by: str | None = None) -> str:
    """The text with the short forms of the trade written out.

    Args:
        text: A question or an answer.
        held_by: Only those are written out of whose words at least half stand here; the
            others stay names. None for all.
    """
    held = None if held_by is None else frozenset(content_stems(held_by))

    def long_form(found: re.Match[str]) -> str:
        long = _SHORT[found[0]]
        own = frozenset(content_stems(long))
        return long if held is None or 2 * len(own & held) >= len(own) else found[0]

    return _SHORT_FORM.sub(long_form, text)


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
