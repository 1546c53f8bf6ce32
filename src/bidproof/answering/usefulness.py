"""How likely a person keeps a block as an answer, as fitted on drafts that people have read.

What lies below the threshold is suggested with its source instead of written. The coefficients and the
command that made them stand in ``data/usefulness.toml``.
"""

import math
from collections.abc import Mapping, Sequence

from bidproof.answering.answer_types import counts_another, has_shape
from bidproof.answering.asked import Asked
from bidproof.answering.blocks import AnswerBlock
from bidproof.language.rules import read_data

_FIT = read_data("bidproof.answering", "usefulness")
_WEIGHTS: Mapping[str, float] = _FIT["weights"]


def block_signals(asked: Asked, block: AnswerBlock) -> dict[str, float]:
    """What is known of a block beside its score, by name.

    ``own`` is the share of the question's words that the statement itself holds; ``closeness`` the cosine
    of both wordings, where it was measured; ``held`` whether the block has the value or the list that is
    asked for, and of that very thing; ``margin`` how far it is ahead of the next statement; ``whole``
    whether it reads by itself.
    """
    text = " ".join(item.text for item in block.evidence)
    is_held = has_shape(text, asked.shape, asked.language) and not counts_another(asked.text, text)
    found = {
        "own": block.best.own_coverage_0_1,
        "margin": block.margin,
        "held": float(is_held),
        "whole": float(block.is_whole),
    }
    if block.closeness is not None:
        found["closeness"] = block.closeness
    return found


def usefulness(signals: Mapping[str, float]) -> float:
    """Chance that a person sends a block with these signals as it is or with an edit, 0 to 1."""
    total = _FIT["constant"] + sum(
        weight * signals.get(name, _FIT["missing"].get(name, 0.0)) for name, weight in _WEIGHTS.items()
    )
    return 1 / (1 + math.exp(-total))


def is_worth_writing(signals: Sequence[Mapping[str, float]]) -> bool:
    """Whether the block of every part reads by itself, has what is asked for, and is likely enough kept."""
    return all(
        item["whole"] == item["held"] == 1.0 and usefulness(item) >= _FIT["threshold"] for item in signals
    )
