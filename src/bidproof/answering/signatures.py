"""What each step takes and gives, as typed DSPy signatures.

Schemas are flat and small, and verdicts come after what they rest on. A
signature is built for the options and the number of passages at hand, so that a
reply cannot name an option or a passage that does not exist.
"""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from functools import lru_cache
from typing import Any, Literal, Union, cast

import dspy
from pydantic import BaseModel, ConfigDict, Field, create_model

from bidproof.answering.tools import ToolSpec, type_of

CANNOT_TELL = "cannot tell"
MAX_QUOTES = 4
MAX_SENTENCES = 4
MAX_PARTS = 6
MAX_QUERIES = 3


class SentenceReply(BaseModel):
    """A sentence of the answer and the positions of its quotes, from 1."""

    model_config = ConfigDict(extra="forbid")
    text: str
    quotes: list[int] = Field(max_length=MAX_QUOTES)


@lru_cache(maxsize=256)
def answer_signature(
    *, instructions: str, passages: int, options: tuple[str, ...], has_reasoning: bool
) -> type[dspy.Signature]:
    """Quotes and answer in one reply: ``passages, question -> answerable, quotes, sentences``.

    Args:
        instructions: The prompt text.
        passages: How many excerpts there are; quotes carry one of their numbers.
        options: Choices; with any, a ``choice`` comes between quotes and sentences.
        has_reasoning: Whether a ``reasoning`` field comes first.
    """
    fields = _inputs("passages", "question") | _reasoning(has_reasoning) | _evidence(passages)
    return _signature("AnswerFromPassages", fields | _choice(options) | _sentences(), instructions)


@lru_cache(maxsize=256)
def quote_signature(*, instructions: str, passages: int, has_reasoning: bool) -> type[dspy.Signature]:
    """Evidence alone: ``passages, question -> answerable, quotes``."""
    fields = _inputs("passages", "question") | _reasoning(has_reasoning) | _evidence(passages)
    return _signature("QuoteFromPassages", fields, instructions)


@lru_cache(maxsize=256)
def compose_signature(*, instructions: str, options: tuple[str, ...]) -> type[dspy.Signature]:
    """The answer from quotes alone: ``quotes, question -> sentences``, with a choice where asked."""
    fields = _inputs("quotes", "question") | _choice(options) | _sentences()
    return _signature("AnswerFromQuotes", fields, instructions)


@lru_cache(maxsize=8)
def split_signature(*, instructions: str) -> type[dspy.Signature]:
    """The parts of a compound question: ``question -> parts``."""
    fields = _inputs("question") | {
        "parts": (list[str], dspy.OutputField(desc="parts in order", max_length=MAX_PARTS))
    }
    return _signature("SplitQuestion", fields, instructions)


@lru_cache(maxsize=8)
def rewrite_signature(*, instructions: str) -> type[dspy.Signature]:
    """Other wordings to search for: ``question -> queries``."""
    fields = _inputs("question") | {
        "queries": (list[str], dspy.OutputField(desc="other wordings", max_length=MAX_QUERIES))
    }
    return _signature("RewriteQuestion", fields, instructions)


@lru_cache(maxsize=64)
def check_signature(*, instructions: str, sentences: int) -> type[dspy.Signature]:
    """A verdict on each sentence of an answer: ``quotes, question -> verdicts``.

    Args:
        instructions: The prompt text.
        sentences: How many there are; each has to get its verdict.
    """
    verdict: Any = create_model(
        "VerdictReply",
        __config__=ConfigDict(extra="forbid"),
        sentence=(cast("Any", Literal)[tuple(range(1, sentences + 1))], ...),
        reasoning=(str, ...),
        verdict=(Literal["supported", "not supported"], ...),
    )
    field = dspy.OutputField(desc="one a sentence", min_length=sentences, max_length=sentences)
    fields = _inputs("quotes", "question") | {"verdicts": (list[verdict], field)}
    return _signature("CheckSentences", fields, instructions)


@lru_cache(maxsize=64)
def react_signature(*, instructions: str, tools: tuple[ToolSpec, ...]) -> type[dspy.Signature]:
    """One step with a tool: ``tools, passages, question, steps -> thought, call``.

    Args:
        instructions: The prompt text.
        tools: Those that may be called; a call names one and has its arguments, no others.
    """
    calls = [_call_model(tool) for tool in tools]
    call: Any = cast("Any", Union)[tuple(calls)]
    fields = _inputs("tools", "passages", "question", "steps") | {
        "thought": (str, dspy.OutputField(desc="what is missing")),
        "call": (call, dspy.OutputField(desc="one tool with its arguments")),
    }
    return _signature("ReachForTool", fields, instructions)


@lru_cache(maxsize=256)
def with_repair(signature: type[Any]) -> type[Any]:
    """The same step asked again, with the reply that failed and what was wrong with it."""
    repaired = signature
    for name in ("reply", "problems"):
        repaired = repaired.append(name, dspy.InputField(desc=name), str)
    return repaired


@lru_cache(maxsize=256)
def reply_model(signature: type[Any]) -> type[BaseModel]:
    """The output fields of a signature as a strict Pydantic model, for parsing replies."""
    outputs = cast("dict[str, Any]", signature.output_fields)
    fields: dict[str, Any] = {name: (item.annotation, _bounded(item)) for name, item in outputs.items()}
    return create_model(f"{signature.__name__}Reply", __config__=ConfigDict(extra="forbid"), **fields)


@lru_cache(maxsize=256)
def reply_schema(signature: type[Any]) -> dict[str, Any]:
    """The output fields as a JSON Schema in the shape that strict structured output takes.

    Every property is required, none may be added, references are resolved, and
    properties keep the order of the signature, in which models write them.
    """
    schema = reply_model(signature).model_json_schema()
    return cast("dict[str, Any]", _plain(schema, schema.get("$defs", {})))


def _call_model(tool: ToolSpec) -> type[BaseModel]:
    config = ConfigDict(extra="forbid")
    fields: Any = {name: (type_of(field), ...) for name, field in tool.fields.items()}
    arguments = create_model(f"{tool.name}_arguments", __config__=config, **fields)
    named: Any = cast("Any", Literal)[tool.name]
    return create_model(f"{tool.name}_call", __config__=config, tool=(named, ...), arguments=(arguments, ...))


def _signature(name: str, fields: dict[str, Any], instructions: str) -> type[dspy.Signature]:
    return dspy.make_signature(fields, instructions, signature_name=name)


def _inputs(*names: str) -> dict[str, Any]:
    return {name: (str, dspy.InputField(desc=name)) for name in names}


def _reasoning(is_wanted: bool) -> dict[str, Any]:
    return {"reasoning": (str, dspy.OutputField(desc="which excerpt answers"))} if is_wanted else {}


def _evidence(passages: int) -> dict[str, Any]:
    number: Any = cast("Any", Literal)[tuple(range(1, passages + 1))]
    config = ConfigDict(extra="forbid")
    quote: Any = create_model("QuoteReply", __config__=config, passage=(number, ...), text=(str, ...))
    quotes = dspy.OutputField(desc="exact words with the number of their excerpt", max_length=MAX_QUOTES)
    return {
        "answerable": (bool, dspy.OutputField(desc="whether the excerpts answer the question")),
        "quotes": (list[quote], quotes),
    }


def _choice(options: tuple[str, ...]) -> dict[str, Any]:
    if not options:
        return {}
    allowed: Any = cast("Any", Literal)[(*options, CANNOT_TELL)]
    return {"choice": (allowed, dspy.OutputField(desc="the option that the quotes prove"))}


def _sentences() -> dict[str, Any]:
    field = dspy.OutputField(desc="the answer", max_length=MAX_SENTENCES)
    return {"sentences": (list[SentenceReply], field)}


def _bounded(item: Any) -> Any:
    bounds = {
        name: getattr(bound, name)
        for name in ("min_length", "max_length")
        for bound in item.metadata
        if hasattr(bound, name)
    }
    return Field(..., **bounds)


def _plain(node: Any, definitions: dict[str, Any]) -> Any:
    """Resolve references, drop titles and defaults, and require every property."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    entry = cast("dict[str, Any]", node)
    if "$ref" in entry:
        return _plain(definitions[entry["$ref"].rsplit("/", 1)[-1]], definitions)
    if "const" in entry:
        entry = {**entry, "enum": [entry["const"]]}
    kept = {
        name: _plain(item, definitions)
        for name, item in entry.items()
        if name not in ("$defs", "title", "const", "description", "properties")
    }
    if "properties" in entry:
        properties = cast("dict[str, Any]", entry["properties"])
        kept["properties"] = {name: _plain(item, definitions) for name, item in properties.items()}
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
