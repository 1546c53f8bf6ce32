"""A modifier replaced by another: public liability is asked about, product liability is spoken of."""

import re
from dataclasses import dataclass
from itertools import pairwise

from bidproof.language.lexicon import word_set
from bidproof.language.rules import read_data, read_patterns
from bidproof.language.words import STOP_WORDS, stem, term_value, words

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?()|\n\"“”]")
_PATTERNS = read_patterns("bidproof.answering", "values")
_PARTY = re.compile(read_data("bidproof.answering", "reuse")["parts"]["person"], re.IGNORECASE)
_ASKING = word_set("questions.asking")
_NO_KIND = STOP_WORDS | word_set("numbers.ones", "numbers.tens", "numbers.ordinals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A modifier with the word that it stands before, as written."""

    modifier: str
    head: str

    @property
    def text(self) -> str:
        """Both words."""
        return f"{self.modifier} {self.head}"


def asked_pairs(question: str) -> tuple[Pair, ...]:
    """Modifier and head of each noun phrase of a question, as far as its wording shows them.

    A phrase opens after an article, a preposition, ``your`` or a form of *be*, so that a verb
    before its object is not taken for a modifier. What is written as a name is none either.
    """
    tokens = ["", *_TOKEN.findall(question), ""]
    found: list[Pair] = []
    is_open = False
    for at, (one, other) in enumerate(pairwise(tokens)):
        is_open = _carries(one) and (is_open or bool(_PATTERNS["opens_phrase"].fullmatch(tokens[at - 1])))
        if at and is_open and _carries(other) and not _PATTERNS["no_head"].fullmatch(other):
            found.append(Pair(modifier=one, head=other))
    return tuple(found)


def replacement(pair: Pair, statement: str, *, around: str, question: str) -> str:
    """What a statement speaks of in place of a pair; empty where nothing replaces a word of it.

    One word of the pair is nowhere about the statement, and where the other one stands, a word
    that the question does not have stands beside it in its place.

    Args:
        pair: Of the question.
        statement: Its own words.
        around: The statement with its headings and title.
        question: A word of it replaces nothing.
    """
    held = stems_of(around)
    missing = [word for word in (pair.modifier, pair.head) if not stems_of(word) & held]
    if len(missing) != 1:
        return ""
    is_head = missing[0] == pair.head
    kept = stems_of(pair.modifier if is_head else pair.head)
    asked, found = stems_of(question), ""
    for one, other in pairwise(("", *_TOKEN.findall(statement), "")):
        beside, own = (other, one) if is_head else (one, other)
        if not stems_of(own) & kept:
            continue
        if not _is_content(beside) or stems_of(beside) & asked or _is_same_party(beside, missing[0]):
            return ""
        found = found or f"{one} {other}"
    return found


def stands_alone(pair: Pair, statement: str, *, found: frozenset[str]) -> bool:
    """Whether a statement has the head alone, of a modifier that nothing found speaks of.

    Whose it is need not be said again: data are the customer's wherever a vendor speaks of them.

    Args:
        pair: Of the question.
        statement: Its own words.
        found: Stems of everything that was found for the question.
    """
    if _PARTY.fullmatch(pair.modifier):
        return False
    return not stems_of(pair.modifier) & found and bool(stems_of(pair.head) & stems_of(statement))


def stems_of(text: str) -> frozenset[str]:
    """Stems of all words, of those joined by a hyphen each."""
    return frozenset(stem(word) for word in words(text))


def _is_same_party(one: str, other: str) -> bool:
    """Whether both are words for the buyer's side: the clients of a question are a document's customers."""
    return bool(_PARTY.fullmatch(one) and _PARTY.fullmatch(other))


def _carries(word: str) -> bool:
    """Whether a word of a question says what kind is meant."""
    return (
        word == word.lower() and _is_content(word) and word not in _ASKING and term_value(stem(word)) == 1.0
    )


def _is_content(word: str) -> bool:
    bare = word.lower()
    is_word = len(word) > 1 and word.replace("-", "").isalpha()
    return is_word and bare not in _NO_KIND and not _PATTERNS["degree"].fullmatch(bare)
