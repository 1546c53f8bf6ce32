"""A scripted, strict stand-in for a model: an unexpected call fails, quoting the prompt.

Ships with the package, so that a user's own tests and the demo need no model.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import InvalidSetting, ModelError, ModelUnavailable
from bidproof.core.jsonable import parse_json
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.protocol import ChatRequest, Completion, TokenLogprob

_QUOTED_CHARS = 600


class UnexpectedCall(AssertionError):
    """The script holds no reply for this prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """One reply and the prompt it is for.

    Attributes:
        reply: Text, a JSON object, or an error to raise.
        when: Must occur in the prompt; empty matches any.
        times: How often it may be used; None for any number of times.
        logprobs: Token log-probabilities to hand back.
    """

    reply: str | Mapping[str, object] | ModelError
    when: str = ""
    times: int | None = 1
    logprobs: tuple[TokenLogprob, ...] | None = None


Responder = Callable[[ChatRequest], str | Mapping[str, object]]


class FakeModel:
    """Answers from a script, in order among the entries that match.

    Args:
        script: Replies, or the plain reply values for any prompt.
        respond: Used when no entry matches; without it such a call fails.
        name: Identity, as for any model.
    """

    def __init__(
        self,
        script: Iterable[Scripted | str | Mapping[str, object] | ModelError] = (),
        *,
        respond: Responder | None = None,
        name: str = "fake",
    ) -> None:
        entries = [item if isinstance(item, Scripted) else Scripted(reply=item) for item in script]
        self.requests: list[ChatRequest] = []
        self._left: list[tuple[Scripted, list[int]]] = [(item, [0]) for item in entries]
        self._respond = respond
        self._name = name

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def unused(self) -> tuple[Scripted, ...]:
        """Entries that a test expected to be asked for and that never were."""
        return tuple(item for item, used in self._left if not used[0])

    async def aclose(self) -> None:
        """Nothing to close."""

    async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
        """Give the next matching reply.

        Raises:
            UnexpectedCall: No entry matches; the message quotes the prompt's end.
            ModelError: The entry says so.
        """
        del idempotency_key
        self.requests.append(request)
        prompt = prompt_text(request)
        for item, used in self._left:
            if item.when in prompt and (item.times is None or used[0] < item.times):
                used[0] += 1
                if isinstance(item.reply, ModelError):
                    raise item.reply
                return _completion(item.reply, prompt, name=self._name, logprobs=item.logprobs)
        if self._respond is not None:
            return _completion(self._respond(request), prompt, name=self._name, logprobs=None)
        raise UnexpectedCall(
            f"call {len(self.requests)} to {self._name!r} is not in the script; "
            f"the prompt ends with:\n{prompt[-_QUOTED_CHARS:]}"
        )


def prompt_text(request: ChatRequest) -> str:
    """All messages of a request as one text, roles left out."""
    return "\n\n".join(item.content for item in request.messages)


def load_script(path: Path) -> tuple[Scripted, ...]:
    """Read a script file: one JSON object a line with ``reply``, ``when``, ``times``, or ``error``.

    Entries may be used any number of times unless ``times`` says otherwise.
    ``error`` makes the call fail with that message.

    Raises:
        InvalidSetting: The file cannot be read or a line is no such object.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
        return tuple(_scripted(cast("object", parse_json(line))) for line in lines if line.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidSetting(
            f"cannot read the script {str(path)!r} of a fake model: {error}",
            hint='write one JSON object a line: {"when": "words of the prompt", "reply": {…}}',
        ) from error


def _scripted(value: object) -> Scripted:
    if not isinstance(value, dict):
        raise TypeError(f"found {type(value).__name__}, expected an object")
    entry = cast("dict[str, Any]", value)
    times = entry.get("times")
    reply = (
        with_notes(
            ModelUnavailable(str(entry["error"]), hint="the script of the fake model says so"),
            FailureNotes(is_retryable=True),
        )
        if "error" in entry
        else entry["reply"]
    )
    return Scripted(
        reply=reply, when=str(entry.get("when", "")), times=times if isinstance(times, int) else None
    )


def _completion(
    reply: str | Mapping[str, object],
    prompt: str,
    *,
    name: str,
    logprobs: tuple[TokenLogprob, ...] | None,
) -> Completion:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    return Completion(
        text=text,
        model=name,
        prompt_tokens=len(prompt) // 4,
        completion_tokens=len(text) // 4,
        token_logprobs=logprobs,
    )
