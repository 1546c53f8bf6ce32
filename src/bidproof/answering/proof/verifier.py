"""Decide whether a text holds a sentence: supported, partial, contradicted, or not found.

A sentence is supported when its *content* is in its source, clause by clause, and no check finds a
difference: every number and name stands there, bound to what is said of it; nothing affirmed is denied or
the other way round; no word of force, scope, limit or opposite is changed. How much content is enough was
fitted on sentences that people wrote beside quotations, see ``data/content.toml``. What lies between enough
and nothing is *partial*: code cannot decide it, and a person or a second model has to.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidproof.answering.closeness import Closeness
from bidproof.answering.past.search import TextEmbedder
from bidproof.answering.proof.content import Content, read_content, said_stems
from bidproof.answering.proof.differences import absent_details, changed_sense, dashed, stems_of
from bidproof.answering.proof.doubts import find_doubts
from bidproof.answering.proof.places import Place, places_of, speaking_places
from bidproof.core.errors import ModelError
from bidproof.core.records import Citation, Support
from bidproof.language.numbers import stated_quantities
from bidproof.language.polarity import OPPOSITES, Clause, split_clauses
from bidproof.language.rules import read_data
from bidproof.language.words import content_stems, stem

VERSION = "offline-2"
"""Raised when a change of this folder or of the checks in ``language`` may change a verdict."""

_FIT = read_data("bidproof.answering.proof", "content")
_LEAST_CLAUSE = 2
_CELL_END = "|"
_NOTHING_SAID = "the sentence has no words of content"
_ABSENT = "the cited text does not say this"
_UNDECIDED = "the words of the cited text do not decide this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a source does for a sentence.

    Attributes:
        support: ``PARTIAL`` where code cannot decide.
        score_0_1: Chance that an honest reader finds the sentence held, as fitted; 0 where a check failed.
        problems: One plain sentence for each reason against it; empty when supported.
    """

    support: Support
    score_0_1: float
    problems: tuple[str, ...] = ()

    @property
    def is_supported(self) -> bool:
        """Whether the source holds the sentence."""
        return self.support is Support.SUPPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is measured of a sentence beside its source; the fit reads it, too.

    Attributes:
        content: How far the content is there.
        absent: Numbers and names that are not.
        changed: What is said otherwise.
        copied: Share of the sentence's words that its source has, opposites and negations not counted.
        doubts: What force and scope it has that the source lacks.
    """

    content: Content
    absent: tuple[str, ...]
    changed: tuple[str, ...]
    copied: float
    doubts: tuple[str, ...]


class Verifier:
    """Compares sentences with texts; one for drafting, editing and evaluation.

    Args:
        embedder: Compares meanings. Without one, or while its endpoint fails, words alone decide, and they
            decide more strictly.
    """

    def __init__(self, embedder: TextEmbedder | None = None) -> None:
        self._closeness = Closeness(embedder) if embedder is not None else None

    def check(self, sentence: str, citations: Sequence[Citation]) -> Verdict:
        """Decide whether the quotes that a sentence cites hold it; titles may supply names, not facts."""
        if not sentence.strip():
            return _refused("the sentence is empty")
        if not citations:
            return _refused("cites nothing")
        quotes = _with_tables_joined(tuple(dict.fromkeys(citation.quote for citation in citations)))
        titles = "\n".join(dict.fromkeys(citation.title for citation in citations))
        return self._decided(sentence, quotes, titles, is_quoted=True)

    def compare(self, sentence: str, texts: Sequence[str], *, around: str = "") -> Verdict:
        """Decide whether texts together hold a sentence.

        Args:
            sentence: A leading "Yes." or "No," is not checked.
            texts: Quotes, a passage, a reference, a whole answer.
            around: Title and headings, which may supply names, not facts.
        """
        return self._decided(sentence, texts, around, is_quoted=False)

    def _decided(self, sentence: str, texts: Sequence[str], around: str, *, is_quoted: bool) -> Verdict:
        if not said_stems(sentence):
            return _refused(_NOTHING_SAID)
        if is_quoted and _is_copied(sentence, texts):
            return Verdict(support=Support.SUPPORTED, score_0_1=1.0)
        return _decide(self.read(sentence, texts, around=around, is_quoted=is_quoted))

    def read(
        self, sentence: str, texts: Sequence[str], *, around: str = "", is_quoted: bool = True
    ) -> Reading:
        """Measure a sentence beside its source, without a verdict.

        Args:
            sentence: With some word of content.
            texts: What may hold it.
            around: Title and headings.
            is_quoted: Every text was cited for this sentence. In others a number or a name counts only
                where the rest of the sentence is said.
        """
        clauses = split_clauses(dashed(sentence))
        places = [place for text in texts for place in places_of(text)]
        chosen = _chosen(sentence, clauses, places, around)
        sources = [place.text for place in chosen]
        # Values are compared as values: whatever words they are written with are no content.
        held = texts if is_quoted else sources
        stems = stems_of([*held, around, *stated_quantities(sentence)])
        stated = "\n".join([*(texts if is_quoted else sources), around])
        absent = absent_details(sentence, stated=stated, named="\n".join([*texts, around]))
        changed = changed_sense(sentence, places, chosen, around=around)
        said = [clause for source in sources for clause in split_clauses(dashed(source))]
        return Reading(
            content=self._content(sentence, sources, stems),
            absent=tuple(dict.fromkeys(absent)),
            changed=tuple(dict.fromkeys(changed)),
            copied=_copied(clauses, stems),
            doubts=find_doubts(clauses, said, everything=stated),
        )

    def _content(self, sentence: str, sources: Sequence[str], stems: frozenset[str]) -> Content:
        try:
            return read_content(sentence, sources, stems=stems, closeness=self._closeness)
        except ModelError:  # the embeddings endpoint is down
            return read_content(sentence, sources, stems=stems, closeness=None)


def _is_copied(sentence: str, texts: Sequence[str]) -> bool:
    """Whether a sentence is one of the texts, or one whole statement of them, word for word."""
    wanted = _evened(sentence)
    statements = (place.own for text in texts for place in places_of(text))
    return any(_evened(source) == wanted for source in (*texts, *statements))


def _evened(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(" .;")


def _with_tables_joined(quotes: tuple[str, ...]) -> tuple[str, ...]:
    """The quotes, rows of tables below their headers."""
    rows = "\n".join(quote for quote in quotes if _CELL_END in quote)
    return (*(quote for quote in quotes if _CELL_END not in quote), *([rows] if rows else []))


def _chosen(sentence: str, clauses: Sequence[Clause], places: Sequence[Place], around: str) -> list[Place]:
    return speaking_places(
        frozenset(content_stems(sentence)),
        [clause.stems for clause in clauses if len(clause.stems) >= _LEAST_CLAUSE],
        places,
        named=frozenset(content_stems(around)),
    )


def _copied(clauses: Sequence[Clause], stems: frozenset[str]) -> float:
    told = [
        stem(word) in stems
        for clause in clauses
        for word in clause.words
        if stem(word) in clause.stems and word not in OPPOSITES
    ]
    return sum(told) / len(told) if told else 1.0


def _decide(reading: Reading) -> Verdict:
    chance = chance_of(reading)
    if reading.absent:
        return Verdict(support=Support.NOT_FOUND, score_0_1=0.0, problems=reading.absent)
    if reading.changed and reading.copied >= _FIT["copied"]:
        return Verdict(support=Support.CONTRADICTED, score_0_1=0.0, problems=reading.changed)
    fit = _fit_of(reading)
    if chance >= fit["supported"] and not reading.changed and not reading.doubts:
        return Verdict(support=Support.SUPPORTED, score_0_1=chance)
    problems = (*reading.changed, *reading.doubts)
    if chance >= fit["partial"]:
        return Verdict(support=Support.PARTIAL, score_0_1=chance, problems=problems or (_UNDECIDED,))
    return Verdict(support=Support.NOT_FOUND, score_0_1=chance, problems=problems or (_ABSENT,))


def chance_of(reading: Reading) -> float:
    """Chance that a sentence is held by its content alone, 0 to 1, by the fitted weights."""
    fit, content = _fit_of(reading), reading.content
    total = fit["constant"] + fit["clause"] * content.clause + fit["phrase"] * content.phrase
    return 1 / (1 + math.exp(-total))


def _fit_of(reading: Reading) -> Mapping[str, Any]:
    return _FIT["words" if reading.content.is_by_words else "vectors"]


def _refused(problem: str) -> Verdict:
    return Verdict(support=Support.NOT_FOUND, score_0_1=0.0, problems=(problem,))
