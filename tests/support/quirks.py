"""Ways in which real servers bend the protocol, each a function of the request and of how often it came."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from bidproof.llm.fake_endpoint import Answer, Received, refused

FACT = "All customer data at rest is encrypted with AES-256."


@dataclass(frozen=True, kw_only=True)
class Quirk:
    """A server's way, what stands in its address behind its name, and how a question has to end with it."""

    name: str
    answer: Callable[[Received, int], Answer]
    requests: int = 1
    address: str = "/v1"
    state: str = "drafted"
    says: str = ""


def reply_to(received: Received) -> dict[str, Any]:
    """The answer of a model that knows one fact, where a passage of the prompt holds it."""
    prompt = "\n".join(str(message["content"]) for message in received.body["messages"])
    passages = re.findall(r'<passage number="(\d+)"[^>]*>(.*?)</passage>', prompt, re.S)
    held = [int(number) for number, text in passages if FACT in " ".join(text.split())]
    assert held, "the passage was not found"
    quote = {"passage": held[0], "text": FACT}
    return {"answerable": True, "quotes": [quote], "sentences": [{"text": FACT, "quotes": [1]}]}


def body(message: object, *, finish: object = "stop", **changes: object) -> dict[str, Any]:
    usage = {"prompt_tokens": 100, "completion_tokens": 50}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    return {"id": "x", "model": "m", "choices": [choice], "usage": usage, **changes}


def ok(value: Mapping[str, Any]) -> Answer:
    return Answer(body=json.dumps(value))


def told(shape: Callable[[str], object], **changes: Any) -> Callable[[Received, int], Answer]:
    """Content in some shape around the JSON of the answer."""
    return lambda received, _: ok(
        body({"role": "assistant", "content": shape(json.dumps(reply_to(received)))}, **changes)
    )


def placed(shape: Callable[[str], dict[str, object]], **changes: Any) -> Callable[[Received, int], Answer]:
    """A message that holds the answer elsewhere than in its content."""
    return lambda received, _: ok(body({"content": None, **shape(json.dumps(reply_to(received)))}, **changes))


plain = told(lambda text: text)


def once(answer: Callable[[], Answer]) -> Callable[[Received, int], Answer]:
    """The first time something else, then the answer."""
    return lambda received, times: answer() if times == 1 else plain(received, times)


def without(field: str, error: object, status: int = 400) -> Callable[[Received, int], Answer]:
    """A field that is not taken."""
    return lambda received, times: (
        Answer(body=json.dumps(error), status=status) if field in received.body else plain(received, times)
    )


def azure(received: Received, times: int) -> Answer:
    is_right = "/chat/completions?api-version=" in received.path and received.headers.get("api-key")
    return plain(received, times) if is_right else refused(404, "Resource not found")


def reasons(received: Received, times: int) -> Answer:
    if "max_tokens" in received.body:
        return refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    if received.body.get("temperature", 1) != 1:
        return refused(400, "Unsupported value: 'temperature'. Only the default (1) is supported.")
    if received.body["max_completion_tokens"] < 2000:
        return ok(body({"content": ""}, finish="length"))
    return plain(received, times)


def unclosed_thought(received: Received, times: int) -> Answer:
    if received.body["max_tokens"] < 2000:
        return ok(body({"content": "<think>Let me see. {Passage 1"}, finish="length"))
    return plain(received, times)


def events(received: Received, _: int) -> Answer:
    text = json.dumps(reply_to(received))
    pieces = [{"role": "assistant"}, *({"content": text[at : at + 40]} for at in range(0, len(text), 40))]
    chunks = [{"choices": [{"index": 0, "delta": piece, "finish_reason": None}]} for piece in pieces]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in (*chunks, end)]
    return Answer(body=": keep-alive\n\n" + "".join(lines) + "data: [DONE]\n\n")


def no_system(received: Received, times: int) -> Answer:
    is_system = any(message["role"] == "system" for message in received.body["messages"])
    return refused(400, "System role not supported") if is_system else plain(received, times)


def uncounted(received: Received, times: int) -> Answer:
    value = json.loads(plain(received, times).body)
    del value["usage"]
    return ok(value)


def as_text(received: Received, times: int) -> Answer:
    said = json.dumps(reply_to(received)).replace('"passage": 1', '"passage": "1"').replace("true", '"true"')
    value = body({"content": said}, usage={"prompt_tokens": "100", "completion_tokens": "50"})
    return ok(value)


def legacy(received: Received, _: int) -> Answer:
    choice = {"index": 0, "text": json.dumps(reply_to(received)), "finish_reason": "stop"}
    return ok({"model": "m", "choices": [choice], "usage": None})


def untidy(text: str) -> str:
    return "```json\n" + text.replace("}]", "},\n ]").replace("at rest", "at\nrest") + "\n```"


LIST_ERROR = [{"error": {"code": 400, "message": 'Unknown name "logprobs"', "status": "INVALID_ARGUMENT"}}]
EXTRA = {"detail": [{"loc": ["body", "logprobs"], "msg": "Extra inputs are not permitted"}]}
FILTER = {"error": {"code": "content_filter", "message": "The response was filtered", "status": 400}}
THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
NO_KEY = {"error": {"message": "No auth credentials found", "code": 401}}
BUSY = {"error": {"message": "Provider returned error", "code": 429}}

QUIRKS = (
    Quirk(name="think", answer=told(lambda text: f"<think>\nPassage {{1}}.\n</think>\n\n{text}")),
    Quirk(name="thinkclose", answer=told(lambda text: f"Passage 1 says so.\n</think>\n\n{text}")),
    Quirk(name="prose", answer=told(lambda text: f"Here it is:\n\n```json\n{text}\n```\nAnything else?")),
    Quirk(name="parts", answer=told(lambda text: [THOUGHT, {"type": "text", "text": text}])),
    Quirk(name="eos", answer=told(lambda text: text, finish="eos_token")),
    Quirk(name="endturn", answer=told(lambda text: text, finish="end_turn")),
    Quirk(name="err200", answer=once(lambda: ok(BUSY)), requests=2),
    Quirk(name="err200auth", answer=lambda *_: ok(NO_KEY), state="failed", says="No auth credentials"),
    Quirk(name="azure", answer=azure, address="/v1?api-version=2026-01-01"),
    Quirk(name="reason", answer=reasons, requests=4),
    Quirk(
        name="deepseek",
        answer=without("response_format", {"error": "This response_format type is unavailable now"}),
        requests=2,
    ),
    Quirk(name="lmstudio", answer=without("logprobs", {"error": "'logprobs' is not allowed"}), requests=2),
    Quirk(name="gemini", answer=without("logprobs", LIST_ERROR), requests=2),
    # those of our own
    Quirk(name="events that nobody asked for", answer=events),
    Quirk(name="the old form with text", answer=legacy),
    Quirk(
        name="a call of a tool that nobody offered",
        answer=placed(lambda text: {"tool_calls": [{"function": {"arguments": text}}]}, finish="tool_calls"),
    ),
    Quirk(
        name="all of it among the thoughts",
        answer=placed(lambda text: {"reasoning_content": f"Passage 1 says so.\n{text}"}),
    ),
    Quirk(name="a thought that never ends", answer=unclosed_thought, requests=2),
    Quirk(name="no usage", answer=uncounted),
    Quirk(name="numbers and truth values as text", answer=as_text),
    Quirk(name="commas too many, breaks in strings", answer=told(untidy)),
    Quirk(name="another model's name", answer=told(lambda text: text, model="provider/other-2026")),
    Quirk(
        name="a page with 200",
        answer=once(lambda: Answer(body="<html>Checking your browser</html>")),
        requests=2,
    ),
    Quirk(
        name="429 until a date",
        answer=once(lambda: refused(429, retry_after=formatdate(time.time(), usegmt=True))),
        requests=2,
    ),
    Quirk(name="a strict form", answer=without("logprobs", EXTRA, 422), requests=2),
    Quirk(name="no system role", answer=no_system, requests=2),
    Quirk(name="the whole path in the address", answer=plain, address="/v1/chat/completions"),
    Quirk(
        name="a filter that refuses the prompt",
        answer=lambda *_: Answer(body=json.dumps(FILTER), status=400),
        state="failed",
        says="the provider's filter refused the question",
    ),
    Quirk(
        name="a refusal in its own field",
        answer=lambda *_: ok(body({"content": None, "refusal": "I cannot help with that."})),
        state="failed",
        says="I cannot help with that.",
    ),
    Quirk(
        name="filtered on the way",
        answer=lambda *_: ok(body({"content": "Customer"}, finish="content_filter")),
        state="failed",
        says="content_filter",
    ),
)


def named(quirk: Quirk) -> str:
    """The quirk as a part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", quirk.name.lower())
