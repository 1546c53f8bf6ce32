"""How much passages resemble a question: of all that is small, of the likely part of what is large."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.retrieval.inverted_lists import dot
from bidproof.retrieval.segment import REACH, Segment, with_neighbours

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float32]

_STRETCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and standard deviation over all passages."""

    mean: float
    deviation: float


class Similarities:
    """Similarities of passages to one vector: of all in small segments, of the asked ones in large ones.

    Args:
        segments: Of the index.
        document_rows: Number of each passage's document, over all segments.
        live: Which passages are there, bool; None where all are.
        vector: Unit norm.

    Attributes:
        alone: Spread of the similarities of all passages.
        around: Spread of their means with those around each passage.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        document_rows: "Array",
        live: "Array | None",
        vector: "Floats",
    ) -> None:
        import numpy as np

        self._segments, self._document_rows, self._vector = segments, document_rows, vector
        self._values = np.full(len(document_rows), np.nan, dtype=np.float32)
        sums = np.zeros(5)  # rows; sum and sum of squares alone, then around
        start = 0
        for part in segments:
            end = start + len(part.ids)
            if part.moments is not None and part.around is not None:
                sums += [len(part.ids), *part.moments.of(vector), *part.around.of(vector)]
            else:
                values = dot(part.vectors, vector)
                self._values[start:end] = values
                sums += _sums(values, part.document_rows, None if live is None else live[start:end])
            start = end
        self.alone, self.around = _spread(sums[0], sums[1], sums[2]), _spread(sums[0], sums[3], sums[4])

    def of(self, rows: "Array") -> "Floats":
        """Similarities of some passages: float32."""
        import numpy as np

        values = self._values[rows]
        missing = np.flatnonzero(np.isnan(values))
        if len(missing):
            wanted = rows[missing]
            for part, places, own in by_segment(self._segments, wanted):
                self._values[wanted[places]] = dot(part.vectors[own], self._vector)
            values = self._values[rows]
        return values

    def with_neighbours(self, rows: "Array") -> "Floats":
        """Mean similarity of each passage and those around it: float32."""
        import numpy as np

        offsets = np.arange(-REACH, REACH + 1)
        near = np.clip(rows[:, None] + offsets, 0, len(self._document_rows) - 1)
        documents = self._document_rows
        is_own = (documents[near] == documents[rows][:, None]) & (near == rows[:, None] + offsets)
        values = self.of(np.where(is_own, near, rows[:, None]).reshape(-1)).reshape(near.shape)
        return (np.where(is_own, values, 0).sum(axis=1) / is_own.sum(axis=1)).astype(np.float32)

    def nearest(self, count: int, allowed: "Array | None") -> "Array":
        """The passages most alike, as rows in no order: ``count``, or all there are.

        Large segments are looked through by inverted lists, further and further until enough of
        what is allowed has been found.

        Args:
            count: Passages wanted.
            allowed: Which rows may be found, bool; None for all.
        """
        import numpy as np

        found: list[Array] = []
        start = 0
        for part in self._segments:
            own = None if allowed is None else allowed[start : start + len(part.ids)]
            if part.lists is None:
                rows = np.arange(len(part.ids)) if own is None else np.flatnonzero(own)
            else:
                rows = _enough(part.lists.nearest_first(self._vector), count, own)
            rows = rows.astype(np.int64) + start
            found.append(rows[best(self.of(rows), count)])
            start += len(part.ids)
        joint = np.concatenate([np.zeros(0, np.int64), *found])
        return joint[best(self._values[joint], count)]


def _enough(parts: "Iterator[Array]", count: int, allowed: "Array | None") -> "Array":
    import numpy as np

    found: list[Array] = []
    total = 0
    for rows in parts:
        found.append(rows if allowed is None else rows[allowed[rows]])
        total += len(found[-1])
        if total >= count:
            break
    return np.sort(np.concatenate(found))


def _sums(values: "Floats", document_rows: "Array", live: "Array | None") -> "Array":
    import numpy as np

    around = with_neighbours(values, document_rows)
    if live is not None:
        values, around = values[live], around[live]
    pairs = [np.array([own.sum(dtype=np.float64), float(own @ own)]) for own in (values, around)]
    return np.concatenate([[len(values)], *pairs])


def _spread(count: float, total: float, squares: float) -> Spread:
    mean = total / max(count, 1)
    return Spread(mean=mean, deviation=max(squares / max(count, 1) - mean * mean, 0.0) ** 0.5)


def by_segment(segments: Sequence[Segment], rows: "Array") -> "list[tuple[Segment, Array, Array]]":
    """Rows by segment: the segment, places in ``rows``, numbers inside the segment."""
    import numpy as np

    if len(segments) == 1:
        return [(segments[0], np.arange(len(rows)), rows)]
    starts = np.cumsum([0, *(len(part.ids) for part in segments)])
    owners = np.searchsorted(starts, rows, side="right") - 1
    found: list[tuple[Segment, Array, Array]] = []
    numbers: list[int] = np.unique(owners).tolist()
    for number in numbers:
        places = np.flatnonzero(owners == number)
        found.append((segments[number], places, rows[places] - starts[number]))
    return found


def best(values: "Floats", count: int) -> "Array":
    """Places of so many of the greatest values, in no order; of all where there are no more."""
    import numpy as np

    if len(values) <= count:
        return np.arange(len(values))
    wide = len(values) // _STRETCH
    near = np.arange(len(values))
    if wide >= 2 * count:  # the greatest of each stretch bound those of all: far less to sort
        tops = values[: wide * _STRETCH].reshape(wide, _STRETCH).max(axis=1)
        near = np.flatnonzero(values >= np.partition(tops, wide - count)[wide - count])
    return near[np.argpartition(values[near], len(near) - count)[len(near) - count :]]
