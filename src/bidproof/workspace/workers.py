"""Who works in a workspace: a worker holds jobs and calls by a lease that it keeps putting off.

A worker is one open workspace of one process. Beside its lease it holds a locked file,
which the operating system lets go of when the process ends, however that ends: on the
same machine what a killed worker held is free at once, elsewhere when its lease has passed.
"""

import contextlib
import threading
import uuid
from datetime import timedelta
from pathlib import Path

from bidproof.core.files import make_folder
from bidproof.workspace.database import Database, SqlValue
from bidproof.workspace.lock import is_free, keep_locked, let_go

LEASE_S = 30.0
"""Seconds that a claim lasts without a sign of life."""

_BEAT_S = 10.0

# Plain SQL for SQLite and PostgreSQL: run by the thread that owns the connection.
_HOLDERS = """
SELECT worker FROM workspace_job WHERE lease_until IS NOT NULL
UNION SELECT worker FROM workspace_call WHERE state = 'open'
"""
_BEAT_JOBS = "UPDATE workspace_job SET lease_until = %s WHERE worker = %s AND lease_until IS NOT NULL"
_BEAT_CALLS = "UPDATE workspace_call SET lease_until = %s WHERE worker = %s AND state = 'open'"
_FREE_JOBS = "UPDATE workspace_job SET worker = '', lease_until = NULL WHERE {which}"
_LOSE_CALLS = "UPDATE workspace_call SET state = 'lost', ended_at = %s WHERE state = 'open' AND {which}"


class Worker:
    """This open workspace as a holder of jobs and calls; safe to use from any thread.

    Args:
        database: Of the workspace.
        folder: Where the files of living workers lie; made with the first claim.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.id = uuid.uuid4().hex
        self._database = database
        self._folder = folder
        self._starting = threading.Lock()
        self._handle: int | None = None
        self._ending = threading.Event()

    def start(self) -> str:
        """Show signs of life from now on, until :meth:`close`; returns the worker's id."""
        with self._starting:
            if self._handle is None and not self._ending.is_set():
                make_folder(self._folder)
                self._handle = keep_locked(self._folder / self.id)
                threading.Thread(target=self._beat, name=f"beat-{self.id[:8]}", daemon=True).start()
        return self.id

    def lease(self) -> SqlValue:
        """The end of a claim that is made now; only inside ``read`` or ``write``."""
        return self._database.now(after=timedelta(seconds=LEASE_S))

    def free_dead(self) -> bool:
        """Let go of what dead workers hold; only inside ``write``. Returns whether there was any.

        Their open calls become lost: they were in flight, and may have been paid.
        """
        now = self._database.now()
        passed = "lease_until IS NULL OR lease_until < %s"
        freed = self._database.execute(_FREE_JOBS.format(which="lease_until < %s"), now).changed
        freed += self._database.execute(_LOSE_CALLS.format(which=f"({passed})"), now, now).changed
        for (holder,) in self._database.rows(_HOLDERS):
            if holder != self.id and self._is_dead(str(holder)):
                freed += self._database.execute(_FREE_JOBS.format(which="worker = %s"), holder).changed
                freed += self._database.execute(_LOSE_CALLS.format(which="worker = %s"), now, holder).changed
        return freed > 0

    def close(self) -> None:
        """Let go of everything; a later call does nothing."""
        with self._starting:
            self._ending.set()
            handle, self._handle = self._handle, None
        if handle is None:
            return

        def free() -> None:
            self._database.execute(_FREE_JOBS.format(which="worker = %s"), self.id)
            self._database.execute(_LOSE_CALLS.format(which="worker = %s"), self._database.now(), self.id)

        with contextlib.suppress(Exception):
            self._database.write(free)
        (self._folder / self.id).unlink(missing_ok=True)
        let_go(handle)

    def _is_dead(self, worker: str) -> bool:
        """Whether a worker of this machine has ended; False where only its lease can tell."""
        path = self._folder / worker
        if not worker or not is_free(path):
            return False
        path.unlink(missing_ok=True)
        return True

    def _beat(self) -> None:
        while not self._ending.wait(_BEAT_S):
            with contextlib.suppress(Exception):  # a database that is busy now is asked again
                self._database.write(self._put_off)

    def _put_off(self) -> None:
        until = self.lease()
        self._database.execute(_BEAT_JOBS, until, self.id)
        self._database.execute(_BEAT_CALLS, until, self.id)
