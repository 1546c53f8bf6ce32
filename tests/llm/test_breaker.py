import asyncio
from collections.abc import Callable

import pytest

from bidproof.core.errors import ModelError, ModelRefused, ModelUnavailable
from bidproof.llm import breaker as breaker_module
from bidproof.llm.breaker import CircuitBreaker
from bidproof.llm.failures import FailureNotes, with_notes


class Clock:
    """A clock that goes on by a hundredth of a second whenever somebody looks."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker_module, "_LOOK_S", 1e-9)


def down(retry_after_s: float | None = None) -> ModelError:
    error = ModelUnavailable("no route", hint="wait")
    return with_notes(error, FailureNotes(is_outage=True, retry_after_s=retry_after_s))


def admit(breaker: CircuitBreaker, *, patience_s: float = 0.0) -> None:
    asyncio.run(breaker.admit(patience_s=patience_s))


def opened(clock: Callable[[], float], said: list[str] | None = None) -> CircuitBreaker:
    notice = (said if said is not None else []).append
    breaker = CircuitBreaker("m", threshold=3, clock=clock, notice=notice)
    for _ in range(3):
        admit(breaker)
        breaker.fail(down())
    return breaker


def test_it_opens_after_consecutive_failures_only() -> None:
    breaker = CircuitBreaker("m", threshold=3)
    for _ in range(4):
        breaker.fail(down())
        breaker.fail(down())
        breaker.succeed()
    admit(breaker)
    assert not breaker.is_open


def test_without_patience_nothing_passes_while_it_is_open_and_the_message_says_why() -> None:
    with pytest.raises(ModelUnavailable, match="no route") as caught:
        admit(opened(Clock()))
    assert caught.value.code == "circuit-open"


def test_an_outage_is_waited_out_by_one_probe_after_each_pause() -> None:
    clock = Clock()
    said: list[str] = []
    breaker = opened(clock, said)
    waited: list[float] = []
    for _ in range(4):
        before = clock.now
        admit(breaker, patience_s=60)
        waited.append(round(clock.now - before, 1))
        breaker.fail(down())
    assert waited == sorted(waited)
    assert waited[-1] > 4 * waited[0] > 0
    admit(breaker, patience_s=60)
    breaker.succeed()
    before = clock.now
    admit(breaker)
    admit(breaker)
    assert clock.now - before < 0.1
    assert len(said) == 2
    assert "no route" in said[0]
    assert "answers again" in said[1]


def test_patience_counts_from_the_first_failure() -> None:
    clock = Clock()
    breaker = opened(clock)

    def ask_for_ever() -> None:
        while True:
            admit(breaker, patience_s=30)
            breaker.fail(down())

    with pytest.raises(ModelUnavailable, match="is down"):
        ask_for_ever()
    assert 15 < clock.now < 31


def test_only_one_call_probes_and_the_others_go_on_when_it_is_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    sent: list[int] = []

    async def call(number: int) -> None:
        await breaker.admit(patience_s=1e6)
        sent.append(number)
        if len(sent) == 1:
            await asyncio.sleep(0.01)
            assert sent == [number]
        breaker.succeed()

    async def run() -> None:
        await asyncio.gather(*(call(number) for number in range(5)))

    asyncio.run(run())
    assert len(sent) == 5


def test_a_failure_of_a_call_sent_before_it_opened_makes_no_pause_longer() -> None:
    clock = Clock()
    breaker = opened(clock)
    for _ in range(20):
        breaker.fail(down())
    before = clock.now
    admit(breaker, patience_s=60)
    assert clock.now - before < 1


def test_a_probe_that_told_nothing_lets_the_next_one_through() -> None:
    breaker = opened(Clock())
    admit(breaker, patience_s=60)
    breaker.release()
    admit(breaker, patience_s=60)


def test_an_endpoint_that_asks_one_call_to_wait_means_all() -> None:
    clock = Clock()
    breaker = CircuitBreaker("m", threshold=3, clock=clock)
    breaker.fail(down(retry_after_s=7))
    breaker.succeed()
    before = clock.now
    admit(breaker, patience_s=10)
    assert 6 < clock.now - before < 8
    breaker.fail(down(retry_after_s=3600))
    with pytest.raises(ModelUnavailable):
        admit(breaker, patience_s=10)


def test_until_the_first_answer_calls_pass_one_by_one() -> None:
    breaker = CircuitBreaker("m")
    sent: list[int] = []

    async def call(number: int) -> None:
        await breaker.admit(patience_s=0)
        sent.append(number)
        await asyncio.sleep(0.01)
        if number == 0:
            assert sent == [0]
            breaker.refuse_all(ModelRefused("wrong key", hint="set another"))
        breaker.release()

    async def run() -> list[object]:
        return await asyncio.gather(*(call(number) for number in range(5)), return_exceptions=True)

    refused = asyncio.run(run())[1:]
    assert sent == [0]
    assert all("wrong key (not asked again)" in str(error) for error in refused)
    assert {type(error) for error in refused} == {ModelRefused}
