"""The index on LanceDB: vectors, keywords and filters in one folder per workspace.

Up to 250,000 passages every one is scored, from arrays kept in memory; above,
an IVF index with binary codes and the keyword index name the likely documents.
Keywords are analysed by ``terms`` before they are stored, so LanceDB only
splits them at spaces and ranks them by BM25.
"""

# lancedb and pyarrow ship incomplete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
import os
import shutil
import time
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidproof.core.errors import WorkspaceError
from bidproof.core.files import close_below, make_folder
from bidproof.core.ids import DocumentId, PassageId, digest
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Passage
from bidproof.retrieval.kept_pool import KeptPool
from bidproof.retrieval.lance_rows import condition, is_in, rows_of, schema_of, stored_passage
from bidproof.retrieval.lancedb_import import import_lancedb
from bidproof.retrieval.pool import Pool, Snapshot
from bidproof.retrieval.pool_rows import (
    BODY_TERMS,
    PLACE_TERMS,
    POOL_COLUMNS,
    pool_of,
)
from bidproof.retrieval.protocol import Filters, IndexedPassage
from bidproof.retrieval.seal import broken_seal, forget_seal, read_seal, seal

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

INDEX_FORMAT = "3"
"""Layout of the stored rows and what is embedded; another one starts an empty index."""

EXACT_BELOW = 250_000
"""Passages up to which every one is scored in memory; above, an approximate index is built."""

_KEEP_OLD_VERSIONS = timedelta(minutes=10)  # a reader that opened an older version finishes its query
# What reading damaged values raises: here, in the store, and in its own language.
_UNREADABLE = (ValueError, KeyError, TypeError)
_PANIC = "PanicException"
_LIKELY_PASSAGES, _LIKELY_DOCUMENTS = 300, 100


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
        exact_below: Passages from which on candidates come from approximate search.
    """

    def __init__(
        self, folder: Path, *, embedder_name: str, dimension: int, exact_below: int = EXACT_BELOW
    ) -> None:
        self._folder = folder
        self._exact_below = exact_below
        self._kept = KeptPool()
        self._dimension = dimension
        self._name = f"passages-{digest('index', INDEX_FORMAT, embedder_name, str(dimension))}"
        self._table_folder = folder / f"{self._name}.lance"
        self._opened: Any = None
        self._opened_at = 0

    @property
    def in_memory(self) -> int:
        """Passages kept in memory at this moment."""
        pool = self._kept.pool
        return 0 if pool is None else len(pool.ids)

    def count(self) -> int:
        """Number of passages."""
        with self._translated("count passages"):
            table = self._table()
            return 0 if table is None else int(table.count_rows())

    def document_ids(self) -> frozenset[DocumentId]:
        """Documents that have passages here."""
        with self._translated("list documents"):
            table = self._table()
            if table is None:
                return frozenset()
            column = table.search().select(["document_id"]).to_arrow().column("document_id")
            return frozenset(DocumentId(item) for item in column.unique().to_pylist())

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
        with self._translated("write passages"):
            table = self._table() or self._create()
            rows = rows_of(passages, vectors)
            where = is_in("document_id", document_ids)
            if table.count_rows(where) == 0:
                table.add(rows)
                return
            merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            merge.when_not_matched_by_source_delete(where).execute(rows)

    def remove(self, document_ids: Collection[DocumentId]) -> None:
        """Take documents out; unknown ids are ignored."""
        with self._translated("remove documents"):
            table = self._table()
            if table is not None and document_ids:
                table.delete(is_in("document_id", document_ids))

    def passages(self, ids: Collection[PassageId], *, pool: Pool | None = None) -> dict[PassageId, Passage]:
        """Passages by id, as they were when ``pool`` was read; unknown ids are left out."""
        with self._translated("read passages"):
            return {
                PassageId(row["id"]): stored_passage(row["record"])
                for row in self._read(ids, ["id", "record"], pool)
            }

    def rows(
        self, ids: Collection[PassageId], *, pool: Pool | None = None
    ) -> dict[PassageId, IndexedPassage]:
        """Passages with their vectors and terms, as :meth:`passages` finds them."""
        import numpy as np

        with self._translated("read passages"):
            found = self._read(ids, ["id", "record", BODY_TERMS, "vector"], pool)
            return {
                PassageId(row["id"]): IndexedPassage(
                    passage=stored_passage(row["record"]),
                    vector=np.asarray(row["vector"], dtype=np.float32),
                    terms=frozenset(row[BODY_TERMS].split()),
                )
                for row in found
            }

    def _read(
        self, ids: Collection[PassageId], columns: list[str], pool: Pool | None
    ) -> list[dict[str, Any]]:
        """Stored rows of the ids, in any order; taken from where a snapshot has them, else looked for."""
        if not ids:
            return []
        if pool is not None and pool.snapshot is not None:
            places = pool.snapshot.row_ids
            known = [places[name] for name in ids if name in places]
            taken = pool.snapshot.table.take_row_ids(known).select(columns)
            return taken.to_arrow().to_pylist() if known else []
        table = self._table()
        if table is None:
            return []
        search = table.search().where(is_in("id", ids)).select(columns).limit(len(ids))
        return search.to_arrow().to_pylist()

    def matching(self, filters: Filters, *, pool: Pool | None = None) -> frozenset[PassageId]:
        """Passages that meet every condition, as they were when ``pool`` was read."""
        with self._translated("filter passages"):
            table = self._table() if pool is None or pool.snapshot is None else pool.snapshot.table
            if table is None:
                return frozenset()
            search = table.search().select(["id"])
            where = condition(filters)
            found = (search.where(where) if where else search).to_arrow()
            return frozenset(PassageId(name) for name in found.column("id").to_pylist())

    def pool(self, terms: Sequence[str], vectors: "Vectors", *, filters: Filters) -> Pool:
        """Passages to score for a question: all of them, or above the limit the likely documents' ones.

        The whole pool is kept in memory, some 2.5 KB a passage; see :class:`KeptPool` for
        how it follows changes.
        """
        with self._translated("read passages"):
            table = self._table()
            if table is None:
                return pool_of(schema_of(self._dimension).empty_table(), self._dimension)
            kept, version = self._kept.pool, int(table.version)
            is_current = kept is not None and kept.snapshot is not None and kept.snapshot.version == version
            if is_current or table.count_rows() < self._exact_below:
                return self._kept.at(version, self._read_pool)
            self._kept.drop()
            return self._likely(table, terms, vectors, condition(filters))

    def _read_pool(self) -> Pool:
        table = self._connect().open_table(self._name)
        version = int(table.version)
        table.checkout(version)  # what is being replaced meanwhile is found as it was
        rows = table.search().select(POOL_COLUMNS).with_row_id(True).to_arrow()
        numbers = rows.column("_rowid").to_pylist()
        names = (PassageId(name) for name in rows.column("id").to_pylist())
        snapshot = Snapshot(version=version, table=table, row_ids=dict(zip(names, numbers, strict=True)))
        return replace(pool_of(rows, self._dimension), snapshot=snapshot)

    def _likely(self, table: Any, terms: Sequence[str], vectors: "Vectors", where: str) -> Pool:
        """The passages of documents that the store's own searches put first."""
        names: dict[str, float] = {}
        for found in (
            self._by_words(table, terms, where),
            *(self._nearest(table, v, where) for v in vectors),
        ):
            for place, name in enumerate(found):
                names[name] = names.get(name, 0.0) + 1 / (20 + place)
        likely = sorted(names, key=lambda name: -names[name])[:_LIKELY_DOCUMENTS]
        if not likely:
            return pool_of(schema_of(self._dimension).empty_table(), self._dimension)
        rows = table.search().where(is_in("document_id", likely)).select(POOL_COLUMNS).to_arrow()
        return pool_of(rows, self._dimension)

    def _by_words(self, table: Any, terms: Sequence[str], where: str) -> list[str]:
        from lancedb.query import FullTextOperator, MultiMatchQuery

        words = " ".join(term for term in terms if not any(mark.isspace() for mark in term))
        if not words:
            return []
        query = MultiMatchQuery(
            words, [BODY_TERMS, PLACE_TERMS], boosts=[1.0, 1.0], operator=FullTextOperator.OR
        )
        search = (
            table.search(query, query_type="fts").limit(_LIKELY_PASSAGES).select(["document_id", "_score"])
        )
        found = (search.where(where, prefilter=True) if where else search).to_arrow()
        return [str(name) for name in found.column("document_id").to_pylist()]

    def _nearest(self, table: Any, vector: Any, where: str) -> list[str]:
        search = table.search(vector).distance_type("dot").nprobes(40).refine_factor(4)
        search = search.limit(_LIKELY_PASSAGES).select(["document_id", "_distance"])
        found = (search.where(where, prefilter=True) if where else search).to_arrow()
        return [str(name) for name in found.column("document_id").to_pylist()]

    def compact(self) -> None:
        """Fold small writes together, index new rows, free what is ten minutes old, renew the memory."""
        with self._translated("compact"):
            table = self._table()
            if table is None:
                return
            from lancedb.index import IvfRq

            has_vectors = any("vector" in item.columns for item in table.list_indices())
            if table.count_rows() >= self._exact_below and not has_vectors:
                table.create_index("vector", config=IvfRq(distance_type="dot"))
            known = read_seal(self._table_folder)
            forget_seal(self._table_folder)  # files go now: a kill on the way must not look like damage
            table.optimize(cleanup_older_than=_KEEP_OLD_VERSIONS)
            self._drop_superseded()
            close_below(self._folder)
            seal(self._table_folder, version=int(table.version), known=known)
            self._kept.renew(self._read_pool)

    def damage(self) -> str:
        """What is amiss with the stored files, in one line, after reading all; empty where nothing is."""
        try:
            with self._translated("read every passage"):
                table = self._table()
                if table is None:
                    return ""
                table.search().to_arrow().validate(full=True)
                return broken_seal(self._table_folder, version=int(table.version), is_whole=True)
        except WorkspaceError as error:
            return error.message

    def clear(self) -> None:
        """Forget everything, whatever state it is in."""
        self._opened = None
        self._kept.drop()
        for table in (self._table_folder, *self._superseded()):
            shutil.rmtree(table, ignore_errors=True)
            forget_seal(table)

    def _table(self) -> Any:
        """The open table, or None while nothing was ever written in this vector space.

        Raises:
            WorkspaceError: A file is missing or cut short (``index-damaged``).
        """
        place = _inode(self._table_folder / "_versions")
        if place != self._opened_at:  # made anew since, or gone
            self._opened, self._opened_at = None, place
            self._kept.drop()
        if self._opened is None and any((self._table_folder / "_versions").glob("*")):
            self._opened = self._open_whole()
        return self._opened

    def _open_whole(self) -> Any:
        broken = ""
        for _ in range(2):  # a writer that frees an old version may just have taken a file away
            table = self._connect().open_table(self._name)
            broken = broken_seal(self._table_folder, version=int(table.version))
            if not broken:
                return table
        raise self._damaged(broken)

    def _connect(self) -> Any:
        return import_lancedb().connect(self._folder, read_consistency_interval=timedelta(seconds=1))

    def _create(self) -> Any:
        make_folder(self._folder)
        database = self._connect()
        from lancedb.index import FTS

        for other in self._superseded():
            os.utime(other)  # from now on it is old
        table = database.create_table(self._name, schema=schema_of(self._dimension), exist_ok=True)
        analysed = FTS(
            base_tokenizer="whitespace",
            max_token_length=None,
            lower_case=False,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
        )
        for column in (BODY_TERMS, PLACE_TERMS):
            table.create_index(column, config=analysed)
        self._opened, self._opened_at = table, _inode(self._table_folder / "_versions")
        return table

    def _superseded(self) -> list[Path]:
        return [path for path in self._folder.glob("passages-*.lance") if path.stem != self._name]

    def _drop_superseded(self) -> None:
        """Free the tables of other vector spaces, once whoever was reading them has had his time."""
        for other in self._superseded():
            if time.time() - other.stat().st_mtime > _KEEP_OLD_VERSIONS.total_seconds():
                shutil.rmtree(other, ignore_errors=True)
                forget_seal(other)

    @contextmanager
    def _translated(self, doing: str) -> Generator[None]:
        try:
            yield
        except BaseException as error:
            self._opened = None  # it may have been made anew
            self._kept.drop()
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


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
