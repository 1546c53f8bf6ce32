"""Runs on disk: one folder each, in formats that any other program reads.

``run.json`` (what it was), ``summaries.json``, ``cases.jsonl``, ``outcomes.jsonl``,
``cells.jsonl`` and, for pandas and its kin, ``cells.parquet``. The folder is
listed once ``run.json`` is in it, which is written last.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bidproof.core.errors import UserError, WriteFailed
from bidproof.core.files import clear_unfinished, write_folder, write_whole, writing
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.records import Cell, GoldCase, MetricSummary, Outcome, Run, RunInfo

LATEST = "latest"
_CELLS, _SUMMARIES, _PARQUET = "cells.jsonl", "summaries.json", "cells.parquet"
_NEW_SCORES = "new-scores"
Record = TypeVar("Record")


class RunStore:
    """The runs of one workspace.

    Args:
        folder: Holds one folder a run; made with the first one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, run_id: str) -> Path:
        """The folder of a run; it need not exist yet."""
        return self._folder / run_id

    def save(self, run: Run) -> Path:
        """Write a run, replacing what was stored under its id.

        Returns:
            Its folder.

        Raises:
            WriteFailed: Disk full or not writable.
        """
        folder = self.place(run.info.id)
        with writing(folder):
            shutil.rmtree(folder / _NEW_SCORES, ignore_errors=True)
            write_whole(folder / "cases.jsonl", _lines(run.cases))
            write_whole(folder / "outcomes.jsonl", _lines(run.outcomes))
            for name, content in _scores(run).items():
                write_whole(folder / name, content)
            write_whole(folder / "run.json", _json(run.info))
        return folder

    def replace_scores(self, before: Run, after: Run) -> Path:
        """Put other cells and summaries into a stored run, all at once; its other files stay untouched.

        The new files become part of the run by the rename of one folder, and take the old
        ones' places after it: killed anywhere, the run is read either as before or as after.

        Args:
            before: As it was read.
            after: The same run with other scores.

        Returns:
            Its folder.

        Raises:
            WriteFailed: It was scored meanwhile, or cannot be written; it is as it was.
        """
        folder = self.place(before.info.id)
        with writing(folder):
            clear_unfinished(folder)
            _settle(folder)
            if read_run(folder, has_outcomes=False).cells != before.cells:
                raise WriteFailed(
                    f"cannot add scores to the run {before.info.id!r}: its scores changed since it was read",
                    hint="give the same command again",
                )
            write_folder(folder / _NEW_SCORES, _scores(after))
            _settle(folder)
        return folder

    def list(self) -> tuple[RunInfo, ...]:
        """Every stored run, oldest first."""
        found = (_read_info(path) for path in self._folder.glob("*/run.json"))
        return tuple(sorted(found, key=lambda info: (info.started, info.id)))

    def find(self, name: str) -> RunInfo:
        """The run with this id, the newest with this label, the one id that starts so, or ``latest``.

        Raises:
            UserError: There is none (``unknown-run``).
        """
        runs = self.list()
        for fits in (
            [info for info in runs if info.id == name],
            [info for info in runs if name and info.label == name][-1:],
            [info for info in runs if name and info.id.startswith(name)],
            list(runs[-1:]) if name == LATEST else [],
        ):
            if len(fits) == 1:
                return fits[0]
        known = ", ".join(info.label or info.id for info in runs[-4:]) or "none at all"
        raise UserError(
            f"cannot find the run {name!r} in {str(self._folder)!r}: found {known}",
            hint=NextStep("name a run by its id, its label, or as 'latest'", Action.LIST_RUNS),
            code="unknown-run",
        )

    def load(self, name: str) -> Run:
        """Read a run back, by id, label or ``latest``.

        Raises:
            UserError: There is none (``unknown-run``), or its files are damaged (``damaged-run``).
        """
        return read_run(self.place(self.find(name).id))

    def label(self, name: str, label: str) -> RunInfo:
        """Give a run a label; the newest run that carries a label is the one it names.

        Raises:
            UserError: There is no such run (``unknown-run``).
        """
        info = replace(self.find(name), label=label)
        write_whole(self.place(info.id) / "run.json", _json(info))
        return info


def read_run(folder: Path, *, has_outcomes: bool = True) -> Run:
    """Read the run in a folder; its outcomes, which hold all passages, only where they are wanted.

    Raises:
        UserError: Its files are damaged (``damaged-run``).
    """
    try:
        return Run(
            info=_read_info(folder / "run.json"),
            cases=_read_lines(folder / "cases.jsonl", GoldCase),
            outcomes=_read_lines(folder / "outcomes.jsonl", Outcome) if has_outcomes else (),
            cells=_read_lines(_newest(folder, _CELLS), Cell),
            summaries=tuple(
                from_json(MetricSummary, item)
                for item in json.loads(_newest(folder, _SUMMARIES).read_text("utf-8"))
            ),
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(folder, error) from error


def _scores(run: Run) -> dict[str, bytes]:
    """The files that hold a run's scores."""
    return {_CELLS: _lines(run.cells), _SUMMARIES: _json(run.summaries), _PARQUET: _parquet(run)}


def _settle(folder: Path) -> None:
    """Move new scores to their places, those too that a killed process left."""
    staged = folder / _NEW_SCORES
    if staged.is_dir():
        for path in staged.iterdir():
            path.replace(folder / path.name)
        staged.rmdir()


def _newest(folder: Path, name: str) -> Path:
    staged = folder / _NEW_SCORES / name
    return staged if staged.exists() else folder / name


def _json(value: object) -> bytes:
    return json.dumps(to_json(value), ensure_ascii=False, indent=1).encode("utf-8")


def _lines(records: Iterable[object]) -> bytes:
    lines = (json.dumps(to_json(record), ensure_ascii=False) + "\n" for record in records)
    return "".join(lines).encode("utf-8", "surrogatepass")


def _parquet(run: Run) -> bytes:
    import io

    from bidproof.evaluation.running.dataframes import cells_dataframe

    packed = io.BytesIO()
    cells_dataframe(run).to_parquet(packed, index=False)
    return packed.getvalue()


def _read_lines(path: Path, kind: type[Record]) -> tuple[Record, ...]:
    # Split at line feeds alone: a JSON string may hold other characters that count as line ends.
    lines = path.read_bytes().decode("utf-8", "surrogatepass").split("\n")
    return tuple(from_json(kind, json.loads(line)) for line in lines if line)


def _read_info(path: Path) -> RunInfo:
    try:
        return from_json(RunInfo, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(path.parent, error) from error


def _damaged(folder: Path, error: Exception) -> UserError:
    return UserError(
        f"cannot read the run in {str(folder)!r}: {error}",
        hint="restore the folder from a backup, or remove it; other runs are not touched",
        code="damaged-run",
    )
