"""What a sentence says otherwise than its source: numbers, names, negations, words of scope and limit."""

import re
from collections.abc import Iterator, Sequence

from bidproof.answering.proof.places import Place
from bidproof.language.bindings import exchanged_details, replaced_words, unbound_details
from bidproof.language.claims import changed_words, missing_names
from bidproof.language.numbers import missing_quantities, missing_repeats
from bidproof.language.polarity import polarity_problems
from bidproof.language.words import content_stems

_CAN_NOT = re.compile(r"\bcan not\b", re.IGNORECASE)
_HYPHENS = re.compile(r"\s-{2,3}\s")


def absent_details(claim: str, *, stated: str, named: str) -> Iterator[str]:
    """Say which numbers, frequencies and names of a sentence its source does not have.

    Args:
        claim: One sentence.
        stated: What may state numbers.
        named: What may name things.
    """
    for value in (*missing_quantities(claim, evidence=stated), *missing_repeats(claim, evidence=stated)):
        yield f"{value!r} is not in the cited text"
    for name in missing_names(claim, evidence=named):
        yield f"{name!r} is not in the cited text"


def changed_sense(
    claim: str, places: Sequence[Place], chosen: Sequence[Place], *, around: str
) -> Iterator[str]:
    """Say where a sentence denies what its source affirms, swaps what belongs together, or drops a limit.

    Args:
        claim: One sentence.
        places: The statements of the source, in reading order.
        chosen: Those that speak of what the sentence says.
        around: Title and headings.
    """
    plain = dashed(claim)
    evidence = "\n".join(place.text for place in chosen)
    yield from unbound_details(claim, [place.text for place in places], around=around)
    yield from polarity_problems(plain, evidence=dashed(evidence))
    for place in chosen:
        yield from changed_words(plain, evidence=dashed(place.own))
        yield from exchanged_details(plain, dashed(place.own))
        others = frozenset[str]().union(*(other.stems for other in places if other is not place))
        yield from replaced_words(claim, place.own, elsewhere=others - place.stems)


def dashed(text: str) -> str:
    """Two hyphens read as the dash they stand for, so that clauses end there; "can not" as one word."""
    return _CAN_NOT.sub("cannot", _HYPHENS.sub(" — ", text))


def stems_of(texts: Sequence[str]) -> frozenset[str]:
    """Words of content of several texts, as stems."""
    return frozenset(stem for text in texts for stem in content_stems(text))
