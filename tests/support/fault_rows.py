"""Every way an endpoint is known to fail, as rows that one runner injects over real loopback HTTP.

All waiting runs faster by the scale of the row, on both sides; nothing else is changed.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any, Literal
from unittest.mock import patch

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Question, ScoredPassage
from bidproof.core.settings import ModelSettings, Settings
from bidproof.llm import breaker, gateway
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, refused, said
from bidproof.llm.open import open_model
from bidproof.llm.protocol import add_usage
from bidproof.retrieval.endpoint import EndpointEmbedder
from bidproof.retrieval.protocol import Query
from bidproof.runtime.drafting import draft_all
from journals import MemoryJournal
from passages import make_passage

SCALE = 0.02
QUOTE = "Customer data is encrypted at rest with AES-256."
TEXT = f"{QUOTE} Backups run every night."
REPLY: dict[str, Any] = {
    "answerable": True,
    "quotes": [{"passage": 1, "text": QUOTE}],
    "sentences": [{"text": QUOTE, "quotes": [1]}],
}
GOOD = said(REPLY, latency_s=0.2 * SCALE)
_NUMBER = re.compile(r"customer data (\d+) encrypted")
RESET = Answer(is_reset=True)


@dataclass(kw_only=True)
class Scene:
    """What a fault may look at: the clock, and how often a prompt has come."""

    scale: float
    started: float = field(default_factory=time.monotonic)
    requests: int = 0
    tries: Counter[str] = field(default_factory=Counter[str])
    given: Counter[str] = field(default_factory=Counter[str])

    @property
    def seconds(self) -> float:
        return (time.monotonic() - self.started) / self.scale


Fault = Callable[[Scene, Received], Answer]
Ends = Literal["answered", "failed", "unproven"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault, how questions have to end under it, and what that may cost."""

    name: str
    fault: Fault
    ends: Ends = "answered"
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    most_requests: float = 3.0
    passages: int = 1
    has_embedder: bool = False
    is_listening: bool = True
    questions: int = 24
    scale: float = SCALE


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of a row; ``requests`` and ``paid_twice`` are of all questions together."""

    row: Row
    states: Mapping[str, int]
    requests: int
    lost: int
    invented: int
    paid_twice: int
    does_ledger_agree: bool
    seconds: float
    errors: tuple[str, ...]

    @property
    def requests_each(self) -> float:
        return self.requests / self.row.questions

    @property
    def is_as_it_should_be(self) -> bool:
        drafted = self.states.get("drafted", 0)
        state = {
            "answered": drafted == self.row.questions,
            "failed": self.states.get("failed", 0) == self.row.questions,
            "unproven": not drafted,
        }
        return (
            state[self.row.ends]
            and not (self.lost or self.invented)
            and self.requests_each <= self.row.most_requests
            and self.does_ledger_agree
        )


def always(answer: Answer) -> Fault:
    return lambda scene, received: answer


def first(count: int, *answers: Answer) -> Fault:
    """The first requests of all, in turn."""
    return lambda scene, _: answers[scene.requests % len(answers)] if scene.requests <= count else GOOD


def each_first(count: int, *answers: Answer) -> Fault:
    """The first requests of each question."""

    def fault(scene: Scene, received: Received) -> Answer:
        return answers[scene.requests % len(answers)] if scene.tries[key_of(received)] <= count else GOOD

    return fault


def outage(seconds: float, answer: Answer = RESET) -> Fault:
    return lambda scene, _: answer if scene.seconds < seconds else GOOD


def flapping(up_s: float, down_s: float, answer: Answer = RESET) -> Fault:
    return lambda scene, _: GOOD if scene.seconds % (up_s + down_s) < up_s else answer


def primary_down(answer: Answer = RESET) -> Fault:
    return lambda _, received: GOOD if received.body["model"] == "other" else answer


def dated(scene: Scene, _: Received) -> Answer:
    """A date holds whole seconds: a second is most of the patience here, so few are asked for."""
    if scene.requests > 2:
        return GOOD
    return refused(429, retry_after=formatdate(time.time() + 1, usegmt=True))


def too_long(scene: Scene, received: Received) -> Answer:
    long = received.body["messages"][-1]["content"].count("<passage ") > 1
    return refused(400, "This model's maximum context length is 4096 tokens.") if long else GOOD


def bad_vectors(scene: Scene, received: Received) -> Answer:
    if not received.path.endswith("embeddings"):
        return GOOD
    vector = ("[NaN, 1.0]", "[[1.0]]", '"1.0"')[scene.requests % 3]
    return Answer(body=f'{{"data": [{{"index": 0, "embedding": {vector}}}]}}')


def body_with(old: str, new: str) -> Answer:
    assert old in GOOD.body
    return replace(GOOD, body=str(GOOD.body).replace(old, new))


def reply_with(**changes: object) -> Answer:
    return said({**REPLY, **changes})


LIES = (
    reply_with(quotes=[{"passage": 1, "text": "Customer data is encrypted in transit with TLS 1.3."}]),
    reply_with(sentences=[{"text": "Customer data is encrypted at rest with AES-512.", "quotes": [1]}]),
    reply_with(sentences=[{"text": "Acme Ltd encrypts customer data at rest.", "quotes": [1]}]),
)
INVENTED = tuple(
    reply_with(sentences=[{"text": text, "quotes": [1]}])
    for text in (
        "In addition, everything is audited every week by an independent auditor.",
        "We fully comply with this requirement.",
        "Yes.",
        "I'm sorry, but I can't help with that request.",
        f"{QUOTE[:-1]}, and the keys are held by a certified third party.",
    )
)
HALF = tuple(
    reply_with(sentences=[*REPLY["sentences"], *({"text": text, "quotes": [1]} for text in invented)])
    for invented in (
        ["In addition, everything is audited every week by an independent auditor."],
        ["Yes.", "We fully comply with this requirement."],
    )
)
MALFORMED = (
    replace(GOOD, body='{"id": "x", "choices": [{"message": {"content": "half of'),
    body_with('"stop"', '"stop", "x": ' + "[" * 3_000 + "]" * 3_000),
    body_with('"prompt_tokens": 100', '"prompt_tokens": NaN'),
    replace(GOOD, body=str(GOOD.body).encode().replace(b"AES", b"\xff")),
    body_with('"stop"', '"stop", "x": "\\ud800"'),
)
IN_200 = Answer(body='{"error": {"message": "overloaded", "code": 503}}')
EVENTS = Answer(body='data: {"error": {"message": "overloaded"}}\n\ndata: [DONE]\n\n')
QUOTA = Answer(status=429, body='{"error": {"code": "insufficient_quota"}}')
MOVED = Answer(status=307, headers={"Location": "http://127.0.0.1:9/"})
USAGE = tuple(body_with('"prompt_tokens": 100', f'"prompt_tokens": {count}') for count in (0, 10**12))
PATIENT = {"patience_s": 180.0}
ROWS = (
    Row(name="1a 429, Retry-After in seconds", fault=first(6, refused(429, retry_after=str(2 * SCALE)))),
    Row(
        name="1b 429, Retry-After 3600",
        fault=always(refused(429, retry_after="3600")),
        ends="failed",
        most_requests=0.1,
    ),
    Row(
        name="1c 429, Retry-After as a date",
        fault=dated,
        most_requests=1.5,
    ),
    Row(name="2 429 without Retry-After", fault=first(12, refused(429))),
    Row(name="3 quota spent", fault=always(QUOTA), ends="failed", most_requests=0.05),
    Row(
        name="4a burst of 500, 502, 503, 529",
        fault=first(16, refused(500), refused(502), refused(503), refused(529)),
    ),
    Row(name="4b 503 twice for each question", fault=each_first(2, refused(503))),
    Row(name="5a 401", fault=always(refused(401)), ends="failed", most_requests=0.05),
    Row(name="5b 403", fault=always(refused(403)), ends="failed", most_requests=0.05),
    Row(name="6 context overflow", fault=too_long, passages=3),
    Row(name="7 refused connection", fault=always(GOOD), ends="failed", is_listening=False),
    Row(name="8 hang before headers", fault=first(3, Answer(is_silent=True)), settings={"timeout_s": 0.5}),
    Row(
        name="9 stall in the body",
        fault=first(3, replace(GOOD, is_silent=True, cut_after=40)),
        settings={"timeout_s": 0.5},
    ),
    Row(name="10 end without finish", fault=each_first(1, body_with('"stop"', "null"))),
    Row(name="11 connection reset", fault=first(6, RESET)),
    Row(name="12a error in 200", fault=first(8, IN_200)),
    Row(name="12b error event", fault=each_first(1, EVENTS)),
    Row(
        name="13 cut off at the length",
        fault=always(said('{"answerable": tr', finish="length")),
        ends="failed",
        most_requests=1.0,
    ),
    Row(name="14 malformed, deep, NaN, bad UTF-8, surrogate", fault=each_first(1, *MALFORMED)),
    Row(name="15a HTML with 200", fault=each_first(1, Answer(body="<!DOCTYPE html><html></html>"))),
    Row(name="15b redirect", fault=always(MOVED), ends="failed", most_requests=1.0),
    Row(name="15c bad headers", fault=each_first(1, replace(GOOD, headers={"Bad Header": "x"}))),
    Row(name="16 wrong schema", fault=each_first(1, said({"answer": "AES-256"}))),
    Row(name="17 empty, no choices", fault=each_first(1, said(""), Answer(body='{"choices": []}'))),
    Row(
        name="18 refusal, content filter",
        fault=always(said(None, finish="content_filter")),
        ends="failed",
        most_requests=1.0,
    ),
    Row(
        name="19 fabricated quote, number, name",
        fault=lambda scene, _: LIES[scene.requests % 3],
        ends="unproven",
    ),
    Row(
        name="19a a true quote beside what is invented",
        fault=lambda scene, _: INVENTED[scene.requests % len(INVENTED)],
        ends="unproven",
        questions=42,
    ),
    Row(
        name="19b an invented sentence behind a true one",
        fault=lambda scene, _: HALF[scene.requests % len(HALF)],
        questions=42,
    ),
    Row(name="20 wrong usage", fault=lambda scene, _: USAGE[scene.requests % 2]),
    Row(
        name="21a primary down for ten minutes, fallback up",
        fault=primary_down(),
        settings={"fallback": "other"},
    ),
    Row(name="21b down for ten minutes, no fallback", fault=outage(600), ends="failed"),
    Row(
        name="22 both down for a minute", fault=outage(60), settings={"fallback": "other"}, most_requests=9.0
    ),
    Row(name="23a down for 0.3 s", fault=outage(0.3), most_requests=1.5, scale=0.5),
    Row(name="23b down for 5 s", fault=outage(5), most_requests=1.5),
    Row(name="23c down for 60 s", fault=outage(60, refused(503)), most_requests=2.0),
    Row(
        name="23d flapping, 3 s up and 2 s down",
        fault=flapping(3, 2),
        most_requests=1.5,
        questions=300,
        scale=0.1,  # what drafting computes is not scaled: it would fill the three seconds
    ),
    Row(
        name="24 vectors with NaN or of another shape",
        fault=bad_vectors,
        ends="failed",
        has_embedder=True,
        most_requests=9.0,
    ),
)


def key_of(received: Received) -> str:
    """Which question a request is for, whatever was adapted or repaired in it."""
    return (_NUMBER.findall(str(received.body)) or [""])[-1]


@contextmanager
def fast(scale: float) -> Iterator[None]:
    """All pauses of the client, shortened by the scale."""
    names = ((breaker, ("_FIRST_PAUSE_S", "_MAX_PAUSE_S", "_LOOK_S")),
             (gateway, ("_FIRST_DELAY_S", "_MAX_DELAY_S", "_BOTH_DOWN_S", "SHORT_WAIT_S")))  # fmt: skip
    patches = [
        patch.object(module, name, getattr(module, name) * scale) for module, all_ in names for name in all_
    ]
    for item in patches:
        item.start()
    try:
        yield
    finally:
        for item in patches:
            item.stop()


class Passages:
    """The same few passages for every question, behind an embedder where the row has one."""

    def __init__(self, row: Row, embedder: EndpointEmbedder | None) -> None:
        self._count, self._embedder = row.passages, embedder

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        if self._embedder is not None:
            self._embedder.embed_queries([query.text])
        passage = make_passage(TEXT, path="security.md", title="Security")
        return tuple(ScoredPassage(passage=passage, score=1.0, rank=1 + n) for n in range(self._count))


def inject(row: Row) -> Found:
    """Draft some questions at once under a fault, and say what came of them."""
    scene, journal, saved = Scene(scale=row.scale), MemoryJournal(), list[Draft]()
    questions = [
        Question(id=QuestionId(f"q{n}"), text=f"How is customer data {n} encrypted?")
        for n in range(row.questions)
    ]

    def respond(received: Received) -> Answer:
        key = key_of(received)
        scene.requests += 1
        scene.tries[key] += 1
        answer = row.fault(scene, received)
        scene.given[key] += answer is GOOD
        return answer

    async def run(model: ModelSettings) -> None:
        embedder = None
        if row.has_embedder:
            embedder = EndpointEmbedder(
                model="e", base_url=model.base_url, api_key=None, settings=model, journal=journal
            )
        async with open_model(
            model, journal=journal, job_id=1, api_key=None, notice=lambda _: None
        ) as opened:
            engine = GenerativeEngine(Passages(row, embedder), opened, Settings(model=model))
            await draft_all(questions, engine=engine, concurrency=8, save=saved.append)

    with fast(row.scale), FakeEndpoint(then=respond) as endpoint:
        address = endpoint.base_url if row.is_listening else "http://127.0.0.1:9/v1"
        wanted = {**PATIENT, "timeout_s": 20.0, **row.settings}
        model = ModelSettings(model="m", base_url=address, concurrency=8, **wanted)
        asyncio.run(run(replace(model, patience_s=model.patience_s * row.scale)))
    return _found(row, scene, journal, saved)


def _found(row: Row, scene: Scene, journal: MemoryJournal, saved: list[Draft]) -> Found:
    usage = add_usage(*(draft.usage for draft in saved))
    sent = [entry for entry in journal.rows if entry["state"] in ("finished", "failed")]
    tokens = sum(entry["prompt_tokens"] + entry["completion_tokens"] for entry in sent)
    is_alike = (usage.calls, usage.prompt_tokens + usage.completion_tokens) == (len(sent), tokens)
    said = Counter(draft.error.partition("\n")[0][:120] for draft in saved if draft.error)
    return Found(
        row=row,
        states=Counter(str(draft.state) for draft in saved),
        requests=scene.requests,
        lost=row.questions - len({draft.question_id for draft in saved}),
        invented=sum(bool(draft.text) and draft.text != QUOTE for draft in saved)
        + sum(draft.state is DraftState.DRAFTED and not draft.claims for draft in saved),
        paid_twice=sum(count - 1 for count in scene.given.values() if count > 1),
        does_ledger_agree=is_alike and not any(entry["state"] == "open" for entry in journal.rows),
        seconds=scene.seconds * row.scale,
        errors=tuple(error for error, _ in said.most_common(1)),
    )
