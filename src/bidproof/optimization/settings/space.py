"""What a settings search may change: named parameters with their values, in the order that pays.

A parameter is named as in ``bidproof.toml`` (``retrieval.top_k``) or is a plain field
of a program (``calls``). Numbers are ordered choices, not ranges: what is found can be
written down without stray digits, and the incumbent's own value is always among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import prod
from typing import Any, Literal

from bidproof.core.errors import InvalidSetting
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.settings import AnsweringSettings, DocumentSettings, ModelSettings, RetrievalSettings
from bidproof.prompts.program import DECIDING, Program, fitted

Value = str | int | float | bool
Stage = Literal["model", "documents", "retrieval", "answering"]

MODEL = "model.model"
_GROUPS: Mapping[str, type] = {
    "documents": DocumentSettings,
    "retrieval": RetrievalSettings,
    "answering": AnsweringSettings,
    "model": ModelSettings,
}
_PLAIN = ("calls", "repairs", "rewrites", "splits_with_model", "self_check", "ensemble", "tool_steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing that may be set.

    Attributes:
        name: ``group.name`` of a setting, or a plain field of a program.
        stage: What has to be done again when it changes: another model asked, documents
            split and embedded anew, passages searched, or only the answer drafted.
        choices: Its values, two or more, distinct.
        is_ordered: Whether neighbouring choices are alike, as for numbers.
    """

    name: str
    stage: Stage
    choices: tuple[Value, ...]
    is_ordered: bool = True

    def __post_init__(self) -> None:
        if not _is_known(self.name):
            raise InvalidSetting(
                f"cannot search {self.name!r}: found no such setting or field of a program",
                hint=NextStep(
                    "name a setting by its full name, for example retrieval.top_k", Action.SHOW_SETTINGS
                ),
            )
        if not self.choices or len(set(self.choices)) < len(self.choices):
            raise InvalidSetting(
                f"cannot search {self.name!r} among {self.choices!r}: expected distinct values",
                hint="name each value once",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpace:
    """Parameters in the order that pays, names distinct."""

    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters, in order."""
        return tuple(item.name for item in self.parameters)

    @property
    def size(self) -> int:
        """Number of combinations."""
        return prod(len(item.choices) for item in self.parameters)

    @property
    def has_documents(self) -> bool:
        """Whether it changes how documents become passages."""
        return any(item.stage == "documents" for item in self.parameters)

    def values_of(self, program: Program, documents: DocumentSettings | None = None) -> dict[str, Value]:
        """The point at which a program stands."""
        return {name: _value(name, program, documents or DocumentSettings()) for name in self.names}

    def including(self, program: Program, documents: DocumentSettings | None = None) -> "SearchSpace":
        """The same space with the program's own values among the choices, so that it is a point of it."""
        here = self.values_of(program, documents)
        return SearchSpace(parameters=tuple(_with_choice(item, here[item.name]) for item in self.parameters))

    def apply(self, program: Program, values: Mapping[str, Value]) -> Program:
        """The program with other values; those of documents are left to :func:`apply_documents`."""
        for name, value in values.items():
            program = _applied(program, name, value)
        return program

    def check(self, program: Program) -> None:
        """Refuse a space that cannot change what this program drafts.

        Raises:
            InvalidSetting: It is empty, names a parameter twice, or one that does not count.
        """
        if not self.parameters or len(set(self.names)) < len(self.names):
            raise InvalidSetting(
                f"cannot search the settings {', '.join(self.names) or 'none'}: "
                "expected one or more distinct names",
                hint="name each setting once",
            )
        for item in self.parameters:
            if program.engine and (item.stage == "model" or item.name in _PLAIN):
                raise InvalidSetting(
                    f"cannot search {item.name!r}: it counts nothing for a program without a model",
                    hint="set model.model, or leave the setting out",
                )


def default_space(
    program: Program, *, models: Sequence[str] = (), has_documents: bool = False
) -> SearchSpace:
    """What is worth searching for a program, what pays most first, its own values among the choices.

    Args:
        program: The incumbent; without a model there are no settings of one.
        models: Names of models to choose among, beside the program's own.
        has_documents: Also search how documents become passages: slow, all is embedded anew.
    """
    asked: list[Parameter] = []
    if models:
        asked.append(
            Parameter(name=MODEL, stage="model", choices=tuple(dict.fromkeys(models)), is_ordered=False)
        )
    if has_documents:
        asked += _documents()
    asked += _extractive() if program.engine else _generative()
    return SearchSpace(parameters=tuple(asked)).including(program)


def apply_documents(documents: DocumentSettings, values: Mapping[str, Value]) -> DocumentSettings:
    """How documents become passages at a point of a space."""
    own: dict[str, Any] = {
        name.removeprefix("documents."): value
        for name, value in values.items()
        if name.startswith("documents.")
    }
    return replace(documents, **own)


def _retrieval(*top_k: int) -> list[Parameter]:
    return [
        Parameter(name="retrieval.top_k", stage="retrieval", choices=top_k),
        Parameter(name="retrieval.depth", stage="retrieval", choices=(100, 200, 400)),
        Parameter(
            name="retrieval.dense_weight", stage="retrieval", choices=(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
        ),
    ]


def _documents() -> list[Parameter]:
    return [
        Parameter(name="documents.max_tokens", stage="documents", choices=(120, 160, 200, 260, 320)),
        Parameter(
            name="documents.chunking", stage="documents", choices=("structural", "fixed"), is_ordered=False
        ),
    ]


def _sufficiency() -> Parameter:
    choices = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
    return Parameter(name="answering.sufficiency", stage="answering", choices=choices)


def _extractive() -> list[Parameter]:
    """The extractive engine reads ten passages at least: a smaller top_k drafts the same answers."""
    return [
        *_retrieval(3, 15, 20),
        _sufficiency(),
        Parameter(name="answering.max_sentences", stage="answering", choices=(1, 2, 3, 4, 5)),
        Parameter(name="answering.decompose", stage="answering", choices=(True, False), is_ordered=False),
    ]


def _generative() -> list[Parameter]:
    formats = ("xml", "markdown")
    return [
        *_retrieval(1, 2, 3, 4, 5, 8),
        Parameter(name="answering.prompt_format", stage="answering", choices=formats, is_ordered=False),
        _sufficiency(),
        Parameter(name="model.temperature", stage="model", choices=(0.0, 0.2, 0.4, 0.7, 1.0)),
        Parameter(name="model.top_p", stage="model", choices=(0.8, 0.9, 0.95, 1.0)),
        Parameter(name="model.frequency_penalty", stage="model", choices=(0.0, 0.2, 0.5, 1.0)),
    ]


def _is_known(name: str) -> bool:
    group, dot, item = name.partition(".")
    if not dot:
        return name in _PLAIN
    if group == "model":
        return name == MODEL or item in DECIDING
    return group in _GROUPS and item in {field.name for field in fields(_GROUPS[group])}


def _with_choice(parameter: Parameter, value: Value) -> Parameter:
    if value in parameter.choices:
        return parameter
    choices = (value, *parameter.choices)
    if parameter.is_ordered:
        choices = tuple(sorted(choices, key=_number))
    return replace(parameter, choices=choices)


def _number(value: Value) -> float:
    return float(value)


def _value(name: str, program: Program, documents: DocumentSettings) -> Value:
    group, dot, item = name.partition(".")
    if not dot:
        return getattr(program, name)
    return getattr(documents if group == "documents" else getattr(program, group), item)


def _applied(program: Program, name: str, value: Value) -> Program:
    group, dot, item = name.partition(".")
    if group == "documents" or _value(name, program, DocumentSettings()) == value:
        return program
    change: dict[str, Any] = {}
    if not dot:
        change[name] = value
    else:
        change[group] = replace(getattr(program, group), **{item: value})
    if name == MODEL:
        change["model_name"] = str(value)
    return fitted(replace(program, **change))
