"""Reading of a run what comparing needs: cases, cells and summaries, not the outcomes with their passages."""

import json
from pathlib import Path
from typing import TypeVar

from bidproof.core.errors import UserError
from bidproof.core.jsonable import from_json
from bidproof.evaluation.records import Cell, GoldCase, MetricSummary, Run, RunInfo
from bidproof.evaluation.running.run_store import RunStore

Record = TypeVar("Record")


def load_compared(name: str, *, runs: Path) -> Run:
    """Read a run without its outcomes.

    Args:
        name: A folder that holds ``run.json``, by whatever name, as a CI job may have fetched it;
            else an id, a label or ``latest`` among the workspace's runs.
        runs: The workspace's folder of runs; it need not exist.

    Raises:
        UserError: There is no such run (``unknown-run``), or its files are damaged (``damaged-run``).
    """
    folder = Path(name)
    if not (folder / "run.json").is_file():
        store = RunStore(runs)
        folder = store.place(store.find(name).id)
    try:
        return Run(
            info=from_json(RunInfo, json.loads((folder / "run.json").read_text("utf-8"))),
            cases=_lines(folder / "cases.jsonl", GoldCase),
            outcomes=(),
            cells=_lines(folder / "cells.jsonl", Cell),
            summaries=tuple(
                from_json(MetricSummary, item)
                for item in json.loads((folder / "summaries.json").read_text("utf-8"))
            ),
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise UserError(
            f"cannot read the run in {str(folder)!r}: {error}",
            hint="restore the folder from a backup, or run the evaluation again",
            code="damaged-run",
        ) from error


def _lines(path: Path, kind: type[Record]) -> tuple[Record, ...]:
    lines = path.read_bytes().decode("utf-8", "surrogatepass").split("\n")
    return tuple(from_json(kind, json.loads(line)) for line in lines if line)
