"""Reading of a run what comparing needs: cases, cells and summaries, not the outcomes with their passages."""

from pathlib import Path

from bidproof.evaluation.records import Run
from bidproof.evaluation.running.run_store import RunStore, read_run


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
    return read_run(folder, has_outcomes=False)
