"""A segment: whole documents with everything that a search reads of them, as arrays.

Rows are passages, a document's in reading order; its documents are in order of their ids.
"""

# pyarrow ships incomplete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidproof.retrieval.array_file import map_arrays
from bidproof.retrieval.inverted_lists import BLOCK, Lists, blocks, build_lists, narrow, widen
from bidproof.retrieval.lance_rows import BODY_TERMS, NAME_TERMS, PLACE_TERMS
from bidproof.retrieval.postings import Counts, count_terms, join_counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Arrays = Mapping[str, "Array | Sequence[Array]"]

SEGMENT_COLUMNS = [
    "id",
    "document_id",
    "start",
    "written",
    "record",
    BODY_TERMS,
    PLACE_TERMS,
    NAME_TERMS,
    "vector",
]
"""Columns that :func:`arrays_of` reads."""

LISTS_FROM = 50_000
"""Passages from which on a segment has inverted lists; fewer are all held against a question."""

_FIELDS = ("body", "place", "whole", "names")
_COUNTS = ("terms", "starts", "rows", "counts", "lengths")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What the spread of any question's similarities follows from: sums over rows of ``v`` and ``v vᵀ``."""

    sums: "Array"
    products: "Array"

    def of(self, vector: "Array") -> tuple[float, float]:
        """Sum and sum of squares of all rows' products with a vector."""
        return float(self.sums @ vector), float(vector @ self.products @ vector)


class Segment:
    """Mapped arrays of one segment; see :func:`arrays_of` for what they hold.

    Raises:
        OSError: The file is missing.
        ValueError: It is damaged.
        KeyError: It lacks an array.
    """

    def __init__(self, arrays: "Mapping[str, Array]") -> None:
        self.ids, self.documents = arrays["ids"], arrays["documents"]
        self.starts, self.document_rows = arrays["starts"], arrays["document_rows"]
        self.vectors, self.centres = arrays["vectors"], arrays["centres"]
        self.figures, self.days = arrays["figures"], arrays["days"]
        self.records, self.record_starts = arrays["records"], arrays["record_starts"]
        self.described = arrays["described"]
        self.body, self.place, self.whole, self.names = (
            Counts(**{part: arrays[f"{field}_{part}"] for part in _COUNTS}) for field in _FIELDS
        )
        self.lists: Lists | None = None
        self.moments: Moments | None = None
        if "list_rows" in arrays:
            self.lists = Lists(
                centres=arrays["list_centres"], starts=arrays["list_starts"], rows=arrays["list_rows"]
            )
            self.moments = Moments(sums=arrays["sums"], products=arrays["products"])

    @classmethod
    def open(cls, path: Path) -> "Segment":
        """Map a segment's file."""
        return cls(map_arrays(path))

    def record(self, row: int) -> str:
        """The stored record of a passage."""
        own = self.records[int(self.record_starts[row]) : int(self.record_starts[row + 1])]
        return own.tobytes().decode("utf-8")

    def descriptions(self) -> list[tuple[str, frozenset[str], str]]:
        """Path, tags and trust of each document."""
        return [(path, frozenset(tags), trust) for path, tags, trust in json.loads(self.described.tobytes())]


def arrays_of(rows: Any, dimension: int) -> "Arrays":
    """Stored rows as a segment's arrays, column by column, without a Python loop over passages.

    Args:
        rows: An Arrow table with ``SEGMENT_COLUMNS``: all rows of one document or more.
        dimension: Length of a vector.
    """
    import numpy as np
    import pyarrow as pa

    rows = rows.sort_by([("document_id", "ascending"), ("start", "ascending")]).combine_chunks()
    names, document_rows = np.unique(_texts(rows.column("document_id")), return_inverse=True)
    document_rows = document_rows.astype(np.int32)
    starts = np.searchsorted(document_rows, np.arange(len(names)))
    records = rows.column("record").cast(pa.large_string()).combine_chunks()
    record_starts, content = _text_buffers(records)
    body_numbers, body_lengths, body_words = _terms(rows.column(BODY_TERMS))
    body = count_terms(body_numbers, body_lengths, body_words)
    place = count_terms(*_terms(rows.column(PLACE_TERMS)))
    called = count_terms(*_terms(rows.column(NAME_TERMS).take(starts)))
    vectors = _matrix(rows.column("vector"), dimension)
    kept = narrow(vectors)
    firsts = [json.loads(records[int(start)].as_py()) for start in starts]
    described = [[item["path"], item.get("tags", []), item.get("trust", "own")] for item in firsts]
    return {
        "ids": _texts(rows.column("id")),
        "documents": names,
        "starts": starts,
        "document_rows": document_rows,
        "vectors": kept,
        "centres": narrow(_centres(vectors, starts)),
        "figures": _figure_shares(body_numbers, body_lengths, body_words),
        "days": _days(rows.column("written").take(starts)),
        "records": content,
        "record_starts": record_starts,
        "described": _as_bytes(described),
        **_named("body", body),
        **_named("place", place),
        **_named("whole", body.by_document(document_rows, starts)),
        **_named("names", called),
        **_with_lists([kept]),
    }


def join_segments(parts: "Sequence[Segment]", live: "Sequence[Array]") -> "Arrays":
    """The arrays of several segments as of one, without the documents that are gone.

    Vectors and records are laid down part by part and never held together.

    Args:
        parts: In order.
        live: For each segment which documents are still there, bool; of one id only one.
    """
    import numpy as np

    rows = [own[part.document_rows] for part, own in zip(parts, live, strict=True)]
    new_rows, new_documents = _renumbered(rows), _renumbered(live)
    counts = {
        field: join_counts(
            [getattr(part, field) for part in parts],
            new_rows if field in ("body", "place") else new_documents,
        )
        for field in _FIELDS
    }
    document_rows = np.concatenate(
        [
            numbers[part.document_rows[own]]
            for part, numbers, own in zip(parts, new_documents, rows, strict=True)
        ]
    ).astype(np.int32)
    vectors = [_kept(part.vectors, own) for part, own in zip(parts, rows, strict=True)]
    lengths = [np.diff(part.record_starts)[own] for part, own in zip(parts, rows, strict=True)]
    described = [
        list(item)
        for part, own in zip(parts, live, strict=True)
        for item, is_live in zip(json.loads(part.described.tobytes()), own.tolist(), strict=True)
        if is_live
    ]
    return {
        **{
            name: [_kept(getattr(part, name), own) for part, own in zip(parts, rows, strict=True)]
            for name in ("ids", "figures")
        },
        **{
            name: [_kept(getattr(part, name), own) for part, own in zip(parts, live, strict=True)]
            for name in ("documents", "centres", "days")
        },
        "starts": np.searchsorted(document_rows, np.arange(int(sum(own.sum() for own in live)))),
        "document_rows": document_rows,
        "vectors": vectors,
        "records": [_kept_records(part, own) for part, own in zip(parts, rows, strict=True)],
        "record_starts": np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        "described": _as_bytes(described),
        **{name: array for field, own in counts.items() for name, array in _named(field, own).items()},
        **_with_lists(vectors),
    }


def _renumbered(live: "Sequence[Array]") -> "list[Array]":
    """New numbers of what stays, one after another over all parts; -1 for what goes."""
    import numpy as np

    found: list[Array] = []
    before = 0
    for own in live:
        found.append(np.where(own, np.cumsum(own) - 1 + before, -1))
        before += int(own.sum())
    return found


def _kept(array: "Array", live: "Array") -> "Array":
    return array if live.all() else array[live]


def _kept_records(part: Segment, live: "Array") -> "Array":
    import numpy as np

    return part.records if live.all() else part.records[np.repeat(live, np.diff(part.record_starts))]


def _with_lists(vectors: "Sequence[Array]") -> "dict[str, Array]":
    """What a large segment has beside: inverted lists, and the moments of its vectors."""
    if sum(len(part) for part in vectors) < LISTS_FROM:
        return {}
    lists, moments = build_lists(vectors), _moments(vectors)
    return {
        "list_centres": lists.centres,
        "list_starts": lists.starts,
        "list_rows": lists.rows,
        "sums": moments.sums,
        "products": moments.products,
    }


def _moments(parts: "Sequence[Array]") -> Moments:
    import numpy as np

    width = parts[0].shape[1]
    found = Moments(sums=np.zeros(width), products=np.zeros((width, width)))
    for block in (block for part in parts for block in blocks(part, BLOCK)):
        wide = widen(block)
        found.sums[:] += wide.sum(axis=0, dtype=np.float64)
        found.products[:] += wide.T @ wide
    return found


def _named(field: str, counts: Counts) -> "dict[str, Array]":
    return {f"{field}_{part}": getattr(counts, part) for part in _COUNTS}


def _as_bytes(value: object) -> "Array":
    import numpy as np

    return np.frombuffer(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), dtype=np.uint8
    )


def _texts(column: Any) -> "Array":
    """Short names as fixed-width bytes."""
    import numpy as np

    return np.array([name.encode("utf-8") for name in column.to_pylist()], dtype="S")


def _text_buffers(texts: Any) -> "tuple[Array, Array]":
    """Where each text begins, ``[n + 1]``, and all of them as bytes."""
    import numpy as np

    if not len(texts):
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    _, places, content = texts.buffers()
    starts = np.frombuffer(places, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return starts - starts[0], np.frombuffer(content, dtype=np.uint8)[int(starts[0]) : int(starts[-1])]


def _matrix(column: Any, dimension: int) -> "NDArray[np.float32]":
    """A column of equally long lists as one float32 matrix ``[n, dimension]``."""
    import numpy as np

    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, dtype=np.float32).reshape(-1, dimension)


def _terms(column: Any) -> "tuple[Array, Array, list[str]]":
    """Term numbers of all rows in a row, how many each row has, and the terms by number."""
    import numpy as np
    import pyarrow.compute as pc

    lists = pc.split_pattern(column, " ")
    coded = pc.list_flatten(lists).combine_chunks().dictionary_encode()
    numbers = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers, lengths, coded.dictionary.to_pylist()


def _days(column: Any) -> "Array":
    """Dates as days since 1970; 0 for unknown ones."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    days = pc.fill_null(column.cast(pa.int32()), 0)
    return days.to_numpy(zero_copy_only=False).astype(np.int32)


def _centres(vectors: "Array", starts: "Array") -> "NDArray[np.float32]":
    """Mean direction of each document's passages, unit norm: float32 ``[documents, dimension]``."""
    import numpy as np

    sums = np.add.reduceat(vectors, starts, axis=0)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


def _figure_shares(numbers: "Array", lengths: "Array", words: Sequence[str]) -> "NDArray[np.float32]":
    """Share of each row's terms that are figures: two digits or more, no letter first."""
    import numpy as np

    is_figure = np.array([_is_figure(word) for word in words], dtype=np.float32)
    row_of = np.repeat(np.arange(len(lengths)), lengths)
    counts = np.bincount(row_of, weights=is_figure[numbers], minlength=len(lengths))
    return (counts / np.maximum(lengths, 8)).astype(np.float32)


def _is_figure(word: str) -> bool:
    return len(word) > 1 and word[0].isdigit() and sum(mark.isdigit() for mark in word) * 2 > len(word)
