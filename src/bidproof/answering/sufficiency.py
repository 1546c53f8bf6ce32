"""Do the retrieved passages hold the answer at all?

A score from what a reader would look for: are the question's own terms in one
statement, are they in the passages together, and is the nearest passage near in
meaning. Silence beats invention, so the threshold is a setting and everything
below it is "not found".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.asked import Asked
from bidproof.answering.evidence import Evidence
from bidproof.answering.ranking import term_weights
from bidproof.core.records import ScoredPassage
from bidproof.language.rules import read_data
from bidproof.language.words import content_stems

_TOP = 3
_FACTORS = read_data("bidproof.answering", "sufficiency")
_MISSING_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sufficiency:
    """How far the passages hold the answer.

    Attributes:
        score_0_1: 0 for nothing, towards 1 for every term in one statement of a near passage.
        missing: Words of the question that no passage holds, as the buyer wrote them.
        features: What the score was made of, by name. ``meaning`` is the best cosine of
            question and passage, 0 where the search gave none.
    """

    score_0_1: float
    missing: tuple[str, ...]
    features: dict[str, float]


def judge_sufficiency(
    asked: Asked, passages: Sequence[ScoredPassage], *, ranked: Sequence[Evidence]
) -> Sufficiency:
    """Score whether the passages can answer a question.

    Args:
        asked: The question, or a part of it.
        passages: Best first.
        ranked: The statements of these passages, best first.
    """
    if not asked.stems or not ranked:
        return Sufficiency(score_0_1=0.0, missing=_absent(asked, frozenset()), features={})
    weights = term_weights(asked, passages)
    total = sum(weights.values())
    held = [frozenset(content_stems(_whole(item), asked.language)) for item in passages[:_TOP]]
    everywhere = frozenset[str]().union(*held)
    dense = [item.parts["dense"] for item in passages if "dense" in item.parts]
    features = {
        "statement": ranked[0].coverage_0_1,
        "pooled": sum(weights[term] for term in asked.stems if term in everywhere) / total,
        "meaning": max(dense, default=0.0),
        "constant": 1.0,
    }
    known = "with_meaning" if asked.language == "en" else "other_languages"
    factors = _FACTORS[known if features["meaning"] > 0 else "words_alone"]
    score = sum(factors[name] * value for name, value in features.items())
    return Sufficiency(
        score_0_1=1 / (1 + math.exp(-score)), missing=_absent(asked, everywhere), features=features
    )


def _whole(scored: ScoredPassage) -> str:
    passage = scored.passage
    return f"{passage.title} {' '.join(passage.heading_path)} {passage.located_text}"


def _absent(asked: Asked, held: frozenset[str]) -> tuple[str, ...]:
    absent = dict.fromkeys(word for word, stem in asked.written if stem not in held)
    return tuple(absent)[:_MISSING_SHOWN]
