"""Fit a re-ranker from what people accepted and refused, and from what gold cases point at.

A logistic regression over candidates, each question weighing the same whatever its
number of candidates, with positive and negative ones weighed alike. The search's own
order is its anchor: the more the rest is held back, the more of that order is left. How
strongly is chosen by cross-validation over groups, so that questions of one
questionnaire never stand on both sides, and in doubt more strongly.
"""

# scikit-learn ships without types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bidproof.retrieval.reranker import Feature, LearnedReranker

STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Inverse regularisation tried, the strongest hold first: there, the search's own order is left."""

ANCHOR = "reciprocal_rank"
"""The search's own order; it is hardly held back, so that holding back the rest leads back to it."""

_ANCHORING = 100.0
_FOLDS = 5
_DIGITS = 8
_LEAST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRanking:
    """One question's candidates, in the order of the search, with what is known of each.

    Attributes:
        id: Of the question, for people.
        group: Questions of one group are never on both sides of a fold; empty stands alone.
        features: Of each candidate, by name; see ``reranker.candidate_features``.
        labels: True where a candidate answers, False where it does not, None where unknown.
        source: ``gold`` or ``feedback``.
    """

    id: str
    group: str
    features: tuple[Mapping[str, float], ...]
    labels: tuple[bool | None, ...]
    source: str = "gold"

    @property
    def is_telling(self) -> bool:
        """Whether it has both a candidate that answers and one that does not."""
        return True in self.labels and False in self.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedReranker:
    """A fitted model with what cross-validation says of it on its own data.

    Attributes:
        reranker: The model, fitted on everything.
        strength: Inverse regularisation that did best.
        questions: Telling rankings used.
        groups: Distinct groups among them.
        by_source: Rankings by source.
        mrr_before: Mean reciprocal rank of the search's own order, over all folds.
        mrr_after: The same of models that had not seen the fold.
    """

    reranker: LearnedReranker
    strength: float
    questions: int
    groups: int
    by_source: Mapping[str, int]
    mrr_before: float
    mrr_after: float


def fit_reranker(
    rankings: Sequence[LabelledRanking], *, embedder: str, index: str = "", depth: int
) -> FittedReranker | None:
    """Fit a model on all telling rankings.

    Args:
        rankings: Those without both kinds of candidates are left out.
        embedder: Name of the embedder whose scores they hold.
        index: Fingerprint of the index that was searched; empty where any will do.
        depth: Candidates a question.

    Returns:
        None with fewer than two groups: nothing could be said of questions not seen.
    """
    telling = [item for item in rankings if item.is_telling]
    groups = _groups(telling)
    if len(set(groups)) < 2:
        return None
    names = sorted({name for item in telling for row in item.features for name in row})
    table = [_matrix(item, names) for item in telling]
    folds = _folds(groups)
    anchor = names.index(ANCHOR) if ANCHOR in names else -1
    values = {
        strength: _cross_validated(telling, table, folds, strength=strength, anchor=anchor)
        for strength in STRENGTHS
    }
    best = _choose(values)
    model = _fit(telling, table, strength=best, anchor=anchor)
    sources = sorted({item.source for item in telling})
    features = tuple(
        Feature(
            name=name,
            mean=round(float(model.mean[at]), _DIGITS),
            scale=round(float(model.scale[at]), _DIGITS),
            weight=round(float(model.weights[at]), _DIGITS),
        )
        for at, name in enumerate(names)
        if model.weights[at] != 0.0
    )
    return FittedReranker(
        reranker=LearnedReranker(
            features=features,
            intercept=round(model.intercept, _DIGITS),
            embedder=embedder,
            index=index,
            depth=depth,
        ),
        strength=best,
        questions=len(telling),
        groups=len(set(groups)),
        by_source={name: sum(item.source == name for item in telling) for name in sources},
        mrr_before=_mean([_reciprocal(item.labels, range(len(item.labels))) for item in telling]),
        mrr_after=_mean(values[best]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Numbers of a fit, one per feature."""

    mean: Any
    scale: Any
    weights: Any
    intercept: float


def _matrix(item: LabelledRanking, names: Sequence[str]) -> Any:
    """The candidates' features: float64 ``[candidates, features]``."""
    return np.array([[row.get(name, 0.0) for name in names] for row in item.features], dtype=np.float64)


def _choose(values: Mapping[float, Sequence[float]]) -> float:
    """The strongest hold that does as well as the best one, within one standard error of their difference.

    The one-standard-error rule (Breiman et al. 1984), paired by question.
    """
    best = max(STRENGTHS, key=lambda strength: (round(_mean(values[strength]), 6), -strength))
    for strength in STRENGTHS:
        lost = np.array(values[best]) - np.array(values[strength])
        error = float(lost.std(ddof=1)) / len(lost) ** 0.5 if len(lost) > 1 else 0.0
        if float(lost.mean()) <= error:
            return strength
    return best


def _fit(items: Sequence[LabelledRanking], table: Sequence[Any], *, strength: float, anchor: int) -> _Model:
    from sklearn.linear_model import LogisticRegression

    known = [np.array([label is not None for label in item.labels]) for item in items]
    rows = np.concatenate([part[mask] for part, mask in zip(table, known, strict=True)])
    labels = np.concatenate([[label for label in item.labels if label is not None] for item in items])
    weights = np.concatenate([np.full(int(mask.sum()), 1 / mask.sum()) for mask in known])
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    is_flat = spread < _LEAST_SPREAD
    scale = np.where(is_flat, 1.0, spread)
    if anchor >= 0:
        scale[anchor] /= _ANCHORING
    scaled = np.where(is_flat, 0.0, (rows - mean) / scale)
    # Weights of mean 1, so that the strength means the same whatever the number of candidates.
    fitted: Any = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    fitted.fit(scaled, labels.astype(int), sample_weight=weights * len(weights) / weights.sum())
    return _Model(
        mean=mean,
        scale=scale,
        weights=np.where(is_flat, 0.0, fitted.coef_[0]),
        intercept=float(fitted.intercept_[0]),
    )


def _cross_validated(
    items: Sequence[LabelledRanking],
    table: Sequence[Any],
    folds: Sequence[int],
    *,
    strength: float,
    anchor: int,
) -> list[float]:
    """Reciprocal rank of all questions, fold by fold, each ordered by a model that saw none of its group."""
    values: list[float] = []
    for fold in sorted(set(folds)):
        inside = [at for at, own in enumerate(folds) if own != fold]
        model = _fit(
            [items[at] for at in inside], [table[at] for at in inside], strength=strength, anchor=anchor
        )
        for at, own in enumerate(folds):
            if own == fold:
                scores = (table[at] - model.mean) / model.scale @ model.weights
                order = np.argsort(-scores, kind="stable")
                values.append(_reciprocal(items[at].labels, order.tolist()))
    return values


def _folds(groups: Sequence[str]) -> list[int]:
    """A fold for each question: whole groups, the largest first, to the fold that has least."""
    sizes = {group: groups.count(group) for group in dict.fromkeys(groups)}
    held = [0] * min(_FOLDS, len(sizes))
    fold_of: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        fold_of[group] = held.index(min(held))
        held[fold_of[group]] += sizes[group]
    return [fold_of[group] for group in groups]


def _groups(items: Sequence[LabelledRanking]) -> list[str]:
    return [f"group {item.group}" if item.group else f"alone {at}" for at, item in enumerate(items)]


def _reciprocal(labels: Sequence[bool | None], order: Sequence[int]) -> float:
    return next((1 / rank for rank, at in enumerate(order, start=1) if labels[at]), 0.0)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
