"""Turn a model's reply into claims with proof, or into problems it can be told.

The model's word counts for nothing here: every quote is looked up in its
passage, every sentence is compared with what it cites.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bidproof.answering.evidence import cite_span
from bidproof.answering.proof.verifier import Verifier
from bidproof.answering.verify import LEAST_QUOTE_CHARS, QuoteTooShort, locate_quote
from bidproof.core.records import Citation, Claim, ScoredPassage, Span, Support
from bidproof.language.sentences import split_sentences
from bidproof.language.words import words

_MARKS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_OUTER = " \t\n\"'“”‘’…"
_EXCERPT_CHARS = 80
_NEAR_COPY = 0.85
_LEAST_COPIED_WORDS = 5
_MOST_SEGMENTS = 3
_LEAST_WORD_CHARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words that a model says it copied, with the number of the excerpt, from 1."""

    passage: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer with the positions of its quotes, from 1."""

    text: str
    quotes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model said, field by field, nothing of it checked.

    ``probability`` is P(answerable) where the model gives token probabilities.
    ``choice`` is None where none was asked for or the model cannot tell.
    ``text`` is the reply as written, to be shown again when it has to be repaired.
    """

    answerable: bool
    quotes: tuple[Quoted, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    choice: str | None = None
    probability: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundedReply:
    """A reply after the checks.

    Attributes:
        claims: Sentences with verbatim citations that no check refuses; ``PARTIAL`` if undecided.
        rejected: Sentences that did not, with their problems.
        citations: By position of the quote; None for a quote that was not found.
        problems: Everything that failed, in words a model or a person can act on.
    """

    claims: tuple[Claim, ...]
    rejected: tuple[Claim, ...]
    citations: tuple[Citation | None, ...]
    problems: tuple[str, ...]


def ground_reply(
    reply: Reply, passages: Sequence[ScoredPassage], *, verifier: Verifier | None = None
) -> GroundedReply:
    """Check every quote and every sentence of a reply.

    A quote that stands in another excerpt than the model said is cited from where
    it stands. A sentence that cites a quote which was not found loses that
    citation, and must be proven by the others. A sentence that its own quotes do
    not prove may be proven by another quote of the reply, which is then cited.

    Args:
        reply: As parsed.
        passages: The excerpts shown to the model, in that order.
        verifier: Compares sentences with quotes; by words alone unless given.
    """
    verifier = verifier or Verifier()
    problems: list[str] = []
    citations: list[Citation | None] = []
    for number, quote in enumerate(reply.quotes, start=1):
        citation = cite_quote(quote, passages)
        citations.append(citation)
        if citation is None:
            place = f"word for word in passage {quote.passage}"
            problems.append(f"quote {number} does not stand {place}: {_excerpt(quote.text)}")
    claims: list[Claim] = []
    rejected: list[Claim] = []
    for number, sentence in enumerate(reply.sentences, start=1):
        claim = _claim(sentence, citations, verifier)
        if claim.support in (Support.SUPPORTED, Support.PARTIAL):
            claims.append(claim)
            continue
        rejected.append(claim)
        problems.extend(f"sentence {number}: {problem}" for problem in claim.problems)
    if reply.answerable and not reply.sentences:
        problems.append("there is no sentence, although `answerable` is true")
    return GroundedReply(
        claims=tuple(claims),
        rejected=tuple(rejected),
        citations=tuple(citations),
        problems=tuple(dict.fromkeys(problems)),
    )


def cite_quote(quote: Quoted, passages: Sequence[ScoredPassage]) -> Citation | None:
    """Find a quote, in the excerpt it names first, then in the others; None when it is nowhere.

    A near copy (a dropped mark, a changed word) stands for the sentences it was
    copied from: they are what is cited, as they stand, and what the answer has
    to be proven by.
    """
    named = [passages[quote.passage - 1]] if 0 < quote.passage <= len(passages) else []
    for scored in (*named, *(item for item in passages if item not in named)):
        span = _locate(quote.text, scored)
        if span is not None:
            return cite_span(scored.passage, span)
    for scored in named:
        span = _copied_from(quote.text, scored) or _statement_around(quote.text, scored)
        if span is not None:
            return cite_span(scored.passage, span)
    return None


def _copied_from(text: str, scored: ScoredPassage) -> Span | None:
    """The one to three neighbouring statements that a near copy was made from."""
    copied = words(text)
    if len(copied) < _LEAST_COPIED_WORDS:
        return None
    segments = split_sentences(scored.passage.text)
    runs = [
        (segments[first].start, segments[last].end)
        for first in range(len(segments))
        for last in range(first, min(first + _MOST_SEGMENTS, len(segments)))
    ]
    matcher = SequenceMatcher(b=copied, autojunk=False)
    best, place = 0.0, None
    for start, end in runs:
        matcher.set_seq1(words(scored.passage.text[start:end]))
        if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, place = ratio, (start, end)
    if place is None or best < _NEAR_COPY:
        return None
    offset = scored.passage.start
    return Span(start=offset + place[0], end=offset + place[1])


def _statement_around(text: str, scored: ScoredPassage) -> Span | None:
    """The statement that a quotation too short to prove anything was taken from.

    A cell or a name in a list: what is cited is the row or item around it, with its
    neighbours where that is short too.
    """
    bare = " ".join(text.split()).strip(_OUTER + ".;:,")
    if not _LEAST_WORD_CHARS <= len(bare) < LEAST_QUOTE_CHARS:
        return None
    body = r"\s+".join(map(re.escape, bare.split()))
    match = re.search(rf"(?<![^\W_]){body}(?![^\W_])", scored.passage.text, re.IGNORECASE)
    if match is None:
        return None
    segments = split_sentences(scored.passage.text)
    held = [number for number, segment in enumerate(segments) if segment.start <= match.start() < segment.end]
    if not held:
        return None
    first = last = held[0]
    while segments[last].end - segments[first].start < LEAST_QUOTE_CHARS:
        if first == 0 and last == len(segments) - 1:
            return None
        first, last = max(0, first - 1), min(len(segments) - 1, last + 1)
    offset = scored.passage.start
    return Span(start=offset + segments[first].start, end=offset + segments[last].end)


def _locate(text: str, scored: ScoredPassage) -> Span | None:
    # Models wrap quotes in marks and end them with a stop of their own: what is left
    # without those is looked up just as strictly.
    bare = text.strip(_OUTER)
    for candidate in dict.fromkeys((text.strip(), bare, bare.rstrip(".;:,"))):
        try:
            span = locate_quote(candidate, passage=scored.passage)
        except QuoteTooShort:
            continue
        if span is not None:
            return span
    return None


def _claim(sentence: Sentence, citations: Sequence[Citation | None], verifier: Verifier) -> Claim:
    text = " ".join(_MARKS.sub("", sentence.text).split())
    text = text if text[-1:] in tuple(".!?…") or not text else f"{text}."
    wrong = tuple(
        f"it cites quote {number}, and there are {len(citations)}"
        for number in sentence.quotes
        if not 0 < number <= len(citations)
    )
    named = [citations[number - 1] for number in sentence.quotes if 0 < number <= len(citations)]
    cited = tuple(dict.fromkeys(item for item in named if item is not None))
    verdict = verifier.check(text, cited)
    if (not verdict.is_supported or wrong) and (proof := _other_proof(text, citations, verifier)):
        return Claim(text=text, citations=proof, support=Support.SUPPORTED)
    unquoted = () if cited else ("it cites no quote that stands in the passages",)
    support = Support.NOT_FOUND if wrong or unquoted else verdict.support
    return Claim(
        text=text, citations=cited, support=support, problems=(*wrong, *(unquoted or verdict.problems))
    )


def _other_proof(text: str, citations: Sequence[Citation | None], verifier: Verifier) -> tuple[Citation, ...]:
    """The quotes that prove a sentence which cites them by a wrong number: small models miscount."""
    located = tuple(dict.fromkeys(item for item in citations if item is not None))
    for cited in (*((item,) for item in located), *((located,) if len(located) > 1 else ())):
        if verifier.check(text, cited).is_supported:
            return cited
    return ()


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= _EXCERPT_CHARS else plain[: _EXCERPT_CHARS - 1] + "…")
