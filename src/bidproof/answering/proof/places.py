"""The statements of a text, and those among them that speak of what a sentence says."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bidproof.answering.cleaning import clean
from bidproof.language.sentences import SegmentKind, split_sentences
from bidproof.language.words import content_stems

_MOST_SEGMENTS = 5
_WIDE_COVERAGE = 0.85
_CLAUSE_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One statement of a text.

    Attributes:
        text: The statement after the line that introduces it; a table row below its header.
        own: What a near copy would be copied from: the same, but a row without its header.
        stems: Of the text's words of content.
    """

    text: str
    own: str
    stems: frozenset[str]


@lru_cache(maxsize=4096)
def places_of(text: str) -> tuple[Place, ...]:
    """The statements of a text in reading order, code and bare links left out where there is prose."""
    segments = split_sentences(text)
    found: list[Place] = []
    for segment in segments:
        if segment.kind is SegmentKind.LINKS and len(segments) > 1:
            continue
        lead = segments[segment.intro].text if segment.intro is not None else ""
        is_row = segment.kind is SegmentKind.ROW
        plain = f"{lead}\n{segment.text}" if is_row else clean(f"{lead} {segment.text}")
        if stems := frozenset(content_stems(plain)):
            found.append(Place(text=plain, own=segment.text if is_row else plain, stems=stems))
    return tuple(found)


def speaking_places(
    wanted: frozenset[str],
    clauses: Sequence[frozenset[str]],
    places: Sequence[Place],
    *,
    named: frozenset[str],
) -> list[Place]:
    """The statement that says most of a sentence, then those that add to it; empty where none speaks of it.

    Args:
        wanted: Stems of the sentence.
        clauses: Stems of each of its clauses.
        places: Statements of the text, in reading order.
        named: Stems of title and headings, which belong to every statement.
    """
    return _with_clauses(clauses, places, _gather(wanted, places, named=named))


def _gather(wanted: frozenset[str], places: Sequence[Place], *, named: frozenset[str]) -> list[Place]:
    left = wanted
    chosen: list[Place] = []
    for _ in range(_MOST_SEGMENTS):
        best = max(places, key=lambda place: (len(place.stems & left), -len(place.stems)), default=None)
        gain = len(best.stems & left) if best is not None else 0
        # A single word found elsewhere proves nothing, unless it is all that was asked for.
        if best is None or gain == 0 or (chosen and gain < 2):
            break
        chosen.append(best)
        left = left - best.stems
        if len(wanted - left | wanted & named) >= _WIDE_COVERAGE * len(wanted):
            break
    return chosen


def _with_clauses(
    clauses: Sequence[frozenset[str]], places: Sequence[Place], chosen: list[Place]
) -> list[Place]:
    """Add the statement that says most of each clause, so that a sentence may join several statements."""
    for stems in clauses:
        best = max(places, key=lambda place: (len(place.stems & stems), place in chosen), default=None)
        if best and best not in chosen and len(best.stems & stems) >= _CLAUSE_SHARE * len(stems):
            chosen.append(best)
    return chosen
