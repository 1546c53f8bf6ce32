"""Agreement: published examples and other programs' answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.evaluation.statistics.agreement import (
    auroc,
    balanced_accuracy,
    cohen_kappa,
    flip_rate,
    krippendorff_alpha,
)

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D: four observers, twelve
# units, missing ratings. None stands for a missing one.
N = None
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3),
    (N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N),
)
UNITS = list(zip(*OBSERVERS, strict=True))


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_equals_krippendorffs_own(level: str, alpha: float) -> None:
    found = krippendorff_alpha(UNITS, level=level)  # type: ignore[arg-type]
    assert found.value == pytest.approx(alpha, abs=5e-4)
    assert found.n == 11
    assert found.low is not None
    assert found.low < alpha


def test_alpha_of_two_observers_and_of_words() -> None:
    # The same paper, sections A and B: 0.095 for yes and no, 0.692 for letters.
    assert krippendorff_alpha(list(zip("0100000000", "1110010100", strict=True))).value == pytest.approx(
        0.095, abs=5e-4
    )
    letters = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
    assert krippendorff_alpha(letters).value == pytest.approx(0.692, abs=5e-4)


def test_alpha_where_nothing_varies_is_not_known() -> None:
    assert krippendorff_alpha([(1, 1), (1, 1)]).value is None
    assert krippendorff_alpha([(1, None)]).value is None


def test_kappa_equals_published_examples() -> None:
    # Cohen (1960) as worked in many texts: 20 and 15 agreed, 5 and 10 not: 0.4.
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert cohen_kappa(first, second).value == pytest.approx(0.4)


def test_kappa_equals_scikit_learn() -> None:
    from sklearn.metrics import cohen_kappa_score

    generator = np.random.default_rng(4)
    first = generator.integers(0, 4, 80).tolist()
    second = [value if generator.random() < 0.6 else int(generator.integers(0, 4)) for value in first]
    for weights in (None, "linear", "quadratic"):
        assert cohen_kappa(first, second, weights=weights).value == pytest.approx(
            cohen_kappa_score(first, second, weights=weights)
        )


def test_kappa_of_raters_who_always_say_the_same_is_not_known() -> None:
    assert cohen_kappa([1, 1, 1], [1, 1, 1]).value is None
    assert cohen_kappa([], []).value is None


def test_auroc_equals_scikit_learn_with_ties() -> None:
    from sklearn.metrics import roc_auc_score

    generator = np.random.default_rng(5)
    labels = generator.random(120) < 0.4
    scores = np.round(generator.normal(size=120) + labels, 1)
    assert auroc(scores.tolist(), labels.tolist()).value == pytest.approx(roc_auc_score(labels, scores))


def test_auroc_variance_is_delongs() -> None:
    """Structural components written out, without ranks (DeLong, DeLong and Clarke-Pearson 1988)."""
    good, bad = [0.9, 0.8, 0.35, 0.6], [0.1, 0.4, 0.5, 0.2, 0.7]
    kernel = np.array([[1.0 if x > y else 0.5 if x == y else 0.0 for y in bad] for x in good])
    variance = kernel.mean(axis=1).var(ddof=1) / 4 + kernel.mean(axis=0).var(ddof=1) / 5
    found = auroc([*good, *bad], [True] * 4 + [False] * 5)
    area = kernel.mean()
    assert found.value == pytest.approx(area)
    # The interval is on the logit scale; its width there gives the error back, up to n / (n - 1) factors.
    logit = [np.log(limit / (1 - limit)) for limit in (found.low, found.high)]
    error = (logit[1] - logit[0]) / 2 / 2.306 * area * (1 - area)
    assert error == pytest.approx(variance**0.5, rel=0.12)


def test_perfect_separation_is_no_certainty() -> None:
    found = auroc([0.9, 0.8, 0.7, 0.1, 0.2, 0.3], [True, True, True, False, False, False])
    assert found.value == 1.0
    assert found.low is not None
    assert found.low < 0.9
    assert found.high == pytest.approx(1.0)


def test_one_kind_of_label_alone_says_nothing() -> None:
    assert auroc([0.1, 0.2], [True, True]).value is None
    assert balanced_accuracy([True, False], [True, True]).value is None


def test_balanced_accuracy_worked_by_hand() -> None:
    labels = [True] * 10 + [False] * 5
    verdicts = [True] * 9 + [False] + [True] * 2 + [False] * 3
    found = balanced_accuracy(verdicts, labels)
    assert found.value == pytest.approx((0.9 + 0.6) / 2)
    grouped = balanced_accuracy(verdicts, labels, groups=[str(place // 3) for place in range(15)])
    assert grouped.value == found.value
    assert grouped.clusters == 5


def test_flip_rate_does_not_depend_on_the_number_of_repeats() -> None:
    # Each pair of repeats differs with chance 1/2 in expectation, for two repeats as for five.
    generator = np.random.default_rng(6)
    two = flip_rate((generator.random((3000, 2)) < 0.5).tolist())
    five = flip_rate((generator.random((3000, 5)) < 0.5).tolist())
    assert two.value == pytest.approx(0.5, abs=0.03)
    assert five.value == pytest.approx(0.5, abs=0.03)


def test_flip_rate_leaves_out_what_failed() -> None:
    found = flip_rate([["yes", "yes", None], ["yes", "no", "yes"], ["no", None, None]])
    assert (found.value, found.n) == (pytest.approx(1 / 3), 2)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=20))
def test_turning_scores_and_labels_round_leaves_auroc(cases: list[tuple[float, bool]]) -> None:
    scores, labels = [score for score, _ in cases], [label for _, label in cases]
    one = auroc(scores, labels).value
    other = auroc([-score for score in scores], [not label for label in labels]).value
    assert one == pytest.approx(other)


def test_a_rater_who_never_varies_agrees_no_better_than_chance() -> None:
    found = cohen_kappa([1, 1, 1, 1], [1, 0, 1, 1])
    assert found.value == pytest.approx(0.0)
