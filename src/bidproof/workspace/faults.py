"""What SQLite, the file system and the tables say, in the words of ``core.errors``."""

from collections.abc import Collection
from pathlib import Path

from bidproof.core.errors import BidproofError, UserError, WorkspaceError, WriteFailed
from bidproof.core.next_steps import Action, NextStep


def translate_database(error: Exception, *, path: Path) -> BidproofError:
    """Turn a database error into one the user can act on.

    Args:
        error: As raised by Django; its cause carries SQLite's own error name.
        path: The database file, named in the message.
    """
    name = str(getattr(error.__cause__ or error, "sqlite_errorname", ""))
    found = str(error) or type(error).__name__
    if name.startswith("SQLITE_FULL"):
        return WriteFailed(
            f"cannot write to {str(path)!r}: found the disk full, expected free space",
            hint="free some space and run the same command again; nothing acknowledged was lost",
            code="disk-full",
        )
    if name.startswith("SQLITE_IOERR"):
        return WriteFailed(
            f"cannot write to {str(path)!r}: found {found!r}, expected a working disk with free space",
            hint="check the disk and its free space, then run the same command again",
            code="disk-error",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return read_only(path, found)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return damaged(path, found)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return WorkspaceError(
            f"cannot use {str(path)!r}: found it locked by another program, expected it free within 10 s",
            hint="close the program that has the database open (a backup, a database browser) and run again",
            code="workspace-busy",
        )
    return WorkspaceError(
        f"cannot use {str(path)!r}: found {found!r}, expected the database to accept the change",
        hint="run the command again; if it repeats, report it with this message",
    )


def damaged(path: Path, found: str) -> WorkspaceError:
    """The database file is there but is not a healthy workspace."""
    return WorkspaceError(
        f"cannot open {str(path)!r}: found {found!r}, expected a bidproof database",
        hint=f"restore {path.name} from a backup, or move the folder away and bring the documents in again",
        code="workspace-damaged",
    )


def read_only(path: Path, found: str) -> WorkspaceError:
    """The folder or a file in it may not be written."""
    return WorkspaceError(
        f"cannot write in {str(path.parent)!r}: found {found!r}, expected a folder this user may write to",
        hint=NextStep("change the folder's permissions, or name another", options=("workspace",)),
        code="workspace-read-only",
    )


def unknown_entries(numbers: Collection[int]) -> UserError:
    """The error that says that entries are not there."""
    named = ", ".join(map(str, sorted(numbers)))
    return UserError(
        f"cannot find entry {named} of the answer library: found no such entry in this workspace",
        hint=NextStep("the list of answers has the numbers", Action.LIST_LIBRARY),
        code="library-entry",
    )
