"""How many calls at once: as many as the endpoint bears, found out while it works.

Additive increase, multiplicative decrease (Chiu and Jain 1989), as TCP does: a
reply earns a little more room, a refusal for overload halves it. Until the first
overload, and after an outage, every reply earns a whole slot, so that a run is soon
at full speed.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bidproof.core.errors import ModelError, ModelTimeout
from bidproof.llm.failures import notes_of

_START = 32
_BACKOFF = 0.5
_OVERLOAD_STATUS = (429, 503)


class Slot:
    """Room for one call: given back by telling how the call ended, at the latest when the block ends."""

    def __init__(self, limit: "AdaptiveLimit", era: int) -> None:
        self._limit = limit
        self._era = era
        self._is_held = True

    def succeed(self) -> None:
        """Note a reply and give the room back; what is still to be done needs no endpoint."""
        self._end(is_overload=False)

    def fail(self, error: ModelError, *, is_down: bool = False) -> None:
        """Note a failure and give the room back; one that says nothing about load leaves the limit.

        Where the endpoint counts as down, one call comes first when it is back, then two, then four,
        so that few meet its next outage.
        """
        self._end(is_overload=True if is_down or is_overload(error) else None, is_down=is_down)

    def release(self) -> None:
        """Give the room back without telling anything; nothing happens when that is done already."""
        self._end(is_overload=None)

    def _end(self, *, is_overload: bool | None, is_down: bool = False) -> None:
        if self._is_held:
            self._is_held = False
            self._limit.end(self._era, is_overload=is_overload, is_down=is_down)


class AdaptiveLimit:
    """Admits as many calls at once as the endpoint has shown to bear.

    Calls that were under way when the limit fell do not make it fall again: one
    burst of refusals counts once. Waiting calls are served in order.

    Args:
        ceiling: Never more than this; the ``model.concurrency`` setting.
        floor: Never fewer than this.

    Attributes:
        lowest: The smallest limit so far, for reports.
    """

    def __init__(self, ceiling: int, *, floor: int = 1) -> None:
        self._ceiling = float(max(1, ceiling))
        self._floor = float(max(1, min(floor, ceiling)))
        self._limit = min(self._ceiling, _START)
        self._is_steep = True
        self._busy = 0
        self._era = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.lowest = int(self._limit)

    @property
    def limit(self) -> int:
        """Calls that may be in flight now."""
        return int(self._limit)

    @property
    def busy(self) -> int:
        """Calls in flight."""
        return self._busy

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[Slot, None]:
        """Wait for room and hold it for one call."""
        await self._acquire()
        slot = Slot(self, self._era)
        try:
            yield slot
        finally:
            slot.release()

    def end(self, era: int, *, is_overload: bool | None, is_down: bool = False) -> None:
        """Take a call's room back and learn from how it ended; called by its slot, once."""
        self._busy -= 1
        self._learn(era, is_overload=is_overload)
        if is_down:
            self._limit, self._is_steep = self._floor, True
        self._wake()

    async def _acquire(self) -> None:
        if self._busy < self.limit and not self._waiting:
            self._busy += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # Woken and cancelled in the same turn of the loop: the room goes to the next.
                self._busy -= 1
                self._wake()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _wake(self) -> None:
        while self._waiting and self._busy < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)

    def _learn(self, era: int, *, is_overload: bool | None) -> None:
        if is_overload is None:
            return
        if is_overload:
            if era == self._era:
                self._limit = max(self._floor, self._limit * _BACKOFF)
                self._is_steep = False
                self._era += 1
                self.lowest = min(self.lowest, self.limit)
        elif self._busy + 1 >= self.limit or self._waiting:
            # Unused room proves nothing: the limit grows only while it is what holds calls back.
            step = 1.0 if self._is_steep else 1.0 / self._limit
            self._limit = min(self._ceiling, self._limit + step)


def is_overload(error: ModelError) -> bool:
    """Whether a failure says that the endpoint has too much to do: 429, 503, or no reply in time."""
    notes = notes_of(error)
    return notes.is_overload or notes.status in _OVERLOAD_STATUS or isinstance(error, ModelTimeout)
