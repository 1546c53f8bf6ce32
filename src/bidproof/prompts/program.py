"""A program: everything that decides a draft, with a digest that names it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.templates import names_in
from bidproof.prompts.texts import OPTIONAL, STEPS, default_examples_json, default_texts, optional_texts

FORMAT = 2
"""Raised when code that shapes prompts or checks drafts changes what they say."""

Calls = Literal["one", "two"]

DECIDING = (
    *("fallback", "temperature", "top_p", "frequency_penalty"),
    *("max_output_tokens", "context_tokens", "reasoning_effort"),
)
"""What of a model's settings decides a reply; model and address are in the model's name, the rest is
about cost and patience."""

_LATER = ("reasoning_effort",)
"""Those that came after programs had been stored: they count only where they are set."""


SWITCHES: Mapping[str, object] = {"self_check": False, "ensemble": 1, "tool_steps": 0, "tools": []}
"""Fields that came after programs had been stored, as JSON: they count only where they are set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One solved question to show a model.

    ``reply`` holds the fields of the output schema; those that a question does
    not ask for (``choice`` without options, ``reasoning``) are left out when shown.
    """

    passages: tuple[Excerpt, ...]
    question: str
    options: tuple[str, ...] = ()
    reply: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Prompts, examples, model, sampling, retrieval and switches of one way to draft.

    Attributes:
        texts: Prompt texts by name: those of ``texts.STEPS`` and the parts that
            they are composed of (``templates.py``).
        examples: Few-shot examples, shown in this order.
        model: Model and sampling.
        model_name: Identity of the model as opened: address, or weights for a local one.
        retrieval: How passages are found.
        answering: Reasoning, decomposition, prompt format, thresholds.
        calls: ``one``: quotes and answer in one reply; ``two``: quotes first, then
            the answer from the quotes alone.
        repairs: Calls that may correct a reply which fails the checks.
        rewrites: Let the model add search queries before searching.
        splits_with_model: Let the model split questions that the rules see as
            compound and cannot split.
        format: Version of the code that builds prompts and checks replies.
        variables: Values of ``{{name}}`` in the texts, put in as they are.
        engine: Empty for a program that asks a model. Else the name and version of
            an engine without one; then only retrieval and answering count.
        self_check: Ask once more whether each sentence is what its quotes say, and
            leave out what is refused.
        ensemble: Drafts of a question; above 1 the one is given that the others agree
            with most, with the choice of the majority.
        tool_steps: Calls in which the model may reach for tools before it answers; 0 for
            none.
        tools: Names of the tools it may reach for; empty for all that are built in.
    """

    texts: Mapping[str, str]
    examples: tuple[Example, ...] = ()
    model: ModelSettings = field(default_factory=ModelSettings)
    model_name: str = ""
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    answering: AnsweringSettings = field(default_factory=AnsweringSettings)
    calls: Calls = "one"
    repairs: int = 1
    rewrites: bool = False
    splits_with_model: bool = False
    format: int = FORMAT
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    engine: str = ""
    self_check: bool = False
    ensemble: int = 1
    tool_steps: int = 0
    tools: tuple[str, ...] = ()

    def digest(self) -> str:
        """Name the program by its content: 16 hexadecimal characters.

        Equal programs have equal digests on every machine; deadlines, prices,
        retries and concurrency do not count, since they decide no draft.
        """
        return digest_of(deciding_values(self))


def deciding_values(program: Program) -> dict[str, Any]:
    """What the digest is over, as plain JSON values; a stored version holds exactly these."""
    values: dict[str, Any] = to_json(program)
    if program.retrieval.reranker == "none":
        del values["retrieval"]["rerank_depth"]
    if program.retrieval.reranker != "endpoint":
        del values["retrieval"]["reranker_model"], values["retrieval"]["reranker_base_url"]
    if program.engine:
        return {name: values[name] for name in ("engine", "answering", "retrieval")}
    values["model"] = deciding_settings(program.model)
    del values["engine"]
    if not program.variables:
        del values["variables"]
    return {name: value for name, value in values.items() if name not in SWITCHES or value != SWITCHES[name]}


def deciding_settings(model: ModelSettings) -> dict[str, Any]:
    """What of a model's settings decides a reply, as plain JSON values."""
    values: dict[str, Any] = to_json(model)
    return {name: values[name] for name in DECIDING if values[name] or name not in _LATER}


def steps_of(program: Program) -> tuple[str, ...]:
    """The steps that a program needs texts for."""
    return (*STEPS, *(step for step in OPTIONAL if _takes(program, step)))


def fitted(program: Program) -> Program:
    """The program with the packaged texts of optional steps that it takes and has none for.

    Packaged texts of an optional step that it does not take are left out, so that they do
    not count; words of one's own stay.
    """
    texts = dict(program.texts)
    for step in () if program.engine else OPTIONAL:
        packaged = optional_texts(step)
        own = {name: text for name, text in texts.items() if name == step or name.startswith(f"{step}.")}
        others = [text for name, text in texts.items() if name not in own]
        if _takes(program, step):
            texts |= (
                {name: text for name, text in packaged.items() if name not in texts}
                if step not in own
                else {}
            )
        elif own == packaged and not any(name in own for text in others for name in names_in(text)):
            texts = {name: text for name, text in texts.items() if name not in own}
    return program if texts == program.texts else replace(program, texts=texts)


def _takes(program: Program, step: str) -> bool:
    return program.self_check if step == "check" else program.tool_steps > 0


def digest_of(values: Mapping[str, Any]) -> str:
    """Name deciding values, as stored or as just made."""
    if "engine" in values:
        return digest(values["engine"], repr(values["answering"]), repr(values["retrieval"]))
    return digest("program", json.dumps(values, sort_keys=True))


def default_program(settings: Settings, *, model_name: str = "") -> Program:
    """The program that ships with the package, under the given settings."""
    return Program(
        texts=default_texts(),
        examples=default_examples(),
        model=settings.model,
        model_name=model_name or settings.model.model,
        retrieval=settings.retrieval,
        answering=settings.answering,
    )


def default_examples() -> tuple[Example, ...]:
    """The few-shot examples that ship with the package."""
    examples: list[Any] = json.loads(default_examples_json())
    return tuple(from_json(Example, item) for item in examples)
