"""Beside the store: everything that a search reads, as segments of mapped arrays, and the list of them.

The store is the truth; this can always be made from it. A commit writes one segment with the documents
that it puts in, notes which documents of earlier segments are gone, and joins segments when the later
ones have grown as large as the one before, so that it costs what the new documents cost. It becomes
visible with the list, which is replaced at once and names the state of the store it belongs to: a list
of another state, a damaged one or one whose files are not there is never used.
"""

import hashlib
import json
import os
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bidproof.core.files import make_folder, usual_mode, write_text
from bidproof.core.memory import release_freed
from bidproof.retrieval.array_file import write_arrays
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.segment import Segment, arrays_of, join_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYOUT = 2
"""What the files hold; raise it when that changes, and every sidecar is made anew."""

_AS_MANY, _MANY = 1.0, 4.0  # a segment is joined with later ones when it holds at most so many times theirs
_MOST_GONE = 0.25  # share of a segment's documents that may be gone before it is written anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment's file, and the numbers of those of its documents that are gone."""

    name: str
    size: int
    sha256: str
    passages: int
    documents: int
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The list of segments, and the state of the store that they belong to."""

    state: str
    parts: tuple[Part, ...]


class Sidecar:
    """The arrays beside one table.

    Args:
        folder: Theirs alone; made on the first write.
        dimension: Length of a vector.
    """

    def __init__(self, folder: Path, *, dimension: int) -> None:
        self._folder, self._dimension = folder, dimension
        self._list = folder / "segments.json"

    @contextmanager
    def writing(self, *, waits: bool = True) -> Generator[bool]:
        """Let one process at a time change the store and this; False where another does and we do not wait.

        Raises:
            OSError: The folder cannot be made or opened.
        """
        make_folder(self._folder)
        handle = os.open(
            self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, usual_mode(self._folder)
        )
        try:
            try:
                flock(handle, LOCK_EX if waits else LOCK_EX | LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the list does."""
        try:
            found = self._list.stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def read(self) -> Contents | None:
        """The list as it stands; None where there is none, or none to be used."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            stored: Any = json.loads(self._list.read_bytes())
            said = stored["said"]
            if stored["layout"] == LAYOUT and stored["digest"] == _digest(said):
                parts = tuple(_part(part) for part in said["parts"])
                return Contents(state=said["state"], parts=parts)
        return None

    def open(self, contents: Contents) -> Pool:
        """Map what a list names.

        Raises:
            OSError: A file is missing.
            ValueError: One has another size, or is damaged.
            KeyError: One lacks an array.
        """
        for part in contents.parts:
            size = (self._folder / part.name).stat().st_size
            if size != part.size:
                raise ValueError(f"{part.name} has {size} bytes, expected {part.size}")
        segments = [Segment.open(self._folder / part.name) for part in contents.parts]
        return Pool(segments, [part.gone for part in contents.parts])

    def append(self, contents: Contents, rows: Any, *, gone: Collection[str], state: str) -> None:
        """Put documents in and take others out; call it while :meth:`writing`.

        Args:
            contents: The list as of before.
            rows: The stored rows put in, an Arrow table; it may be empty.
            gone: Ids of the documents whose earlier passages are gone.
            state: Of the store, afterwards.

        Raises:
            WriteFailed: The disk is full.
        """
        segments = [Segment.open(self._folder / part.name) for part in contents.parts]
        parts = [_without(part, own, gone) for part, own in zip(contents.parts, segments, strict=True)]
        if rows.num_rows:
            part = self._write(arrays_of(rows, self._dimension))
            parts.append(part)
            segments.append(Segment.open(self._folder / part.name))
        self._put(replace(contents, state=state, parts=self._tidied(parts, segments, _AS_MANY)))

    def renew(self, batches: Iterable[Any], *, state: str) -> None:
        """Make everything anew from the stored rows; call it while :meth:`writing`.

        Args:
            batches: Arrow tables, each document whole in one of them; read one after another.
            state: Of the store they are read from.

        Raises:
            WriteFailed: The disk is full.
        """
        parts = [self._write(arrays_of(rows, self._dimension)) for rows in batches if rows.num_rows]
        if len(parts) > 1:
            parts = [self._join(parts, [Segment.open(self._folder / part.name) for part in parts])]
        self._put(Contents(state=state, parts=tuple(parts)))

    def compact(self, contents: Contents, *, state: str) -> None:
        """Join what may be joined, for a store with the same passages; call it while :meth:`writing`.

        Raises:
            WriteFailed: The disk is full.
        """
        segments = [Segment.open(self._folder / part.name) for part in contents.parts]
        self._put(replace(contents, state=state, parts=self._tidied(list(contents.parts), segments, _MANY)))

    def damage(self) -> str:
        """What differs from what was written, in a few words, after reading all; empty where nothing does."""
        contents = self.read()
        if contents is None:
            return f"{self._list.name} cannot be read" if self._list.exists() else ""
        for part in contents.parts:
            try:
                with (self._folder / part.name).open("rb") as stream:
                    sha = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError:
                return f"{part.name} is missing"
            if sha != part.sha256:
                return f"{part.name} was changed"
        return ""

    def _tidied(self, parts: list[Part], segments: list[Segment], share: float) -> tuple[Part, ...]:
        """Join late segments that have grown, and write those anew of which much is gone."""
        start = len(parts)
        total = 0
        for at in range(len(parts) - 1, -1, -1):
            if total and _left(parts[at]) > share * total:
                break
            start, total = at, total + _left(parts[at])
        if len(parts) - start > 1:
            joined = self._join(parts[start:], segments[start:])
            parts[start:], segments[start:] = [joined], [Segment.open(self._folder / joined.name)]
        return tuple(
            self._join([part], [own]) if len(part.gone) > _MOST_GONE * part.documents else part
            for part, own in zip(parts, segments, strict=True)
            if len(part.gone) < part.documents
        )

    def _join(self, parts: Sequence[Part], segments: Sequence[Segment]) -> Part:
        import numpy as np

        live: list[NDArray[Any]] = []
        for part in parts:
            own = np.ones(part.documents, dtype=bool)
            own[list(part.gone)] = False
            live.append(own)
        return self._write(join_segments(segments, live))

    def _write(self, arrays: Any) -> Part:
        name = f"segment-{token_hex(8)}.arrays"
        path = self._folder / name
        sha256 = write_arrays(path, arrays)
        release_freed()  # of what the arrays were made from
        own = Segment.open(path)
        return Part(
            name=name,
            size=path.stat().st_size,
            sha256=sha256,
            passages=len(own.ids),
            documents=len(own.documents),
        )

    def _put(self, contents: Contents) -> None:
        """Swap the list in, then free what neither it nor anybody who starts now reads."""
        said = asdict(contents)
        write_text(self._list, json.dumps({"layout": LAYOUT, "digest": _digest(said), "said": said}))
        named = {part.name for part in contents.parts} | {self._list.name, "lock"}
        for path in self._folder.iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)


def _part(said: Any) -> Part:
    return replace(Part(**said), gone=tuple(said["gone"]))


def _without(part: Part, segment: Segment, gone: Collection[str]) -> Part:
    import numpy as np

    names = np.array([name.encode() for name in gone] or [b""])
    lost = np.flatnonzero(np.isin(segment.documents, names)).tolist()
    return replace(part, gone=tuple(sorted({*part.gone, *lost})))


def _left(part: Part) -> int:
    """Passages that are there, about."""
    return part.passages * (part.documents - len(part.gone)) // max(part.documents, 1)


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
