"""The gateway's side of the journal: leave to send a call, and what became of it."""

import asyncio
import functools
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from bidproof.core.errors import ModelError
from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, parse_json, to_json
from bidproof.core.records import Usage
from bidproof.llm.budget import budget_spent
from bidproof.llm.protocol import ChatRequest, Completion, Journal
from bidproof.workspace.rows import CallClaim, CallIntent, CostLimit

Result = TypeVar("Result")

_FIRST_LOOK_S = 0.01  # for a call that somebody else sends, or for room under a limit
_LAST_LOOK_S = 0.5


def call_key(model_name: str, request: ChatRequest) -> str:
    """Name a call by everything that decides its reply, so that it is never paid twice."""
    settings = request.settings
    sampling = (
        settings.temperature,
        settings.top_p,
        settings.frequency_penalty,
        settings.max_output_tokens,
        request.want_logprobs,
        request.repeat,
        *filter(None, [settings.reasoning_effort]),
    )
    prompt = [[item.role, item.content] for item in request.messages]
    return digest(
        "call",
        model_name,
        json.dumps(prompt),
        json.dumps(request.schema, sort_keys=True),
        str(sampling),
        length=40,
    )


class Claims:
    """Claims calls in the journal and writes down their outcome.

    Args:
        journal: Of the workspace, or one that keeps the limits alone.
        job_id: The run that pays; None outside of one.
        run: Names what shares a limit outside of a job.
        limits: What has to leave room for a call.
    """

    def __init__(
        self, journal: Journal, *, job_id: int | None, run: str, limits: tuple[CostLimit, ...]
    ) -> None:
        self._journal = journal
        self._job_id = job_id
        self._run = "" if job_id is not None else run
        self._limits = limits

    async def claim(
        self, model_name: str, request: ChatRequest, *, attempt: int, held_usd: float
    ) -> int | Completion:
        """Get leave to send a call, or its reply.

        Waits while the same call is in flight elsewhere, or money is held for others. A stored
        reply that cannot be read counts as none.

        Returns:
            The call's number in the journal, or the reply that is stored there.

        Raises:
            BudgetSpent: A limit leaves no room for it.
        """
        intent = CallIntent(
            key=call_key(model_name, request),
            model=model_name,
            job_id=self._job_id,
            run=self._run,
            question_id=request.question_id,
            attempt=attempt,
            held_usd=held_usd,
            limits=self._limits,
        )
        pause_s = _FIRST_LOOK_S
        while True:
            claim = await self._intend(intent)
            if claim.state == "spent":
                raise budget_spent(claim, worst_usd=held_usd)
            if claim.state == "send":
                return claim.call_id
            if claim.state == "stored":
                stored = _restored(claim.response)
                if stored is not None:
                    return stored
                intent = replace(intent, is_anew=True)
                continue
            await asyncio.sleep(pause_s)
            pause_s = min(_LAST_LOOK_S, pause_s * 1.5)

    async def finish(self, call_id: int, completion: Completion, *, is_kept: bool) -> None:
        """Write a reply down; one that is not kept is never given out again."""
        await self._write(
            self._journal.finish,
            call_id,
            response=json.dumps(to_json(completion)) if is_kept else "",
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            cost_usd=completion.cost_usd,
            seconds=completion.seconds,
        )

    async def fail(self, call_id: int, error: ModelError, spent: Usage, *, held_usd: float) -> None:
        """Write down how a call failed, what it cost, and what it may have cost beside that."""
        await self._write(
            self._journal.fail,
            call_id,
            code=error.code,
            message=error.message,
            seconds=spent.seconds,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            cost_usd=spent.cost_usd,
            held_usd=held_usd,
        )

    def lose(self, call_id: int) -> None:
        """Note that nobody waits for a call any more, without waiting for the disk."""
        self._journal.soon(functools.partial(self._journal.lose, call_id))

    def withdraw(self, call_id: int) -> None:
        """Take back a call that was not sent, without waiting for the disk."""
        self._journal.soon(functools.partial(self._journal.withdraw, call_id))

    async def _intend(self, intent: CallIntent) -> CallClaim:
        queued = self._journal.soon(functools.partial(self._journal.intend, intent))
        try:
            return await asyncio.shield(asyncio.wrap_future(queued))
        except asyncio.CancelledError:
            queued.add_done_callback(self._take_back)
            raise

    def _take_back(self, claimed: "Future[CallClaim]") -> None:
        """Withdraw an intent whose question was cancelled before it was known."""
        if claimed.exception() is None and claimed.result().state == "send":
            self.withdraw(claimed.result().call_id)

    async def _write(self, function: Callable[..., Result], call_id: int, **outcome: object) -> Result:
        # Done when it is durable, many in one transaction, while the event loop goes on. A
        # cancelled question leaves the write alone: what was paid is written down.
        queued = self._journal.soon(functools.partial(function, call_id, **outcome))
        return await asyncio.shield(asyncio.wrap_future(queued))


def _restored(response: str) -> Completion | None:
    """The reply that the journal holds; None where it holds something else."""
    try:
        stored = from_json(Completion, parse_json(response))
        return replace(stored, from_journal=True, cost_usd=0.0, seconds=0.0, failed=Usage())
    except (ValueError, TypeError, AttributeError):
        return None
