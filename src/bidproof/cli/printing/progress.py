"""Progress on standard error: bars at a terminal, plain lines in a log."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bidproof.runtime.progress import Progress as ProgressCallback
from bidproof.runtime.progress import Step, silent

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_STARTING = "starting"


@contextmanager
def progress_bars(*, is_quiet: bool) -> Generator[ProgressCallback]:
    """Show one bar a stage on standard error, or plain lines where that is no terminal."""
    if is_quiet:
        yield silent
    elif not sys.stderr.isatty():
        yield _PlainLines()
    else:
        with _bars() as bars:
            show = _Bars(bars)
            try:
                yield show
            finally:
                show.drop_endless()


def _bars() -> "Progress":
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        console=Console(stderr=True),
    )


class _Bars:
    """One bar a stage, with a spinner and the time gone by, so that it never looks dead.

    A stage of unknown length goes when another one begins.
    """

    def __init__(self, bars: "Progress") -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._endless: set[str] = set()
        self(Step(stage=_STARTING, done=0, total=None))

    def __call__(self, step: Step) -> None:
        from rich.markup import escape

        if step.note:
            self._bars.console.print(escape(step.note))
        if step.total == 0:
            return
        self.drop_endless(but=step.stage)
        if step.total is None:
            self._endless.add(step.stage)
        if step.stage not in self._tasks:
            self._tasks[step.stage] = self._bars.add_task(escape(step.stage), total=step.total)
        self._bars.update(self._tasks[step.stage], completed=step.done, total=step.total)

    def drop_endless(self, *, but: str = "") -> None:
        """Take the bars of unknown length away, save that of one stage."""
        for stage in self._endless - {but}:
            self._bars.remove_task(self._tasks.pop(stage))
        self._endless &= {but}


class _PlainLines:
    """Progress for logs: a line when a stage begins, and when it passes another tenth."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}

    def __call__(self, step: Step) -> None:
        if step.note:
            click.echo(f"  {step.note}", err=True)
        if step.total == 0:
            return
        tenth = step.done * 10 // step.total if step.total else 0
        if tenth > self._shown.get(step.stage, -1):
            self._shown[step.stage] = tenth
            count = f"{step.done} of {step.total}" if step.total else "…"
            click.echo(f"{step.stage}: {count}", err=True)
