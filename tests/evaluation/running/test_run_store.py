"""Runs on disk come back as they were, and pandas reads them without us."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.records import Cell, CellState, Run, RunInfo
from bidproof.evaluation.running.dataframes import cells_dataframe, outcomes_dataframe, summaries_dataframe
from bidproof.evaluation.running.run_store import RunStore
from bidproof.evaluation.running.summaries import summarise
from evaluating import PlannedMetric, make_cases, make_outcome


def make_run(run_id: str, *, started: str = "2026-01-01T00:00:00+00:00", label: str = "") -> Run:
    cases = make_cases(3, group="g")
    cells = (
        Cell(case_id="c0", metric="m", state=CellState.SCORED, value=0.5, group="g0"),
        Cell(case_id="c1", metric="m", state=CellState.JUDGE_ERROR, group="g1", reason="half a reply\u2028"),
        Cell(case_id="c2", metric="m", state=CellState.SCORED, value=1.0, group="g2"),
    )
    return Run(
        info=RunInfo(
            id=run_id,
            gold="set",
            gold_digest="d",
            split="dev",
            program_digest="p",
            answerer="planned",
            started=started,
            state="finished",
            label=label,
            counts={"drafted": 3},
            settings={"model.model": "", "retrieval.top_k": 3},
        ),
        cases=cases,
        outcomes=tuple(make_outcome(case) for case in cases),
        cells=cells,
        summaries=summarise(cells, metrics=[PlannedMetric(give=lambda case: 1.0, name="m")]),
    )


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    store, run = RunStore(tmp_path / "runs"), make_run("r1")
    folder = store.save(run)
    assert store.load("r1") == run
    assert sorted(path.name for path in folder.iterdir()) == [
        "cases.jsonl",
        "cells.jsonl",
        "cells.parquet",
        "outcomes.jsonl",
        "run.json",
        "summaries.json",
    ]


def test_pandas_reads_the_cells_and_failures_are_no_zeros(tmp_path: Path) -> None:
    folder = RunStore(tmp_path).save(make_run("r1"))
    frame = pd.read_parquet(folder / "cells.parquet")
    assert list(frame["state"]) == ["scored", "judge_error", "scored"]
    assert frame["value"].isna().tolist() == [False, True, False]
    assert frame["value"].mean() == 0.75


def test_frames_have_one_row_each() -> None:
    run = make_run("r1")
    assert len(cells_dataframe(run)) == 3
    assert list(outcomes_dataframe(run)["question"]) == [case.question for case in run.cases]
    (row,) = summaries_dataframe(run).to_dict("records")
    assert (row["metric"], row["mean"], row["judge_error"], row["n"]) == ("m", 0.75, 1, 2)


def test_runs_are_found_by_id_label_start_and_latest(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.save(make_run("20260101-a", started="2026-01-01", label="main"))
    store.save(make_run("20260102-b", started="2026-01-02", label="main"))
    store.save(make_run("20260103-c", started="2026-01-03"))
    assert [info.id for info in store.list()] == ["20260101-a", "20260102-b", "20260103-c"]
    assert store.find("main").id == "20260102-b", "of several with one label the newest"
    assert store.find("20260101").id == "20260101-a"
    assert store.find("latest").id == "20260103-c"
    for name in ("2026", "nothing", ""):
        with pytest.raises(UserError) as caught:
            store.find(name)
        assert caught.value.code == "unknown-run"
    store.label("20260101-a", "first")
    assert store.load("first").info.id == "20260101-a"


def test_an_unfinished_folder_is_not_listed_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    assert store.list() == ()
    folder = store.save(make_run("r1"))
    (tmp_path / "half").mkdir()
    assert [info.id for info in store.list()] == ["r1"]
    (folder / "cells.jsonl").write_text("{")
    with pytest.raises(UserError, match="r1") as caught:
        store.load("r1")
    assert caught.value.code == "damaged-run"


def test_a_run_of_an_older_or_newer_version_is_read(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    folder = store.save(make_run("r1"))
    info = json.loads((folder / "run.json").read_text())
    del info["label"]
    (folder / "run.json").write_text(json.dumps({**info, "from_the_future": 1}))
    assert replace(store.load("r1").info, label="") == make_run("r1").info
