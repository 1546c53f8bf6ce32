"""Do the retrieved passages hold the answer at all?

A score from what a reader would look for: are the question's own terms in one
statement, are they in the passages together, and does a statement have the
shape of answer that is asked for. Silence beats invention, so the threshold is
a setting and everything below it is "not found".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.answer_types import AnswerShape, has_shape, wanted_shape
from bidproof.answering.evidence import Evidence, term_weights
from bidproof.answering.words import asked_stems, content_stems, stem, words
from bidproof.core.records import ScoredPassage

_TOP = 3
_WEIGHTS = {"statement": 4.0, "own": 2.0, "passage": 2.0, "pooled": 2.0, "shape": 0.5}
_BIAS = -5.0
_MISSING_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sufficiency:
    """How far the passages hold the answer.

    Attributes:
        score_0_1: 0 for nothing, 1 for every term in one statement of the right shape.
        missing: Words of the question that no passage holds, as the buyer wrote them.
        features: What the score was made of, by name, each 0 to 1.
    """

    score_0_1: float
    missing: tuple[str, ...]
    features: dict[str, float]


def judge_sufficiency(
    question: str, passages: Sequence[ScoredPassage], *, ranked: Sequence[Evidence]
) -> Sufficiency:
    """Score whether the passages can answer a question.

    Args:
        question: What is asked, without its section.
        passages: Best first.
        ranked: The statements of these passages, best first.
    """
    asked = tuple(dict.fromkeys(asked_stems(question)))
    if not asked or not ranked:
        return Sufficiency(score_0_1=0.0, missing=_as_written(question, frozenset()), features={})
    weights = term_weights(asked, passages)
    total = sum(weights.values())
    held = [frozenset(content_stems(_whole(item))) for item in passages[:_TOP]]
    everywhere = frozenset[str]().union(*held)
    top = ranked[:_TOP]
    features = {
        "statement": top[0].coverage_0_1,
        "own": max(item.own_coverage_0_1 for item in top),
        "passage": max(sum(weights[term] for term in asked if term in stems) / total for stems in held),
        "pooled": sum(weights[term] for term in asked if term in everywhere) / total,
        "shape": float(_has_wanted_shape(question, top[0])),
    }
    score = _BIAS + sum(_WEIGHTS[name] * value for name, value in features.items())
    return Sufficiency(
        score_0_1=1 / (1 + math.exp(-score)), missing=_as_written(question, everywhere), features=features
    )


def _has_wanted_shape(question: str, evidence: Evidence) -> bool:
    shape = wanted_shape(question)
    return shape in (AnswerShape.PROSE, AnswerShape.YES_NO) or has_shape(evidence.text, shape)


def _whole(scored: ScoredPassage) -> str:
    passage = scored.passage
    return f"{passage.title} {' '.join(passage.heading_path)} {passage.located_text}"


def _as_written(question: str, held: frozenset[str]) -> tuple[str, ...]:
    asked = frozenset(asked_stems(question))
    absent = [word for word in words(question) if stem(word) in asked and stem(word) not in held]
    return tuple(dict.fromkeys(absent))[:_MISSING_SHOWN]
