"""How much passages resemble a question: of all that is small, of the likely part of what is large."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bidproof.retrieval.inverted_lists import dot
from bidproof.retrieval.segment import Segment

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
        live: Which passages are there, bool; None where all are.
        vector: Unit norm.

    Attributes:
        spread: Of the similarities of all passages.
    """

    def __init__(self, segments: Sequence[Segment], live: "Array | None", vector: "Floats") -> None:
        import numpy as np

        self._segments, self._vector = segments, vector
        self._values = np.full(sum(len(part.ids) for part in segments), np.nan, dtype=np.float32)
        sums = np.zeros(3)  # rows; sum and sum of squares of their similarities
        start = 0
        for part in segments:
            end = start + len(part.ids)
            if part.moments is not None:
                sums += [len(part.ids), *part.moments.of(vector)]
            else:
                values = dot(part.vectors, vector)
                self._values[start:end] = values
                own = values if live is None else values[live[start:end]]
                sums += [len(own), own.sum(dtype=np.float64), float(own @ own)]
            start = end
        self.spread = _spread(*sums.tolist())

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
