"""Damaged files of every kind through ``ingest`` and ``inspect``: none may harm who reads them.

Run: ``python benchmarks/mutated_files.py [--count 5000] [--seed 7] [--start 0] [--keep FOLDER]``. The files
are made from small whole ones (``tests/support/base_files.py``) by the mutations of
``tests/support/mutating.py``; number, seed and mutations decide every byte. They are ingested and inspected
250 at a time in one process; should it die, that is counted, and the next 250 get a new one. The
figures are how the files end, by code, those without a code of ours first; the peak resident memory of the
process, its guarded children left out; and the files that took the largest share of their limit by the clock.
Files that broke a parser are named, and copied to ``--keep``.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from bidproof.core.errors import BidproofError
from bidproof.documents.parse import ParseFailure, ParseOutcome, parse_files
from bidproof.flows.ingest import ingest
from bidproof.flows.inspect import inspect
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime import intake
from bidproof.runtime.session import SessionRequest, open_session
from mutating import BROKEN, mutated_files

BATCH = 250
_TIMEOUT_S = 3600
_INGEST_LIMIT_S, _INSPECT_LIMIT_S = 245.0, 120.0


@dataclass(kw_only=True)
class Tally:
    """How files ended, by flow and code; ``worst`` are (share of its limit, flow, file)."""

    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    worst: list[tuple[float, str, str]] = field(default_factory=list)
    peak_mb: float = 0.0

    def end(self, flow: str, name: str, failure: ParseFailure | BidproofError | None, share: float) -> None:
        """Count how a file ended; ``share`` is of its limit by the clock."""
        code = failure.code if failure else "read"
        self.ended[f"{flow} {code}"] += 1
        if failure and code in BROKEN:
            self.faults.append(f"{flow} {name}: {code}: {failure.message}")
        self.worst = sorted([*self.worst, (share, flow, name)], reverse=True)[:5]


def sweep(folder: Path, workspace: Path) -> Tally:
    """Ingest a folder, then inspect each of its files, all in this process."""
    tally = Tally()

    def watched(*arguments: Any, **options: Any) -> Iterator[ParseOutcome]:
        for outcome in parse_files(*arguments, **options):
            tally.end("ingest", outcome.file.name, outcome.failure, outcome.seconds / _INGEST_LIMIT_S)
            yield outcome

    intake.parse_files = watched
    with open_session(SessionRequest(workspace=workspace)) as session:
        report = ingest(IngestRequest(roots=(folder,)), session=session)
    unindexed = [problem for problem in report.problems if problem.code == "not-indexed"]
    tally.faults += [f"ingest {problem.path}: {problem.code}: {problem.message}" for problem in unindexed]
    for path in sorted(folder.iterdir()):
        started = time.monotonic()
        failure = None
        try:
            inspect(path)
        except BidproofError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 what this script looks for
            failure = BidproofError(repr(error), hint="", code="untyped")
        tally.end("inspect", path.name, failure, (time.monotonic() - started) / _INSPECT_LIMIT_S)
    tally.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return tally


def in_process(folder: Path, workspace: Path) -> Tally | None:
    """Sweep a folder in a process of its own; None where that died."""
    command = [sys.executable, __file__, "--sweep", str(folder), str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode != 0:
        print(f"died with {done.returncode}: {done.stderr.strip()[-2000:]}", flush=True)
        return None
    found = json.loads(done.stdout)
    return Tally(
        **found | {"ended": Counter(found["ended"]), "worst": [tuple(item) for item in found["worst"]]}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sweep", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sweep:
        print(json.dumps(vars(sweep(*options.sweep))))
        return
    total, deaths = Tally(), 0
    for start in range(options.start, options.start + options.count, BATCH):
        with tempfile.TemporaryDirectory(prefix="mutated-") as name:
            folder = Path(name) / "files"
            folder.mkdir()
            for file in mutated_files(
                min(BATCH, options.start + options.count - start), seed=options.seed, start=start
            ):
                (folder / file.name).write_bytes(file.content)
            tally = in_process(folder, Path(name) / "workspace")
            if tally is None:
                deaths += 1
                continue
            total.ended += tally.ended
            total.peak_mb = max(total.peak_mb, tally.peak_mb)
            total.worst = sorted([*total.worst, *tally.worst], reverse=True)[:5]
            for fault in tally.faults:
                print(fault, flush=True)
                if options.keep:
                    broken = folder / fault.split(" ", 1)[1].split(": ")[0]
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / broken.name).write_bytes(broken.read_bytes())
        print(f"… {start + BATCH} files, {sum(total.ended.values())} readings", file=sys.stderr, flush=True)
    report(total, files=options.count, deaths=deaths)


def report(total: Tally, *, files: int, deaths: int) -> None:
    print(f"{files} files; deaths of the main process: {deaths}; its peak memory: {total.peak_mb:.0f} MB")
    for ending, count in sorted(total.ended.items()):
        print(f"  {ending:32} {count:6}")
    for share, flow, name in total.worst:
        print(f"  {share:6.1%} of its limit: {flow} {name}")


if __name__ == "__main__":
    main()
