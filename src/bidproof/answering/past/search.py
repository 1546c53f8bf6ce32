"""The approved answers that come nearest to a question, and how near they are.

Ordered by an unfitted sum: similarity of the question to the past question, to that with its answer, and
the share of its words, rarer ones more, that both hold. Fitted orders did worse on questions of another hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.past.direction import is_opposite
from bidproof.answering.past.flags import flags
from bidproof.answering.past.wording import is_same_wording, topic
from bidproof.core.records import Likeness
from bidproof.language.words import asked_stems, content_stems
from bidproof.retrieval.postings import Postings, count_terms
from bidproof.workspace.rows import LibraryEntry

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

SHOWN = 3
"""Past answers that are shown for a question."""

_LIKELY = 1.5  # similarity and the lead over the next one together
_RELATED = 0.5


class TextEmbedder(Protocol):
    """The part of an embedder that is needed here."""

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: float32 ``[n, dimension]``, unit norm, in order."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with, likewise."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAnswer:
    """An approved answer held against a new question.

    Attributes:
        entry: Of the answer library.
        similarity: For ordering; the sum of two cosines and a share of words, at most 3.
        likeness: How near it is.
        flags: What speaks against writing it, one reason each.
        is_opposite: Yes to the one question is no to the other.
    """

    entry: LibraryEntry
    similarity: float
    likeness: Likeness
    flags: tuple[str, ...] = ()
    is_opposite: bool = False

    @property
    def is_unopposed(self) -> bool:
        """Whether nothing speaks against writing it, so that a model may be asked."""
        return not self.flags and not self.is_opposite


class PastAnswers:
    """Finds past answers; reads and embeds the given entries once.

    Args:
        entries: Those that may be used.
        embedder: For past questions and answers, and for new questions.
    """

    def __init__(self, entries: Sequence[LibraryEntry], embedder: "TextEmbedder") -> None:
        import numpy as np

        self._entries = tuple(entries)
        self._embedder = embedder
        asked = [spell_out(entry.question) for entry in entries]
        answers = [spell_out(entry.answer) for entry in entries]
        topics = [topic(question) for question in asked]
        texts = [*topics, *(f"{name} {answer}" for name, answer in zip(topics, answers, strict=True))]
        self._postings = _postings(
            [content_stems(f"{question} {answer}") for question, answer in zip(asked, answers, strict=True)]
        )
        self._rows = np.arange(len(self._entries))
        self._vectors = embedder.embed_passages(texts)

    def closest(self, questions: Sequence[str]) -> list[tuple[PastAnswer, ...]]:
        """The nearest past answers to each question, best first, ``SHOWN`` at most; none that is far off."""
        if not self._entries or not questions:
            return [() for _ in questions]
        spelled = [spell_out(question) for question in questions]
        asked = self._embedder.embed_queries(spelled)
        return [
            self._best(question, self._near(vector) + self._shared(text))
            for question, text, vector in zip(questions, spelled, asked, strict=True)
        ]

    def _near(self, asked: "Vectors") -> "Vectors":
        """Both cosines of every entry, added up."""
        cosines: Vectors = (self._vectors @ asked).astype("float32")
        return cosines[: len(self._entries)] + cosines[len(self._entries) :]

    def _shared(self, question: str) -> "Vectors":
        return self._postings.match(dict.fromkeys(asked_stems(question), 1.0)).coverage(self._rows)

    def _best(self, question: str, scores: "Vectors") -> tuple[PastAnswer, ...]:
        order = [int(row) for row in (-scores).argsort(kind="stable")[: SHOWN + 1]]
        values = [*(float(scores[row]) for row in order), 0.0]
        return tuple(
            _held_against(question, self._entries[row], similarity=value, lead=value - after)
            for row, (value, after) in zip(order[:SHOWN], pairwise(values), strict=False)
            if value >= _RELATED
        )


def _held_against(question: str, entry: LibraryEntry, *, similarity: float, lead: float) -> PastAnswer:
    found = flags(question, entry)
    likeness = Likeness.RELATED
    if is_same_wording(question, entry.question):
        likeness = Likeness.SAME
    elif similarity + lead >= _LIKELY and not found:
        likeness = Likeness.LIKELY
    return PastAnswer(
        entry=entry,
        similarity=similarity,
        likeness=likeness,
        flags=found,
        is_opposite=is_opposite(question, entry.question),
    )


def _postings(rows: Sequence[Sequence[str]]) -> Postings:
    import numpy as np

    vocabulary = {
        word: number for number, word in enumerate(dict.fromkeys(word for row in rows for word in row))
    }
    numbers = np.array([vocabulary[word] for row in rows for word in row], dtype=np.int64)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    return Postings([count_terms(numbers, lengths, list(vocabulary))])
