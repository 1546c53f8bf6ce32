"""The index: passages kept in LanceDB, one folder per workspace, and searched from mapped arrays beside it.

LanceDB is the store of truth: it takes whole documents in one commit, and keeps versions. What a search
reads stands in :mod:`bidproof.retrieval.sidecar`, bound to one state of the store; where the two differ
and nobody is writing, the arrays are made anew. Reading loads neither LanceDB nor Arrow.
"""

# lancedb and pyarrow ship incomplete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
import hashlib
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidproof.core.errors import WorkspaceError
from bidproof.core.files import close_below, make_folder
from bidproof.core.ids import DocumentId, digest
from bidproof.core.memory import release_freed
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Passage
from bidproof.retrieval.lance_rows import is_in, rows_of, schema_of
from bidproof.retrieval.lancedb_import import import_lancedb
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.seal import broken_seal, forget_seal, read_seal, seal
from bidproof.retrieval.segment import SEGMENT_COLUMNS
from bidproof.retrieval.sidecar import Contents, Sidecar

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

INDEX_FORMAT = "3"
"""Layout of the stored rows and what is embedded; another one starts an empty index."""

_KEEP_OLD_VERSIONS = timedelta(minutes=10)  # a reader that opened an older version finishes its query
# What reading damaged values raises: here, in the store, and in its own language.
_UNREADABLE = (ValueError, KeyError, TypeError)
_PANIC = "PanicException"
_ROWS_AT_ONCE = 10_000
_LAST_VERSION = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A pool, and what of the folders it was opened under."""

    seen: tuple[object, ...]
    pool: Pool


class LanceIndex:
    """Passages of one workspace in one vector space.

    Each vector space has its own table, named after the embedder and dimension
    it was made with: vectors of two kinds never meet, and opening with another
    embedder shows an empty index until documents are put in again. The first
    write in a new space frees the tables of the old ones.

    Args:
        folder: Where the tables live; made on the first write.
        embedder_name: Identity of the vector space, passage settings included.
        dimension: Length of a vector.
    """

    def __init__(self, folder: Path, *, embedder_name: str, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._name = f"passages-{digest('index', INDEX_FORMAT, embedder_name, str(dimension))}"
        self._table_folder = folder / f"{self._name}.lance"
        self._sidecar = Sidecar(folder / f"{self._name}.arrays", dimension=dimension)
        self._kept: _Kept | None = None
        self._lock = threading.Lock()
        self._opened: Any = None
        self._opened_at = self._whole_at = 0

    def count(self) -> int:
        """Number of passages."""
        return self.pool().count

    def document_ids(self) -> frozenset[DocumentId]:
        """Documents that have passages here."""
        return self.pool().document_ids

    def pool(self) -> Pool:
        """All passages as of this moment, or of the one before while another process is writing.

        Raises:
            WorkspaceError: A file of the store is missing or cut short (``index-damaged``).
            WriteFailed: The arrays must be made anew, and the disk is full.
        """
        kept, seen = self._kept, self._seen()
        if kept is not None and kept.seen == seen:
            return kept.pool
        with self._translated("read passages"), self._lock:
            return self._open_pool()

    def replace(
        self, document_ids: Collection[DocumentId], passages: Sequence[Passage], vectors: "Vectors"
    ) -> None:
        """Put whole documents in, in one commit, taking out whatever they had before.

        Args:
            document_ids: Every document that is replaced; one without passages is emptied.
            passages: All passages of these documents.
            vectors: float32 ``[len(passages), dimension]``, unit norm.

        Raises:
            WorkspaceError: The index is damaged, or the disk is full.
            ValueError: Vectors and passages do not fit each other or the index.
        """
        if vectors.shape != (len(passages), self._dimension):
            raise ValueError(f"vectors are {vectors.shape}, expected {(len(passages), self._dimension)}")
        stray = {item.document_id for item in passages} - set(document_ids)
        if stray:
            raise ValueError(f"passages of documents that are not being replaced: {sorted(stray)}")
        if not document_ids:
            return
        with self._translated("write passages"), self._sidecar.writing():
            table = self._table() or self._create()
            contents = self._current_contents()
            rows = rows_of(passages, vectors)
            where = is_in("document_id", document_ids)
            if table.count_rows(where) == 0:
                table.add(rows)
            else:
                merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
                merge.when_not_matched_by_source_delete(where).execute(rows)
            self._sidecar.append(contents, rows, gone=document_ids, state=self._state())

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out; unknown ids are ignored."""
        with self._translated("remove documents"), self._sidecar.writing():
            table = self._table()
            if table is not None and document_ids:
                contents = self._current_contents()
                table.delete(is_in("document_id", document_ids))
                none = schema_of(self._dimension).empty_table()
                self._sidecar.append(contents, none, gone=document_ids, state=self._state())

    def compact(self) -> None:
        """Fold small writes together, and free what is ten minutes old."""
        with self._translated("compact"), self._sidecar.writing():
            table = self._table()
            if table is None:
                return
            contents = self._current_contents()
            known = read_seal(self._table_folder)
            forget_seal(self._table_folder)  # files go now: a kill on the way must not look like damage
            for item in table.list_indices():  # of an earlier version, and no longer read
                table.drop_index(item.name)
            table.optimize(cleanup_older_than=_KEEP_OLD_VERSIONS)
            self._drop_superseded()
            close_below(self._folder)
            seal(self._table_folder, version=int(table.version), known=known)
            release_freed()  # of what the store took
            self._sidecar.compact(contents, state=self._state())

    def _open_pool(self) -> Pool:
        """Map the arrays; where they belong to another state and nobody is writing, make them anew first."""
        while True:
            seen = self._seen()
            state = self._state()
            if not state:
                self._kept = None
                return Pool(())
            contents = self._sidecar.read()
            is_current = contents is not None and contents.state == state
            pool = self._mapped(contents)
            if is_current and pool is not None:
                self._kept = _Kept(seen=seen, pool=pool)
                return pool
            with self._sidecar.writing(waits=pool is None) as is_mine:
                if is_mine:
                    self._current_contents()
                elif pool is not None:
                    return pool

    def _mapped(self, contents: Contents | None) -> Pool | None:
        try:
            return None if contents is None else self._sidecar.open(contents)
        except (OSError, *_UNREADABLE):
            return None

    def _current_contents(self) -> Contents:
        """The list of the arrays as of the store's state, made anew where need be; call it while writing."""
        self._check_whole()
        contents, state = self._sidecar.read(), self._state()
        if contents is None or contents.state != state or self._mapped(contents) is None:
            table = self._connect().open_table(self._name)
            self._sidecar.renew(_batches(table), state=state)
            contents = self._sidecar.read()
        if contents is None or contents.state != state:
            raise OSError("another program changes it")
        return contents

    def _seen(self) -> tuple[object, ...]:
        """What changes with the store or the arrays; cheap."""
        versions = self._table_folder / "_versions"
        return (_inode(versions), self._newest(), self._sidecar.stamp())

    def _newest(self) -> str:
        """Name of the newest version's file; empty where nothing was ever written in this vector space."""
        try:
            names = [entry.name for entry in os.scandir(self._table_folder / "_versions")]
        except OSError:
            return ""
        return max((name for name in names if name.endswith(".manifest")), key=_version, default="")

    def _state(self) -> str:
        """Digest of the newest version's file, which names all others; empty where there is none."""
        newest = self._newest()
        if not newest:
            return ""
        self._check_whole()
        content = (self._table_folder / "_versions" / newest).read_bytes()
        return hashlib.sha256(newest.encode() + content).hexdigest()

    def _check_whole(self) -> None:
        """Hold a store that is opened the first time against its seal."""
        place = _inode(self._table_folder / "_versions")
        if place == self._whole_at:
            return
        broken = ""
        for _ in range(2):  # a writer that frees an old version may just have taken a file away
            broken = broken_seal(self._table_folder, version=_version(self._newest()))
            if not broken:
                self._whole_at = place
                return
        raise self._damaged(broken)

    def damage(self) -> str:
        """What is amiss with the stored files, in one line, after reading all; empty where nothing is."""
        try:
            with self._translated("read every passage"):
                table = self._table()
                if table is None:
                    return ""
                table.search().to_arrow().validate(full=True)
                broken = broken_seal(self._table_folder, version=int(table.version), is_whole=True)
                return broken or self._sidecar.damage()
        except WorkspaceError as error:
            return error.message

    def clear(self) -> None:
        """Forget everything, whatever state it is in."""
        self._opened = self._kept = None
        for table in (self._table_folder, *self._superseded()):
            _drop(table)

    def _table(self) -> Any:
        """The open table, or None while nothing was ever written in this vector space.

        Raises:
            WorkspaceError: A file is missing or cut short (``index-damaged``).
        """
        place = _inode(self._table_folder / "_versions")
        if place != self._opened_at:  # made anew since, or gone
            self._opened, self._opened_at = None, place
        if self._opened is None and self._newest():
            self._check_whole()
            self._opened = self._connect().open_table(self._name)
        elif self._opened is not None:
            self._opened.checkout_latest()
        return self._opened

    def _connect(self) -> Any:
        return import_lancedb().connect(self._folder, read_consistency_interval=timedelta(seconds=1))

    def _create(self) -> Any:
        make_folder(self._folder)
        database = self._connect()
        for other in self._superseded():
            os.utime(other)  # from now on it is old
        table = database.create_table(self._name, schema=schema_of(self._dimension), exist_ok=True)
        self._opened, self._opened_at = table, _inode(self._table_folder / "_versions")
        return table

    def _superseded(self) -> list[Path]:
        return [path for path in self._folder.glob("passages-*.lance") if path.stem != self._name]

    def _drop_superseded(self) -> None:
        """Free the tables of other vector spaces, once whoever was reading them has had his time."""
        for other in self._superseded():
            if time.time() - other.stat().st_mtime > _KEEP_OLD_VERSIONS.total_seconds():
                _drop(other)

    @contextmanager
    def _translated(self, doing: str) -> Generator[None]:
        try:
            yield
        except BaseException as error:
            self._opened = self._kept = None  # it may have been made anew
            self._whole_at = 0
            if isinstance(error, _UNREADABLE) or type(error).__name__ == _PANIC:
                raise self._damaged(_first_line(error)) from error
            if not isinstance(error, (RuntimeError, OSError)):
                raise
            raise WorkspaceError(
                f"cannot {doing} in index {str(self._folder)!r}: {_first_line(error)}, expected it whole",
                hint=NextStep(
                    "check free disk space; if it persists, build the index anew from the stored documents",
                    Action.REPAIR,
                ),
                code="index-failed",
            ) from error

    def _damaged(self, found: str) -> WorkspaceError:
        return WorkspaceError(
            f"cannot read index {str(self._folder)!r}: found it damaged ({found}), expected it whole",
            hint=NextStep("build it anew from the stored documents; nothing else is lost", Action.REPAIR),
            code="index-damaged",
        )


def _batches(table: Any) -> Iterator[Any]:
    """All stored rows, some ten thousand at once, each document whole."""
    column = table.search().select(["document_id"]).to_arrow().column("document_id")
    if len(column) <= _ROWS_AT_ONCE:
        yield table.search().select(SEGMENT_COLUMNS).to_arrow()
        return
    waiting: list[str] = []
    rows = 0
    for name, count in Counter(column.to_pylist()).items():
        if rows + count > _ROWS_AT_ONCE and waiting:
            yield table.search().where(is_in("document_id", waiting)).select(SEGMENT_COLUMNS).to_arrow()
            waiting, rows = [], 0
        waiting.append(name)
        rows += count
    yield table.search().where(is_in("document_id", waiting)).select(SEGMENT_COLUMNS).to_arrow()


def _version(name: str) -> int:
    """The version that a file is of: newer ones count down from the last, to come first in a listing."""
    number = int(name.partition(".")[0] or 0) if name.partition(".")[0].isdigit() else 0
    return _LAST_VERSION - number if number > _LAST_VERSION // 2 else number


def _drop(table: Path) -> None:
    """Delete a table with all that belongs to it."""
    shutil.rmtree(table, ignore_errors=True)
    shutil.rmtree(table.with_suffix(".arrays"), ignore_errors=True)
    forget_seal(table)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
