"""Counted words: which rows hold a term, how often, and what that is worth by BM25.

Terms are kept as 64-bit hashes in ascending order: a lookup is one binary search for all words of a
question, and two lists of terms are merged without their texts. Of a million distinct terms two share
a hash with a probability of one in thirty million.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[Any]  # of any width

_K1, _B = 1.2, 0.75  # Robertson and Zaragoza 2009, the usual constants
_UNSEEN = 3.0  # rarity of a word that occurs nowhere: as if it stood in one row of twenty
_MOST = 65_535
_BLOCK = 1 << 15  # rows scored at once: what a processor's second cache holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each term occurs in each row of one text field.

    Attributes:
        terms: uint64 ``[t]``, hashes of the terms, ascending.
        starts: int64 ``[t + 1]``: ``rows[starts[i]:starts[i + 1]]`` hold term ``i``, ascending.
        rows: uint32, one entry for each pair of term and row that occurs.
        counts: uint16, how often.
        lengths: int32, terms of each row.
    """

    terms: "Ints"
    starts: "Ints"
    rows: "Ints"
    counts: "Ints"
    lengths: "Ints"

    def by_document(self, document_rows: "Ints", starts: "Ints") -> "Counts":
        """The same for whole documents.

        Args:
            document_rows: Number of each row's document, ascending without gaps.
            starts: First row of each document.
        """
        import numpy as np

        if not len(self.rows):
            lengths = np.zeros(len(starts), dtype=np.int32)
            return Counts(
                terms=self.terms, starts=self.starts, rows=self.rows, counts=self.counts, lengths=lengths
            )
        owners = document_rows[self.rows]
        numbers = np.repeat(np.arange(len(self.terms)), np.diff(self.starts))
        firsts = np.flatnonzero((np.diff(numbers, prepend=-1) != 0) | (np.diff(owners, prepend=-1) != 0))
        counts = np.add.reduceat(self.counts.astype(np.int64), firsts)
        return Counts(
            terms=self.terms,
            starts=np.searchsorted(numbers[firsts], np.arange(len(self.terms) + 1)),
            rows=owners[firsts].astype(np.uint32),
            counts=np.minimum(counts, _MOST).astype(np.uint16),
            lengths=np.add.reduceat(self.lengths, starts).astype(np.int32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One term of a question: its weight, its rarity, and the rows that hold it."""

    weight: float
    idf: float
    rows: "Ints"
    counts: "Ints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The words of one question held against one text field."""

    found: tuple[_Found, ...]
    unseen: float
    norms: "Floats"
    live: int

    def scores(self) -> "Floats":
        """BM25 of every row: float32 ``[size]``."""
        import numpy as np

        scores = np.zeros(len(self.norms), dtype=np.float32)
        for term in self.found:
            factor = np.float32(term.weight * term.idf * (_K1 + 1))
            for start in range(0, len(term.rows), _BLOCK):
                block = slice(start, start + _BLOCK)
                rows, counts = term.rows[block].astype(np.intp), term.counts[block].astype(np.float32)
                total = self.norms.take(rows)
                total += counts
                counts *= factor
                counts /= total
                counts += scores.take(rows)
                scores[rows] = counts
        return scores

    @property
    def perfect(self) -> float:
        """BM25 of a row that has every term once; above 0."""
        known = sum(term.weight * term.idf for term in self.found)
        return max((known + self.unseen * _UNSEEN) * (_K1 + 1), 1e-9)

    def shares(self) -> "Floats":
        """BM25 as a share of a perfect match: float32 ``[size]``.

        Unlike a score divided by the best one, it stays small where even the best match is poor.
        """
        import numpy as np

        return self.scores() / np.float32(self.perfect)

    def coverage(self, rows: "Ints") -> "Floats":
        """Share, 0 to 1, of the terms' weight (rarer counts more) that each of some rows holds.

        A term that occurs nowhere counts as rare: its absence lowers every row.

        Returns:
            float32, one for each of ``rows``.
        """
        import numpy as np

        held = np.zeros(len(rows), dtype=np.float32)
        total = self.unseen * float(np.log(1 + (self.live + 0.5) / 0.5))
        for term in self.found:
            total += term.weight * term.idf
            places = np.minimum(np.searchsorted(term.rows, rows), len(term.rows) - 1)
            held += np.float32(term.weight * term.idf) * (term.rows[places] == rows)
        return held / np.float32(total) if total else held


class Postings:
    """One text field of a whole index: the counts of its segments, one after another.

    Args:
        parts: Counts of each segment; row 0 of one follows the last row of the one before.
        live: Which rows are there, bool ``[size]``; None where all are. Words of the others count
            nowhere, so that what is found does not depend on how the index came about.
    """

    def __init__(self, parts: "Sequence[Counts]", *, live: "Ints | None" = None) -> None:
        import numpy as np

        lengths = [part.lengths for part in parts]
        joint = lengths[0] if len(lengths) == 1 else np.concatenate([np.zeros(0, np.int32), *lengths])
        there = joint if live is None else joint[live]
        mean = float(there.mean()) if len(there) and there.any() else 1.0
        self.size, self._count = len(joint), len(there)
        self._parts = tuple(parts)
        self._offsets = np.cumsum([0, *(len(own) for own in lengths)])
        self._live = live
        self._norms: Floats = (_K1 * (1 - _B) + (_K1 * _B / mean) * joint).astype(np.float32)

    def match(self, terms: Mapping[str, float]) -> Matches:
        """Look a question's weighted terms up."""
        import numpy as np

        wanted = hashes(list(terms))
        places = [np.searchsorted(part.terms, wanted) for part in self._parts]
        found: list[_Found] = []
        unseen = 0.0
        for at, weight in enumerate(terms.values()):
            rows, counts = self._rows(wanted[at], [int(own[at]) for own in places])
            if len(rows):
                idf = float(np.log1p((self._count - len(rows) + 0.5) / (len(rows) + 0.5)))
                found.append(_Found(weight=weight, idf=idf, rows=rows, counts=counts))
            else:
                unseen += weight
        return Matches(found=tuple(found), unseen=unseen, norms=self._norms, live=self._count)

    def _rows(self, term: Any, places: Sequence[int]) -> "tuple[Ints, Ints]":
        """Rows that hold a term and how often, over all segments."""
        import numpy as np

        rows: list[Ints] = []
        counts: list[Ints] = []
        for part, place, offset in zip(self._parts, places, self._offsets[:-1], strict=True):
            if place < len(part.terms) and part.terms[place] == term:
                own = slice(int(part.starts[place]), int(part.starts[place + 1]))
                rows.append(part.rows[own] + np.uint32(offset) if offset else part.rows[own])
                counts.append(part.counts[own])
        if not rows:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint16)
        joint, many = (
            (rows[0], counts[0]) if len(rows) == 1 else (np.concatenate(rows), np.concatenate(counts))
        )
        if self._live is None:
            return joint, many
        is_live = self._live.take(joint)
        return joint[is_live], many[is_live]


def hashes(terms: Sequence[str]) -> "NDArray[np.uint64]":
    """Each term as a number, the same on every machine: uint64, in order."""
    import numpy as np

    raw = b"".join(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest() for term in terms)
    return np.frombuffer(raw, dtype="<u8")


def count_terms(numbers: "Ints", lengths: "Ints", words: Sequence[str]) -> Counts:
    """Count the terms of one text field.

    Args:
        numbers: Term numbers of all rows, row after row.
        lengths: How many of them belong to each row.
        words: The term behind each number.
    """
    import numpy as np

    names = hashes(words)
    order = np.argsort(names)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    width = max(len(lengths), 1)
    row_of = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    keys, counts = np.unique(place[numbers] * width + row_of, return_counts=True)
    return Counts(
        terms=names[order],
        starts=np.searchsorted(keys, np.arange(len(names) + 1) * width),
        rows=(keys % width).astype(np.uint32),
        counts=np.minimum(counts, _MOST).astype(np.uint16),
        lengths=lengths.astype(np.int32),
    )


def join_counts(parts: "Sequence[Counts]", kept: "Sequence[Ints]") -> Counts:
    """Lay the counts of several segments together, without the rows that are gone.

    Args:
        parts: Of the segments, in order.
        kept: For each segment the new number of each row, -1 for one that is gone; ascending
            over all segments.
    """
    import numpy as np

    terms = np.unique(np.concatenate([part.terms for part in parts]))
    pieces: list[tuple[Ints, Ints, Ints]] = []
    totals = np.zeros(len(terms), dtype=np.int64)
    for part, numbers in zip(parts, kept, strict=True):
        owner = np.repeat(np.searchsorted(terms, part.terms).astype(np.int32), np.diff(part.starts))
        rows = numbers[part.rows]
        is_there = rows >= 0
        owner, rows = owner[is_there], rows[is_there]
        pieces.append((owner, rows.astype(np.uint32), part.counts[is_there]))
        totals += np.bincount(owner, minlength=len(terms))
    starts = np.concatenate([[0], np.cumsum(totals)])
    rows = np.empty(int(starts[-1]), dtype=np.uint32)
    counts = np.empty(int(starts[-1]), dtype=np.uint16)
    filled = starts[:-1].copy()
    for owner, own_rows, own_counts in pieces:
        own = np.bincount(owner, minlength=len(terms))
        within = np.arange(len(owner)) - np.repeat(np.cumsum(own) - own, own)
        places = filled[owner] + within
        rows[places], counts[places] = own_rows, own_counts
        filled += own
    used = np.flatnonzero(totals)
    lengths = np.concatenate([part.lengths[numbers >= 0] for part, numbers in zip(parts, kept, strict=True)])
    return Counts(
        terms=terms[used],
        starts=np.append(starts[used], starts[-1]),
        rows=rows,
        counts=counts,
        lengths=lengths,
    )
