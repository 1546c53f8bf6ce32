"""What each step of a program was shown and said on one case, in the form DSPy learns from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bidproof.answering.program_schemas import step_signatures
from bidproof.answering.step_calls import StepCall
from bidproof.optimization.prompts.demos import plain
from bidproof.prompts.fences import PromptFormat, fence
from bidproof.prompts.program import Program

SECOND_TRY = ("reply", "problems")
"""Inputs of a call that corrects an earlier reply."""

_ASKED_XML = re.compile(r"<question(?: section=\"[^\"]*\")?>\n(?P<text>.*)\n</question>\s*\Z", re.DOTALL)
_ASKED_MARKDOWN = re.compile(
    r"^## Question(?: \([^\n]*\))?\n(?P<marks>`{3,})text\n(?P<text>.*)\n(?P=marks)\s*\Z",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEntry:
    """The last word of one step on one question or part of it.

    Attributes:
        step: As in ``program_schemas.step_signatures``.
        inputs: Fenced text by input field; ``options`` beside them where there are some.
        outputs: The reply as plain JSON values. Of the step that quotes first, also
            what was composed of its quotes: together they make one example.
    """

    step: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


def step_entries(
    calls: Sequence[StepCall], *, program: Program, options: tuple[str, ...]
) -> tuple[StepEntry, ...]:
    """Sort a case's calls by step; of calls that correct each other the last one stands.

    Args:
        calls: In the order they were made.
        program: What made them.
        options: The case's options.
    """
    steps = {signature.__name__: step for step, signature in step_signatures(program).items()}
    style = program.answering.prompt_format
    found: dict[tuple[str, str], StepEntry] = {}
    for call in calls:
        step = steps.get(call.signature)
        if step is None:
            continue
        inputs: dict[str, Any] = {name: text for name, text in call.inputs.items() if name not in SECOND_TRY}
        asked = bare_question(inputs.get("question", ""), style)
        if asked is not None:
            inputs["question"] = fence("question", asked, style=style)
        if options:
            inputs["options"] = list(options)
        outputs = {name: plain(value) for name, value in call.fields.items()}
        found[(step, inputs.get("question", ""))] = StepEntry(step=step, inputs=inputs, outputs=outputs)
    return tuple(_joined(entry, found) for entry in found.values())


def bare_question(text: str, style: PromptFormat) -> str | None:
    """What is asked, without section, guidance, options and limits; None where no fence is found."""
    match = (_ASKED_XML if style == "xml" else _ASKED_MARKDOWN).search(text)
    if match is None:
        return None
    return match["text"].replace("&lt;", "<") if style == "xml" else match["text"]


def _joined(entry: StepEntry, found: Mapping[tuple[str, str], StepEntry]) -> StepEntry:
    if entry.step != "quote":
        return entry
    composed = found.get(("compose", entry.inputs.get("question", "")))
    if composed is None:
        return entry
    return StepEntry(step=entry.step, inputs=entry.inputs, outputs={**entry.outputs, **composed.outputs})
