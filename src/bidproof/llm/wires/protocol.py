"""What an API looks like on the wire: the seam between our requests and each provider's JSON."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, cast

from bidproof.llm.completions import NO_TOKENS, Reply, as_object, completion_of, garbled
from bidproof.llm.protocol import ChatRequest, Completion

SYSTEM = "system"
"""Stands among the refused fields for a system prompt that an endpoint takes only as part of the question."""

TOP_LOGPROBS = 5


class Wire(Protocol):
    """An API's requests and replies as JSON; holds no state.

    ``optional`` are the fields that an endpoint may do without, each with the pattern by which
    its errors name it; what is refused is left out of a request, renamed, or said in another way.
    """

    @property
    def has_logprobs(self) -> bool:
        """Whether the API has log-probabilities of tokens at all."""
        ...

    @property
    def optional(self) -> Mapping[str, str]:
        """Patterns by the names of fields."""
        ...

    def path(self, model: str) -> str:
        """What stands behind the base address for a model."""
        ...

    def headers(self, secret: str, *, query: str) -> Mapping[str, str]:
        """Headers of every call; ``secret`` is empty for an endpoint that needs no key."""
        ...

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """The JSON to send, without what the endpoint refused."""
        ...

    def read(self, body: Mapping[str, Any]) -> Reply:
        """What a response says; never raises, whatever it holds."""
        ...


def read_completion(body: object, *, wire: Wire, model: str, seconds: float) -> Completion:
    """Turn the JSON of a response into a completion, or say what is wrong with it.

    Raises:
        ModelError: As of :func:`bidproof.llm.completions.completion_of`.
    """
    if not isinstance(body, dict):
        raise garbled(model, f"found {type(body).__name__}, expected a JSON object", NO_TOKENS)
    return completion_of(wire.read(as_object(cast("object", body))), model=model, seconds=seconds)
