"""Open another library's metrics: telemetry off first, then the slow import, then its metrics as ours."""

import importlib
import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bidproof.core.errors import InvalidSetting, MissingExtra
from bidproof.core.next_steps import NextStep, install_extra
from bidproof.core.settings import ModelSettings
from bidproof.evaluation.protocol import Metric
from bidproof.llm.protocol import ChatModel

if TYPE_CHECKING:
    from bidproof.evaluation.bridges.asking import Asking
    from bidproof.evaluation.running.scoring import TextEmbedder

_LIBRARIES = {
    "ragas": "bidproof.evaluation.bridges.ragas",
    "deepeval": "bidproof.evaluation.bridges.deepeval",
}
_QUIET = {
    "RAGAS_DO_NOT_TRACK": "true",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "DEEPEVAL_DISABLE_DOTENV": "1",
    "DEEPEVAL_FILE_SYSTEM": "READ_ONLY",
    "CONFIDENT_TRACING_ENABLED": "NO",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}
"""What keeps those libraries, and what they import, from calling home or reading other settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeParts:
    """What a bridge needs of the run: the judge, and the embedder that measures similarity."""

    asking: "Asking"
    embedder: "TextEmbedder"


def check_bridges(names: Sequence[str], *, judge: str) -> None:
    """Refuse what cannot be run, before documents are read and answers paid for.

    Raises:
        InvalidSetting: An unknown library, or ``judge`` names no model.
        MissingExtra: The library is not installed.
    """
    for name in names:
        _check_library(name)
    if names and not judge:
        raise InvalidSetting(
            f"cannot run the metrics of {names[0]!r}: found no judge, expected a model that judges",
            hint=NextStep("name a judge; that model is asked at model.base_url", options=("judge",)),
        )


def _check_library(name: str) -> None:
    if name not in _LIBRARIES:
        raise InvalidSetting(
            f"unknown library {name!r}: expected one of {', '.join(_LIBRARIES)}",
            hint=NextStep("name one of those", options=("with",)),
        )
    if importlib.util.find_spec(name) is None:
        raise _missing(name)


def open_bridges(
    names: Sequence[str], model: ChatModel | None, settings: ModelSettings, embedder: "TextEmbedder"
) -> tuple[Metric, ...]:
    """The metrics of other libraries, which ask ``model``; none where no model judges.

    Raises:
        MissingExtra: A library is not installed.
    """
    if not names or model is None:
        return ()
    from bidproof.evaluation.bridges.asking import Asking

    parts = BridgeParts(asking=Asking(model=model, settings=settings), embedder=embedder)
    return tuple(metric for name in names for metric in open_bridge(name, parts))


def open_bridge(name: str, parts: BridgeParts) -> tuple[Metric, ...]:
    """A library's faithfulness, answer relevance and context precision, named after it.

    Takes seconds: the library is imported. Its telemetry is switched off first.

    Raises:
        InvalidSetting: An unknown name.
        MissingExtra: It is not installed, or not whole.
    """
    _check_library(name)
    os.environ.update(_QUIET)
    try:
        module = importlib.import_module(_LIBRARIES[name])
    except ImportError as error:
        raise _missing(name) from error
    return tuple(module.bridge_metrics(parts))


def _missing(name: str) -> MissingExtra:
    return MissingExtra(
        f"cannot run the metrics of {name!r}: found no such library, expected it installed",
        hint=install_extra(name),
    )
