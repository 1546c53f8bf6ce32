import pytest

from bidproof.core.errors import ModelRefused, ModelUnavailable
from bidproof.llm.breaker import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker("m", threshold=3, cooldown_s=10, clock=clock)
    for _ in range(3):
        breaker.admit()
        breaker.fail()
    return breaker


def test_it_opens_after_consecutive_failures_only() -> None:
    breaker = CircuitBreaker("m", threshold=3)
    for _ in range(4):
        breaker.fail()
        breaker.fail()
        breaker.succeed()
    breaker.admit()


def test_while_open_nothing_passes_and_the_message_says_so() -> None:
    with pytest.raises(ModelUnavailable, match="failed 3 times in a row") as caught:
        opened(Clock()).admit()
    assert caught.value.code == "circuit-open"


def test_one_probe_passes_after_the_cooldown_and_decides() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 11
    breaker.admit()
    with pytest.raises(ModelUnavailable):
        breaker.admit()
    breaker.fail()
    with pytest.raises(ModelUnavailable):
        breaker.admit()
    clock.now = 22
    breaker.admit()
    breaker.succeed()
    breaker.admit()
    breaker.admit()


def test_a_probe_that_told_nothing_lets_the_next_one_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 11
    breaker.admit()
    breaker.release()
    breaker.admit()


def test_a_refused_key_closes_the_door_for_good() -> None:
    breaker = CircuitBreaker("m")
    breaker.refuse_all(ModelRefused("wrong key", hint="set another"))
    for _ in range(2):
        with pytest.raises(ModelRefused, match=r"wrong key \(not asked again\)"):
            breaker.admit()
