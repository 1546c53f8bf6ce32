"""What a clause affirms and what it denies, and where two texts disagree on it.

Deterministic and limited in scope: a negation counts only against the words
that follow it in its own clause, and only where the other text speaks of those
very words.
"""

import re
from dataclasses import dataclass

from bidproof.language.lexicon import lexicon, word_set
from bidproof.language.rules import read_patterns
from bidproof.language.words import STOP_WORDS, stem, words

_PATTERNS = read_patterns("bidproof.language", "en")
_LEAD = re.compile(r"^\s*(?:yes|no|n/a)\s*[,.:;–—-]+\s+", re.IGNORECASE)
NEGATORS = word_set("polarity.negators")
"""Words that deny what follows them."""

OPPOSITES: dict[str, frozenset[str]] = {}
for _one, _other in (pair.split() for pair in lexicon()["polarity"]["opposites"]):
    OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_other}
    OPPOSITES[_other] = OPPOSITES.get(_other, frozenset()) | {_one}

_OF_VERBS = word_set("polarity.of_verbs")
_VERDICTS = word_set("polarity.verdicts")
_SCOPE = 2
_LEAST_OVERLAP = 0.6
_TIE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause: its words, its content stems and what its negations reach."""

    text: str
    words: tuple[str, ...]
    stems: frozenset[str]
    denied: tuple[frozenset[str], ...]


def split_clauses(text: str) -> tuple[Clause, ...]:
    """Cut a text into clauses; a leading ``Yes.`` or ``No,`` is left out."""
    masked = _PATTERNS["no_negation"].sub(lambda match: "~" * len(match[0]), without_lead(text))
    return tuple(_clause(part) for part in _PATTERNS["clause_end"].split(masked) if part and part.strip())


def without_lead(text: str) -> str:
    """A text without a leading ``Yes.`` or ``No,``."""
    return _LEAD.sub("", text)


def _clause(text: str) -> Clause:
    found = tuple(words(text))
    content = [(place, stem(word)) for place, word in enumerate(found) if _carries(word)]
    denied: list[frozenset[str]] = []
    for place, word in enumerate(found):
        if word not in NEGATORS or (word in _OF_VERBS and found[place + 1 : place + 2] != ("to",)):
            continue
        after = [name for where, name in content if where > place][:_SCOPE]
        before = [name for where, name in content if where < place][-_SCOPE:]
        denied.append(frozenset(after or before))
    return Clause(text=text, words=found, stems=frozenset(name for _, name in content), denied=tuple(denied))


def _carries(word: str) -> bool:
    return word not in NEGATORS and word not in STOP_WORDS


def is_negative(text: str) -> bool:
    """Whether any clause of a text denies something."""
    return any(clause.denied for clause in split_clauses(text))


def polarity_problems(text: str, *, evidence: str) -> tuple[str, ...]:
    """Clauses of a text that deny what the evidence affirms, or the other way round.

    Returns:
        One plain sentence per disagreement; empty when none is seen. A clause
        that the evidence does not speak about gives none.
    """
    sources = split_clauses(evidence)
    problems = [
        f"the source says the opposite of {clause.text.strip()!r}"
        for clause in split_clauses(text)
        if _is_opposed(clause, sources)
    ]
    stated = {_verdict(source) for source in sources}
    problems += [
        f"{verdict!r} is not what the source says"
        for clause in split_clauses(text)
        if (verdict := _verdict(clause)) and verdict not in stated and stated & _VERDICTS
    ]
    return tuple(dict.fromkeys(problems))


def _verdict(clause: Clause) -> str:
    """The yes or no that a table cell holds, empty for any other clause."""
    return clause.words[0] if len(clause.words) == 1 and clause.words[0] in _VERDICTS else ""


def _is_opposed(clause: Clause, sources: tuple[Clause, ...]) -> bool:
    if not clause.stems:
        return False
    overlaps = [(len(clause.stems & _reach(source)) / len(clause.stems), source) for source in sources]
    best = max((score for score, _ in overlaps), default=0.0)
    if best < _LEAST_OVERLAP:
        return False
    near = [source for score, source in overlaps if score >= best - _TIE]
    return all(disagree(clause, source) for source in near)


def _reach(clause: Clause) -> frozenset[str]:
    opposite = (stem(other) for word in clause.words for other in OPPOSITES.get(word, ()))
    return clause.stems | frozenset(opposite)


def disagree(one: Clause, other: Clause) -> bool:
    """Whether two clauses about the same thing have opposite polarity."""
    flips = _denials(one, other) + _denials(other, one) + _opposites(one, other)
    return flips % 2 == 1


def _denials(clause: Clause, other: Clause) -> int:
    reach = _reach(other)
    return sum(1 for scope in clause.denied if scope & reach)


def _opposites(one: Clause, other: Clause) -> int:
    mine, theirs = set(one.words), set(other.words)
    return sum(
        1
        for word in mine - theirs
        if any(opposite in theirs and opposite not in mine for opposite in OPPOSITES.get(word, ()))
        and word not in NEGATORS
    )
