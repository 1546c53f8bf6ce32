"""A program as the JSON state of a DSPy module, and back.

The state is what ``dspy.Module.save(path, save_program=False)`` writes: instructions,
demos and fields of each predictor, named by step. A module for it is
:func:`program_module`. Only JSON is read, never a pickle.
"""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUntypedBaseClass=false

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import dspy

from bidproof.answering.exchange import REPLY_FIELDS, check_schema, example_of, refused, with_step_text
from bidproof.answering.program_schemas import reply_schemas, step_signatures
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import NextStep
from bidproof.prompts.fences import PromptFormat, fence, fence_excerpts
from bidproof.prompts.program import Example, Program
from bidproof.prompts.templates import instructions
from bidproof.prompts.versions import schema_hash

OURS = "bidproof"
"""The key in a state that holds our schema hash; DSPy ignores it."""

_WITH_EXAMPLES = ("answer", "quote")


class ProgramModule(dspy.Module):
    """A predictor for each step of a program, with its instructions and examples.

    Args:
        program: Any that asks a model.
    """

    def __init__(self, program: Program) -> None:
        super().__init__()
        for step, signature in step_signatures(program, options=()).items():
            predictor = dspy.Predict(signature)
            if step in _WITH_EXAMPLES:
                predictor.demos = [_demo(item, program.answering.prompt_format) for item in program.examples]
            setattr(self, step, predictor)


def program_module(program: Program) -> ProgramModule:
    """A DSPy module that loads and saves the states of this program's kind."""
    return ProgramModule(program)


def dump_dspy(program: Program) -> dict[str, Any]:
    """The program's state, as plain JSON values that ``dspy.Module.load`` reads."""
    state = cast("dict[str, Any]", program_module(program).dump_state())
    return {
        **state,
        "metadata": {"dependency_versions": {"dspy": dspy.__version__}},
        OURS: {"schema_hash": schema_hash(reply_schemas(program))},
    }


def load_dspy(content: object, *, base: Program, source: str) -> Program:
    """The base program with the instructions and demos of a DSPy state.

    Args:
        content: Parsed JSON.
        base: Gives everything that a state does not hold; its steps are expected.
        source: Its name, for error messages.

    Raises:
        UserError: Another module's state, another signature, or demos that are no
            examples of ours (``import-refused``).
    """
    state = cast("Mapping[str, Any]", content if isinstance(content, Mapping) else {})
    expected = cast("dict[str, Any]", program_module(base).dump_state())
    if missing := [step for step in expected if not isinstance(state.get(step), Mapping)]:
        raise refused(source, f"no predictor {missing[0]!r}, expected {', '.join(expected)}")
    # What DSPy saved itself has no hash; its fields are compared one by one.
    if (ours := state.get(OURS)) is not None:
        hashed = cast("Mapping[str, Any]", ours).get("schema_hash") if isinstance(ours, Mapping) else None
        check_schema(hashed, base, source=source)
    program = base
    sent = instructions(base.texts, base.variables)
    for step, wanted in expected.items():
        signature = _signature(state[step], step, source)
        if signature["fields"] != wanted["signature"]["fields"]:
            raise refused(
                source,
                f"{len(signature['fields'])} fields of {step!r} ({_named(signature['fields'])}), expected "
                f"{len(wanted['signature']['fields'])} ({_named(wanted['signature']['fields'])})",
                hint=NextStep(
                    "the state is of another signature; start from a program of its kind", options=("from",)
                ),
            )
        if signature["instructions"] != sent[step]:
            program = with_step_text(program, step, signature["instructions"])
    first = next(step for step in expected if step in _WITH_EXAMPLES)
    demos = cast("list[Any]", state[first].get("demos") or [])
    shown = [to_json(_demo(item, base.answering.prompt_format)) for item in base.examples]
    if demos == shown:
        return program
    return replace(
        program, examples=tuple(_example(item, at, source) for at, item in enumerate(demos, start=1))
    )


def _demo(example: Example, style: PromptFormat) -> dict[str, Any]:
    demo: dict[str, Any] = {
        "passages": fence_excerpts(example.passages, style=style),
        "question": fence("question", example.question, style=style),
        **{name: example.reply[name] for name in REPLY_FIELDS if name in example.reply},
    }
    # More than the signature asks for: DSPy keeps it, and a choice question finds it again.
    return {**demo, "options": list(example.options)} if example.options else demo


def _example(demo: object, number: int, source: str) -> Example:
    values = cast("Mapping[str, Any]", demo if isinstance(demo, Mapping) else {})
    return example_of(values, where=f"a demo {number}", source=source)


def _signature(predictor: Mapping[str, Any], step: str, source: str) -> Mapping[str, Any]:
    signature = predictor.get("signature")
    if not isinstance(signature, Mapping):
        raise refused(source, f"no signature of {step!r}")
    found = cast("Mapping[str, Any]", signature)
    if not isinstance(found.get("instructions"), str) or not isinstance(found.get("fields"), list):
        raise refused(source, f"a signature of {step!r} without instructions and fields")
    return found


def _named(fields: list[Any]) -> str:
    return ", ".join(str(item.get("prefix", "?")).rstrip(":").lower() for item in fields)
