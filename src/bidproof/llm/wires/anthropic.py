"""Anthropic's Messages API.

It takes no sampling settings, gives no log-probabilities, and caches what is marked; the fixed part of
a prompt (instructions and examples) is. A schema goes into ``output_config``, or, for models that do
not know it, into a tool that has to be called.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from bidproof.llm.completions import End, Reply, Tokens, as_items, as_object, as_text, count
from bidproof.llm.protocol import ChatRequest, Message

_VERSION = "2026-10-21"
_CACHED = {"cache_control": {"type": "ephemeral"}}
_ENDS: Mapping[str, End] = {
    **dict.fromkeys(("end_turn", "stop_sequence", "tool_use"), "whole"),
    "max_tokens": "cut",
    "refusal": "refused",
    "model_context_window_exceeded": "overflow",
}
# Of a schema, what the API enforces; the rest is told in words, and checked by us.
_ENFORCED = (
    *("type", "title", "description", "properties", "required", "additionalProperties"),
    *("items", "anyOf", "enum", "const"),
)
_EFFORTS = ("low", "medium", "high")


class AnthropicWire:
    """``POST …/messages``."""

    has_logprobs = False
    optional: Mapping[str, str] = {
        "effort": r"\beffort\b",
        "output_config": r"output_config|output[ _]format|structured output|json_schema",
        "thinking": r"\bthinking\b",
        "cache_control": "cache_control",
    }

    def path(self, model: str) -> str:
        """The same for every model."""
        del model
        return "messages"

    def headers(self, secret: str, *, query: str) -> Mapping[str, str]:
        """The key as today's and as older endpoints of this API read it, and the API's version."""
        del query
        keys = {"Authorization": f"Bearer {secret}", "x-api-key": secret} if secret else {}
        return {**keys, "anthropic-version": _VERSION}

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """System prompt apart, turns joined, the fixed part marked for the cache."""
        mark: dict[str, Any] = {} if "cache_control" in refused else _CACHED
        system = [item for item in request.messages if item.role == "system"]
        turns = [item for item in request.messages if item.role != "system"]
        payload: dict[str, Any] = {
            "model": model,
            "max_tokens": request.settings.max_output_tokens,
            "messages": [_turn(item, mark if at == len(turns) - 2 else {}) for at, item in enumerate(turns)],
        }
        if system:
            payload["system"] = [
                {"type": "text", "text": item.content, **(mark if item is system[-1] else {})}
                for item in system
            ]
        return payload | _effort(request, refused) | _schema(request, refused)

    def read(self, body: Mapping[str, Any]) -> Reply:
        """The text blocks, or what the tool was called with; thoughts are left out."""
        usage = as_object(body.get("usage"))
        blocks = [as_object(item) for item in as_items(body.get("content"))]
        reason = body.get("stop_reason")
        tokens = Tokens(
            prompt=count(usage, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
            completion=count(usage, "output_tokens"),
        )
        if not isinstance(body.get("content"), list):
            return Reply(problem="found no content, expected a list of blocks", tokens=tokens)
        details = as_object(body.get("stop_details"))
        said = details.get("explanation") or details.get("category")
        return Reply(
            text="".join(_said(block) for block in blocks),
            end="open" if reason is None else _ENDS.get(str(reason), "stopped"),
            reason=str(said) if reason == "refusal" and said else repr(reason),
            model=as_text(body.get("model")),
            tokens=tokens,
            cached_tokens=count(usage, "cache_read_input_tokens"),
            written_tokens=count(usage, "cache_creation_input_tokens"),
            has_thought=any("thinking" in str(block.get("type")) for block in blocks),
        )


def enforced(schema: Mapping[str, object]) -> dict[str, Any]:
    """A schema as the API takes it: what it cannot enforce stands in the description, in words."""
    kept = {name: _within(name, value) for name, value in schema.items() if name in _ENFORCED}
    if any(name in kept for name in ("enum", "const", "anyOf")):
        kept.pop("type", None)
    if schema.get("type") == "object":
        kept["additionalProperties"] = False
    left = ", ".join(f"{name}: {value}" for name, value in schema.items() if name not in _ENFORCED)
    if left:
        kept["description"] = "\n\n".join(filter(None, (kept.get("description"), f"{{{left}}}")))
    return kept


def _within(keyword: str, value: Any) -> Any:
    if keyword == "properties":
        return {name: enforced(item) for name, item in value.items()}
    if keyword == "anyOf":
        return [enforced(item) for item in value]
    return enforced(value) if keyword == "items" else value


def _turn(message: Message, mark: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": message.role, "content": [{"type": "text", "text": message.content, **mark}]}


def _effort(request: ChatRequest, refused: Collection[str]) -> dict[str, Any]:
    effort = request.settings.reasoning_effort
    if effort == "none" and "thinking" not in refused:
        return {"thinking": {"type": "disabled"}}
    if effort in _EFFORTS and "effort" not in refused:
        return {"output_config": {"effort": effort}}
    return {}


def _schema(request: ChatRequest, refused: Collection[str]) -> dict[str, Any]:
    if request.schema is None:
        return {}
    if "output_config" not in refused:
        output = _effort(request, refused).get("output_config", {})
        wanted = {"type": "json_schema", "schema": enforced(request.schema)}
        return {"output_config": {**output, "format": wanted}}
    tool = {
        "name": request.schema_name,
        "description": "Give the whole reply.",
        "input_schema": enforced(request.schema),
    }
    return {"tools": [tool], "tool_choice": {"type": "tool", "name": request.schema_name}}


def _said(block: Mapping[str, Any]) -> str:
    if block.get("type") == "tool_use":
        return json.dumps(as_object(block.get("input")))
    return as_text(block.get("text")) if block.get("type") == "text" else ""
