"""All passages of an index as a search reads them: mapped segments, seen as one."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Passage
from bidproof.retrieval.inverted_lists import dot, widen
from bidproof.retrieval.lance_rows import stored_passage
from bidproof.retrieval.postings import Postings
from bidproof.retrieval.protocol import Filters
from bidproof.retrieval.segment import Segment
from bidproof.retrieval.similarities import Similarities, by_segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float32]

_EPOCH_ORDINAL = 719_163  # 1 January 1970


class Pool:
    """Rows are passages, numbered through all segments; a document's rows follow each other in reading order.

    Safe to share between threads. Documents that are gone keep their numbers until their segment is
    written anew, and are found by nothing.

    Attributes:
        size: Rows, gone ones included.
        document_rows: int32 ``[size]``: number of each passage's document, ascending.
        starts: int64 ``[documents]``: first row of each document.
        live: Which rows are there, bool; None where all are.
        live_documents: The same of documents.
        body: Words of the passages.
        place: Words of their file names, titles and headings.
        whole: Words of whole documents; its rows are documents, not passages.
        names: Words of file names and titles; its rows are documents too.
        figures: float32 ``[size]``: share of a passage's words that are figures.
    """

    def __init__(self, segments: Sequence[Segment], gone: "Sequence[Sequence[int]]" = ()) -> None:
        import numpy as np

        self._segments = tuple(segments)
        self._row_starts = np.cumsum([0, *(len(part.ids) for part in segments)])
        self._document_starts = np.cumsum([0, *(len(part.documents) for part in segments)])
        self.size = int(self._row_starts[-1])
        self.document_rows = self._joint(lambda part: part.document_rows, self._document_starts, np.int32)
        self.starts = self._joint(lambda part: part.starts, self._row_starts, np.int64)
        self.figures = self._joint(lambda part: part.figures, None, np.float32)
        self.live_documents: Array | None = None
        self.live: Array | None = None
        if any(gone):
            self.live_documents = np.ones(len(self.starts), dtype=bool)
            for start, own in zip(self._document_starts, gone, strict=False):
                self.live_documents[np.asarray(own, dtype=np.int64) + start] = False
            self.live = self.live_documents[self.document_rows]
        self.body = Postings([part.body for part in segments], live=self.live)
        self.place = Postings([part.place for part in segments], live=self.live)
        self.whole = Postings([part.whole for part in segments], live=self.live_documents)
        self.names = Postings([part.names for part in segments], live=self.live_documents)
        self._allowed: tuple[Filters, Array] | None = None

    def _joint(self, of: Callable[[Segment], "Array"], starts: "Array | None", kind: Any) -> "Array":
        """One array of all segments', numbers raised to their place; the only one's as it is mapped."""
        import numpy as np

        if len(self._segments) == 1:
            return of(self._segments[0])
        parts = [of(part) for part in self._segments]
        raised = parts if starts is None else [own + start for own, start in zip(parts, starts, strict=False)]
        return np.concatenate([np.zeros(0, dtype=kind), *raised]).astype(kind)

    @property
    def count(self) -> int:
        """Passages that are there."""
        return self.size if self.live is None else int(self.live.sum())

    @cached_property
    def documents(self) -> "Array":
        """Ids of the documents as bytes ``[documents]``, gone ones included."""
        import numpy as np

        return np.concatenate([np.zeros(0, "S1"), *(part.documents for part in self._segments)])

    @property
    def document_ids(self) -> frozenset[DocumentId]:
        """Documents that are there."""
        there = self.documents if self.live_documents is None else self.documents[self.live_documents]
        return frozenset(DocumentId(name.decode()) for name in there.tolist())

    @cached_property
    def recency(self) -> "Floats":
        """float32 ``[documents]``: -0.5 for the oldest to 0.5 for the newest, 0 for undated ones."""
        import numpy as np

        days = self._days if self.live_documents is None else np.where(self.live_documents, self._days, 0)
        return recencies(days)

    @cached_property
    def _days(self) -> "Array":
        return self._joint(lambda part: part.days, None, "int32")

    def document_similarities(self, vector: "Floats") -> "Floats":
        """Similarity of each document's mean direction and a vector: float32 ``[documents]``."""
        import numpy as np

        parts = [dot(part.centres, vector) for part in self._segments]
        return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.float32), *parts])

    def similarities(self, vector: "Floats") -> "Similarities":
        """Hold a vector against all passages."""
        return Similarities(self._segments, self.live, vector)

    def ids(self, rows: "Array") -> list[PassageId]:
        """Ids of some passages."""
        return [PassageId(part.ids[row].decode()) for part, row in self._located(rows)]

    def passages(self, rows: "Array") -> list[Passage]:
        """Some passages, as they were stored."""
        return [stored_passage(part.record(row)) for part, row in self._located(rows)]

    def document_of(self, number: int) -> DocumentId:
        """Id of a document by its number."""
        return DocumentId(self.documents[number].decode())

    def vectors(self, rows: "Array") -> "Floats":
        """Vectors of some passages: float32 ``[len(rows), dimension]``."""
        import numpy as np

        found = [
            (places, widen(self._segments[number].vectors[own]))
            for number, places, own in by_segment(self._segments, rows)
        ]
        if len(found) == 1:
            return found[0][1]
        joint = np.empty((len(rows), self._segments[0].vectors.shape[1]), dtype=np.float32)
        for places, own in found:
            joint[places] = own
        return joint

    def allowed(self, filters: Filters) -> "Array | None":
        """Which documents meet every condition and are there, bool; None where all do."""
        if filters.is_empty:
            return self.live_documents
        kept = self._allowed  # the questions of one questionnaire share their filters
        if kept is None or kept[0] != filters:
            kept = self._allowed = (filters, self._meeting(filters))
        return kept[1]

    def rows(self, filters: Filters) -> "Array":
        """All passages of the documents that meet every condition."""
        import numpy as np

        allowed = self.allowed(filters)
        return np.arange(self.size) if allowed is None else np.flatnonzero(allowed[self.document_rows])

    def rows_in(self, documents: "Array") -> "Array":
        """All passages of some documents, document by document.

        Args:
            documents: Their numbers.
        """
        import numpy as np

        ends = np.append(self.starts[1:], self.size)
        lengths = ends[documents] - self.starts[documents]
        before = np.cumsum(lengths) - lengths
        return np.arange(int(lengths.sum())) + np.repeat(self.starts[documents] - before, lengths)

    def _located(self, rows: "Array") -> list[tuple[Segment, int]]:
        import numpy as np

        owners = np.searchsorted(self._row_starts, rows, side="right") - 1
        return [
            (self._segments[owner], int(row - self._row_starts[owner]))
            for owner, row in zip(owners.tolist(), np.asarray(rows).tolist(), strict=True)
        ]

    def _meeting(self, filters: Filters) -> "Array":
        import numpy as np

        met = (
            np.ones(len(self.starts), dtype=bool)
            if self.live_documents is None
            else self.live_documents.copy()
        )
        if filters.document_ids:
            met &= np.isin(self.documents, np.array([name.encode() for name in filters.document_ids]))
        if filters.written_after:
            met &= self._days >= filters.written_after.toordinal() - _EPOCH_ORDINAL
        if filters.written_before:
            met &= self._days <= filters.written_before.toordinal() - _EPOCH_ORDINAL
        if filters.written_after or filters.written_before:
            met &= self._days != 0
        if filters.tags or filters.paths or filters.trust:
            wanted = frozenset(filters.tags)
            folders = tuple(f"{path.rstrip('/')}/" for path in filters.paths)
            said = [item for part in self._segments for item in part.descriptions()]
            met &= np.array(
                [
                    (not wanted or bool(wanted & tags))
                    and (not folders or f"{path}/".startswith(folders))
                    and (not filters.trust or trust in filters.trust)
                    for path, tags, trust in said
                ],
                dtype=bool,
            )
        return met


def recencies(days: "Array") -> "Floats":
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
