"""How questions are worded in each language, and what answers them: one source for search, gate and drafts.

A question is read by the lists of its own language, ``data/<language>.toml``: the words it asks with, the
phrases that questionnaires repeat, the rules that tell which shape of answer it wants. What a language does
not list is never found in it.
"""

import re
from functools import cache

from bidproof.language.detect import reading_language
from bidproof.language.lexicon import LANGUAGES, word_set
from bidproof.language.rules import Rules, read_patterns, read_rules
from bidproof.language.words import stop_words

_NEVER = re.compile(r"(?!)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_QUESTION_MARKS = ("?", "？", "؟")
_LEAST_WORDS = 2


def asks(text: str, language: str) -> bool:
    """Whether a text asks: it ends with a question mark, or opens as a request does."""
    return text.rstrip("\"'”’)*_ ").endswith(_QUESTION_MARKS) or bool(pattern(language, "asks").match(text))


@cache
def pattern(language: str, name: str) -> re.Pattern[str]:
    """The pattern of that name in a language's file; one that fits nothing where it has none."""
    if language not in LANGUAGES:
        return _NEVER
    return read_patterns("bidproof.language", language).get(name, _NEVER)


def shape_rules(language: str) -> Rules:
    """What tells the shape of answer that a question of a language wants."""
    if language not in LANGUAGES:
        return Rules(())
    return read_rules("bidproof.language", language, flags=re.IGNORECASE)


def without_formulas(text: str) -> str:
    """Leave out "Describe how the …", "Verfügt Ihr Unternehmen über …", "documented, approved and …".

    Returns:
        What is left, or the text itself when not two words would be.
    """
    language = reading_language(text)
    found = list(_WORD.finditer(text))
    opening = _openings(language)
    first = next((word.start() for word in found if word[0].lower() not in opening), len(text))
    rest = " ".join(pattern(language, "chain").sub("", text[first:]).split()).strip(" ,;:.?？؟")
    rest = pattern(language, "dangling").sub("", rest)
    return rest if len(rest.split()) >= _LEAST_WORDS else text


@cache
def _openings(language: str) -> frozenset[str]:
    own = word_set("questions.opening", language=language) or word_set("questions.asking", language=language)
    return stop_words(language) | word_set("questions.parties", language=language) | own
