"""Read the response of a chat endpoint, trusting nothing in it."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, cast

from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused
from bidproof.core.jsonable import parse_json
from bidproof.llm.failures import CONTEXT_OVERFLOW, FailureNotes, shortened, with_notes
from bidproof.llm.protocol import Alternative, Completion, TokenLogprob

_HINT = "try again; if it stays, the address may not be a chat endpoint (model.base_url)"
# Rivals are kept where a verdict falls and dropped elsewhere: the journal keeps every reply.
_VERDICTS = ("true", "false", "yes", "no")

End = Literal["whole", "cut", "refused", "overflow", "stopped", "open"]
"""How a reply ended: by the model itself, at its token limit, refused or filtered, at the end of the
context, for another reason, or for none that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a call took, as the endpoint counted it; prompt tokens of its cache are among the prompt's."""

    prompt: int = 0
    completion: int = 0


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a response says, in our words; :func:`completion_of` judges it.

    Attributes:
        text: What the model wrote, without its thoughts.
        end: How it ended.
        reason: The end in the endpoint's own words, or those in which the model refused.
        problem: Why it is no reply at all: found and expected; empty where it is one.
        model: Name of the model that answered; empty where that is not said.
        tokens: What the call took.
        cached_tokens: Of the prompt's, those that came from the provider's cache.
        written_tokens: Of the prompt's, those that the provider charged for writing to it.
        has_thought: The model spent tokens on thoughts.
        token_logprobs: None where there are none.
    """

    text: str = ""
    end: End = "whole"
    reason: str = ""
    problem: str = ""
    model: str = ""
    tokens: Tokens = NO_TOKENS
    cached_tokens: int = 0
    written_tokens: int = 0
    has_thought: bool = False
    token_logprobs: tuple[TokenLogprob, ...] | None = None


def read_body(raw: bytes, *, model: str) -> object:
    """Turn the bytes of a response into JSON values; of a stream that nobody asked for, into one reply.

    Raises:
        ModelGarbled: They are no JSON (truncated, HTML, other bytes), or JSON out of bounds;
            see :func:`bidproof.core.jsonable.parse_json`.
    """
    try:
        return parse_json(raw)
    except ValueError as error:
        with suppress(ValueError):
            if raw.lstrip().startswith((b"data:", b"event:", b":")):
                return _streamed(raw.decode("utf-8-sig"))
        text = raw[:400].decode("utf-8", "replace")
        start = " ".join(text.split())[:60]
        is_page = start.lower().startswith(("<!doctype", "<html"))
        found = "an HTML page" if is_page else f"{start!r} ({shortened(str(error))})"
        raise garbled(model, f"found {found}, expected a whole JSON object", NO_TOKENS) from error


def completion_of(reply: Reply, *, model: str, seconds: float) -> Completion:
    """Turn what a response says into a completion, or say what is wrong with it.

    Raises:
        ModelGarbled: It is no reply, holds no text, or the model did not end by itself. The token
            counts that it still carried travel in the error's notes, for the ledger.
        ModelRefused: The model's context ended (``context-overflow``).
    """
    if reply.problem:
        raise garbled(model, reply.problem, reply.tokens)
    if reply.end != "whole":
        raise _unfinished(reply, model=model)
    if not reply.text.strip():
        raise garbled(model, "found an empty reply, expected text", reply.tokens)
    return Completion(
        text=reply.text,
        model=reply.model or model,
        prompt_tokens=reply.tokens.prompt,
        completion_tokens=reply.tokens.completion,
        seconds=seconds,
        token_logprobs=reply.token_logprobs,
        cached_tokens=reply.cached_tokens,
        written_tokens=reply.written_tokens,
    )


def garbled(model: str, found: str, tokens: Tokens) -> ModelError:
    """The error for a response that is no reply; worth another try."""
    notes = FailureNotes(
        is_retryable=True, maybe_paid=True, prompt_tokens=tokens.prompt, completion_tokens=tokens.completion
    )
    return with_notes(ModelGarbled(f"the reply of {model!r} cannot be used: {found}", hint=_HINT), notes)


def as_object(value: object) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_text(value: object) -> str:
    """A text; an empty one for anything else."""
    return value if isinstance(value, str) else ""


def as_items(value: object) -> list[object]:
    """A JSON array; an empty one for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def count(values: Mapping[str, Any], *names: str) -> int:
    """The sum of some counts, also where they are written as text; 0 for what is no count."""
    return sum(_count(values.get(name)) for name in names)


def token_logprobs(
    entries: Iterable[tuple[object, object, Iterable[tuple[object, object]]]],
) -> tuple[TokenLogprob, ...] | None:
    """Tokens with their log-probabilities and rivals; None where one is none.

    Rivals are kept for the tokens of a verdict only.
    """
    found: list[TokenLogprob] = []
    for token, logprob, rivals in entries:
        entry = _alternative(token, logprob)
        if entry is None:
            return None
        is_verdict = entry.token.strip().lower() in _VERDICTS
        read = (_alternative(*rival) for rival in rivals) if is_verdict else ()
        found.append(
            TokenLogprob(
                token=entry.token,
                logprob=entry.logprob,
                alternatives=tuple(rival for rival in read if rival is not None),
            )
        )
    return tuple(found)


def _alternative(token: object, logprob: object) -> Alternative | None:
    if not isinstance(token, str) or not isinstance(logprob, (int, float)):
        return None
    return Alternative(token=token, logprob=float(logprob))


def _count(value: object) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and value > 0 else 0


def _unfinished(reply: Reply, *, model: str) -> ModelError:
    """The error for a reply that its model did not end by itself.

    Asked again, it would end at the same place: not worth another try, unless no reason was given.
    One that only thought until its room was used up may answer with more of it.
    """
    has_said = bool(reply.text.rpartition("</think>")[2].strip()) and not _is_thought(reply.text)
    notes = FailureNotes(
        is_retryable=reply.end == "open",
        maybe_paid=True,
        prompt_tokens=reply.tokens.prompt,
        completion_tokens=reply.tokens.completion,
        needs_room=reply.end == "cut" and (reply.has_thought or not has_said),
    )
    if reply.end == "overflow":
        hint = "lower retrieval.top_k or model.max_output_tokens, or use a model with a larger context"
        message = f"the context of {model!r} ended before its reply: found {shortened(reply.reason)}"
        return with_notes(ModelRefused(message, hint=hint, code=CONTEXT_OVERFLOW), notes)
    found = f"found finish_reason {shortened(reply.reason)}, expected 'stop'"
    hint = "the provider stopped the reply; rephrase or ask a person"
    if reply.end == "refused":
        found = f"the model refused: {shortened(reply.reason)}"
        hint = "rephrase the question, or ask a person"
    elif reply.end == "cut":
        hint = "raise model.max_output_tokens"
    return with_notes(ModelGarbled(f"the reply of {model!r} is not whole: {found}", hint=hint), notes)


def _is_thought(text: str) -> bool:
    return text.lstrip().startswith("<think>") and "</think>" not in text


def _streamed(text: str) -> object:
    """The reply that a stream of events adds up to: its last error, or its pieces in one choice.

    Raises:
        ValueError: It holds no event that is JSON.
    """
    lines = (line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:"))
    events = [as_object(parse_json(line)) for line in lines if line and line != "[DONE]"]
    if not events:
        raise ValueError("no events")
    whole: dict[str, Any] = {name: value for event in events for name, value in event.items()}
    choices = [as_object(item) for event in events for item in as_items(event.get("choices"))]
    deltas = [as_object(choice.get("delta")) for choice in choices if "delta" in choice]
    if deltas:
        message: dict[str, Any] = {}
        for delta in deltas:
            for name, value in delta.items():
                is_piece = isinstance(value, str) and name != "role"
                message[name] = (
                    f"{message.get(name) or ''}{value}" if is_piece else value or message.get(name)
                )
        ends = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
        whole["choices"] = [{"message": message, "finish_reason": ends[-1] if ends else None}]
    return parse_json(json.dumps(whole))
