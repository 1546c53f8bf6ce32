import json
from typing import Any

import pytest

from bidproof.core.errors import ModelGarbled
from bidproof.llm.completions import read_body
from bidproof.llm.failures import notes_of
from bidproof.llm.protocol import Completion
from bidproof.llm.wires.openai import OpenAIWire
from bidproof.llm.wires.protocol import read_completion as read


def read_completion(text: str, *, model: str, seconds: float) -> Completion:
    return read(read_body(text.encode(), model=model), wire=OpenAIWire(), model=model, seconds=seconds)


def body(**changes: Any) -> str:
    choice = {"message": {"content": "hi"}, "finish_reason": "stop", **changes.pop("choice", {})}
    return json.dumps({"model": "m-1", "choices": [choice], "usage": {"prompt_tokens": 3}, **changes})


def test_a_whole_reply_is_read() -> None:
    reply = read_completion(body(), model="m", seconds=1.5)
    assert (reply.text, reply.model, reply.prompt_tokens, reply.completion_tokens) == ("hi", "m-1", 3, 0)
    assert reply.seconds == 1.5


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "null",
        "[]",
        '{"choices"',
        "<html>",
        body(choices=None),
        body(choices=[]),
        body(choices=["text"]),
        body(choice={"message": None}),
        body(choice={"message": {"content": None}}),
        body(choice={"message": {"content": "  "}}),
        body(choice={"message": {"content": ["hi"]}}),
        body(choice={"message": {"content": [{"type": "thinking", "text": "hm"}]}}),
        body(choice={"message": {"content": None, "refusal": "I cannot help with that."}}),
        body(choice={"finish_reason": "length"}),
        body(choice={"finish_reason": "content_filter"}),
        body(choice={"finish_reason": None}),
    ],
)
def test_anything_less_is_garbled(broken: str) -> None:
    with pytest.raises(ModelGarbled):
        read_completion(broken, model="m", seconds=0)


def test_only_a_cut_off_reply_is_not_worth_asking_again() -> None:
    for text, is_retryable in ((body(choice={"finish_reason": "length"}), False), (body(choices=[]), True)):
        with pytest.raises(ModelGarbled) as caught:
            read_completion(text, model="m", seconds=0)
        assert notes_of(caught.value).is_retryable is is_retryable
        assert notes_of(caught.value).prompt_tokens == 3


@pytest.mark.parametrize("finish", ["stop", "STOP", "eos_token", "end_turn", "stop_sequence"])
def test_an_end_that_the_model_chose_is_whole_by_any_name(finish: str) -> None:
    assert read_completion(body(choice={"finish_reason": finish}), model="m", seconds=0).text == "hi"


def test_text_in_typed_parts_is_joined_without_thoughts() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "A"},
        {"type": "text", "text": "ES"},
    ]
    assert read_completion(body(choice={"message": {"content": parts}}), model="m", seconds=0).text == "AES"


def test_usage_of_the_wrong_type_is_nothing() -> None:
    for usage in (None, [], {"prompt_tokens": "three"}, {"prompt_tokens": -1}, {"prompt_tokens": 1.5}):
        assert read_completion(body(usage=usage), model="m", seconds=0).prompt_tokens == 0


def test_log_probabilities_keep_rivals_at_verdicts_only() -> None:
    rivals = [{"token": "true", "logprob": -0.1}, {"token": "false", "logprob": -2.0}]
    tokens = [
        {"token": " true", "logprob": -0.1, "top_logprobs": rivals},
        {"token": "}", "logprob": 0, "top_logprobs": rivals},
    ]
    reply = read_completion(body(choice={"logprobs": {"content": tokens}}), model="m", seconds=0)
    assert reply.token_logprobs is not None
    assert [len(token.alternatives) for token in reply.token_logprobs] == [2, 0]
    for alternatives in (5, "x", [5], {"a": 1}):
        odd = [{"token": "true", "logprob": -0.1, "top_logprobs": alternatives}]
        reply = read_completion(body(choice={"logprobs": {"content": odd}}), model="m", seconds=0)
        assert reply.token_logprobs is not None
        assert reply.token_logprobs[0].alternatives == ()
    for wrong in ({"content": [{"token": 1}]}, {"content": "x"}, [], "x"):
        assert read_completion(body(choice={"logprobs": wrong}), model="m", seconds=0).token_logprobs is None
