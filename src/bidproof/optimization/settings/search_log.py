"""What a search has measured so far, in a file: a killed search is replayed from it and goes on.

A line each measurement, appended as soon as it is there. Measurements in which a call
failed are left out: they are made again, and only what failed is asked anew.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bidproof.core.errors import WorkspaceError, WriteFailed
from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, to_json
from bidproof.evaluation.records import GoldCase
from bidproof.optimization.records import Measured


def measurement_key(metric: str, program: str, documents: str, cases: Sequence[GoldCase]) -> str:
    """Name a measurement by everything that decides it: objective, program, documents, cases in order."""
    return digest("measurement", metric, program, documents, *(json.dumps(to_json(case)) for case in cases))


class SearchLog:
    """Measurements by key.

    Args:
        path: The file; made with the first measurement. None keeps them in memory alone.

    Raises:
        WorkspaceError: The file is there and cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, Measured] = {}
        if path is not None and path.exists():
            self._read(path)

    def get(self, key: str) -> Measured | None:
        """What was measured under this key, with nothing failed; None when it has to be measured."""
        return self._known.get(key)

    def add(self, key: str, measured: Measured) -> None:
        """Keep a measurement, unless a call failed in it.

        Raises:
            WriteFailed: It cannot be written.
        """
        if any(result.is_lost for result in measured.results):
            return
        self._known[key] = measured
        if self._path is None:
            return
        line = json.dumps({"key": key, "measured": to_json(measured)}) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise WriteFailed(
                f"cannot keep what a search has measured in {str(self._path)!r}: {error}",
                hint="free space, or make the folder writable; the search goes on where it stopped",
            ) from error

    def _read(self, path: Path) -> None:
        try:
            text = path.read_text("utf-8")
            # A line that a kill cut off is cut away, so that the next one starts afresh.
            whole = text[: text.rfind("\n") + 1]
            if whole != text:
                path.write_text(whole, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(
                f"cannot read what an earlier search has measured in {str(path)!r}: {error}",
                hint="remove the file; everything is then measured again",
            ) from error
        for line in whole.splitlines():
            try:
                entry: Any = json.loads(line)
                self._known[str(entry["key"])] = from_json(Measured, entry["measured"])
            except (ValueError, TypeError, KeyError, AttributeError):
                continue  # an unreadable line is one measurement to make again
