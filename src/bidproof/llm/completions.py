"""Read the response of a chat endpoint, trusting nothing in it."""

from dataclasses import dataclass
from typing import Any, cast

from bidproof.core.errors import ModelError, ModelGarbled
from bidproof.core.jsonable import parse_json
from bidproof.llm.failures import FailureNotes, shortened, with_notes
from bidproof.llm.protocol import Alternative, Completion, TokenLogprob

_HINT = "try again; if it stays, the address may not be a chat endpoint (model.base_url)"
# Rivals are kept where a verdict falls and dropped elsewhere: the journal keeps every reply.
_VERDICTS = ("true", "false", "yes", "no")
# What endpoints call an end that the model chose itself.
_TEXT_PARTS = ("text", "output_text")
_WHOLE = ("stop", "eos", "eos_token", "end_turn", "stop_sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a call took, as the endpoint counted it."""

    prompt: int = 0
    completion: int = 0


NO_TOKENS = Tokens()


def read_body(raw: bytes, *, model: str) -> object:
    """Turn the bytes of a response into JSON values.

    Raises:
        ModelGarbled: They are no JSON (truncated, HTML, other bytes), or JSON out of bounds;
            see :func:`bidproof.core.jsonable.parse_json`.
    """
    try:
        return parse_json(raw)
    except ValueError as error:
        text = raw[:400].decode("utf-8", "replace")
        start = " ".join(text.split())[:60]
        is_page = start.lower().startswith(("<!doctype", "<html"))
        found = "an HTML page" if is_page else f"{start!r} ({shortened(str(error))})"
        raise _garbled(model, f"found {found}, expected a whole JSON object", NO_TOKENS) from error


def read_completion(reply: object, *, model: str, seconds: float) -> Completion:
    """Turn the JSON of a response into a completion, or say what is wrong with it.

    Raises:
        ModelGarbled: There is no choice, no text, or the model did not end by itself. The token
            counts that the reply still carried travel in the error's notes, for the ledger.
    """
    if not isinstance(reply, dict):
        raise _garbled(model, f"found {type(reply).__name__}, expected a JSON object", NO_TOKENS)
    body = cast("dict[str, Any]", reply)
    tokens = read_usage(body)
    choices = body.get("choices")
    choice = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise _garbled(model, "found no choices, expected one", tokens)
    first = cast("dict[str, Any]", choice)
    message = _object(first.get("message"))
    text = _text(message.get("content"))
    _check_end(first.get("finish_reason"), text, message, model=model, tokens=tokens)
    if not text.strip():
        raise _garbled(model, "found an empty reply, expected text", tokens)
    served, usage = body.get("model"), _object(body.get("usage"))
    return Completion(
        text=text,
        model=served if isinstance(served, str) and served else model,
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.completion,
        seconds=seconds,
        token_logprobs=_logprobs(first.get("logprobs")),
        cached_tokens=_count(_object(usage.get("prompt_tokens_details")), "cached_tokens"),
    )


def read_usage(reply: dict[str, Any]) -> Tokens:
    """The tokens that a reply says it took; 0 for what it does not say."""
    usage = _object(reply.get("usage"))
    return Tokens(prompt=_count(usage, "prompt_tokens"), completion=_count(usage, "completion_tokens"))


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _count(values: dict[str, Any], name: str) -> int:
    count = values.get(name)
    return count if isinstance(count, int) and count > 0 else 0


def _text(content: object) -> str:
    """The words of a message: text, or a list of typed parts of which the text counts."""
    if isinstance(content, list):
        parts = [_object(part) for part in cast("list[object]", content)]
        return "".join(_text(part.get("text")) for part in parts if part.get("type") in _TEXT_PARTS)
    return content if isinstance(content, str) else ""


def _check_end(finish: object, text: str, message: dict[str, Any], *, model: str, tokens: Tokens) -> None:
    """Refuse a reply that its model did not end by itself."""
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip() and not text.strip():
        found, hint = f"the model refused: {shortened(refusal)!r}", "rephrase the question, or ask a person"
    elif isinstance(finish, str) and finish.lower() in _WHOLE:
        return
    else:
        found = f"found finish_reason {finish!r}, expected 'stop'"
        hint = (
            "raise model.max_output_tokens"
            if finish == "length"
            else "the provider stopped the reply; rephrase or ask a person"
        )
    # Asked again, the model would end at the same place: not retryable, unless it gave no reason. One
    # that only thought until its room was used up may answer with more of it.
    notes = FailureNotes(
        is_retryable=finish is None,
        maybe_paid=True,
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.completion,
        needs_room=finish == "length" and not text.strip(),
    )
    raise with_notes(ModelGarbled(f"the reply of {model!r} is not whole: {found}", hint=hint), notes)


def _garbled(model: str, found: str, tokens: Tokens) -> ModelError:
    notes = FailureNotes(
        is_retryable=True, maybe_paid=True, prompt_tokens=tokens.prompt, completion_tokens=tokens.completion
    )
    return with_notes(ModelGarbled(f"the reply of {model!r} cannot be used: {found}", hint=_HINT), notes)


def _logprobs(value: object) -> tuple[TokenLogprob, ...] | None:
    """Token log-probabilities where the reply holds them in the usual shape, else None.

    Rivals are kept for the tokens of a verdict only.
    """
    content = _object(value).get("content")
    if not isinstance(content, list):
        return None
    found: list[TokenLogprob] = []
    for item in cast("list[Any]", content):
        entry = _alternative(item)
        if entry is None:
            return None
        is_verdict = entry.token.strip().lower() in _VERDICTS
        rivals = _object(item).get("top_logprobs") if is_verdict else None
        read = map(_alternative, cast("list[object]", rivals) if isinstance(rivals, list) else ())
        found.append(
            TokenLogprob(
                token=entry.token,
                logprob=entry.logprob,
                alternatives=tuple(rival for rival in read if rival is not None),
            )
        )
    return tuple(found)


def _alternative(item: object) -> Alternative | None:
    entry = _object(item)
    token, logprob = entry.get("token"), entry.get("logprob")
    if not isinstance(token, str) or not isinstance(logprob, (int, float)):
        return None
    return Alternative(token=token, logprob=float(logprob))
