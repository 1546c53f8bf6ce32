"""Fitting finds the signal that tells, and says where there is nothing to fit."""

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bidproof.optimization.reranker_fit import LabelledRanking, fit_reranker


def rankings(count: int, *, signal: float, groups: int = 10, seed: int = 1) -> list[LabelledRanking]:
    """Ten candidates each; the right one stands out by ``good``, more or less, and never by ``noise``."""
    generator = random.Random(seed)
    made: list[LabelledRanking] = []
    for number in range(count):
        right = generator.randrange(10)
        rows = tuple(
            {
                "good": generator.gauss(signal if at == right else 0.0, 1.0),
                "noise": generator.gauss(0.0, 1.0),
                "flat": 0.0,
            }
            for at in range(10)
        )
        labels = tuple(at == right for at in range(10))
        made.append(
            LabelledRanking(id=str(number), group=f"g{number % groups}", features=rows, labels=labels)
        )
    return made


def test_the_signal_that_tells_gets_the_weight() -> None:
    fitted = fit_reranker(rankings(120, signal=3.0), embedder="e", index="i", depth=10)
    assert fitted is not None
    weights = {item.name: item.weight for item in fitted.reranker.features}
    assert weights["good"] > 5 * abs(weights["noise"])
    assert "flat" not in weights
    assert fitted.mrr_after > fitted.mrr_before + 0.3
    assert (fitted.questions, fitted.groups, fitted.by_source) == (120, 10, {"gold": 120})
    assert (fitted.reranker.embedder, fitted.reranker.index, fitted.reranker.depth) == ("e", "i", 10)


def test_noise_does_not_look_like_a_gain_on_questions_not_seen() -> None:
    fitted = fit_reranker(rankings(120, signal=0.0), embedder="e", depth=10)
    assert fitted is not None
    assert fitted.mrr_after == pytest.approx(fitted.mrr_before, abs=0.12)


def test_the_same_data_give_the_same_numbers() -> None:
    data = rankings(40, signal=1.0)
    one, other = fit_reranker(data, embedder="e", depth=10), fit_reranker(data, embedder="e", depth=10)
    assert one is not None
    assert one == other


def test_unknown_candidates_teach_nothing_and_uneven_ones_weigh_the_same() -> None:
    data = rankings(60, signal=3.0)
    partly = [
        replace(
            item, labels=tuple(label if label or at < 4 else None for at, label in enumerate(item.labels))
        )
        for item in data
    ]
    fitted = fit_reranker(partly, embedder="e", depth=10)
    assert fitted is not None
    assert {item.name: item.weight for item in fitted.reranker.features}["good"] > 0


def test_nothing_is_fitted_on_one_group_or_one_kind_of_label() -> None:
    assert fit_reranker([], embedder="e", depth=10) is None
    assert fit_reranker(rankings(20, signal=1.0, groups=1), embedder="e", depth=10) is None
    silent = [replace(item, labels=(None,) * 10) for item in rankings(20, signal=1.0)]
    assert fit_reranker(silent, embedder="e", depth=10) is None
    alone = [replace(item, group="") for item in rankings(20, signal=1.0)]
    fitted = fit_reranker(alone, embedder="e", depth=10)
    assert fitted is not None
    assert fitted.groups == 20


def test_where_nothing_helps_the_order_of_the_search_is_left() -> None:
    generator = random.Random(3)
    made: list[LabelledRanking] = []
    for number in range(80):
        right = 0 if generator.random() < 0.6 else generator.randrange(10)
        rows = tuple(
            {"reciprocal_rank": 1 / (at + 1), **{f"noise{n}": generator.gauss(0, 1) for n in range(8)}}
            for at in range(10)
        )
        labels = tuple(at == right for at in range(10))
        made.append(LabelledRanking(id=str(number), group=f"g{number % 8}", features=rows, labels=labels))
    fitted = fit_reranker(made, embedder="e", depth=10)
    assert fitted is not None
    assert fitted.mrr_after == pytest.approx(fitted.mrr_before, abs=0.03)

    def score(row: Mapping[str, float]) -> float:
        return sum(
            item.weight * (row[item.name] - item.mean) / item.scale for item in fitted.reranker.features
        )

    kept = sum(max(range(10), key=lambda at: score(item.features[at])) == 0 for item in made)
    assert kept >= 76
