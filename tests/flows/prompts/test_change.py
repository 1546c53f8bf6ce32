"""From the workspace: what drafts is stored, the chosen program decides, and proof moves production."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.errors import UserError
from bidproof.core.ids import QuestionId
from bidproof.core.jsonable import to_json
from bidproof.core.records import Question, ScoredPassage
from bidproof.evaluation.comparing.comparisons import compare_runs
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.records import Cell, CellState, Run, RunInfo
from bidproof.evaluation.running.run_store import RunStore
from bidproof.evaluation.running.summaries import summarise
from bidproof.flows.prompts.change import new_program, promote_program
from bidproof.flows.prompts.exchange import export_program, import_program
from bidproof.flows.prompts.view import list_programs, log_programs, show_program
from bidproof.flows.requests.programs import NewRequest, PromoteRequest
from bidproof.retrieval.protocol import Query
from bidproof.runtime.drafting import open_engine, program_key
from bidproof.runtime.program_choice import PACKAGED_MESSAGE, open_store
from bidproof.runtime.session import SessionRequest, load_configuration, open_session
from evaluating import make_cases

QUESTION = Question(id=QuestionId("q"), text="Is it so?")


class Nothing:
    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        return ()


def drafted_with(workspace: Path, **flags: object) -> str:
    """Draft once and return the program digest that the draft's engine names."""
    named = {name.replace("__", "."): value for name, value in flags.items()}

    async def run() -> str:
        with open_session(SessionRequest(workspace=workspace, flags=named)) as session:
            async with open_engine(session, Nothing(), job_id=None) as engine:
                await engine.draft(QUESTION)
                return engine.program_digest

    return asyncio.run(run())


def fake(folder: Path) -> str:
    (folder / "script.jsonl").write_text("")
    return f"fake:{folder / 'script.jsonl'}"


def key_of(workspace: Path, **flags: object) -> str:
    with open_session(SessionRequest(workspace=workspace, flags=flags)) as session:
        return program_key(session.settings)


def test_what_drafts_is_stored_once_under_the_digest_that_drafts_name(tmp_path: Path) -> None:
    extractive = drafted_with(tmp_path / "ws")
    generative = drafted_with(tmp_path / "ws", model__model=fake(tmp_path))
    assert drafted_with(tmp_path / "ws") == extractive
    store = open_store(tmp_path / "ws")
    assert {version.digest for version in store.versions()} == {extractive, generative}
    assert {version.message for version in store.versions()} == {PACKAGED_MESSAGE}
    assert show_program(extractive, workspace=tmp_path / "ws").version.program.engine
    assert "answer" in show_program(generative, workspace=tmp_path / "ws").sent


def test_production_decides_and_what_is_said_outright_wins(tmp_path: Path) -> None:
    workspace, model = tmp_path / "ws", fake(tmp_path)
    first = drafted_with(workspace, model__model=model)
    key = key_of(workspace, **{"model.model": model})
    request = NewRequest(
        message="m", start=first, texts={"limits": "Never guess."}, values={"retrieval.top_k": "5"}
    )
    made = new_program(request, workspace=workspace).version
    assert made.parents == (first,)
    assert drafted_with(workspace, model__model=model) == first
    assert drafted_with(workspace, model__model=model, prompts__program=made.digest) == made.digest
    promote_program(PromoteRequest(program=made.digest, force=True, reason="r"), workspace=workspace)
    assert drafted_with(workspace, model__model=model) == made.digest
    assert key_of(workspace, **{"model.model": model}) != key
    flags = {"model.model": model}
    origins = load_configuration(SessionRequest(workspace=workspace, flags=flags)).origins
    assert next((o.value, o.origin) for o in origins if o.name == "retrieval.top_k") == (
        5,
        f"program {made.digest}",
    )
    other = drafted_with(workspace, model__model=model, retrieval__top_k=9)
    stored = open_store(workspace).load(other)
    assert (stored.parents, stored.program.retrieval.top_k) == ((made.digest,), 9)
    assert stored.program.texts["limits"] == "Never guess."
    assert drafted_with(workspace, model__model=model, prompts__program="packaged") == first


def test_a_program_for_a_model_does_not_replace_the_engine_without_one(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    made = new_program(
        NewRequest(message="m", start="packaged", values={"repairs": "0"}), workspace=workspace
    )
    promote_program(PromoteRequest(program=made.version.digest, force=True, reason="r"), workspace=workspace)
    extractive = drafted_with(workspace)
    assert open_store(workspace).load(extractive).program.engine
    with pytest.raises(UserError) as raised:
        drafted_with(workspace, prompts__program=made.version.digest)
    assert raised.value.code == "program-engine"


def test_an_extractive_program_sets_how_passages_are_found(tmp_path: Path) -> None:
    request = NewRequest(message="wide", start="extractive", values={"retrieval.dense_weight": "0.25"})
    made = new_program(request, workspace=tmp_path / "ws").version
    promote_program(PromoteRequest(program=made.digest, force=True, reason="r"), workspace=tmp_path / "ws")
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        assert session.settings.retrieval.dense_weight == 0.25
        assert session.settings.prompts.program == made.digest
    assert drafted_with(tmp_path / "ws") == made.digest


def test_a_damaged_production_stops_drafting_and_nothing_else(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    made = new_program(NewRequest(message="m", start="extractive"), workspace=workspace).version
    promote_program(PromoteRequest(program=made.digest, force=True, reason="r"), workspace=workspace)
    path = open_store(workspace).place(made.digest) / "program.json"
    path.write_text(path.read_text().replace('"top_k": 3', '"top_k": 30'))
    configuration = load_configuration(SessionRequest(workspace=workspace))
    assert configuration.settings.retrieval.top_k == 3
    assert [error.code for error in list_programs(configuration).problems] == ["program-damaged"]
    with pytest.raises(UserError) as raised:
        drafted_with(workspace)
    assert raised.value.code == "program-damaged"
    again = new_program(NewRequest(message="kept", start=str(path.parent)), workspace=workspace).version
    assert (again.program.retrieval.top_k, again.parents) == (30, (made.digest,))


def test_a_folder_is_edited_and_comes_back_as_a_version(tmp_path: Path) -> None:
    made = new_program(NewRequest(message="m"), workspace=tmp_path / "ws").version
    export_program(made.digest, out=tmp_path / "mine", layout="folder", workspace=tmp_path / "ws")
    (tmp_path / "mine" / "limits.md").write_text("Never guess.\n")
    report = import_program(tmp_path / "mine", message="edited", workspace=tmp_path / "ws")
    assert report.is_new
    assert report.version.parents == (made.digest,)
    assert report.version.program.texts["limits"] == "Never guess."
    with pytest.raises(UserError, match="found something there"):
        export_program(made.digest, out=tmp_path / "mine", layout="folder", workspace=tmp_path / "ws")


@pytest.mark.parametrize("layout", ["dspy", "chat"])
def test_files_for_other_tools_come_back_as_the_same_program(tmp_path: Path, layout: str) -> None:
    made = new_program(NewRequest(message="m", texts={"limits": "Never {{x}}."}, variables={"x": "lie"}),
                       workspace=tmp_path / "ws").version  # fmt: skip
    out = tmp_path / "p.json"
    export_program(made.digest, out=out, layout=layout, workspace=tmp_path / "ws")  # type: ignore[arg-type]
    same = import_program(out, message="back", start=made.digest, workspace=tmp_path / "ws")
    assert (same.is_new, same.version.digest) == (False, made.digest)
    onto = import_program(out, message="onto", start="packaged", workspace=tmp_path / "ws").version
    assert "Never lie." in show_program(onto.digest, workspace=tmp_path / "ws").sent["answer"]


def make_run(run_id: str, program: str, values: list[float], *, at: int) -> Run:
    metric = all_metrics()["answer_f1"]
    cases = make_cases(len(values))
    cells = tuple(
        Cell(case_id=case.id, metric=metric.name, state=CellState.SCORED, value=value)
        for case, value in zip(cases, values, strict=True)
    )
    info = RunInfo(
        id=run_id, gold="set", gold_digest="g", split="test", program_digest=program, answerer="a",
        started=f"2026-01-0{at}", state="finished",
    )  # fmt: skip
    return Run(info=info, cases=cases, outcomes=(), cells=cells, summaries=summarise(cells, metrics=[metric]))


def test_a_proven_gain_moves_production_and_an_unproven_one_does_not(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    old = new_program(NewRequest(message="old"), workspace=workspace).version.digest
    new = new_program(
        NewRequest(message="new", texts={"limits": "Never guess."}), workspace=workspace
    ).version.digest
    runs = RunStore(workspace / "runs")
    runs.save(make_run("base", old, [0.1, 0.2, 0.3] * 20, at=1))
    runs.save(make_run("same", new, [0.2, 0.1, 0.3] * 20, at=2))
    runs.save(make_run("gain", new, [0.9, 0.8, 0.7] * 20, at=3))
    assert old == open_store(workspace).versions()[0].digest
    with pytest.raises(UserError, match="not proven") as raised:
        promote_program(PromoteRequest(program=new, proof="same"), workspace=workspace)
    assert raised.value.code == "proof-failed"
    with pytest.raises(UserError, match="it measured the program"):
        promote_program(PromoteRequest(program=old, proof="gain"), workspace=workspace)
    entry = promote_program(PromoteRequest(program=new, proof="gain"), workspace=workspace)
    assert entry.proof is not None
    assert (entry.proof.baseline, entry.proof.source) == (old, "gain")
    assert "answer_f1 is better" in entry.proof.summary[0]
    worse = tmp_path / "worse.json"
    worse.write_text(json.dumps(to_json(compare_runs(runs.load("gain"), runs.load("base")))))
    with pytest.raises(UserError, match="answer_f1 is worse"):
        promote_program(PromoteRequest(program=old, proof=str(worse)), workspace=workspace)
    (tmp_path / "other.json").write_text('{"passed": true}')
    with pytest.raises(UserError, match="expected a comparison of two runs"):
        promote_program(PromoteRequest(program=old, proof=str(tmp_path / "other.json")), workspace=workspace)


def test_the_log_shows_what_the_runs_of_a_version_measured(tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    digest = new_program(NewRequest(message="m"), workspace=workspace).version.digest
    run = make_run("r", digest, [0.5, 0.7, 0.6], at=1)
    RunStore(workspace / "runs").save(replace(run, info=replace(run.info, label="first")))
    (row,) = log_programs(workspace=workspace).versions
    (figures,) = row.runs
    assert figures.run.label == "first"
    assert figures.summaries[0].estimate.value == pytest.approx(0.6)
    assert figures.summaries[0].estimate.low is not None


def test_the_chat_of_a_question_is_shown_without_asking_a_model(tmp_path: Path) -> None:
    digest = new_program(NewRequest(message="m"), workspace=tmp_path / "ws").version.digest
    report = show_program(digest, workspace=tmp_path / "ws", question="Is </question> {{x}} so?")
    assert [item.message.role for item in report.chat][:2] == ["system", "user"]
    assert "{{x}}" in report.chat[-1].message.content
    assert report.chat[-1].message.content.count("</question>") == 1
    assert all(item.tokens > 0 for item in report.chat)
    assert report.tokens["answer.persona"] < report.tokens["answer"]
    assert report.misfit == ""
