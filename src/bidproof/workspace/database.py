"""One thread writes, everyone reads for himself.

Each open workspace has one thread that owns the writing connection: changes from
anywhere queue up, run there in order, and return when they are durable. Changes
that wait together share one transaction, and so one flush to disk. Reads run on a
connection of the calling thread and wait for nobody; only a thread with a running
event loop, where Django refuses to query, hands them to the writing thread.
"""

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error as DatabaseError
from django.utils import timezone

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.faults import translate_database

Result = TypeVar("Result")
SqlValue: TypeAlias = str | int | float | datetime | None

_BUSY_S = 10
_BATCH = 64
_numbers = itertools.count(1)

# NORMAL: a commit survives the death of the process, however sudden, and costs no
# flush on the event loop's time. A power cut may take back what was committed since
# the last checkpoint, never more than 250 pages (1 MiB); nothing is damaged by it.
_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=250"


def connection_settings(path: Path) -> dict[str, Any]:
    """Say how Django connects to a workspace's database.

    The one place that knows it is SQLite; a PostgreSQL address would be read here.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # IMMEDIATE: a transaction that starts by reading must not fail when it comes to write.
        "OPTIONS": {"timeout": _BUSY_S, "transaction_mode": "IMMEDIATE", "init_command": _INIT},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one statement did: its first row, and how many rows it changed."""

    row: tuple[Any, ...] | None
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    work: Callable[[], Any]
    is_write: bool
    done: Future[Any] = field(default_factory=Future[Any])


class Database:
    """A workspace's database; safe to use from any thread, event loops included.

    Args:
        path: The SQLite file, created when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.alias = f"workspace-{next(_numbers)}"
        self._readers: dict[threading.Thread, BaseDatabaseWrapper] = {}
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._is_closed = False
        defaults = {DEFAULT_DB_ALIAS: {}, self.alias: connection_settings(path)}
        connections.settings[self.alias] = connections.configure_settings(defaults)[self.alias]
        self._thread = threading.Thread(target=self._serve, name=self.alias, daemon=True)
        self._thread.start()

    def read(self, work: Callable[[], Result]) -> Result:
        """Run queries on the calling thread's connection and return their result.

        What was durable before is seen; two queries of one ``work`` may see a change in between.

        Args:
            work: Must not keep anything lazy: evaluate its querysets.

        Raises:
            BidproofError: The database failed, in the user's words.
        """
        if threading.current_thread() is self._thread:
            return work()
        if _has_event_loop():
            return self.run(work)
        self._open_reader()
        try:
            return work()
        except DatabaseError as error:
            raise translate_database(error, path=self.path) from error

    def run(self, work: Callable[[], Result]) -> Result:
        """Run anything on the writing connection, outside of a transaction."""
        return self._submit(work, is_write=False)

    def write(self, work: Callable[[], Result]) -> Result:
        """Run changes in a transaction and return once they are durable.

        Args:
            work: Changes rows only; it may be run a second time when a write that
                shared its transaction failed.

        Raises:
            BidproofError: The database failed; none of the changes were made.
        """
        return self._submit(work, is_write=True)

    def write_soon(self, work: Callable[[], Result]) -> "Future[Result]":
        """Queue changes without waiting for them; the future is done once they are durable.

        For event loops, which must not wait: no thread stands by for the answer.
        Calls of ``read`` and ``write`` inside ``work`` run at once, within its transaction.

        Args:
            work: As for :meth:`write`.

        Raises:
            WorkspaceError: The workspace is closed. All else is raised by the future.
        """
        return self._queued(work, is_write=True)

    def execute(self, sql: str, *values: SqlValue) -> Outcome:
        """Run one statement of portable SQL; only inside the work of ``read`` or ``write``.

        Args:
            sql: With ``%s`` for each value.
            values: Texts escaped by ``app.fields.escape``, times from :meth:`now`.
        """
        with connections[self.alias].cursor() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone() if cursor.description else None
            return Outcome(row=row, changed=cursor.rowcount)

    def rows(self, sql: str, *values: SqlValue) -> list[tuple[Any, ...]]:
        """All rows of one query of portable SQL; only inside the work of ``read`` or ``write``."""
        with connections[self.alias].cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def now(self, *, after: timedelta = timedelta()) -> SqlValue:
        """The time in a while as a value for :meth:`execute`; only inside ``read`` or ``write``."""
        return connections[self.alias].ops.adapt_datetimefield_value(timezone.now() + after)

    def close(self) -> None:
        """Finish what is queued and close the connection; later calls do nothing."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
            self._queue.put(None)
            readers, self._readers = self._readers, {}
        self._thread.join()
        for reader in readers.values():
            reader.close()
        del connections.settings[self.alias]

    def _submit(self, work: Callable[[], Result], *, is_write: bool) -> Result:
        if threading.current_thread() is self._thread:
            return work()
        return self._queued(work, is_write=is_write).result()

    def _queued(self, work: Callable[[], Result], *, is_write: bool) -> "Future[Result]":
        job = _Job(work=work, is_write=is_write)
        with self._closing:
            self._check_open()
            self._queue.put(job)
        return cast("Future[Result]", job.done)

    def _open_reader(self) -> None:
        """Note the calling thread's connection, to be closed with the workspace or after the thread."""
        thread = threading.current_thread()
        if thread in self._readers and not self._is_closed:
            return
        with self._closing:
            self._check_open()
            connection = connections[self.alias]
            connection.inc_thread_sharing()  # it is closed by another thread
            for gone in [reader for reader in self._readers if not reader.is_alive()]:
                self._readers.pop(gone).close()
            self._readers[thread] = connection

    def _check_open(self) -> None:
        # The thread does not exist in a forked child.
        if self._is_closed or not self._thread.is_alive():
            raise WorkspaceError(
                f"cannot use {str(self.path)!r}: found the workspace closed, expected it open",
                hint="open the workspace again",
                code="workspace-closed",
            )

    def _serve(self) -> None:
        is_open = True
        while is_open:
            first = self._queue.get()
            if first is None:
                break
            batch = [first]
            while len(batch) < _BATCH and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    is_open = False
                    break
                batch.append(following)
            self._run([job for job in batch if job.done.set_running_or_notify_cancel()])
        connections[self.alias].close()
        del connections[self.alias]

    def _run(self, jobs: list[_Job]) -> None:
        if sum(job.is_write for job in jobs) > 1 and self._run_together(jobs):
            return
        for job in jobs:
            try:
                if job.is_write:
                    with transaction.atomic(using=self.alias):
                        result = job.work()
                else:
                    result = job.work()
            except DatabaseError as error:
                translated = translate_database(error, path=self.path)
                translated.__cause__ = error
                job.done.set_exception(translated)
            except BaseException as error:  # noqa: BLE001  (a worker's edge: the caller's thread raises it)
                job.done.set_exception(error)
            else:
                job.done.set_result(result)

    def _run_together(self, jobs: list[_Job]) -> bool:
        """Commit many writes at once, with what reads came between them; False when nothing was changed."""
        try:
            with transaction.atomic(using=self.alias):
                results = [job.work() for job in jobs]
        except BaseException:  # noqa: BLE001  (each is run alone next, and fails in its caller's thread)
            return False
        for job, result in zip(jobs, results, strict=True):
            job.done.set_result(result)
        return True


def _has_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
