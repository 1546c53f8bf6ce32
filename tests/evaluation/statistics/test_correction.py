"""The human rate from judge and labels."""

import numpy as np
import pytest

from bidproof.evaluation.statistics.correction import corrected_rate


def test_worked_by_hand() -> None:
    # 100 cases, 60 accepted by the judge; of 20 labelled accepted people accept 15, of 10 rejected 1:
    # 0.6 x 15/20 + 0.4 x 1/10 = 0.49.
    judge = [1.0] * 60 + [0.0] * 40
    found = corrected_rate(judge, [1.0] * 20 + [0.0] * 10, [1.0] * 15 + [0.0] * 5 + [1.0] + [0.0] * 9)
    assert found.value == pytest.approx(0.49)
    assert (found.n, found.method) == (30, "ppi-by-verdict")


def test_a_lenient_judge_is_corrected_downward() -> None:
    generator = np.random.default_rng(1)
    people = generator.random(2000) < 0.6
    judge = (people | (generator.random(2000) < 0.5)).astype(float)
    found = corrected_rate(judge.tolist(), judge[:100].tolist(), people[:100].astype(float).tolist())
    assert judge.mean() > 0.75
    assert found.low is not None
    assert found.high is not None
    assert found.low <= people.mean() <= found.high < judge.mean()


def test_plain_estimate_equals_the_library_for_scores() -> None:
    from ppi_py import ppi_mean_pointestimate

    generator = np.random.default_rng(2)
    people, judge = generator.random(40), generator.random(400)
    ours = corrected_rate(judge.tolist(), judge[:40].tolist(), people.tolist())
    # The library wants the unlabelled apart; ours has the labelled among all.
    library = ppi_mean_pointestimate(people, judge[:40], judge[40:], lam=1 - 40 / 400)
    weight_one_of_all = people.mean() + judge.mean() - judge[:40].mean()
    assert ours.value == pytest.approx(weight_one_of_all)
    assert float(np.squeeze(library)) == pytest.approx(weight_one_of_all)
    assert ours.method == "ppi-t"


def test_a_judge_without_merit_costs_little() -> None:
    generator = np.random.default_rng(3)
    people = (generator.random(300) < 0.7).astype(float)
    judge = generator.random(3000)
    found = corrected_rate(judge.tolist(), judge[:300].tolist(), people.tolist())
    width = 2 * 1.97 * people.std(ddof=1) / 300**0.5
    assert found.method == "ppi-tuned-t"
    assert (found.high or 0) - (found.low or 0) <= 1.05 * width


def test_too_few_labels_say_nothing() -> None:
    found = corrected_rate([1.0, 0.0, 1.0], [1.0], [1.0])
    assert (found.value, found.low, found.high) == (None, None, None)


def test_labels_must_fit() -> None:
    with pytest.raises(ValueError, match="cannot correct"):
        corrected_rate([1.0, 0.0], [1.0, 0.0], [1.0])
