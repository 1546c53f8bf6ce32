"""Words of force and scope that a sentence has and its source does not.

They keep a sentence from being supported, however many of its words are there: a person has to look.
"""

from collections.abc import Sequence

from bidproof.language.polarity import Clause
from bidproof.language.rules import read_patterns

_IN = read_patterns("bidproof.answering.proof", "en")
_OBLIGES = "says that something must be, which the source does not"
_PROMISES = "promises without exception, which the source does not"
_IS = "says that something is, where the source says that it may be"
_ALL = "speaks of all, which the source does not"


def find_doubts(claim: Sequence[Clause], sources: Sequence[Clause], *, everything: str) -> tuple[str, ...]:
    """Say in plain words what is doubtful about a sentence, each once; empty when nothing is.

    Args:
        claim: Clauses of the sentence.
        sources: Clauses of what it rests on. Each clause is compared with the one that says most of the same.
        everything: Where a promise, or a word for all, may stand as well.
    """
    found: list[str] = []
    for clause in claim:
        nearest = max(sources, key=lambda source: len(clause.stems & source.stems), default=None)
        if nearest is not None:
            found += _doubts_of(clause.text, nearest.text, everything)
    return tuple(dict.fromkeys(found))


def _doubts_of(said: str, nearest: str, everything: str) -> list[str]:
    def adds(mine: str, theirs: str, source: str) -> bool:
        return bool(_IN[mine].search(said)) and not _IN[theirs].search(source)

    is_part = bool(_IN["part"].search(nearest)) and adds("all", "wide", nearest)
    tests = (
        (_OBLIGES, adds("obliges", "obliged", nearest)),
        (_PROMISES, adds("promises", "promised", nearest) and adds("promises", "promises", everything)),
        (_IS, bool(_IN["may"].search(nearest)) and not _IN["may_there"].search(said)),
        (_ALL, is_part or adds("all", "wide", everything)),
    )
    return [doubt for doubt, is_there in tests if is_there]
