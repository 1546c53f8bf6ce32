"""Whoever looks sees each call of a step as it was sent and answered; nobody else pays for it."""

import asyncio

from bidproof.answering.step_calls import StepCall, tell, watching


class Step:
    """Stands for a signature."""


def test_calls_are_seen_while_somebody_looks_and_only_then() -> None:
    seen: list[StepCall] = []

    async def ask(name: str) -> None:
        tell(Step, {"question": name}, {"answerable": True})

    async def look() -> None:
        await ask("before")
        with watching(seen.append):
            await asyncio.gather(ask("one"), ask("two"))
        await ask("after")

    asyncio.run(look())

    assert [call.inputs["question"] for call in seen] == ["one", "two"]
    assert {call.signature for call in seen} == {"Step"}


def test_those_who_look_at_once_see_their_own_calls_alone() -> None:
    async def look(name: str) -> list[str]:
        seen: list[StepCall] = []
        with watching(seen.append):
            await asyncio.sleep(0)
            tell(Step, {"question": name}, {})
        return [call.inputs["question"] for call in seen]

    async def both() -> list[list[str]]:
        return await asyncio.gather(look("one"), look("two"))

    assert asyncio.run(both()) == [["one"], ["two"]]
