"""Whatever an endpoint sends, the reader gives a completion or a ``ModelError``, and nothing else."""

import json
import os
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bidproof.core.errors import ModelError
from bidproof.core.jsonable import from_json, parse_json, to_json
from bidproof.llm.completions import read_body
from bidproof.llm.endpoint_errors import read_error, refusal
from bidproof.llm.protocol import Completion
from bidproof.llm.reply_schema import parse_reply
from bidproof.llm.wires.anthropic import AnthropicWire
from bidproof.llm.wires.gemini import GeminiWire
from bidproof.llm.wires.openai import OpenAIWire
from bidproof.llm.wires.protocol import Wire, read_completion

EXAMPLES = int(os.environ.get("BIDPROOF_EXAMPLES", "200"))
SCHEMA = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
KEYS = st.sampled_from(
    ("choices", "message", "content", "finish_reason", "usage", "prompt_tokens", "completion_tokens", "error",
     "code", "logprobs", "top_logprobs", "token", "logprob", "model", "refusal", "type", "text", "data",
     "stop_reason", "input", "input_tokens", "candidates", "parts", "finishReason", "promptFeedback",
     "blockReason", "usageMetadata", "logprobsResult", "chosenCandidates", "topCandidates", "details",
     "delta", "tool_calls", "function", "arguments", "reasoning_content", "retryDelay")
)  # fmt: skip
WORDS = st.sampled_from(("stop", "length", "text", '{"word": "yes"}', "\ud800", "true")) | st.text()
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.just(10**30)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
WHOLE = st.fixed_dictionaries(
    {
        "choices": st.lists(
            st.fixed_dictionaries(
                {
                    "message": st.fixed_dictionaries({"content": VALUES}),
                    "finish_reason": st.just("stop") | VALUES,
                    "logprobs": VALUES | st.fixed_dictionaries({"content": st.lists(VALUES, max_size=3)}),
                }
            ),
            min_size=1,
            max_size=2,
        ),
        "usage": VALUES,
        "model": VALUES,
    }
)
BODIES = (
    st.binary()
    | (VALUES | WHOLE).map(lambda value: json.dumps(value).encode())
    | WHOLE.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\ndata: [DONE]\n\n")
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    body=BODIES,
    cut=st.integers(0, 400) | st.none(),
    status=st.sampled_from((200, 302, 400, 429, 503)),
    wire=st.sampled_from((OpenAIWire(), AnthropicWire(), GeminiWire())),
)
@example(body=b"[" * 100_000, cut=None, status=200, wire=OpenAIWire())
def test_any_reply_is_a_completion_or_a_model_error(
    body: bytes, cut: int | None, status: int, wire: Wire
) -> None:
    raw = body[:cut]
    error = refusal(read_error(status, raw, {"Retry-After": "soon"}), label="m", mask=lambda text: text)
    assert isinstance(error, ModelError)
    assert error.message.isprintable()
    try:
        completion = read_completion(read_body(raw, model="m"), wire=wire, model="m", seconds=0.0)
        stored: Any = parse_json(json.dumps(to_json(completion)))
        assert from_json(Completion, stored) == completion
        parse_reply(completion.text, SCHEMA, model="m")
    except ModelError as failure:
        failure.message.encode()
