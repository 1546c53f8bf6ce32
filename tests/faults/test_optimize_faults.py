"""What goes wrong in an optimisation: each ends in a clear message and a usable store."""

import json
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.records import GoldCase, Split
from bidproof.flows.optimize.records import OptimizeReport
from bidproof.flows.optimize.run import optimize
from bidproof.flows.requests.programs import OptimizeRequest
from bidproof.llm.fake_endpoint import HTML, FakeEndpoint, said
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.session import SessionRequest, open_session
from optimising import prepare


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Nine cases, about the smallest set that anyone would try."""
    moon = GoldCase(id="moon", question="Who owns the moon?", is_answerable=False, split="dev")
    splits: tuple[Split, ...] = ("train", "train", "dev", "dev", "test", "test", "train", "dev")
    prepare(tmp_path, splits, more=(moon,))
    return tmp_path / "ws"


def run(workspace: Path, endpoint: FakeEndpoint, **options: Any) -> OptimizeReport:
    flags: dict[str, object] = {
        "model.model": "fake-model",
        "model.base_url": endpoint.base_url,
        "model.attempts": 1,
        **options.pop("flags", {}),
    }
    request = OptimizeRequest(**{"gold": "set", "trials": 3, **options})
    with open_session(SessionRequest(workspace=workspace, flags=flags)) as session:
        return optimize(request, session=session)


def is_usable(workspace: Path) -> bool:
    store = open_store(workspace)
    return all(store.load(item.digest) for item in store.versions()) and "production" not in store.labels()


@pytest.mark.parametrize("method", ["settings", "labeled", "bootstrap", "mipro", "gepa"])
def test_a_model_that_answers_garbage_ends_with_the_incumbent(workspace: Path, method: str) -> None:
    with FakeEndpoint(then=lambda received: said("I am a teapot, short and stout.")) as endpoint:
        report = run(workspace, endpoint, method=method)
    assert report.winner == report.incumbent
    assert report.proof is None
    (incumbent,) = [row for row in report.candidates if row.digest == report.incumbent]
    assert incumbent.mean is None, "failed calls have no score"
    assert incumbent.worst == 0.0
    assert report.reason
    assert is_usable(workspace)


def test_an_endpoint_that_is_a_sign_in_page_ends_with_the_incumbent(workspace: Path) -> None:
    with FakeEndpoint(then=lambda received: HTML) as endpoint:
        report = run(workspace, endpoint, method="bootstrap")
    assert report.winner == report.incumbent
    assert is_usable(workspace)


def test_a_budget_that_cannot_cover_the_test_is_refused_with_what_it_takes(workspace: Path) -> None:
    with FakeEndpoint(then=lambda received: said("unused")) as endpoint:
        with pytest.raises(UserError) as caught:
            run(workspace, endpoint, method="bootstrap", budget_calls=5)
        assert not endpoint.received
    assert caught.value.code == "optimize-budget"
    assert "allow 16 calls" in caught.value.hint


@pytest.mark.parametrize("method", ["bootstrap", "mipro", "gepa"])
def test_a_budget_too_small_for_the_method_is_refused_before_a_call(workspace: Path, method: str) -> None:
    with FakeEndpoint(then=lambda received: said("unused")) as endpoint:
        with pytest.raises(UserError, match=r"once \d+ have measured the incumbent") as caught:
            run(workspace, endpoint, method=method, budget_calls=16)
        assert not endpoint.received
    assert caught.value.code == "optimize-budget"


def test_a_spent_budget_ends_the_search_and_says_so(workspace: Path) -> None:
    refusal = {"answerable": False, "quotes": [], "sentences": []}
    with FakeEndpoint(then=lambda received: said(refusal)) as endpoint:
        report = run(workspace, endpoint, method="settings", trials=20, budget_calls=24)
        assert len(endpoint.received) <= 24
    assert "budget of 16 model calls is spent" in report.reason
    assert report.winner == report.incumbent
    assert is_usable(workspace)


def test_a_handful_of_cases_is_searched_and_proves_nothing(workspace: Path) -> None:
    with open_session(SessionRequest(workspace=workspace, flags={"answering.sufficiency": 0.999})) as session:
        report = optimize(OptimizeRequest(gold="set", trials=6), session=session)
    assert report.winner != report.incumbent
    assert report.proof is not None
    assert not report.proof.proof.passed
    assert "not proven" in report.verdict
    assert any("2 cases" in warning for warning in report.warnings)
    assert open_store(workspace).labels()["candidate"] == report.winner


def test_a_program_from_a_newer_version_is_refused_and_nothing_is_spent(workspace: Path) -> None:
    with FakeEndpoint(then=lambda received: said("unused")) as endpoint:
        flags: dict[str, object] = {"model.model": "fake-model", "model.base_url": endpoint.base_url}
        with open_session(SessionRequest(workspace=workspace, flags=flags)):
            store = open_store(workspace)
        from bidproof.flows.prompts.change import new_program
        from bidproof.flows.requests.programs import NewRequest

        made = new_program(NewRequest(message="mine", start="packaged", label="mine"), workspace=workspace)
        file = store.place(made.version.digest) / "program.json"
        content = json.loads(file.read_text())
        content["store_format"] = 999
        file.write_text(json.dumps(content))
        with pytest.raises(UserError) as caught:
            run(workspace, endpoint, method="bootstrap", flags={"prompts.program": "mine"})
        assert not endpoint.received
    assert caught.value.code == "program-newer"
    assert "upgrade" in caught.value.hint or "newer" in caught.value.message
