"""bidproof route as a flow: fitted from stored runs, applied to the very program, refused for any other."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.answering.protocol import Engine
from bidproof.core.errors import InvalidSetting, UserError, WriteFailed
from bidproof.core.records import DraftState, Tier
from bidproof.core.settings import Settings
from bidproof.flows.ask import ask
from bidproof.flows.evaluate import evaluate, run_store
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import AskRequest, IngestRequest
from bidproof.flows.requests.evaluating import EvaluateRequest
from bidproof.flows.requests.routing import FitRequest
from bidproof.flows.route import FitReport, fit, report, show, show_prices, write_price_template
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.routing.options import RouteOptions
from bidproof.runtime.drafting import open_engine, routing_key
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.session import Session, SessionRequest, open_session
from judging import ANSWER, SENTENCE, write_backup
from routing import stored_run

EXTRACTIVE = ExtractiveEngine(None, Settings()).program_digest  # type: ignore[arg-type]
QUESTION = "How often are databases backed up?"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    return tmp_path


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(then=lambda received: said(ANSWER)) as served:
        yield served


def session_at(place: Path, **flags: object) -> Any:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return open_session(SessionRequest(workspace=place / "ws", flags=named))


def fit_extractive(session: Session, **options: Any) -> FitReport:
    run_store(session).save(stored_run(program=EXTRACTIVE, seed=1))
    return fit(FitRequest(small="run", options=RouteOptions(error=0.1, **options)), session=session)


def asked(place: Path, **flags: object) -> Any:
    with session_at(place, **flags) as session:
        return ask(AskRequest(text=QUESTION, docs=(place / "docs",)), session=session)


def test_an_evaluation_states_the_confidence_that_answering_would(place: Path) -> None:
    gold = place / "gold.jsonl"
    gold.write_text(json.dumps({"id": "q", "question": QUESTION, "reference": SENTENCE}) + "\n")
    request = EvaluateRequest(gold=str(gold), docs=(place / "docs",), has_report=False, fresh=True)
    with session_at(place) as session:
        before = evaluate(request, session=session)
        fit_extractive(session)
        after = evaluate(request, session=session)
        (plain,) = run_store(session).load(before.info.id).outcomes
        (stated,) = run_store(session).load(after.info.id).outcomes
    assert plain.draft.confidence is None
    assert stated.draft.confidence is not None
    assert stated.draft.text == plain.draft.text


def test_a_fitted_program_states_its_confidence_and_marks_answers_ready(place: Path) -> None:
    before = asked(place)
    assert (before.confidence, before.tier) == (None, Tier.REVIEW)
    with session_at(place) as session:
        found = fit_extractive(session)
    assert found.confidence.ready is not None
    assert found.metric == "task_score"
    assert found.stamp == "agreement with the reference by code"
    after = asked(place)
    assert after.confidence is not None
    assert after.confidence > 0.9
    assert after.tier is Tier.READY
    assert after.program_digest == EXTRACTIVE
    assert any(reason.startswith("ready: of the answers marked ready") for reason in after.reasons)


def test_a_fit_refuses_what_scores_as_low_as_questions_without_an_answer(place: Path) -> None:
    with session_at(place) as session:
        run_store(session).save(stored_run(program=EXTRACTIVE, seed=1, absent=0.3))
        found = fit(FitRequest(small="run"), session=session)
        (view,) = show(session)
        refusing = found.confidence
        path = found.path
    assert 0.2 < refusing.refuse_below == view.refuse_below
    assert found.fit.refusal is not None
    assert found.fit.refusal.refused > found.fit.refusal.refused_before
    assert asked(place).state is DraftState.DRAFTED
    path.write_text(
        path.read_text().replace(f'"refuse_below": {refusing.refuse_below}', '"refuse_below": 1.0')
    )
    refused = asked(place)
    assert (refused.state, refused.text) == (DraftState.NOT_FOUND, "")


def test_under_another_program_nothing_is_stated(place: Path) -> None:
    with session_at(place) as session:
        fit_extractive(session)
    other = asked(place, retrieval__top_k=4)
    assert (other.confidence, other.tier) == (None, Tier.REVIEW)
    assert "confidence: uncalibrated" in other.reasons


def test_show_and_report_say_what_was_fitted(place: Path) -> None:
    with session_at(place) as session:
        assert show(session) == ()
        with pytest.raises(UserError) as nothing:
            report("", session=session)
        assert nothing.value.code == "unknown-route"
        fit_extractive(session)
        (view,) = show(session)
        assert (view.name, view.gold, view.has_same_documents) == (EXTRACTIVE, "mine", False)
        found = report(EXTRACTIVE[:6], session=session, picture=place / "curve.png")
        assert found.curves.coverage[0].risk >= 0
        assert (place / "curve.png").read_bytes().startswith(b"\x89PNG")
        with pytest.raises(InvalidSetting, match=r"expected \.png or \.svg"):
            report("", session=session, picture=place / "curve.pdf")


def test_a_damaged_or_newer_file_is_named_and_nothing_is_guessed(place: Path) -> None:
    with session_at(place) as session:
        path = fit_extractive(session).path
    for text in ("{", "[]", '{"format": 99}', '{"program": 1}'):
        path.write_text(text)
        with pytest.raises(UserError) as caught:
            asked(place)
        assert caught.value.code == "damaged-route"
        assert str(path) in caught.value.message


def test_runs_that_do_not_fit_are_refused(place: Path) -> None:
    with session_at(place) as session:
        store = run_store(session)
        store.save(stored_run(program="a", seed=1, run_id="a"))
        store.save(stored_run(program="b", seed=1, run_id="b", count=100))
        store.save(stored_run(program="a", seed=2, run_id="again"))
        for large in ("b", "again"):
            with pytest.raises(UserError) as caught:
                fit(FitRequest(small="a", large=large), session=session)
            assert caught.value.code == "route-runs"
        with pytest.raises(UserError) as caught:
            fit(FitRequest(small="a", metric="faithfulness"), session=session)
        assert caught.value.code == "route-metric"
        with pytest.raises(InvalidSetting, match="--error"):
            fit(FitRequest(small="a", options=RouteOptions(error=0)), session=session)


def digest_with(place: Path, **flags: object) -> str:
    async def opened(session: Session) -> str:
        async with open_engine(session, open_retriever(session), job_id=None) as engine:
            return engine.program_digest

    with session_at(place, **flags) as session:
        ingest(IngestRequest(roots=(place / "docs",)), session=session)
        return asyncio.run(opened(session))


def test_a_cascade_asks_the_large_model_only_for_what_the_small_one_cannot(
    place: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDPROOF_LARGE_API_KEY", "large-key")
    monkeypatch.setenv("BIDPROOF_API_KEY", "small-key")
    large = {"model__base_url": endpoint.base_url}
    both = {**large, "routing__large_model": "large"}
    dear = digest_with(place, model__model="large", **large)
    with session_at(place) as session:
        store = run_store(session)
        store.save(stored_run(program=EXTRACTIVE, seed=1, run_id="small"))
        store.save(stored_run(program=dear, seed=5, run_id="large", model="large"))
        (session.workspace.folder / "prices.toml").write_text("[large]\nprompt = 2\ncompletion = 10\n")
        found = fit(
            FitRequest(small="small", large="large", options=RouteOptions(error=0.2)), session=session
        )
    assert found.route is not None
    assert found.route.large_usd == pytest.approx((1000 * 2 + 100 * 10) / 1e6)
    assert found.curves.baselines[0].name == "cascade"
    sure = asked(place, **both)
    assert "answered by the small model" in sure.reasons[-1]
    assert endpoint.received == []
    with session_at(place, **both) as session:
        unknown = ask(AskRequest(text="Who is the chief executive?"), session=session)
    assert unknown.state is DraftState.DRAFTED
    assert "answered by the large model" in unknown.reasons[-1]
    assert unknown.usage.cost_usd == pytest.approx(endpoint_cost(endpoint))
    assert {item.headers["authorization"] for item in endpoint.received} == {"Bearer large-key"}
    seen = len(endpoint.received)
    with session_at(place, routing__max_cost_usd_per_question=0.001, **both) as session:
        refused = ask(AskRequest(text="Who chairs the board?"), session=session)
    assert (len(endpoint.received), refused.state) == (seen, DraftState.NOT_FOUND)
    assert "routing.max_cost_usd_per_question" in refused.reasons[-1]


def endpoint_cost(endpoint: FakeEndpoint) -> float:
    """What the endpoint's own token counts cost by the table."""
    usage = json.loads(said(ANSWER).body)["usage"]
    return len(endpoint.received) * (usage["prompt_tokens"] * 2 + usage["completion_tokens"] * 10) / 1e6


def test_a_large_model_without_a_route_is_not_asked_and_that_is_said(
    place: Path, endpoint: FakeEndpoint
) -> None:
    notes: list[str] = []

    async def opened(session: Session) -> Engine:
        source = open_retriever(session)
        async with open_engine(session, source, job_id=None, notice=notes.append) as engine:
            return engine

    with session_at(place, routing__large_model="large", model__base_url=endpoint.base_url) as session:
        ingest(IngestRequest(roots=(place / "docs",)), session=session)
        assert asyncio.run(opened(session)).program_digest == EXTRACTIVE
    assert "no route is fitted" in notes[0]
    assert endpoint.received == []


def test_what_is_fitted_names_the_job_and_nothing_fitted_changes_no_name(place: Path) -> None:
    with session_at(place) as session:
        assert routing_key(session) == ()
        fit_extractive(session)
        first = routing_key(session)
        assert first != ()
        fit_extractive(session, seed=3)
        assert routing_key(session) != first


def test_prices_come_from_the_table_unless_a_setting_says_them(place: Path) -> None:
    with session_at(place) as session:
        path = write_price_template(session)
        assert show_prices(session) == {}
        with pytest.raises(WriteFailed, match="found a table already"):
            write_price_template(session)
    path.write_text('["small-*"]\nprompt = 0.15\ncompletion = 0.6\ncached_prompt = 0.07\n')
    with session_at(place, model__model="small-1", routing__large_model="small-2") as session:
        priced = session.settings
    assert (priced.model.prompt_price, priced.model.completion_price) == (0.15, 0.6)
    assert priced.model.cached_prompt_price == 0.07
    assert priced.routing.large_completion_price == 0.6
    with session_at(place, model__model="small-1", model__prompt_price=9.0) as session:
        assert (session.settings.model.prompt_price, session.settings.model.completion_price) == (9.0, 0.0)
