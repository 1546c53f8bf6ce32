"""A set of passages laid out as arrays, so that all of them are scored at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.core.ids import DocumentId, PassageId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

_K1, _B = 1.2, 0.75  # Robertson and Zaragoza 2009, the usual constants
_UNSEEN = 3.0  # rarity of a word that occurs nowhere: as if it stood in one row of twenty


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """BM25 weights of one text field, term by term.

    ``weights[starts[t]:starts[t + 1]]`` belong to the rows at the same places
    in ``rows``, for term number ``t`` of ``vocabulary``. ``idf`` is per term.
    """

    vocabulary: Mapping[str, int]
    starts: "Ints"
    rows: "Ints"
    weights: "Floats"
    idf: "Floats"
    size: int

    def scores(self, terms: Mapping[str, float]) -> "Floats":
        """BM25 of every row for weighted terms: float32 ``[size]``."""
        import numpy as np

        scores = np.zeros(self.size, dtype=np.float32)
        for term, weight in terms.items():
            number = self.vocabulary.get(term)
            if number is not None:
                own = slice(self.starts[number], self.starts[number + 1])
                scores[self.rows[own]] += np.float32(weight) * self.weights[own]
        return scores

    def shares(self, terms: Mapping[str, float]) -> "Floats":
        """BM25 as a share of a perfect match: float32 ``[size]``.

        Unlike a score divided by the best one, it stays small where even the best match is poor.
        """
        return self.scores(terms) / self.perfect(terms)

    def perfect(self, terms: Mapping[str, float]) -> float:
        """BM25 of a row that has every term once; above 0."""
        return max(sum(weight * self._rarity(term) for term, weight in terms.items()) * (_K1 + 1), 1e-9)

    def _rarity(self, term: str) -> float:
        number = self.vocabulary.get(term)
        return _UNSEEN if number is None else float(self.idf[number])

    def coverage(self, terms: Mapping[str, float], rows: "Ints") -> "Floats":
        """Share, 0 to 1, of the terms' weight (rarer counts more) that each of some rows holds.

        A term that occurs nowhere counts as rare: its absence lowers every row.

        Returns:
            float32, one for each of ``rows``.
        """
        import numpy as np

        found = np.zeros(len(rows), dtype=np.float32)
        rarest = float(np.log(1 + (self.size + 0.5) / 0.5))
        total = 0.0
        for term, weight in terms.items():
            number = self.vocabulary.get(term)
            value = weight * (rarest if number is None else float(self.idf[number]))
            total += value
            if number is not None:
                own = self.rows[self.starts[number] : self.starts[number + 1]]
                places = np.minimum(np.searchsorted(own, rows), len(own) - 1)
                found += np.float32(value) * (own[places] == rows)
        return found / np.float32(total) if total else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One version of the store, to read more of a pool's passages from.

    ``table`` is the store's own, held at that version; ``row_ids`` say where each passage is in it.
    """

    version: int
    table: Any
    row_ids: Mapping[PassageId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Passages as arrays; row ``i`` of each is the same passage, a document's rows in reading order.

    Attributes:
        ids: Passage ids.
        documents: Document ids; ``document_rows`` numbers into them.
        document_rows: int64 ``[n]``, ascending.
        starts: int64 ``[documents]``: first row of each document.
        vectors: float32 ``[n, dimension]``, unit norm.
        centres: float32 ``[documents, dimension]``, unit norm: mean direction of each document.
        body: Words of the passages.
        place: Words of their file names, titles and headings.
        whole: Words of whole documents; its rows are documents, not passages.
        names: Words of file names and titles; its rows are documents too.
        figures: float32 ``[n]``: share of a passage's words that are figures.
        recency: float32 ``[documents]``: -0.5 for the oldest to 0.5 for the newest, 0 for undated ones.
        snapshot: The store as it was when this was read; None where it is read as it is now.
    """

    ids: tuple[PassageId, ...]
    documents: tuple[DocumentId, ...]
    document_rows: "Ints"
    starts: "Ints"
    vectors: "Floats"
    centres: "Floats"
    body: Postings
    place: Postings
    whole: Postings
    names: Postings
    figures: "Floats"
    recency: "Floats"
    snapshot: "Snapshot | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCounts:
    """How often each term occurs in each row, one entry for each pair that occurs, by term, then row.

    ``lengths`` holds the number of terms of every row.
    """

    terms: "Ints"
    rows: "Ints"
    counts: "Ints"
    lengths: "Ints"

    def by_document(self, document_rows: "Ints", starts: "Ints") -> "TermCounts":
        """The same for whole documents; arguments as the attributes of :class:`Pool`."""
        import numpy as np

        if not len(self.terms):
            return self
        owners = document_rows[self.rows]
        is_first = (np.diff(self.terms, prepend=-1) != 0) | (np.diff(owners, prepend=-1) != 0)
        firsts = np.flatnonzero(is_first)
        return TermCounts(
            terms=self.terms[firsts],
            rows=owners[firsts],
            counts=np.add.reduceat(self.counts, firsts),
            lengths=np.add.reduceat(self.lengths, starts),
        )


def count_terms(numbers: "Ints", lengths: "Ints") -> TermCounts:
    """Count the terms of one text field.

    Args:
        numbers: Term numbers of all rows, row after row.
        lengths: How many of them belong to each row.
    """
    import numpy as np

    width = max(len(lengths), 1)
    row_of = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    keys, counts = np.unique(numbers.astype(np.int64) * width + row_of, return_counts=True)
    return TermCounts(terms=keys // width, rows=keys % width, counts=counts, lengths=lengths)


def build_postings(found: TermCounts, words: Sequence[str]) -> Postings:
    """Weigh counted terms by BM25; ``words`` holds the term behind each number."""
    import numpy as np

    size = len(found.lengths)
    frequency = np.bincount(found.terms, minlength=len(words))
    idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
    mean = found.lengths.mean() if size and found.lengths.any() else 1.0
    norm = _K1 * (1 - _B + _B * found.lengths / mean)
    weights = idf[found.terms] * found.counts * (_K1 + 1) / (found.counts + norm[found.rows])
    return Postings(
        vocabulary={word: number for number, word in enumerate(words)},
        starts=np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64),
        rows=found.rows,
        weights=weights.astype(np.float32),
        idf=idf.astype(np.float32),
        size=size,
    )


def figure_shares(numbers: "Ints", lengths: "Ints", words: Sequence[str]) -> "Floats":
    """Share of each row's terms that are figures: two digits or more, no letter first."""
    import numpy as np

    is_figure = np.array([_is_figure(word) for word in words], dtype=np.float32)
    row_of = np.repeat(np.arange(len(lengths)), lengths)
    counts = np.bincount(row_of, weights=is_figure[numbers], minlength=len(lengths))
    return (counts / np.maximum(lengths, 8)).astype(np.float32)


def document_centres(vectors: "Floats", starts: "Ints") -> "Floats":
    """Mean direction of each document's passages, unit norm: float32 ``[documents, dimension]``."""
    import numpy as np

    if not len(starts):
        return np.zeros((0, vectors.shape[1]), dtype=np.float32)
    sums = np.add.reduceat(vectors, starts, axis=0)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


def recencies(days: "Ints") -> "Floats":
    """Where each document's day stands among all days, -0.5 (oldest) to 0.5 (newest).

    Args:
        days: Day numbers, one for each document; 0 or less where the day is unknown.

    Returns:
        float32; 0 for unknown days, and for all when there is but one day.
    """
    import numpy as np

    known = np.unique(days[days > 0])
    if len(known) < 2:
        return np.zeros(len(days), dtype=np.float32)
    places = np.searchsorted(known, days) / (len(known) - 1) - 0.5
    return np.where(days > 0, places, 0).astype(np.float32)


def _is_figure(word: str) -> bool:
    return len(word) > 1 and word[0].isdigit() and sum(mark.isdigit() for mark in word) * 2 > len(word)
