"""bidproof optimize as a flow: searched on train and dev, proven once on the sealed test split."""

import json
from pathlib import Path
from typing import Any

import pytest

from bidproof.cli.hints import worded
from bidproof.core.errors import UserError
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant, Split
from bidproof.flows.ingest import ingest
from bidproof.flows.optimize.records import OptimizeReport
from bidproof.flows.optimize.run import optimize
from bidproof.flows.prompts.change import promote_program
from bidproof.flows.requests.answering import IngestRequest
from bidproof.flows.requests.programs import OptimizeRequest, PromoteRequest
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, said
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.session import SessionRequest, open_session

THINGS = (
    "backups", "certificates", "firewalls", "laptops", "passwords", "visitors", "invoices", "cameras",
    "routers", "contracts", "archives", "printers", "badges", "keys", "tickets", "alerts",
    "databases", "servers", "vendors", "policies", "cables", "doors", "licences", "reports",
)  # fmt: skip


def cases(count: int = 24, *, has_unanswerable: bool = True) -> tuple[GoldCase, ...]:
    splits: tuple[Split, ...] = ("train", "dev", "test")
    unanswerable = GoldCase(
        id="moon", question="Who owns the moon?", is_answerable=False, group="moon", split="dev"
    )
    return (unanswerable,) * has_unanswerable + tuple(
        GoldCase(
            id=thing,
            question=f"How often are the {thing} inspected?",
            reference=f"The {thing} are inspected every {number + 2} weeks.",
            relevant=(Relevant(path=f"{thing}.md"),),
            is_answerable=True,
            group=thing,
            split=splits[number % 3],
        )
        for number, thing in enumerate(THINGS[:count])
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for number, thing in enumerate(THINGS):
        text = f"# About {thing}\n\nThe {thing} are inspected every {number + 2} weeks.\n"
        (tmp_path / "docs" / f"{thing}.md").write_text(text)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        ingest(IngestRequest(roots=(tmp_path / "docs",)), session=session)
        GoldStore(session.workspace.folder).save(GoldSet(name="set", cases=cases()))
    return tmp_path / "ws"


def run(workspace: Path, *, flags: dict[str, object] | None = None, **options: Any) -> OptimizeReport:
    asked = OptimizeRequest(**{"gold": "set", "trials": 8, **options})
    with open_session(SessionRequest(workspace=workspace, flags=flags)) as session:
        return optimize(asked, session=session)


SILENT: dict[str, object] = {"answering.sufficiency": 0.999}
"""Settings under which the engine says "not found" to everything: much can be gained."""


def test_a_real_gain_is_found_proven_and_can_be_promoted(workspace: Path) -> None:
    report = run(workspace, flags=SILENT)
    assert report.winner != report.incumbent
    assert report.gain is not None
    assert report.gain.seen > 0.5
    assert report.proof is not None
    assert report.proof.proof.passed, report.proof.proof.summary
    assert report.proof.comparison.rows[0].metric == "task_score"
    assert report.importance[0][0] == "answering.sufficiency"
    assert [change.name for change in report.ablation if (change.test.effect or 0) > 0.5] == [
        "answering.sufficiency"
    ]
    assert open_store(workspace).labels()["candidate"] == report.winner
    stored = json.loads((report.folder / "report.json").read_text())
    assert stored["winner"] == report.winner
    # What has the label now is the packaged program; the proof is against the silent one.
    promote_program(
        PromoteRequest(program=report.incumbent, force=True, reason="to begin with"), workspace=workspace
    )
    promote_program(PromoteRequest(program="candidate", proof=str(report.proof.file)), workspace=workspace)
    assert open_store(workspace).labels()["production"] == report.winner


def test_where_nothing_is_better_the_incumbent_stays_and_the_test_split_stays_sealed(workspace: Path) -> None:
    report = run(workspace)
    assert report.winner == report.incumbent
    assert report.proof is None
    assert "stays" in report.verdict
    assert GoldStore(workspace).openings("set") == 0
    assert "candidate" not in open_store(workspace).labels()


def test_a_threshold_of_silence_is_left_alone_where_no_case_can_charge_for_speaking(workspace: Path) -> None:
    GoldStore(workspace).save(GoldSet(name="set", cases=cases(has_unanswerable=False)))
    report = run(workspace, flags=SILENT, trials=4)
    assert all("answering.sufficiency" not in " ".join(row.changes) for row in report.candidates)
    assert any("known to be unanswerable" in warning for warning in report.warnings)


def test_an_unproven_candidate_is_refused_by_promote(workspace: Path) -> None:
    few = cases(9)
    GoldStore(workspace).save(GoldSet(name="set", cases=few))
    report = run(workspace, flags=SILENT)
    assert report.proof is not None
    assert not report.proof.proof.passed, "three test cases prove nothing"
    assert "not proven" in report.verdict
    assert any("3 cases" in warning for warning in report.warnings)
    promote_program(
        PromoteRequest(program=report.incumbent, force=True, reason="to begin with"), workspace=workspace
    )
    with pytest.raises(UserError, match="not proven"):
        promote_program(
            PromoteRequest(program="candidate", proof=str(report.proof.file)), workspace=workspace
        )


def test_each_further_look_at_the_test_split_makes_the_proof_harder(workspace: Path) -> None:
    first = run(workspace, flags=SILENT)
    second = run(workspace, flags={**SILENT, "retrieval.top_k": 15}, seed=3, trials=5)
    assert first.proof is not None
    assert second.proof is not None
    assert second.proof.tried > first.proof.tried
    assert second.proof.confidence > first.proof.confidence
    assert any("have been measured on this test split" in item for item in second.warnings)


def test_the_same_command_again_drafts_nothing_again(workspace: Path) -> None:
    first = run(workspace, flags=SILENT)
    results = (first.folder / "results.jsonl").read_text()
    again = run(workspace, flags=SILENT)
    assert (again.folder / "results.jsonl").read_text() == results
    assert [row.digest for row in again.candidates] == [row.digest for row in first.candidates]
    assert again.winner == first.winner
    assert GoldStore(workspace).openings("set") == 2, "one for each of the two programs, none for the repeat"


def test_time_that_is_over_ends_with_the_incumbent_and_says_so(workspace: Path) -> None:
    report = run(workspace, flags=SILENT, minutes=1e-9)
    assert report.winner == report.incumbent
    assert "minutes are over" in report.reason


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"gold": "other"}, "gold-unknown"),
        ({"metric": "beauty"}, "optimize-metric"),
        ({"metric": "answer_correctness"}, "optimize-metric"),
        ({"method": "gepa"}, "optimize-method"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_is_spent(
    workspace: Path, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(UserError) as caught:
        run(workspace, **options)
    assert caught.value.code == code
    assert not (workspace / "optimization").exists()


def test_a_set_without_splits_and_one_too_small_are_refused_with_the_next_step(workspace: Path) -> None:
    store = GoldStore(workspace)
    plain = tuple(GoldCase(id=f"q{number}", question="Is it so?") for number in range(8))
    store.save(GoldSet(name="plain", cases=plain))
    with pytest.raises(UserError, match="without splits") as caught:
        run(workspace, gold="plain")
    assert worded(caught.value.hint) == "split the set first: bidproof gold split plain"
    store.save(GoldSet(name="small", cases=cases(3)))
    with pytest.raises(UserError, match="found 3 dev and 1 test") as caught:
        run(workspace, gold="small", method="settings", limit=None)
    assert caught.value.code == "gold-small"


def by_model(received: Received) -> Answer:
    """The model called good finds the answer, any other says that there is none."""
    asked = received.body["messages"][-1]["content"]
    thing = next((thing for thing in THINGS if f"How often are the {thing} inspected?" in asked), "")
    sentence = f"The {thing} are inspected every {THINGS.index(thing) + 2} weeks." if thing else ""
    if received.body["model"] != "good" or not thing or sentence not in asked:
        return said({"answerable": False, "quotes": [], "sentences": []})
    quotes = [{"passage": 1, "text": sentence}]
    sentences = [{"text": sentence, "quotes": [1]}]
    return said({"answerable": True, "quotes": quotes, "sentences": sentences})


def test_the_better_of_two_models_is_found_and_the_proof_is_of_that_very_program(workspace: Path) -> None:
    with FakeEndpoint(then=by_model) as endpoint:
        flags: dict[str, object] = {"model.model": "bad", "model.base_url": endpoint.base_url}
        report = run(workspace, flags=flags, models=("good",), trials=6)
    assert any("model.model=good" in change for row in report.candidates for change in row.changes)
    assert report.proof is not None
    assert report.proof.proof.passed, report.proof.proof.summary
    assert report.proof.comparison.b.program_digest == report.winner
    assert report.proof.comparison.a.program_digest == report.incumbent
    stored = open_store(workspace).load(report.winner)
    assert "good" in stored.program.model_name
    assert report.pareto, "with a model, cost is a second objective"
