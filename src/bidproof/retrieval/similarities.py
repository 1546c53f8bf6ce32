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
        self._known: list[Floats | None] = []
        sums = np.zeros(3)  # rows; sum and sum of squares of their similarities
        start = 0
        for part in segments:
            end = start + len(part.ids)
            values = None
            if part.moments is not None:
                sums += [len(part.ids), *part.moments.of(vector)]
            else:
                values = dot(part.vectors, vector)
                own = values if live is None else values[live[start:end]]
                sums += [len(own), own.sum(dtype=np.float64), float(own @ own)]
            self._known.append(values)
            start = end
        self.spread = _spread(*sums.tolist())

    def of(self, rows: "Array") -> "Floats":
        """Similarities of some passages: float32."""
        import numpy as np

        found = np.empty(len(rows), dtype=np.float32)
        for number, places, own in by_segment(self._segments, rows):
            found[places] = self._inside(number, own)
        return found

    def nearest(self, count: int, allowed: "Array | None") -> "Array":
        """The passages most alike, as rows in no order: ``count``, or all there are.

        Large segments are looked through by inverted lists, further and further until enough of
        what is allowed has been found.

        Args:
            count: Passages wanted.
            allowed: Which rows may be found, bool; None for all.
        """
        import numpy as np

        found, alike = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
        start = 0
        for number, part in enumerate(self._segments):
            own = None if allowed is None else allowed[start : start + len(part.ids)]
            if part.lists is None:
                rows = np.arange(len(part.ids)) if own is None else np.flatnonzero(own)
            else:
                rows = _enough(part.lists.nearest_first(self._vector), count, own)
            values = self._inside(number, rows)
            kept = best(values, count)
            found.append(rows[kept] + start)
            alike.append(values[kept])
            start += len(part.ids)
        return np.concatenate(found)[best(np.concatenate(alike), count)]

    def _inside(self, number: int, rows: "Array") -> "Floats":
        """Similarities of some rows of one segment."""
        known = self._known[number]
        return dot(self._segments[number].vectors, self._vector, rows) if known is None else known[rows]


def _enough(parts: "Iterator[Array]", count: int, allowed: "Array | None") -> "Array":
    import numpy as np

    found: list[Array] = []
    total = 0
    for rows in parts:
        found.append(rows if allowed is None else rows[allowed[rows]])
        total += len(found[-1])
        if total >= count:
            break
    return np.sort(np.concatenate(found)).astype(np.int64)


def _spread(count: float, total: float, squares: float) -> Spread:
    mean = total / max(count, 1)
    return Spread(mean=mean, deviation=max(squares / max(count, 1) - mean * mean, 0.0) ** 0.5)


def by_segment(segments: Sequence[Segment], rows: "Array") -> "list[tuple[int, Array, Array]]":
    """Rows by segment: its number, places in ``rows``, numbers inside the segment."""
    import numpy as np

    if len(segments) == 1:
        return [(0, np.arange(len(rows)), rows)]
    starts = np.cumsum([0, *(len(part.ids) for part in segments)])
    owners = np.searchsorted(starts, rows, side="right") - 1
    found: list[tuple[int, Array, Array]] = []
    numbers: list[int] = np.unique(owners).tolist()
    for number in numbers:
        places = np.flatnonzero(owners == number)
        found.append((number, places, rows[places] - starts[number]))
    return found


def best(values: "Floats", count: int) -> "Array":
    """Places of so many of the greatest values, in no order; of all where there are no more."""
    import numpy as np

    if len(values) <= count:
        return np.arange(len(values))
    wide = len(values) // _STRETCH
    near = np.arange(len(values))
    if wide >= 2 * count:  # the greatest of each group bound those of all: far less to sort
        tops = values[: wide * _STRETCH].reshape(_STRETCH, wide).max(axis=0)
        near = np.flatnonzero(values >= np.partition(tops, wide - count)[wide - count])
    return near[np.argpartition(values[near], len(near) - count)[len(near) - count :]]
