"""Stop calling an endpoint that is down, and find out by one call when it is back."""

import time
from collections.abc import Callable

from bidproof.core.errors import ModelRefused, ModelUnavailable
from bidproof.llm.failures import CIRCUIT_OPEN, FailureNotes, with_notes

_KEY_REFUSED = 401


class CircuitBreaker:
    """Opens after consecutive failures; one probe after the cool-down decides what follows.

    One breaker is shared by every question of a run, so that a dead endpoint costs
    a run a few deadlines, not one for each question.

    Args:
        name: Model and address, for the message.
        threshold: Consecutive failures that open it.
        cooldown_s: Seconds until a probe is let through.
        clock: Monotonic seconds; replaced in tests.
    """

    def __init__(
        self,
        name: str,
        *,
        threshold: int = 5,
        cooldown_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._threshold = threshold
        self._cooldown_s = cooldown_s
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False
        self._final: ModelRefused | None = None

    def admit(self) -> None:
        """Let a call pass.

        Raises:
            ModelUnavailable: The circuit is open; nothing was sent.
            ModelRefused: The key was refused before; it would be again.
        """
        if self._final is not None:
            raise with_notes(
                ModelRefused(f"{self._final.message} (not asked again)", hint=self._final.hint),
                FailureNotes(status=_KEY_REFUSED),
            )
        if self._opened_at is None:
            return
        waited = self._clock() - self._opened_at
        if waited < self._cooldown_s or self._is_probing:
            raise ModelUnavailable(
                f"the endpoint of {self._name!r} failed {self._failures} times in a row: "
                f"calls are paused for {self._cooldown_s:g} s and nothing was sent",
                hint="check that the endpoint is up, then run again; finished answers are kept",
                code=CIRCUIT_OPEN,
            )
        self._is_probing = True

    def succeed(self) -> None:
        """Note a reply: the endpoint is up."""
        self._failures, self._opened_at, self._is_probing = 0, None, False

    def fail(self) -> None:
        """Note a call without a usable reply."""
        self._failures += 1
        self._is_probing = False
        if self._failures >= self._threshold:
            self._opened_at = self._clock()

    def release(self) -> None:
        """Note a call that ended without telling anything about the endpoint."""
        self._is_probing = False

    def refuse_all(self, error: ModelRefused) -> None:
        """Note a refused key: every later call would meet the same refusal."""
        self._final = error
