"""A workspace: one folder, one tenant; nothing is shared between two of them.

Importing this module is cheap; Django is loaded by :meth:`Workspace.open`.
"""

import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bidproof.core.errors import WorkspaceError
from bidproof.core.files import make_folder
from bidproof.core.next_steps import NextStep
from bidproof.workspace.faults import read_only

if TYPE_CHECKING:
    from bidproof.workspace.calls import CallJournal
    from bidproof.workspace.database import Database
    from bidproof.workspace.documents import DocumentTable
    from bidproof.workspace.facts import FactTable
    from bidproof.workspace.feedback import FeedbackTable
    from bidproof.workspace.jobs import JobTable
    from bidproof.workspace.library import AnswerLibrary
    from bidproof.workspace.outputs import OutputTable
    from bidproof.workspace.workers import Worker

DATABASE_NAME = "bidproof.db"
LOCK_NAME = "bidproof.lock"
_ID = "id of the workspace"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """An open workspace; close it, or use it in a ``with`` block.

    All tables may be used from any thread and from inside a running event loop.

    Attributes:
        folder: Absolute; holds ``bidproof.toml``, ``bidproof.db``, ``index/``, ``files/``.
        documents: Ingested files with their text, and files that failed.
        jobs: Runs of work and the drafts they made.
        calls: The journal of paid model calls.
        library: Approved answers.
        feedback: What people made of drafts.
        outputs: Files that were written.
        facts: Named texts about the workspace.
        is_new: Whether opening it made it, in a folder that held nothing.
    """

    folder: Path
    documents: "DocumentTable"
    jobs: "JobTable"
    calls: "CallJournal"
    library: "AnswerLibrary"
    feedback: "FeedbackTable"
    outputs: "OutputTable"
    facts: "FactTable"
    is_new: bool
    _database: "Database"
    _worker: "Worker"

    @classmethod
    def open(cls, folder: Path) -> "Workspace":
        """Open a workspace, creating the folder and its tables when they are missing.

        Raises:
            WorkspaceError: The folder cannot be written, or its database is damaged,
                newer than this program, or not a workspace.
            WriteFailed: The disk is full.
        """
        folder = folder.expanduser().absolute()
        is_new = not any(folder.glob("*"))
        _make_folders(folder)
        database = _open_database(folder / DATABASE_NAME)
        from bidproof.workspace.calls import CallJournal
        from bidproof.workspace.documents import DocumentTable
        from bidproof.workspace.facts import FactTable
        from bidproof.workspace.feedback import FeedbackTable
        from bidproof.workspace.jobs import JobTable
        from bidproof.workspace.library import AnswerLibrary
        from bidproof.workspace.outputs import OutputTable
        from bidproof.workspace.workers import Worker

        library = AnswerLibrary(database)
        worker = Worker(database, folder / "workers")
        return cls(
            folder=folder,
            documents=DocumentTable(database),
            jobs=JobTable(database, worker),
            calls=CallJournal(database, worker),
            library=library,
            feedback=FeedbackTable(database, library),
            outputs=OutputTable(database),
            facts=FactTable(database),
            is_new=is_new,
            _database=database,
            _worker=worker,
        )

    def id(self) -> str:
        """What tells this workspace from any other, wherever it lies; given once."""
        return self.facts.keep(_ID, uuid.uuid4().hex)

    def database_damage(self) -> tuple[str, ...]:
        """What SQLite finds amiss in the database, a line each; reads every page."""
        database = self._database
        whole = database.read(lambda: database.rows("PRAGMA integrity_check"))
        stray = database.read(lambda: database.rows("PRAGMA foreign_key_check"))
        return (
            *(f"the database: {line}" for (line,) in whole if line != "ok"),
            *(
                f"the database: row {row[1]} of {row[0]} belongs to a row of {row[2]} that is gone"
                for row in stray
            ),
        )

    @property
    def index_folder(self) -> Path:
        """Where the search index lives."""
        return self.folder / "index"

    def writing(self, *, waiting: Callable[[str], None] | None = None) -> AbstractContextManager[None]:
        """Keep other writers out while documents or the index change; readers go on.

        The lock ends with the process, however that ends. It does not nest.

        Args:
            waiting: Is told, again and again, which process writes while it is waited for;
                None refuses at once.

        Raises:
            WorkspaceError: Another writer holds it (``workspace-locked``); on entering the block.
        """
        from bidproof.workspace.lock import hold_lock

        return hold_lock(self.folder / LOCK_NAME, waiting=waiting)

    def close(self) -> None:
        """Let go of jobs and calls, finish queued writes, close; a second call does nothing."""
        self._worker.close()
        self._database.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_folders(folder: Path) -> None:
    """The folders of a workspace and its database file, for this user alone; what is there stays as it is."""
    try:
        make_folder(folder, is_private=True)
        make_folder(folder / "index")
        make_folder(folder / "files")
        os.close(os.open(folder / DATABASE_NAME, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise WorkspaceError(
            f"cannot open {str(folder)!r}: found a file, expected a folder",
            hint=NextStep("name another folder", options=("workspace",)),
            code="workspace-not-folder",
        ) from error
    except OSError as error:
        raise read_only(folder, error.strerror or str(error)) from error


def _open_database(path: Path) -> "Database":
    from bidproof.workspace.bootstrap import set_up_django

    set_up_django()
    from bidproof.workspace.database import Database
    from bidproof.workspace.schema import migrate

    database = Database(path)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database
