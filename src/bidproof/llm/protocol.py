"""What a chat model takes, gives and must keep: the seam between prompts and providers."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from bidproof.core.records import Usage
from bidproof.core.settings import ModelSettings
from bidproof.workspace.rows import CallClaim, CallIntent

Result = TypeVar("Result")

NO_USAGE = Usage()
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a chat, as plain text."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One completion to ask for.

    Attributes:
        messages: Stable parts first, so that a provider's prompt cache can help.
        schema: JSON Schema that the reply must satisfy; None for free text.
        schema_name: Name sent with the schema; letters, digits and underscores.
        settings: Model and sampling; deadlines and prices are read by the gateway.
        want_logprobs: Ask for token log-probabilities, where the model gives them.
        question_id: Whose cost this is, for the journal; empty for none.
        repeat: Slot that tells deliberate repeats of one prompt apart.
        is_kept: Whether the journal keeps the reply, so that it is never paid again.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, object] | None = None
    schema_name: str = "reply"
    settings: ModelSettings = field(default_factory=ModelSettings)
    want_logprobs: bool = False
    question_id: str = ""
    repeat: int = 0
    is_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A token the model could have chosen, with its natural-log probability."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLogprob:
    """A token of the reply, its natural-log probability, and its likeliest rivals."""

    token: str
    logprob: float
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A finished, checked reply.

    ``cost_usd`` and ``seconds`` are zero when the reply came from the journal,
    which is free; tokens are what the endpoint counted when it was paid.
    ``failed`` is what the failed attempts before it cost. ``cached_tokens`` are those
    of the prompt that the provider took from its own cache, ``written_tokens`` those that it
    charged for writing there. ``is_estimated`` where the
    endpoint gave no token counts that could be believed.
    """

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = "stop"
    seconds: float = 0.0
    cost_usd: float = 0.0
    token_logprobs: tuple[TokenLogprob, ...] | None = None
    from_journal: bool = False
    failed: Usage = NO_USAGE
    cached_tokens: int = 0
    is_estimated: bool = False
    written_tokens: int = 0

    @property
    def usage(self) -> Usage:
        """What getting this reply cost in all, failed attempts included; no call for a journal reply."""
        return add_usage(
            self.failed,
            Usage(
                calls=0 if self.from_journal else 1,
                prompt_tokens=0 if self.from_journal else self.prompt_tokens,
                completion_tokens=0 if self.from_journal else self.completion_tokens,
                cost_usd=self.cost_usd,
                seconds=self.seconds,
                estimated_calls=0 if self.from_journal else int(self.is_estimated),
            ),
        )


def add_usage(*parts: Usage) -> Usage:
    """Sum what several calls cost."""
    return Usage(
        calls=sum(part.calls for part in parts),
        prompt_tokens=sum(part.prompt_tokens for part in parts),
        completion_tokens=sum(part.completion_tokens for part in parts),
        cost_usd=sum(part.cost_usd for part in parts),
        seconds=sum(part.seconds for part in parts),
        estimated_calls=sum(part.estimated_calls for part in parts),
    )


class ChatModel(Protocol):
    """Anything that completes a chat.

    ``name`` identifies the model and where it runs: two models that may answer
    differently must never share it.
    """

    @property
    def name(self) -> str:
        """Identity of model and server, without secrets."""
        ...

    async def complete(self, request: ChatRequest) -> Completion:
        """Ask once.

        Raises:
            ModelError: Or a subclass; never a third party's exception.
        """
        ...


class Journal(Protocol):
    """Where paid calls are written down; the workspace's table has this shape.

    An intent is written before a call is sent and its outcome afterwards, so a
    killed process leaves an open row instead of a silent payment, and two askers
    of the same thing send one call.
    """

    def soon(self, work: Callable[[], Result]) -> "Future[Result]":
        """Do ``work``, which calls this journal, without waiting; done once it is durable."""
        ...

    def intend(self, intent: CallIntent) -> CallClaim:
        """Write the intent of a call, unless it is stored, in flight, or over a limit."""
        ...

    def finish(
        self,
        call_id: int,
        *,
        response: str,
        prompt_tokens: int,
        completion_tokens: int,
        cost_usd: float,
        seconds: float,
    ) -> None:
        """Write the response of a call."""
        ...

    def fail(
        self,
        call_id: int,
        *,
        code: str,
        message: str,
        seconds: float,
        prompt_tokens: int,
        completion_tokens: int,
        cost_usd: float,
        held_usd: float,
    ) -> None:
        """Write how a call failed, what it cost all the same, and what it may have cost."""
        ...

    def lose(self, call_id: int) -> None:
        """Write that nobody waits for a call any more."""
        ...

    def withdraw(self, call_id: int) -> None:
        """Take back the intent of a call that was not sent."""
        ...
