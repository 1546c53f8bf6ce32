"""Chat completions as OpenAI defined them and most servers speak them, with the ways they bend them."""

import json
from collections.abc import Collection, Mapping
from typing import Any, cast

from bidproof.llm.completions import End, Reply, Tokens, as_items, as_object, as_text, count, token_logprobs
from bidproof.llm.protocol import ChatRequest, Message
from bidproof.llm.wires.protocol import SYSTEM, TOP_LOGPROBS

_TEXT_PARTS = ("text", "output_text")
# What endpoints call an end that the model chose itself.
_ENDS: Mapping[str, End] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "tool_calls"), "whole"),
    **dict.fromkeys(("length", "max_tokens", "model_length"), "cut"),
    **dict.fromkeys(("content_filter", "safety", "refusal"), "refused"),
}


class OpenAIWire:
    """``POST …/chat/completions``.

    Args:
        key_header: Header that carries the key by itself; empty for a bearer token.
    """

    has_logprobs = True
    optional: Mapping[str, str] = {
        **{name: name for name in ("max_tokens", "temperature", "top_p", "frequency_penalty")},
        **{name: name for name in ("logprobs", "reasoning_effort")},
        "response_format": "response_format|json_schema",
        SYSTEM: r"[Ss]ystem (role|message|prompt|instruction)|[Rr]ole '?\"?system",
    }

    def __init__(self, *, key_header: str = "") -> None:
        self._key_header = key_header

    def path(self, model: str) -> str:
        """The same for every model."""
        del model
        return "chat/completions"

    def headers(self, secret: str, *, query: str) -> Mapping[str, str]:
        """A bearer token, or Azure's way where the address asks for a version of its API."""
        header = self._key_header or ("api-key" if "api-version" in query else "")
        if not secret:
            return {}
        return {header: secret} if header else {"Authorization": f"Bearer {secret}"}

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """The usual fields; of sampling, only what differs from everybody's default."""
        settings = request.settings
        messages = without_system(request.messages) if SYSTEM in refused else request.messages
        payload: dict[str, Any] = {
            "model": model,
            "messages": [{"role": item.role, "content": item.content} for item in messages],
            "max_tokens": settings.max_output_tokens,
            "temperature": settings.temperature,
        }
        if settings.top_p != 1.0:
            payload["top_p"] = settings.top_p
        if settings.frequency_penalty:
            payload["frequency_penalty"] = settings.frequency_penalty
        if settings.reasoning_effort:
            payload["reasoning_effort"] = settings.reasoning_effort
        if request.want_logprobs:
            payload |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        if request.schema is not None:
            wanted = {"name": request.schema_name, "strict": True, "schema": request.schema}
            payload["response_format"] = {"type": "json_schema", "json_schema": wanted}
            if "response_format" in refused:
                payload["messages"][0]["content"] += in_words(request.schema)
        return _without(payload, refused)

    def read(self, body: Mapping[str, Any]) -> Reply:
        """The first choice; its text in one piece or in parts, as arguments of a call, or as thoughts."""
        usage = as_object(body.get("usage"))
        tokens = read_usage(body)
        choices = as_items(body.get("choices"))
        first = as_object(choices[0]) if choices else {}
        if not first:
            return Reply(problem="found no choices, expected one", tokens=tokens)
        message = as_object(first.get("message"))
        text = _text(message.get("content")) or _text(first.get("text"))
        refusal = message.get("refusal")
        is_refusal = isinstance(refusal, str) and bool(refusal.strip()) and not text.strip()
        reason = first.get("finish_reason")
        end = "refused" if is_refusal else _end(reason)
        if not text.strip() and end == "whole":
            text = _arguments(message) or _answer_in(_thoughts(message))
        return Reply(
            text=text,
            end=end,
            reason=str(refusal) if is_refusal else repr(reason),
            model=as_text(body.get("model")),
            tokens=tokens,
            cached_tokens=count(as_object(usage.get("prompt_tokens_details")), "cached_tokens"),
            has_thought=count(as_object(usage.get("completion_tokens_details")), "reasoning_tokens") > 0
            or bool(_thoughts(message)),
            token_logprobs=_logprobs(first.get("logprobs")),
        )


def read_usage(body: Mapping[str, Any]) -> Tokens:
    """The tokens that a reply says it took; 0 for what it does not say."""
    usage = as_object(body.get("usage"))
    return Tokens(prompt=count(usage, "prompt_tokens"), completion=count(usage, "completion_tokens"))


def without_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The same words with the system prompt at the head of the first question."""
    said = "\n\n".join(item.content for item in messages if item.role == "system")
    rest = [item for item in messages if item.role != "system"]
    if not said or not rest:
        return messages
    first = Message(role=rest[0].role, content=f"{said}\n\n{rest[0].content}")
    return (first, *rest[1:])


def in_words(schema: Mapping[str, object]) -> str:
    """A schema said in the prompt, for an endpoint that takes it in no other way."""
    return f"\n\nThe object fits this JSON Schema: {json.dumps(schema)}"


def _without(payload: dict[str, Any], refused: Collection[str]) -> dict[str, Any]:
    kept = {name: value for name, value in payload.items() if name not in refused}
    if "max_tokens" in refused:
        kept["max_completion_tokens"] = payload["max_tokens"]
    if "logprobs" in refused:
        kept.pop("top_logprobs", None)
    return kept


def _end(reason: object) -> End:
    if reason is None:
        return "open"
    return _ENDS.get(reason.lower(), "stopped") if isinstance(reason, str) else "stopped"


def _text(content: object) -> str:
    """The words of a message: text, or a list of typed parts of which the text counts."""
    if isinstance(content, list):
        parts = [as_object(part) for part in cast("list[object]", content)]
        return "".join(_text(part.get("text")) for part in parts if part.get("type") in _TEXT_PARTS)
    return as_text(content)


def _arguments(message: Mapping[str, Any]) -> str:
    """What a model says that answers by calling a function that nobody offered."""
    calls = as_items(message.get("tool_calls"))
    function = as_object(as_object(calls[0]).get("function") if calls else message.get("function_call"))
    return _text(function.get("arguments"))


def _thoughts(message: Mapping[str, Any]) -> str:
    """Where servers put thoughts; and all of a reply, when they miss the end of the thoughts."""
    return _text(message.get("reasoning_content")) or _text(message.get("reasoning"))


def _answer_in(thoughts: str) -> str:
    return thoughts if thoughts.rstrip().endswith("}") else ""


def _logprobs(value: object) -> Any:
    content = as_object(value).get("content")
    if not isinstance(content, list):
        return None
    read = [as_object(item) for item in cast("list[object]", content)]
    return token_logprobs(
        (item.get("token"), item.get("logprob"), _rivals(item.get("top_logprobs"))) for item in read
    )


def _rivals(value: object) -> list[tuple[object, object]]:
    read = [as_object(item) for item in as_items(value)]
    return [(item.get("token"), item.get("logprob")) for item in read]
