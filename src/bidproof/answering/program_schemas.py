"""The reply schemas that this code enforces for a program, so that one made for others is refused."""

from collections.abc import Mapping
from typing import Any

from bidproof.answering.extractive import VERSION
from bidproof.answering.tools import tool_specs
from bidproof.prompts.program import Program

# Stand for the options of a question, which are known when it is asked.
_OPTIONS = ("first option", "second option")


def reply_schemas(program: Program) -> Mapping[str, Any]:
    """JSON Schema of the reply to each step that the program takes.

    Of an engine without a model it is the version of that engine: the schema hash
    then changes when the engine does.
    """
    if program.engine:
        return {"engine": VERSION}
    from bidproof.answering.signatures import reply_schema

    return {step: reply_schema(signature) for step, signature in step_signatures(program).items()}


def step_signatures(program: Program, *, options: tuple[str, ...] = _OPTIONS) -> Mapping[str, Any]:
    """The DSPy signature of each step, for as many passages as the program shows."""
    from bidproof.answering import signatures
    from bidproof.prompts.templates import instructions

    sent = instructions(program.texts, program.variables)
    passages, reasons = max(1, program.retrieval.top_k), program.answering.chain_of_thought
    found: dict[str, Any] = {}
    if program.calls == "one":
        found["answer"] = signatures.answer_signature(
            instructions=sent["answer"], passages=passages, options=options, has_reasoning=reasons
        )
    else:
        found["quote"] = signatures.quote_signature(
            instructions=sent["quote"], passages=passages, has_reasoning=reasons
        )
        found["compose"] = signatures.compose_signature(instructions=sent["compose"], options=options)
    if program.splits_with_model:
        found["split"] = signatures.split_signature(instructions=sent["split"])
    if program.rewrites:
        found["rewrite"] = signatures.rewrite_signature(instructions=sent["rewrite"])
    if program.tool_steps:
        found["react"] = signatures.react_signature(
            instructions=sent["react"], tools=tool_specs(program.tools)
        )
    if program.self_check:
        found["check"] = signatures.check_signature(
            instructions=sent["check"], sentences=signatures.MAX_SENTENCES
        )
    return found
