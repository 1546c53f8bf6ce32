"""Progress never looks dead, and says each thing once."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from bidproof.cli.printing.progress import _Bars, progress_bars
from bidproof.runtime.progress import Step


def test_a_log_gets_a_line_when_a_stage_begins_and_at_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(is_quiet=False) as progress:
        progress(Step(stage="waiting", done=0, total=None, note="another one writes"))
        for done in range(1, 41):
            progress(Step(stage="indexing", done=done, total=20 * 2))
        progress(Step(stage="answering", done=0, total=0, note="a note alone"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["  another one writes", "waiting: …", "indexing: 1 of 40"]
    assert lines[-2:] == ["indexing: 40 of 40", "  a note alone"]
    assert len(lines) == 14


def test_nothing_is_said_where_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(is_quiet=True) as progress:
        progress(Step(stage="indexing", done=1, total=1, note="x"))
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_something_from_the_start_and_one_bar_a_stage() -> None:
    bars = Progress(console=Console(file=io.StringIO()))
    show = _Bars(bars)
    assert [task.description for task in bars.tasks] == ["starting"]
    show(Step(stage="reading", done=1, total=2))
    show(Step(stage="waiting", done=0, total=None))
    show(Step(stage="indexing", done=3, total=4))
    show(Step(stage="answering", done=0, total=0, note="a note alone"))
    found = [(task.description, task.completed, task.total) for task in bars.tasks]
    assert found == [("reading", 1, 2), ("indexing", 3, 4)]
    show(Step(stage="searching", done=0, total=None))
    show.drop_endless()
    assert [task.description for task in bars.tasks] == ["reading", "indexing"]
