"""A judge as a versioned program: its texts, schemas, model and sampling, named by a digest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from bidproof.core.ids import digest
from bidproof.core.jsonable import to_json
from bidproof.core.settings import ModelSettings
from bidproof.prompts.program import deciding_settings

FORMAT = 1
"""Raised when code that builds a judge's prompts, cuts claims or reads its replies changes."""

STEPS = ("judge", "answer", "reference", "repair")
"""Every text of a judge by name: ``texts/<name>.md``."""

_OUTPUT_TOKENS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeProgram:
    """Everything that decides a verdict.

    Attributes:
        texts: Texts by name, see ``STEPS``.
        model: Model and sampling.
        model_name: Identity of the model as opened.
        repairs: Calls that may correct a reply that does not fit.
        format: Version of the code around the texts.
    """

    texts: Mapping[str, str]
    model: ModelSettings = field(default_factory=ModelSettings)
    model_name: str = ""
    repairs: int = 1
    format: int = FORMAT

    def digest(self) -> str:
        """Name the judge by its content: 16 hexadecimal characters.

        Deadlines, prices, retries and concurrency do not count: they decide no verdict.
        """
        values: dict[str, Any] = to_json(self)
        values["model"] = deciding_settings(self.model)
        values["schemas"] = [answer_schema(), reference_schema()]
        return digest("judge", json.dumps(values, sort_keys=True))


def default_judge(model: ModelSettings, *, model_name: str = "") -> JudgeProgram:
    """The judge that ships with the package, on a model; long enough replies are asked for."""
    settings = replace(model, max_output_tokens=max(model.max_output_tokens, _OUTPUT_TOKENS))
    return JudgeProgram(texts=default_judge_texts(), model=settings, model_name=model_name or model.model)


@cache
def default_judge_texts() -> Mapping[str, str]:
    """The packaged texts by name, without the file's closing newline."""
    folder = files("bidproof.evaluation.judging") / "texts"
    return MappingProxyType({name: (folder / f"{name}.md").read_text("utf-8").strip() for name in STEPS})


def answer_schema() -> Mapping[str, object]:
    """Shape of the reading of the answer's claims; the reasoning stands before the verdict."""
    return _object(
        claims={"type": "array", "items": _verdict("in_reference")},
        questions={"type": "array", "items": {"type": "string"}},
        is_evasive={"type": "boolean"},
    )


def reference_schema() -> Mapping[str, object]:
    """Shape of the reading of the reference's claims and the question's parts."""
    return _object(
        claims={"type": "array", "items": _verdict("in_answer")},
        answered_parts={"type": "array", "items": {"type": "integer"}},
    )


def _verdict(other: str) -> Mapping[str, object]:
    return _object(
        claim={"type": "integer"},
        reasoning={"type": "string"},
        passages={"type": "array", "items": {"type": "integer"}},
        **{other: {"type": "boolean"}},
    )


def _object(**properties: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
