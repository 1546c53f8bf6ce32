"""Hold calls back while their endpoint is down, and find out by one call at a time when it is back."""

import asyncio
import logging
import time
from collections.abc import Callable

from bidproof.core.errors import ModelError, ModelRefused, ModelUnavailable
from bidproof.llm.failures import CIRCUIT_OPEN, FailureNotes, notes_of, with_notes

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.25
_MAX_PAUSE_S = 10.0
_LOOK_S = 0.05
SHORT_WAIT_S = 10.0
"""A wait that an endpoint asks for and gets, whatever the patience, as long as it is not down."""
_FIRST_REPLY_S = 5.0


class CircuitBreaker:
    """Opens after consecutive failures of the endpoint; one probe after each pause decides what follows.

    One breaker is shared by every call of a run to one model, so that an outage costs a run
    time, and not its answers: calls wait here until the endpoint is back, as long as the patience
    lasts. Until it has answered for the first time calls pass one by one, so that a refused key
    or an unknown field is met once, unless that answer is slow.

    Args:
        name: Model and address, for messages.
        threshold: Consecutive failures that open it.
        notice: Is told when an outage begins and ends.
        clock: Monotonic seconds; replaced in tests.
    """

    def __init__(
        self,
        name: str,
        *,
        threshold: int = 4,
        notice: Callable[[str], None] = _log.warning,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._threshold = threshold
        self._notice = notice
        self._clock = clock
        self._failures = 0
        self._last = ""
        self._down_since = 0.0
        self._pause_s = _FIRST_PAUSE_S
        self._ready_at = 0.0
        self._resume_at = 0.0
        self._probe_at: float | None = None
        self._has_answered = False
        self._final: ModelRefused | None = None

    @property
    def is_open(self) -> bool:
        """Whether the endpoint counts as down."""
        return self._failures >= self._threshold

    @property
    def down_s(self) -> float:
        """Seconds since the first of the failures in a row; 0 while there is none."""
        return self._clock() - self._down_since if self._failures else 0.0

    async def admit(self, *, patience_s: float) -> None:
        """Wait as :meth:`ready` does, and take leave to send a call; its sender says how it ended."""
        await self.ready(patience_s=patience_s)
        if self.is_open or not self._has_answered:
            self._probe_at = self._clock()

    async def ready(self, *, patience_s: float) -> None:
        """Wait until a call may be sent.

        Args:
            patience_s: Longest outage that is waited out, from its first failure.

        Raises:
            ModelUnavailable: The endpoint stays down for longer; nothing was sent.
            ModelRefused: The key was refused before, or the account is spent; it would be again.
        """
        while (wait_s := self._wait_s()) > 0:
            if self._final is not None:
                break
            most_s = patience_s if self.is_open else max(patience_s, SHORT_WAIT_S)
            if self.down_s + wait_s > most_s and (self.is_open or self._resume_at > self._clock()):
                raise self._given_up()
            await asyncio.sleep(min(wait_s, _LOOK_S))
        if self._final is not None:
            raise with_notes(
                ModelRefused(f"{self._final.message} (not asked again)", hint=self._final.hint),
                FailureNotes(status=notes_of(self._final).status, is_final=True),
            )

    def succeed(self) -> None:
        """Note a reply: the endpoint is up."""
        if self.is_open:
            self._notice(f"the endpoint of {self._name!r} answers again after {self.down_s:.0f} s")
        self._failures, self._pause_s, self._probe_at = 0, _FIRST_PAUSE_S, None
        self._has_answered = True

    def fail(self, error: ModelError) -> None:
        """Note that the endpoint did not do its part, whatever was asked."""
        now, asked_s = self._clock(), notes_of(error).retry_after_s
        if not self._failures:
            self._down_since = now
        was_open, was_probe = self.is_open, self._probe_at is not None
        self._failures, self._last, self._probe_at = self._failures + 1, error.message, None
        if asked_s is not None:
            self._resume_at = max(self._resume_at, now + asked_s)
        if self.is_open and (was_probe or not was_open):  # calls sent before it opened tell nothing new
            self._ready_at = now + self._pause_s
            self._pause_s = min(_MAX_PAUSE_S, self._pause_s * 2)
        if self.is_open and not was_open:
            self._notice(
                f"the endpoint of {self._name!r} failed {self._failures} times in a row, and is asked by one "
                f"call at a time until it answers: {self._last}"
            )

    def release(self) -> None:
        """Note a call that ended without telling anything about the endpoint."""
        self._probe_at = None

    def refuse_all(self, error: ModelRefused) -> None:
        """Note a refusal that every later call would meet again."""
        self._final = error

    def _wait_s(self) -> float:
        """Seconds until a call may be sent, or until it is worth another look; 0 for at once."""
        now = self._clock()
        if self.is_open and self._probe_at is not None:
            return _LOOK_S
        if not self._has_answered and self._probe_at is not None and now - self._probe_at < _FIRST_REPLY_S:
            return _LOOK_S
        return max(0.0, self._resume_at - now, self._ready_at - now if self.is_open else 0.0)

    def _given_up(self) -> ModelError:
        error = ModelUnavailable(
            f"the endpoint of {self._name!r} is down, for {self.down_s:.0f} s so far, and nothing was sent: "
            f"{self._last}",
            hint="check that the endpoint is up, then run again; finished answers are kept. "
            "An outage is waited out for model.patience_s",
            code=CIRCUIT_OPEN,
        )
        return with_notes(error, FailureNotes(is_outage=True))
