"""The limit of calls at once follows what the endpoint bears."""

import asyncio
import contextlib

import pytest

from bidproof.core.errors import ModelError, ModelGarbled, ModelTimeout, ModelUnavailable
from bidproof.llm.adaptive import AdaptiveLimit, is_overload
from bidproof.llm.failures import FailureNotes, with_notes

OVERLOAD = with_notes(ModelUnavailable("429", hint="wait"), FailureNotes(is_overload=True, status=429))


class Endpoint:
    """Refuses what comes while ``bears`` calls are already served."""

    def __init__(self, bears: int) -> None:
        self.bears = bears
        self.busy = 0
        self.refused = 0
        self.most = 0

    async def call(self, limit: AdaptiveLimit) -> None:
        while True:
            async with limit.slot() as slot:
                if self.busy >= self.bears:
                    self.refused += 1
                    slot.fail(OVERLOAD)
                else:
                    self.busy += 1
                    self.most = max(self.most, self.busy)
                    await asyncio.sleep(0.001)
                    self.busy -= 1
                    slot.succeed()
                    return


def serve(calls: int, *, ceiling: int, bears: int) -> tuple[AdaptiveLimit, Endpoint]:
    limit, endpoint = AdaptiveLimit(ceiling), Endpoint(bears)

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(calls):
                tasks.create_task(endpoint.call(limit))

    asyncio.run(run())
    return limit, endpoint


def test_an_endpoint_that_bears_everything_gets_the_ceiling() -> None:
    limit, endpoint = serve(200, ceiling=32, bears=1000)
    assert limit.limit == 32
    assert endpoint.most == 32
    assert endpoint.refused == 0


def test_the_ceiling_is_never_passed() -> None:
    _, endpoint = serve(50, ceiling=3, bears=1000)
    assert endpoint.most == 3


def test_a_weak_endpoint_is_met_at_what_it_bears() -> None:
    limit, endpoint = serve(600, ceiling=64, bears=5)
    assert 2 <= limit.limit <= 7
    assert endpoint.most == 5
    assert endpoint.refused < 300, "most calls must not be refused"


def test_one_burst_of_refusals_halves_the_limit_once() -> None:
    limit = AdaptiveLimit(8)

    async def run() -> None:
        ready = asyncio.Event()

        async def refused() -> None:
            async with limit.slot() as slot:
                await ready.wait()
                slot.fail(OVERLOAD)

        tasks = [asyncio.create_task(refused()) for _ in range(8)]
        await asyncio.sleep(0)
        ready.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    assert limit.limit == 4


def test_it_never_falls_below_one_and_rises_again() -> None:
    limit = AdaptiveLimit(4)

    async def run() -> None:
        for _ in range(6):
            async with limit.slot() as slot:
                slot.fail(OVERLOAD)
        assert limit.limit == 1

        async def fine() -> None:
            async with limit.slot() as slot:
                await asyncio.sleep(0)
                slot.succeed()

        await asyncio.gather(*(fine() for _ in range(60)))

    asyncio.run(run())
    assert limit.limit == 4
    assert limit.lowest == 1


def test_cancelled_waiters_leave_no_gap_and_take_no_room() -> None:
    limit = AdaptiveLimit(1)

    async def run() -> None:
        done: list[int] = []

        async def call(number: int) -> None:
            async with limit.slot() as slot:
                await asyncio.sleep(0.001)
                slot.succeed()
                done.append(number)

        tasks = [asyncio.create_task(call(number)) for number in range(6)]
        await asyncio.sleep(0)
        for number in (1, 3):
            tasks[number].cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        assert done == [0, 2, 4, 5]
        assert limit.busy == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OVERLOAD, True),
        (with_notes(ModelUnavailable("503", hint="-"), FailureNotes(status=503)), True),
        (ModelTimeout("slow", hint="-"), True),
        (with_notes(ModelUnavailable("500", hint="-"), FailureNotes(status=500)), False),
        (ModelGarbled("half", hint="-"), False),
    ],
)
def test_what_counts_as_overload(error: ModelError, expected: bool) -> None:
    assert is_overload(error) is expected
