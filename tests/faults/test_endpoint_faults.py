"""Every way an endpoint can fail, over real loopback HTTP, seen from a question.

After each fault: no invented answer, the state says what happened, and every
call that was sent is counted and written down.
"""

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Question, ScoredPassage
from bidproof.core.settings import ModelSettings, Settings
from bidproof.llm import breaker as breaker_module
from bidproof.llm import endpoint as endpoint_module
from bidproof.llm import gateway as gateway_module
from bidproof.llm.fake_endpoint import (
    CUT_OFF,
    EMPTY,
    HANG,
    HTML,
    NO_CHOICES,
    NO_CONTENT,
    STREAM_CLOSED,
    TRUNCATED_JSON,
    WRONG_TYPE,
    Answer,
    FakeEndpoint,
    Received,
    refused,
    said,
)
from bidproof.llm.gateway import Gateway
from bidproof.llm.open import open_model
from bidproof.retrieval.protocol import Query
from bidproof.runtime.drafting import draft_all
from journals import MemoryJournal
from passages import make_passage

TEXT = "Customer data is encrypted at rest with AES-256. Backups run every night."
QUOTE = "Customer data is encrypted at rest with AES-256."
GOOD = said(
    {
        "answerable": True,
        "quotes": [{"passage": 1, "text": QUOTE}],
        "sentences": [{"text": QUOTE, "quotes": [1]}],
    }
)
QUESTION = Question(id=QuestionId("q1"), text="How is customer data encrypted?")
KEY = "sk-secret-0123456789"


BOMB = gzip.compress(b"[" + b" " * (2 << 20) + b"]")
HOSTILE = {
    "surrogate": Answer(body=GOOD.body.replace('"stop"', '"stop", "x": "\\ud800"')),
    "deep": Answer(body=GOOD.body.replace('"stop"', '"stop", "x": ' + "[" * 3_000 + "]" * 3_000)),
    "large-number": Answer(body=GOOD.body.replace('"prompt_tokens": 100', '"prompt_tokens": 1' + "0" * 30)),
    "nan": Answer(body=GOOD.body.replace('"prompt_tokens": 100', '"prompt_tokens": NaN')),
    "not-utf-8": Answer(body=GOOD.body.encode().replace(b"AES", b"A\xffS")),
    "huge": Answer(body=b'{"choices": [' + b" " * (2 << 20) + b"]}"),
    "bomb": Answer(body=BOMB, headers={"Content-Encoding": "gzip"}),
    "not-gzip": Answer(body="plain", headers={"Content-Encoding": "gzip"}),
    "brotli": Answer(body=b"\x0b\x02\x80{}\x03", headers={"Content-Encoding": "br"}),
    "events": Answer(body="data: " + GOOD.body[:-20] + "\n\ndata: [DONE]\n\n"),
    "list": Answer(body="[]"),
}


@dataclass
class OnePassage:
    times: int = 1

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        del query
        passage = make_passage(TEXT, path="security.md", title="Security")
        return tuple(
            ScoredPassage(passage=passage, score=1.0, rank=rank) for rank in range(1, self.times + 1)
        )


@dataclass
class Outcome:
    draft: Draft
    journal: MemoryJournal
    gateway: Gateway
    endpoint: FakeEndpoint


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "_FIRST_DELAY_S", 0.01)
    monkeypatch.setattr(endpoint_module, "_MAX_BODY", 1 << 20)
    monkeypatch.setattr(breaker_module, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(breaker_module, "_MAX_PAUSE_S", 0.05)
    monkeypatch.setattr(breaker_module, "_LOOK_S", 0.005)


def ask(script: list[Answer], *, then: Answer | None = None, passages: int = 1, **settings: Any) -> Outcome:
    journal = MemoryJournal()
    with FakeEndpoint(script, then=then) as endpoint:
        model = ModelSettings(
            model="m",
            base_url=endpoint.base_url,
            **{"timeout_s": 5.0, "attempts": 3, "patience_s": 0.0, **settings},
        )

        async def run() -> tuple[Draft, Gateway]:
            async with open_model(model, journal=journal, job_id=1, api_key=KEY) as gateway:
                engine = GenerativeEngine(OnePassage(passages), gateway, Settings(model=model))
                return await engine.draft(QUESTION), gateway

        draft, gateway = asyncio.run(run())
    return Outcome(draft=draft, journal=journal, gateway=gateway, endpoint=endpoint)


def draft_many(
    count: int, then: Answer | Callable[[Received], Answer], **settings: Any
) -> tuple[list[Draft], list[Received]]:
    with FakeEndpoint(then=then) as endpoint:
        model = ModelSettings(
            model="m", base_url=endpoint.base_url, **{"attempts": 3, "patience_s": 0.0, **settings}
        )
        questions = [
            Question(id=QuestionId(f"q{n}"), text=f"How is customer data {n} encrypted?")
            for n in range(count)
        ]
        saved: list[Draft] = []

        async def run() -> None:
            async with open_model(model, journal=None, job_id=None, api_key=KEY) as gateway:
                engine = GenerativeEngine(OnePassage(), gateway, Settings(model=model))
                await draft_all(questions, engine=engine, concurrency=model.concurrency, save=saved.append)

        asyncio.run(run())
        return saved, endpoint.received


def assert_failed(outcome: Outcome, code: str, *, calls: int) -> None:
    draft = outcome.draft
    assert draft.state is DraftState.FAILED
    assert (draft.text, draft.choice, draft.claims) == ("", None, ())
    assert draft.error.startswith(f"error[{code}]: ")
    assert "\nhint: " in draft.error
    assert draft.usage.calls == calls
    assert len(outcome.endpoint.received) == calls
    assert len([row for row in outcome.journal.rows if row.get("code") == code]) == calls
    assert KEY not in draft.error


def test_a_good_reply_becomes_a_cited_draft_and_a_journal_row() -> None:
    outcome = ask([GOOD])
    assert outcome.draft.state is DraftState.DRAFTED
    assert outcome.draft.text == QUOTE
    assert outcome.draft.claims[0].citations[0].quote == QUOTE
    assert outcome.draft.usage.calls == 1
    assert outcome.draft.usage.prompt_tokens == 100
    assert [row["completion_tokens"] for row in outcome.journal.rows] == [20]


def test_a_rate_limit_is_waited_out_as_long_as_the_endpoint_asks() -> None:
    started = time.monotonic()
    outcome = ask([refused(429, retry_after="0.4"), refused(429, retry_after="0.4"), GOOD], patience_s=9.0)
    assert time.monotonic() - started >= 0.8
    assert outcome.draft.state is DraftState.DRAFTED
    assert outcome.draft.usage.calls == 3


def test_a_rate_limit_that_stays_fails_the_question_when_patience_ends() -> None:
    outcome = ask([], then=refused(429, retry_after="0.05"), patience_s=0.4)
    assert outcome.draft.state is DraftState.FAILED
    assert "answered 429" in outcome.draft.error
    assert 3 <= len(outcome.endpoint.received) == outcome.draft.usage.calls < 9


def test_a_date_is_waited_for_as_seconds_are() -> None:
    later = {"Date": "Mon, 30 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 30 Nov 2026 11:00:00 GMT"}
    outcome = ask([], then=replace(refused(429), headers=later), patience_s=60.0)
    assert_failed(outcome, "model-unavailable", calls=1)
    past = {"Date": "Mon, 30 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 30 Nov 2026 09:00:00 GMT"}
    outcome = ask([replace(refused(429), headers=past), GOOD], patience_s=60.0)
    assert outcome.draft.state is DraftState.DRAFTED


@pytest.mark.parametrize(
    "spent",
    [
        Answer(
            status=429, body='{"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}'
        ),
        refused(402, "You exceeded your quota"),
    ],
    ids=["quota", "payment"],
)
def test_a_spent_account_is_asked_once_by_all_questions_together(spent: Answer) -> None:
    drafts, received = draft_many(8, spent)
    assert len(received) == 1
    assert all("You exceeded your quota" in draft.error for draft in drafts)


def test_refusals_cut_replies_and_empty_ones_do_not_open_the_circuit() -> None:
    for fault in (CUT_OFF, EMPTY, said(None, finish="content_filter"), refused(400, "no such voice")):
        replies = iter([fault] * 12)
        drafts, _ = draft_many(20, lambda _, replies=replies: next(replies, GOOD), attempts=2)
        assert any(draft.state is DraftState.DRAFTED for draft in drafts)
        assert not any("circuit-open" in draft.error for draft in drafts)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_outage_at_the_start_costs_time_and_no_answer(status: int) -> None:
    replies = iter([refused(status)] * 12)
    drafts, received = draft_many(24, lambda _: next(replies, GOOD), patience_s=30.0)
    assert {draft.state for draft in drafts} == {DraftState.DRAFTED}
    assert len(received) <= 24 + 12


def test_a_wait_longer_than_the_cap_is_not_cut_short_but_given_up() -> None:
    assert_failed(ask([], then=refused(429, retry_after="3600")), "model-unavailable", calls=1)


def test_a_server_error_is_retried_and_then_shown() -> None:
    assert ask([refused(500), refused(503), GOOD]).draft.state is DraftState.DRAFTED
    assert_failed(ask([], then=refused(500)), "model-unavailable", calls=3)


def test_a_hang_ends_at_our_own_deadline() -> None:
    started = time.monotonic()
    outcome = ask([], then=HANG, timeout_s=0.3, attempts=2)
    assert time.monotonic() - started < 10
    assert_failed(outcome, "model-timeout", calls=2)


@pytest.mark.parametrize(
    "fault",
    [TRUNCATED_JSON, EMPTY, NO_CONTENT, HTML, NO_CHOICES, WRONG_TYPE, STREAM_CLOSED, *HOSTILE.values()],
    ids=["truncated", "empty", "no-content", "html", "no-choices", "wrong-type", "stream-closed", *HOSTILE],
)
def test_a_reply_that_is_no_reply_is_retried_and_then_shown(fault: Answer) -> None:
    assert ask([fault, GOOD]).draft.state is DraftState.DRAFTED
    assert_failed(ask([], then=fault), "model-garbled", calls=3)


def test_a_reply_cut_off_at_the_token_limit_is_not_asked_again() -> None:
    outcome = ask([], then=CUT_OFF)
    assert_failed(outcome, "model-garbled", calls=1)
    assert "model.max_output_tokens" in outcome.draft.error
    assert outcome.draft.usage.completion_tokens == 20


@pytest.mark.parametrize(
    "text",
    ['{"answerable": ' + "[" * 3_000 + "]" * 3_000 + "}", '{"answerable": "\\ud800"}', '{"answerable": NaN}'],
    ids=["deep", "surrogate", "nan"],
)
def test_json_out_of_bounds_inside_a_reply_is_repaired_once(text: str) -> None:
    assert ask([said(text), GOOD]).draft.state is DraftState.DRAFTED
    assert ask([], then=said(text)).draft.error.startswith("error[model-garbled]")


def test_a_reply_of_the_wrong_shape_is_repaired_once() -> None:
    wrong = said({"answer": "AES-256"})
    outcome = ask([wrong, GOOD])
    assert outcome.draft.state is DraftState.DRAFTED
    assert outcome.draft.usage.calls == 2
    shown = outcome.endpoint.received[1].body["messages"][-1]["content"]
    assert "'answerable' is missing" in shown

    outcome = ask([], then=wrong)
    assert outcome.draft.state is DraftState.FAILED
    assert outcome.draft.usage.calls == 2
    assert outcome.draft.text == ""


def test_a_refusal_is_not_retried() -> None:
    assert_failed(ask([], then=refused(400, "no such voice")), "model-refused", calls=1)


def test_evidence_that_does_not_fit_the_model_is_halved_once_and_said_so() -> None:
    overflow = refused(400, "This model's maximum context length is 4096 tokens.")
    outcome = ask([overflow, GOOD], passages=3)
    assert outcome.draft.state is DraftState.DRAFTED
    assert any("only 1 of 3 passages" in reason for reason in outcome.draft.reasons)
    assert outcome.draft.usage.calls == 2
    assert_failed(ask([], then=overflow, passages=3), "context-overflow", calls=2)


def test_a_refused_key_stops_the_run_after_one_call_and_is_not_shown() -> None:
    with FakeEndpoint(then=refused(401, f"Incorrect API key provided: {KEY}")) as endpoint:
        model = ModelSettings(model="m", base_url=endpoint.base_url, fallback="other")

        async def run() -> list[Draft]:
            async with open_model(model, journal=None, job_id=None, api_key=KEY) as gateway:
                engine = GenerativeEngine(OnePassage(), gateway, Settings(model=model))
                return [await engine.draft(QUESTION) for _ in range(5)]

        drafts = asyncio.run(run())
        assert len(endpoint.received) == 1
    assert {draft.state for draft in drafts} == {DraftState.FAILED}
    assert all(KEY not in draft.error for draft in drafts)


def test_nothing_listening_is_unavailable() -> None:
    with FakeEndpoint() as endpoint:
        address = endpoint.base_url
    model = ModelSettings(model="m", base_url=address, attempts=2, patience_s=0)

    async def run() -> Draft:
        async with open_model(model, journal=None, job_id=None, api_key=None) as gateway:
            return await GenerativeEngine(OnePassage(), gateway, Settings(model=model)).draft(QUESTION)

    draft = asyncio.run(run())
    assert draft.state is DraftState.FAILED
    assert draft.error.startswith("error[model-unavailable]")


def test_an_outage_beyond_the_patience_spares_the_rest_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker_module, "_FIRST_PAUSE_S", 60.0)
    drafts, received = draft_many(12, refused(500), concurrency=1, attempts=1)
    assert len(received) == 5
    assert {draft.state for draft in drafts} == {DraftState.FAILED}
    assert drafts[-1].error.startswith("error[circuit-open]")
    assert drafts[-1].usage.calls == 0


def test_the_fallback_model_answers_when_the_first_cannot() -> None:
    def reply(received: Any) -> Answer:
        return GOOD if received.body["model"] == "other" else refused(500)

    with FakeEndpoint(then=reply) as endpoint:
        model = ModelSettings(model="m", base_url=endpoint.base_url, fallback="other", attempts=2)

        async def run() -> Draft:
            async with open_model(model, journal=None, job_id=None, api_key=None) as gateway:
                return await GenerativeEngine(OnePassage(), gateway, Settings(model=model)).draft(QUESTION)

        draft = asyncio.run(run())
    assert draft.state is DraftState.DRAFTED
    assert draft.usage.calls == 3


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": 10**12}]
)
def test_usage_that_is_missing_or_impossible_is_counted_by_ourselves_and_the_limit_holds(usage: Any) -> None:
    reply = {**json.loads(GOOD.body), "usage": usage}
    prices = {"prompt_price": 1000.0, "completion_price": 1000.0}
    drafts, received = draft_many(40, Answer(body=json.dumps(reply)), max_cost_usd=20.0, **prices)
    done = [draft for draft in drafts if draft.state is DraftState.DRAFTED]
    assert 0 < len(done) == len(received) < 40
    assert all(draft.usage.estimated_calls == 1 and 0.1 < draft.usage.cost_usd < 5 for draft in done)
    assert sum(draft.usage.cost_usd for draft in drafts) <= 20.0
    assert all("budget-spent" in draft.error for draft in drafts if draft not in done)


def test_a_spent_budget_stops_before_sending() -> None:
    prices = {"prompt_price": 1000.0, "completion_price": 1000.0}
    outcome = ask([], then=GOOD, max_cost_usd=0.5, **prices)
    assert outcome.draft.state is DraftState.FAILED
    assert outcome.draft.error.startswith("error[budget-spent]")
    assert outcome.endpoint.received == []
    assert outcome.journal.rows == []
    assert outcome.draft.usage.calls == 0


def test_a_budget_is_never_overrun_by_calls_in_flight() -> None:
    with FakeEndpoint(then=GOOD) as endpoint:
        model = ModelSettings(
            model="m",
            base_url=endpoint.base_url,
            max_cost_usd=0.02,
            prompt_price=1.0,
            completion_price=1.0,
            concurrency=16,
        )
        questions = [
            Question(id=QuestionId(f"q{n}"), text=f"How is customer data {n} kept?") for n in range(300)
        ]
        journal = MemoryJournal()

        async def run() -> list[Draft]:
            async with open_model(model, journal=journal, job_id=1, api_key=None) as gateway:
                engine = GenerativeEngine(OnePassage(), gateway, Settings(model=model))
                return await asyncio.gather(*(engine.draft(question) for question in questions))

        drafts = asyncio.run(run())
    assert journal.spent_usd(1) <= 0.02
    assert {draft.state for draft in drafts} == {DraftState.DRAFTED, DraftState.FAILED}


def test_a_field_the_endpoint_does_not_know_is_left_out() -> None:
    outcome = ask(
        [
            refused(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model.",
                param="max_tokens",
            )
        ],
        then=GOOD,
    )
    assert outcome.draft.state is DraftState.DRAFTED
    assert "max_completion_tokens" in outcome.endpoint.received[1].body
    assert "max_tokens" not in outcome.endpoint.received[1].body


def test_a_redirect_is_not_followed() -> None:
    with FakeEndpoint(then=GOOD) as elsewhere:
        moved = Answer(status=307, headers={"Location": f"{elsewhere.base_url}/chat/completions"})
        assert_failed(ask([], then=moved), "model-refused", calls=1)
        assert elsewhere.received == []


def test_a_finished_call_is_replayed_for_nothing() -> None:
    journal = MemoryJournal()
    with FakeEndpoint([GOOD]) as endpoint:
        model = ModelSettings(model="m", base_url=endpoint.base_url, prompt_price=1.0, completion_price=1.0)

        async def run() -> Draft:
            async with open_model(model, journal=journal, job_id=1, api_key=None) as gateway:
                return await GenerativeEngine(OnePassage(), gateway, Settings(model=model)).draft(QUESTION)

        first, second = asyncio.run(run()), asyncio.run(run())
        assert len(endpoint.received) == 1
    assert first.text == second.text == QUOTE
    assert first.usage.cost_usd == pytest.approx(120e-6)
    assert (second.usage.calls, second.usage.cost_usd) == (0, 0.0)
