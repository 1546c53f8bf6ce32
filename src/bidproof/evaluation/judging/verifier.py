"""Whether a text holds a claim, decided by code: the default verifier, offline.

A claim is held when one place of the text speaks of what it says (most of its
words of content stand together there) and no check finds a difference: every
number, date and name of the claim is bound to what is said of it in that very
place, nothing affirmed is denied or the other way round, and no word of scope,
limit or opposite is changed. Agreement of words is no proof of meaning: what
rests on this is called overlap, never faithfulness.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bidproof.answering.compose import clean
from bidproof.evaluation.protocol import Entailment
from bidproof.language.bindings import replaced_words, unbound_details
from bidproof.language.claims import changed_words, missing_names
from bidproof.language.numbers import missing_quantities
from bidproof.language.polarity import polarity_problems, split_clauses
from bidproof.language.sentences import SegmentKind, split_sentences
from bidproof.language.words import content_stems

VERSION = "offline-1"
"""Raised when a change of this file or of ``bindings.py`` may change a verdict."""

LEAST_COVERAGE = 0.65
"""Share of the claim's words of content that must stand together in one place of the text."""

_MOST_SEGMENTS = 5
_WIDE_COVERAGE = 0.85
_FAILED_SHARE = 0.4
_LEAST_CLAUSE = 2
_CLAUSE_SHARE = 0.5
_CAN_NOT = re.compile(r"\bcan not\b", re.IGNORECASE)
_PERIODS = {
    "hour": "hourly",
    "day": "daily",
    "night": "nightly",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
}
_EVERY = re.compile(rf"\b(?:every|each|once (?:a|per|every)|per) ({'|'.join(_PERIODS)})\b", re.IGNORECASE)
_HYPHENS = re.compile(r"\s-{2,3}\s")


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


def verify_claim(claim: str, text: str, *, title: str = "", headings: Sequence[str] = ()) -> Entailment:
    """Decide whether a text holds a claim.

    Args:
        claim: One sentence; a leading "Yes." or "No," is not checked.
        text: What may hold it: a passage, a reference, a whole answer.
        title: Title of the document; it may supply names, not facts.
        headings: Headings above the text; as the title.

    Returns:
        ``is_held`` True or False, None for a claim without words of content.
        ``score`` is the share of the claim's content that stands in one place of
        the text, cut to two fifths where a check failed.
    """
    wanted = frozenset(content_stems(claim))
    if not wanted:
        return Entailment(is_held=None, score=0.0, problems=("the claim has no words of content",))
    around = "\n".join((title, *headings))
    named = frozenset(content_stems(around))
    places = places_of(text)
    clauses = [clause.stems for clause in split_clauses(_dashed(claim)) if len(clause.stems) >= _LEAST_CLAUSE]
    chosen = _with_clauses(clauses, places, _gather(wanted, places, named=named))
    held = named.union(*(place.stems for place in chosen)) if chosen else frozenset[str]()
    coverage = len(wanted & held) / len(wanted)
    if coverage < LEAST_COVERAGE or not wanted & frozenset[str]().union(*(p.stems for p in chosen)):
        missing = f"the text holds {coverage:.0%} of what the claim speaks of"
        return Entailment(is_held=False, score=coverage * _FAILED_SHARE, problems=(missing,))
    problems = _differences(claim, places, chosen, around=around)
    if problems:
        return Entailment(is_held=False, score=coverage * _FAILED_SHARE, problems=problems)
    return Entailment(is_held=True, score=coverage)


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


def _gather(wanted: frozenset[str], places: Sequence[Place], *, named: frozenset[str]) -> list[Place]:
    """The statement that says most of the claim, then those that add to it; in order of gain."""
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


def _frequent(claim: str) -> str:
    """Write "every week" as the word that is compared as a frequency."""
    return _EVERY.sub(lambda match: _PERIODS[match[1].lower()], claim)


def _dashed(text: str) -> str:
    """Two hyphens read as the dash they stand for, so that clauses end there; "can not" as one word."""
    return _CAN_NOT.sub("cannot", _HYPHENS.sub(" — ", text))


def _with_clauses(
    clauses: Sequence[frozenset[str]], places: Sequence[Place], chosen: list[Place]
) -> list[Place]:
    """Add the statement that says most of each clause, so that a claim may join several statements."""
    for stems in clauses:
        best = max(places, key=lambda place: (len(place.stems & stems), place in chosen), default=None)
        if best and best not in chosen and len(best.stems & stems) >= _CLAUSE_SHARE * len(stems):
            chosen.append(best)
    return chosen


def _differences(
    claim: str, places: Sequence[Place], chosen: Sequence[Place], *, around: str
) -> tuple[str, ...]:
    evidence = "\n".join(place.text for place in chosen)
    return tuple(dict.fromkeys(_each_difference(claim, places, chosen, evidence, around=around)))


def _each_difference(
    claim: str, places: Sequence[Place], chosen: Sequence[Place], evidence: str, *, around: str
) -> Iterator[str]:
    held = frozenset(content_stems(f"{evidence}\n{around}"))
    for clause in split_clauses(_dashed(claim)):
        if len(clause.stems) >= _LEAST_CLAUSE and len(clause.stems & held) < _CLAUSE_SHARE * len(
            clause.stems
        ):
            yield f"{clause.text.strip()!r} is not said there"
    for value in missing_quantities(_frequent(claim), evidence=f"{evidence}\n{around}"):
        yield f"{value!r} is not said there"
    said = "\n".join(place.text for place in places)  # the target of a link is not said
    for name in missing_names(claim, evidence=f"{said}\n{around}"):
        yield f"{name!r} is not in the text"
    yield from unbound_details(claim, [place.text for place in places], around=around)
    yield from polarity_problems(_dashed(claim), evidence=_dashed(evidence))
    for place in chosen:
        yield from changed_words(_dashed(claim), evidence=_dashed(place.own))
        others = frozenset[str]().union(*(other.stems for other in places if other is not place))
        yield from replaced_words(claim, place.own, elsewhere=others - place.stems)
