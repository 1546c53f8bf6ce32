"""The files that this workspace wrote: what else stands in their place is a person's."""

from collections.abc import Mapping
from pathlib import Path

from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database


class OutputTable:
    """Every file that was ever put in place, by path and content."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.Output.objects.using(database.alias)

    def record(self, files: Mapping[Path, str]) -> None:
        """Note files that are about to be put in place; all of them, durable on return.

        Args:
            files: The SHA-256 of each, in hexadecimal.
        """
        rows = [models.Output(path=_name(path), sha256=sha256) for path, sha256 in files.items()]
        self._database.write(lambda: self._rows.bulk_create(rows, ignore_conflicts=True))

    def is_ours(self, path: Path, *, sha256: str) -> bool:
        """Whether this workspace wrote exactly this content to this path."""
        return self._database.read(self._rows.filter(path=_name(path), sha256=sha256).exists)


def _name(path: Path) -> str:
    return str(path.parent.resolve() / path.name)
