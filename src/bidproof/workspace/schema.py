"""Bring a database to this program's tables, or say why that cannot be."""

from functools import cache
from pathlib import Path

from django.db import connections

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.app import migrations
from bidproof.workspace.database import Database
from bidproof.workspace.faults import damaged
from bidproof.workspace.lock import wait_for_folder

_RECORD = "django_migrations"


@cache
def expected_migrations() -> frozenset[str]:
    """The migrations that this program knows, by name."""
    folder = Path(next(iter(migrations.__path__)))
    return frozenset(file.stem for file in folder.glob("[0-9]*.py"))


def migrate(database: Database) -> None:
    """Create or upgrade the tables; one query when there is nothing to do.

    Raises:
        WorkspaceError: The database was written by a newer program, or is not a workspace.
    """
    expected = expected_migrations()
    # One process at a time, from the first connection on: two that make one database
    # at once would meet in the switch to WAL, which waits for nobody.
    with wait_for_folder(database.path.parent):
        applied = database.run(lambda: _applied(database))
        if unknown := applied - expected:
            raise WorkspaceError(
                f"cannot open {str(database.path)!r}: found tables of a newer bidproof ({max(unknown)}), "
                f"expected at most {max(expected)}",
                hint="upgrade bidproof, or open a workspace that this version made",
                code="workspace-newer",
            )
        if applied != expected:
            database.run(lambda: _apply(database))


def _applied(database: Database) -> frozenset[str]:
    connection = connections[database.alias]
    tables = set(connection.introspection.table_names())
    if not tables and any((database.path.parent / "index").glob("*")):
        raise damaged(database.path, "nothing in it, beside an index")
    if not tables:
        return frozenset()
    if _RECORD not in tables:
        raise damaged(database.path, f"a database with other tables ({min(tables)}, …)")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {_RECORD} WHERE app = %s", ["workspace"])
        return frozenset(str(row[0]) for row in cursor.fetchall())


def _apply(database: Database) -> None:
    from django.db.migrations.executor import MigrationExecutor

    # Outside write(): each migration opens the transaction that suits it.
    executor = MigrationExecutor(connections[database.alias])
    executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] == "workspace"])
