"""What a search has measured so far, in a file: a killed search is replayed from it and goes on.

A line each measurement, appended as soon as it is there. Measurements in which a call
failed are left out: they are made again, and only what failed is asked anew.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, to_json
from bidproof.evaluation.records import GoldCase
from bidproof.optimization.kept_lines import keep, read_kept
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
        self._known = dict(
            read_kept(path, lambda entry: (str(entry["key"]), from_json(Measured, entry["measured"])))
        )

    def get(self, key: str) -> Measured | None:
        """What was measured under this key, with nothing failed; None when it has to be measured."""
        return self._known.get(key)

    def add(self, key: str, measured: Measured) -> None:
        """Keep a measurement, unless a call failed in it.

        Raises:
            WriteFailed: It cannot be written.
        """
        if not any(result.is_lost for result in measured.results):
            self._known[key] = measured
            keep(self._path, [{"key": key, "measured": to_json(measured)}])
