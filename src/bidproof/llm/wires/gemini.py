"""Google's ``generateContent``: the Gemini API, and the same models on Vertex AI."""

from collections.abc import Collection, Mapping
from typing import Any

from bidproof.llm.completions import End, Reply, Tokens, as_items, as_object, as_text, count, token_logprobs
from bidproof.llm.protocol import ChatRequest
from bidproof.llm.wires.openai import in_words, without_system
from bidproof.llm.wires.protocol import SYSTEM, TOP_LOGPROBS

_ENDS: Mapping[str, End] = {
    "STOP": "whole",
    "MAX_TOKENS": "cut",
    "CONTINUATION": "cut",
    **dict.fromkeys(("FINISH_REASON_UNSPECIFIED", "MALFORMED_RESPONSE"), "open"),
    **dict.fromkeys(("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT"), "refused"),
    **dict.fromkeys(("SPII", "LANGUAGE", "MODEL_ARMOR", "ESCALATION"), "refused"),
}


class GeminiWire:
    """``POST …/models/MODEL:generateContent``.

    Args:
        has_token: The key is an access token, as on Vertex AI, and no API key.
    """

    has_logprobs = True
    optional: Mapping[str, str] = {
        "logprobs": "[lL]ogprobs",
        "responseJsonSchema": "response_?[jJ]son_?[sS]chema|JSON mode|response_?[mM]ime_?[tT]ype",
        "thinkingConfig": "[tT]hinking",
        "temperature": "temperature",
        "topP": "top_?[pP]",
        "frequencyPenalty": "frequency_?[pP]enalty|Penalty",
        SYSTEM: r"[sS]ystem_?[iI]nstruction|Developer instruction",
    }

    def __init__(self, *, has_token: bool = False) -> None:
        self._has_token = has_token

    def path(self, model: str) -> str:
        """The model is part of the path."""
        return f"models/{model.removeprefix('models/')}:generateContent"

    def headers(self, secret: str, *, query: str) -> Mapping[str, str]:
        """The API key in a header, never in the address; or the access token."""
        del query
        if not secret:
            return {}
        return {"Authorization": f"Bearer {secret}"} if self._has_token else {"x-goog-api-key": secret}

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """System prompt apart, turns of ``user`` and ``model``, everything else in one object."""
        del model
        messages = without_system(request.messages) if SYSTEM in refused else request.messages
        turns = [item for item in messages if item.role != "system"]
        payload: dict[str, Any] = {
            "contents": [
                {
                    "role": "model" if item.role == "assistant" else "user",
                    "parts": [{"text": item.content}],
                }
                for item in turns
            ],
            "generationConfig": _config(request, refused),
        }
        system = [{"text": item.content} for item in messages if item.role == "system"]
        if system:
            payload["systemInstruction"] = {"role": "user", "parts": system}
        if request.schema is not None and "responseJsonSchema" in refused:
            payload["contents"][-1]["parts"][0]["text"] += in_words(request.schema)
        return payload

    def read(self, body: Mapping[str, Any]) -> Reply:
        """The first candidate without its thoughts; a blocked prompt is a refusal."""
        usage = as_object(body.get("usageMetadata"))
        tokens = Tokens(
            prompt=count(usage, "promptTokenCount", "toolUsePromptTokenCount"),
            completion=count(usage, "candidatesTokenCount", "thoughtsTokenCount"),
        )
        blocked = as_object(body.get("promptFeedback"))
        candidates = as_items(body.get("candidates"))
        first = as_object(candidates[0]) if candidates else {}
        if not first and blocked.get("blockReason"):
            said = f"{blocked['blockReason']} {blocked.get('blockReasonMessage') or ''}".strip()
            return Reply(end="refused", reason=f"the prompt was blocked, {said}", tokens=tokens)
        if not first:
            return Reply(problem="found no candidates, expected one", tokens=tokens)
        parts = [as_object(part) for part in as_items(as_object(first.get("content")).get("parts"))]
        reason = first.get("finishReason")
        return Reply(
            text="".join(as_text(part.get("text")) for part in parts if not part.get("thought")),
            end="open" if reason is None else _ENDS.get(str(reason), "stopped"),
            reason=f"{reason!r} {first.get('finishMessage') or ''}".strip(),
            model=as_text(body.get("modelVersion")),
            tokens=tokens,
            cached_tokens=count(usage, "cachedContentTokenCount"),
            has_thought=count(usage, "thoughtsTokenCount") > 0,
            token_logprobs=_logprobs(as_object(first.get("logprobsResult"))),
        )


def _config(request: ChatRequest, refused: Collection[str]) -> dict[str, Any]:
    settings = request.settings
    effort = settings.reasoning_effort
    config: dict[str, Any] = {
        "maxOutputTokens": settings.max_output_tokens,
        "temperature": settings.temperature,
    }
    if settings.top_p != 1.0:
        config["topP"] = settings.top_p
    if settings.frequency_penalty:
        config["frequencyPenalty"] = settings.frequency_penalty
    if effort:
        thinking = {"thinkingBudget": 0} if effort == "none" else {"thinkingLevel": effort.upper()}
        config["thinkingConfig"] = thinking
    if request.want_logprobs and "logprobs" not in refused:
        config |= {"responseLogprobs": True, "logprobs": TOP_LOGPROBS}
    if request.schema is not None:
        config |= {"responseMimeType": "application/json", "responseJsonSchema": request.schema}
        if "responseJsonSchema" in refused:
            del config["responseMimeType"]
    return {name: value for name, value in config.items() if name not in refused}


def _logprobs(result: Mapping[str, Any]) -> Any:
    chosen = [as_object(item) for item in as_items(result.get("chosenCandidates"))]
    if not chosen:
        return None
    tops = [as_object(item) for item in as_items(result.get("topCandidates"))]
    rivals = [[as_object(entry) for entry in as_items(top.get("candidates"))] for top in tops]
    rivals += [[] for _ in range(len(chosen) - len(rivals))]
    return token_logprobs(
        (
            item.get("token"),
            item.get("logProbability"),
            [(entry.get("token"), entry.get("logProbability")) for entry in others],
        )
        for item, others in zip(chosen, rivals, strict=False)
    )
