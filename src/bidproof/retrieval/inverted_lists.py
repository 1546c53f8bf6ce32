"""Rows grouped by where their vectors point, so that a question is held against the likely ones alone.

Spherical k-means as in IVF indexes (Jégou, Douze and Schmid 2011, without codes): about 2√n lists, of
which a question looks through the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float32]

SCALE = 32_767
"""Vectors are unit norm and kept as whole numbers: as small as float16, eight times as quick to widen."""

BLOCK = 1024  # rows widened at once: what a processor's second cache holds
_ROUNDS = 8
_SAMPLED = 48  # rows a list that the centres are found from
_PROBED = 32  # one list of so many is looked through, and never fewer than the following
_LEAST_PROBED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Rows by list: ``rows[starts[i]:starts[i + 1]]`` are nearest to ``centres[i]``."""

    centres: "Floats"
    starts: "Array"
    rows: "Array"

    def nearest_first(self, vector: "Floats") -> "Iterator[Array]":
        """Rows to look through: first those of the likely lists together, then of one list after another."""
        import numpy as np

        order = np.argsort(-(self.centres @ vector))
        first = max(_LEAST_PROBED, len(order) // _PROBED)
        yield np.concatenate([self._own(number) for number in order[:first]])
        for number in order[first:]:
            yield self._own(number)

    def _own(self, number: Any) -> "Array":
        return self.rows[int(self.starts[number]) : int(self.starts[number + 1])]


def widen(vectors: "Array") -> "Floats":
    """Kept vectors as float32, unit norm but for rounding."""
    import numpy as np

    wide = vectors.astype(np.float32)
    wide /= np.float32(SCALE)
    return wide


def narrow(vectors: "Floats") -> "Array":
    """Unit vectors as they are kept: int16."""
    import numpy as np

    return np.rint(np.clip(vectors, -1, 1) * SCALE).astype(np.int16)


def dot(vectors: "Array", vector: "Floats", rows: "Array | None" = None) -> "Floats":
    """Kept vectors times one: float32 ``[n]``, a block at a time.

    Args:
        vectors: int16 ``[n, dimension]``.
        vector: What they are held against.
        rows: Which of them, int64; all unless told.
    """
    import numpy as np

    count = len(vectors) if rows is None else len(rows)
    found = np.empty(count, dtype=np.float32)
    scaled = (vector / np.float32(SCALE)).astype(np.float32)
    read = np.empty((min(BLOCK, count), vectors.shape[1]), dtype=vectors.dtype)
    wide = np.empty(read.shape, dtype=np.float32)
    for start in range(0, count, BLOCK):
        own = slice(start, min(start + BLOCK, count))
        size = own.stop - start
        if rows is None:
            wide[:size] = vectors[own]
        else:  # "clip": numpy would copy once more to leave ``out`` as it was on a wrong row
            wide[:size] = vectors.take(rows[own], axis=0, out=read[:size], mode="clip")
        np.dot(wide[:size], scaled, out=found[own])
    return found


def build_lists(parts: "Sequence[Array]") -> Lists:
    """Group kept vectors, int16 ``[n, dimension]``, in parts; the same input gives the same lists.

    Beside the vectors no more is held than a sample of them, and what each belongs to.
    """
    import numpy as np

    size = sum(len(part) for part in parts)
    count = int(2 * size**0.5)
    source = np.random.default_rng(0)
    chosen = np.sort(source.choice(size, min(size, _SAMPLED * count), replace=False))
    ends = np.cumsum([len(part) for part in parts])
    own = np.split(chosen, np.searchsorted(chosen, ends[:-1]))
    sample = widen(
        np.concatenate(
            [part[rows - end + len(part)] for part, rows, end in zip(parts, own, ends, strict=True)]
        )
    )
    centres = sample[np.sort(source.choice(len(sample), count, replace=False))]
    for _ in range(_ROUNDS):
        owner = _assign(sample, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, owner, sample)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-12), centres).astype(np.float32)
    owner = np.concatenate(
        [_assign(widen(block), centres) for part in parts for block in blocks(part, 4 * BLOCK)]
    )
    order = np.argsort(owner, kind="stable").astype(np.uint32)
    return Lists(centres=centres, starts=np.searchsorted(owner[order], np.arange(count + 1)), rows=order)


def blocks(vectors: "Array", size: int) -> "Iterator[Array]":
    """An array in parts of so many rows."""
    for start in range(0, len(vectors), size):
        yield vectors[start : start + size]


def _assign(vectors: "Floats", centres: "Floats") -> "Array":
    import numpy as np

    parts = [(part @ centres.T).argmax(axis=1) for part in blocks(vectors, 4 * BLOCK)]
    return np.concatenate(parts)
