"""Ask a model whether a past answer answers a new question: its log odds count, its word does not.

A small model says yes to nearly every pair; how much it leans towards it tells right pairs from near misses.
It compares the two questions after a few examples: shown the answer too, it tells less. Whether the
answer holds what is asked for is what the flags look at.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bidproof.answering.sufficiency_model import field_probability
from bidproof.core.ids import digest
from bidproof.core.records import Usage
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatModel, ChatRequest, Message
from bidproof.prompts.fences import fence
from bidproof.prompts.texts import standing_examples_json, standing_text
from bidproof.workspace.rows import LibraryEntry

_FIELD = "answers"
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {_FIELD: {"type": "boolean"}},
    "required": [_FIELD],
    "additionalProperties": False,
}
_LEAST_WRITTEN = 10
_SHARPEST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """How far a model leans towards yes, as log odds; None where it gives no probabilities."""

    log_odds: float | None
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Log odds from which on past answers are written, and how that did on labelled pairs."""

    log_odds: float
    written: int
    right: int


THRESHOLDS = "past answers are written from: "
"""How the names of facts begin that hold a threshold."""


def threshold_fact(model_name: str) -> str:
    """Name of the fact that holds the threshold of a model under this prompt."""
    return (
        f"{THRESHOLDS}{digest(model_name, standing_text('reuse'), standing_examples_json('reuse'), _FIELD)}"
    )


async def lean(
    question: str, entry: LibraryEntry, *, model: ChatModel, settings: ModelSettings, question_id: str = ""
) -> Leaning:
    """Ask about one pair.

    Raises:
        ModelError: The call failed.
    """
    request = ChatRequest(
        messages=(*_opening(), _pair(entry.question, question)),
        schema=_SCHEMA,
        schema_name="reuse",
        settings=settings,
        want_logprobs=True,
        question_id=question_id,
    )
    completion = await model.complete(request)
    share = field_probability(completion.token_logprobs, _FIELD)
    return Leaning(log_odds=None if share is None else _log_odds(share), usage=completion.usage)


@cache
def _opening() -> tuple[Message, ...]:
    """What is the same for every pair, so that a local model reads it once."""
    shown = [Message(role="system", content=standing_text("reuse"))]
    for example in json.loads(standing_examples_json("reuse")):
        reply = json.dumps({_FIELD: example[_FIELD]})
        shown += [_pair(example["past"], example["new"]), Message(role="assistant", content=reply)]
    return tuple(shown)


def _pair(past: str, new: str) -> Message:
    fenced = (fence("past_question", past, style="xml"), fence("question", new, style="xml"))
    return Message(role="user", content="\n".join(fenced))


def threshold_for(labelled: Sequence[tuple[float, bool]], *, precision: float) -> Threshold | None:
    """The least log odds from which on at least this share of pairs is right.

    Args:
        labelled: Log odds of pairs, and whether each is right.
        precision: Least share, 0 to 1.

    Returns:
        None where no threshold reaches it with ten pairs or more.
    """
    best: Threshold | None = None
    for log_odds, _ in labelled:
        above = [is_right for value, is_right in labelled if value >= log_odds]
        reaches = len(above) >= _LEAST_WRITTEN and sum(above) >= precision * len(above)
        if reaches and (best is None or log_odds < best.log_odds):
            best = Threshold(log_odds=log_odds, written=len(above), right=sum(above))
    return best


def _log_odds(share: float) -> float:
    bounded = min(1 - _SHARPEST, max(_SHARPEST, share))
    return math.log(bounded / (1 - bounded))
