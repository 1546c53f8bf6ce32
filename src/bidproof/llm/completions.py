"""Read the body of a chat completion, trusting nothing in it."""

import json
from typing import Any, cast

from bidproof.core.errors import ModelGarbled
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.protocol import Alternative, Completion, TokenLogprob

_HINT = "try again; if it stays, the address may not be a chat endpoint (model.base_url)"
# Rivals are kept where a verdict falls and dropped elsewhere: the journal keeps every reply.
_VERDICTS = ("true", "false", "yes", "no")
_LENGTH_HINT = "raise model.max_output_tokens"


def read_completion(body: str, *, model: str, seconds: float) -> Completion:
    """Turn a response body into a completion, or say what is wrong with it.

    Raises:
        ModelGarbled: The body is not JSON (truncated, HTML), has no choice, has no
            text, or its ``finish_reason`` is not ``stop``. The token counts that the
            body still carried travel in the error's notes, for the ledger.
    """
    reply = _object(body, model=model)
    prompt_tokens, completion_tokens = read_usage(reply)
    choices = reply.get("choices")
    choice = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise _garbled(model, "found no choices, expected one", (prompt_tokens, completion_tokens))
    first = cast("dict[str, Any]", choice)
    message = first.get("message")
    content = cast("dict[str, Any]", message).get("content") if isinstance(message, dict) else None
    finish = first.get("finish_reason")
    if finish != "stop":
        raise _cut_off(model, finish, (prompt_tokens, completion_tokens))
    if not isinstance(content, str) or not content.strip():
        found = "an empty reply" if isinstance(content, str) or content is None else type(content).__name__
        raise _garbled(model, f"found {found}, expected text", (prompt_tokens, completion_tokens))
    served = reply.get("model")
    return Completion(
        text=content,
        model=served if isinstance(served, str) and served else model,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        seconds=seconds,
        token_logprobs=_logprobs(first.get("logprobs")),
        cached_tokens=_cached(reply),
    )


def _object(body: str, *, model: str) -> dict[str, Any]:
    try:
        value = cast("object", json.loads(body))
    except ValueError as error:
        start = " ".join(body.split())[:60]
        found = "an HTML page" if start.lower().startswith(("<!doctype", "<html")) else repr(start)
        raise _garbled(model, f"found {found}, expected a whole JSON object", (0, 0)) from error
    if not isinstance(value, dict):
        raise _garbled(model, f"found {type(value).__name__}, expected a JSON object", (0, 0))
    return cast("dict[str, Any]", value)


def read_usage(reply: dict[str, Any]) -> tuple[int, int]:
    """Prompt and completion tokens that a reply says it took; 0 for what it does not say."""
    usage = reply.get("usage")
    if not isinstance(usage, dict):
        return 0, 0
    counts = [cast("dict[str, Any]", usage).get(name) for name in ("prompt_tokens", "completion_tokens")]
    prompt, completion = (item if isinstance(item, int) and item > 0 else 0 for item in counts)
    return prompt, completion


def _cached(reply: dict[str, Any]) -> int:
    """Prompt tokens that the provider took from its cache, where it says so."""
    usage = reply.get("usage")
    details = cast("dict[str, Any]", usage).get("prompt_tokens_details") if isinstance(usage, dict) else None
    count = cast("dict[str, Any]", details).get("cached_tokens") if isinstance(details, dict) else None
    return count if isinstance(count, int) and count > 0 else 0


def _garbled(model: str, found: str, tokens: tuple[int, int]) -> ModelGarbled:
    error = ModelGarbled(f"the reply of {model!r} cannot be used: {found}", hint=_HINT)
    notes = FailureNotes(
        is_retryable=True, maybe_paid=True, prompt_tokens=tokens[0], completion_tokens=tokens[1]
    )
    with_notes(error, notes)
    return error


def _cut_off(model: str, finish: object, tokens: tuple[int, int]) -> ModelGarbled:
    # Asked again, the model would be cut off at the same place: not retryable.
    is_length = finish == "length"
    error = ModelGarbled(
        f"the reply of {model!r} is not whole: found finish_reason {finish!r}, expected 'stop'",
        hint=_LENGTH_HINT if is_length else "the provider stopped the reply; rephrase or ask a person",
    )
    notes = FailureNotes(maybe_paid=True, prompt_tokens=tokens[0], completion_tokens=tokens[1])
    with_notes(error, notes)
    return error


def _logprobs(value: object) -> tuple[TokenLogprob, ...] | None:
    """Token log-probabilities where the reply holds them in the usual shape, else None.

    Rivals are kept for the tokens of a verdict only.
    """
    content = cast("dict[str, Any]", value).get("content") if isinstance(value, dict) else None
    if not isinstance(content, list):
        return None
    found: list[TokenLogprob] = []
    for item in cast("list[Any]", content):
        entry = _alternative(item)
        if entry is None:
            return None
        is_verdict = entry.token.strip().lower() in _VERDICTS
        rivals = cast("dict[str, Any]", item).get("top_logprobs") or () if is_verdict else ()
        read = (_alternative(rival) for rival in rivals)
        found.append(
            TokenLogprob(
                token=entry.token,
                logprob=entry.logprob,
                alternatives=tuple(rival for rival in read if rival is not None),
            )
        )
    return tuple(found)


def _alternative(item: object) -> Alternative | None:
    if not isinstance(item, dict):
        return None
    entry = cast("dict[str, Any]", item)
    token, logprob = entry.get("token"), entry.get("logprob")
    if not isinstance(token, str) or not isinstance(logprob, (int, float)):
        return None
    return Alternative(token=token, logprob=float(logprob))
