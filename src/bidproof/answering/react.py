"""Let the model look around before it answers: a thought, one call, what came of it, and again.

After ReAct (Yao et al., ICLR 2023), over constrained JSON instead of native tool
calls. Tools only widen the evidence: the answer is asked for afterwards as always,
and rests on quotes that are found word for word. What a document says can make a
model waste its steps, and no more: every tool reads, and the steps are few.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bidproof.answering.environment import MOST_CHARS, ToolEnvironment
from bidproof.answering.tools import FINISH
from bidproof.core.records import ScoredPassage

TOOL_SECONDS = 30.0
"""A tool that takes longer is not waited for."""

_THOUGHT_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What the model wants next; ``problem`` says why its reply was no call, empty when it is one."""

    thought: str = ""
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problem: str = ""

    @property
    def shown(self) -> str:
        """The call as one line."""
        return (
            f"{self.tool} {json.dumps(dict(self.arguments), ensure_ascii=False)}" if self.tool else "no call"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A step that is over: the call and what came of it."""

    call: ToolCall
    observation: str

    @property
    def shown(self) -> str:
        """How the step is told in the next one."""
        thought = " ".join(self.call.thought.split())[:_THOUGHT_CHARS]
        return f"thought: {thought}\ncall: {self.call.shown}\n{self.observation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came of looking around: passages, first ones first; results of calculations; steps taken."""

    passages: tuple[ScoredPassage, ...]
    notes: tuple[str, ...]
    found: int
    steps: tuple[Observed, ...]


class NextCall(Protocol):
    """Asks the model for its next call."""

    async def __call__(self, steps: tuple[Observed, ...], *, left: int) -> ToolCall:
        """The next call, given the steps so far.

        Raises:
            ModelError: The call to the model failed; a reply of the wrong shape is a
                :class:`ToolCall` with a problem instead.
        """
        ...


async def gather(environment: ToolEnvironment, next_call: NextCall, *, most_steps: int) -> Gathered:
    """Let the model call tools until it finishes or its steps are used up.

    Args:
        environment: The passages at hand and the tools.
        next_call: Asks the model.
        most_steps: Calls to the model at most, those that were no call included.

    Raises:
        ModelError: From ``next_call``.
    """
    steps: list[Observed] = []
    for number in range(most_steps):
        call = await next_call(tuple(steps), left=most_steps - number)
        if call.tool == FINISH:
            break
        steps.append(Observed(call=call, observation=await _observe(environment, call, steps)))
    return Gathered(
        passages=environment.passages, notes=environment.notes, found=environment.found, steps=tuple(steps)
    )


async def _observe(environment: ToolEnvironment, call: ToolCall, steps: list[Observed]) -> str:
    if call.problem:
        return f"error: {call.problem}"[:MOST_CHARS]
    if any(item.call.shown == call.shown for item in steps):
        return "error: this call was made before, and its result stands above"
    try:
        return await asyncio.wait_for(
            asyncio.to_thread(environment.run, call.tool, call.arguments), TOOL_SECONDS
        )
    except TimeoutError:
        return f"error: the tool gave nothing within {TOOL_SECONDS:.0f} seconds"
    except Exception as error:  # noqa: BLE001 - the edge to other people's code: a tool may be anyone's
        return f"error: the tool failed: {type(error).__name__}: {error}"[:MOST_CHARS]
