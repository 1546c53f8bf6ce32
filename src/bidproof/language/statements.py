"""Cut answers and references into claims: sentences, list items with their lead, table rows.

Claims are cut by code, not by a model: the same text gives the same claims for
every verifier, judge and repeat, nothing is left out and nothing is made up. A
sentence with two facts counts as one claim and is held only when both are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.core.records import Citation, Draft
from bidproof.language.sentences import SegmentKind, split_sentences
from bidproof.language.words import content_stems, words

_SOURCE_NOTE = re.compile(
    r"\(\s*sources?\s*:[^)]*\)|^\s*sources?(?:\(s\))?\s*:.*$", re.IGNORECASE | re.MULTILINE
)
_MARKS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_BULLET = re.compile(r"^\s*(?:[-*+•·▪◦‣–—]|\(?\d{1,2}[.)])\s+")
# A list that follows a line of prose is a block of its own, so that the prose is still cut into sentences.
_FIRST_BULLET = re.compile(
    r"^((?!\s*(?:[-*+•·▪◦‣–—]|\(?\d{1,2}[.)])\s).*\S.*)\n(?=\s*(?:[-*+•·▪◦‣–—]|\(?\d{1,2}[.)])\s)",
    re.MULTILINE,
)
_LEAD = re.compile(r"^\W*(?:yes|no|n/?a|not applicable)\s*[.,:;–—-]+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClaim:
    """One claim of an answer with what the answer cites for it; without citations it stands bare."""

    text: str
    citations: tuple[Citation, ...] = ()


def split_claims(text: str) -> tuple[str, ...]:
    """Cut a text into claims, in reading order.

    A leading "Yes." or "No," is no claim, nor is a heading, a source note or a
    sentence without a word of content. A list item is preceded by the line that
    introduces it, so that it can be judged alone.
    """
    plain = _MARKS.sub("", _SOURCE_NOTE.sub(" ", text))
    segments = split_sentences(_FIRST_BULLET.sub(r"\1\n\n", _LEAD.sub("", plain)))
    leads = {segment.intro for segment in segments if segment.intro is not None}
    found: list[str] = []
    for number, segment in enumerate(segments):
        if number in leads and (segment.text.rstrip().endswith(":") or segment.kind is SegmentKind.ROW):
            continue
        is_short_answer = len(segments) == 1 and segment.kind is not SegmentKind.LINKS
        if not (segment.may_answer or is_short_answer):
            continue
        lead = segments[segment.intro].text if segment.intro is not None else ""
        claim = " ".join(f"{lead} {_BULLET.sub('', segment.text)}".split())
        if content_stems(claim):
            found.append(claim)
    return tuple(dict.fromkeys(found))


def claims_of(draft: Draft) -> tuple[AnswerClaim, ...]:
    """The claims of a draft: those it lists with citations, then any sentence of its text beyond them."""
    listed = [
        AnswerClaim(text=" ".join(claim.text.split()), citations=claim.citations)
        for claim in draft.claims
        if content_stems(claim.text)
    ]
    known = [(_plain(claim.text), frozenset(content_stems(claim.text))) for claim in listed]
    beyond = [AnswerClaim(text=text) for text in split_claims(draft.text) if not _is_said(text, known)]
    return (*listed, *beyond)


def _plain(text: str) -> str:
    return " ".join(words(text))


def _is_said(text: str, known: Sequence[tuple[str, frozenset[str]]]) -> bool:
    """Whether the listed claims say a sentence: as part of one, or several joined without a new word."""
    plain, stems = _plain(text), frozenset(content_stems(text))
    if any(plain in said or stems <= held for said, held in known):
        return True
    return stems <= frozenset[str]().union(*(held for _, held in known if held <= stems))
