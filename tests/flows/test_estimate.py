"""bidproof answer --estimate: what would be sent, before anything is."""

from pathlib import Path

import pytest

from bidproof.flows.answer import answer
from bidproof.flows.estimate import EstimateReport, estimate
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.runtime.session import SessionRequest, open_session
from command_line import run
from judging import ANSWER, write_backup


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    rows = ["id,question,answer"]
    rows += [f"q{number},How often are the databases of site {number} backed up?," for number in range(3)]
    (tmp_path / "questions.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def request(place: Path) -> AnswerRequest:
    return AnswerRequest(
        questionnaire=place / "questions.csv", docs=(place / "docs",), out=place / "filled.csv"
    )


def estimated(place: Path, **flags: object) -> EstimateReport:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    with open_session(SessionRequest(workspace=place / "ws", flags=named)) as session:
        return estimate(request(place), session=session)


def test_the_estimate_bounds_what_answering_then_costs(place: Path) -> None:
    with FakeEndpoint(then=lambda received: said(ANSWER)) as endpoint:
        flags: dict[str, object] = {
            "model__model": "fake-model",
            "model__base_url": endpoint.base_url,
            "model__prompt_price": 2.0,
            "model__completion_price": 8.0,
        }
        expected = estimated(place, **flags)
        assert not endpoint.received, "an estimate asks no model"
        named = {name.replace("__", "."): value for name, value in flags.items()}
        with open_session(SessionRequest(workspace=place / "ws", flags=named)) as session:
            report = answer(request(place), session=session)
        sent = [item.body["messages"] for item in endpoint.received]
    assert expected.questions == 3
    assert expected.calls_least <= report.usage.calls <= expected.calls_most
    assert expected.least_usd is not None
    assert expected.most_usd is not None
    assert 0 < expected.least_usd < expected.most_usd
    characters = sum(len(turn["content"]) for turns in sent for turn in turns)
    assert characters / 8 < expected.prompt_tokens < characters / 2


def test_without_prices_the_cost_is_unknown_and_never_zero(place: Path) -> None:
    expected = estimated(place, model__model="some-model", model__base_url="http://127.0.0.1:9/v1")
    assert expected.least_usd is None
    assert expected.most_usd is None
    assert expected.prompt_tokens > 0


def test_without_a_model_nothing_would_be_sent(place: Path) -> None:
    expected = estimated(place)
    assert (expected.model, expected.calls_most, expected.prompt_tokens) == ("", 0, 0)


def test_techniques_count(place: Path) -> None:
    from bidproof.flows.prompts.change import new_program
    from bidproof.flows.requests.programs import NewRequest

    plain = estimated(place, model__model="m", model__base_url="http://127.0.0.1:9/v1")
    new_program(
        NewRequest(message="try", start="packaged", values={"ensemble": "3", "calls": "two"}, label="many"),
        workspace=place / "ws",
    )
    many = estimated(
        place, model__model="m", model__base_url="http://127.0.0.1:9/v1", prompts__program="many"
    )
    assert plain.calls_least == 3
    assert many.calls_least == 3 * 3 * 2


def test_the_command_prints_it_and_writes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    words = ["answer", "questions.csv", "--docs", "docs", "--estimate", "--workspace", "ws", "--json"]
    words += ["--model", "local:/nowhere/model.gguf"]
    shown = run(*words).json
    assert shown["questions"] == 3
    assert shown["most_usd"] == 0
    assert not list(place.glob("*.answered.*"))
