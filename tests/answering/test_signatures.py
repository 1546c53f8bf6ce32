from typing import Any

import pytest

from bidproof.answering.adapter import FencedJsonAdapter
from bidproof.answering.signatures import answer_signature, compose_signature, reply_schema, with_repair
from bidproof.core.errors import ModelGarbled

SIGNATURE = answer_signature(instructions="Answer.", passages=2, options=("Yes", "No"), has_reasoning=True)


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    found = [schema] if schema.get("type") == "object" else []
    return [*found, *(item for part in inner for item in objects(part))]


@pytest.mark.parametrize(
    "signature",
    [SIGNATURE, compose_signature(instructions="Compose.", options=())],
    ids=["answer", "compose"],
)
def test_schemas_are_strict_flat_and_without_references(signature: Any) -> None:
    schema = reply_schema(signature)
    assert "$ref" not in str(schema)
    assert "$defs" not in schema
    for item in objects(schema):
        assert item["additionalProperties"] is False
        assert item["required"] == list(item["properties"])


def test_verdicts_come_after_what_they_rest_on() -> None:
    assert list(reply_schema(SIGNATURE)["properties"]) == [
        "reasoning",
        "answerable",
        "quotes",
        "choice",
        "sentences",
    ]


def test_a_reply_can_only_name_what_is_there() -> None:
    properties = reply_schema(SIGNATURE)["properties"]
    assert properties["quotes"]["items"]["properties"]["passage"]["enum"] == [1, 2]
    assert properties["choice"]["enum"] == ["Yes", "No", "cannot tell"]


def test_a_second_try_keeps_the_outputs() -> None:
    assert list(with_repair(SIGNATURE).output_fields) == list(SIGNATURE.output_fields)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"reasoning": 1}', "Yes."])
def test_a_reply_of_another_shape_is_garbled(text: str) -> None:
    with pytest.raises(ModelGarbled, match="AnswerFromPassages"):
        FencedJsonAdapter().parse(SIGNATURE, text)
