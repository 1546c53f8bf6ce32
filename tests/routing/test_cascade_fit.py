"""Thresholds of a cascade: against brute force on fresh draws, and against what needs no routing."""

from dataclasses import replace

import pytest

from bidproof.routing.cascade_fit import (
    ALWAYS,
    NEVER,
    Operating,
    always_large,
    always_small,
    final_score,
    fit_thresholds,
    operate,
)
from bidproof.routing.curves import oracle, random_mix
from routing import pairs


def brute_force(fresh: list, *, quality: float, coverage: float) -> Operating:  # type: ignore[type-arg]
    """The cheapest pair of thresholds on a fine grid, on the fresh draws themselves."""
    places = [place / 50 for place in range(51)]
    found = [operate(fresh, up_below=up, person_below=person) for up in places for person in (0.0, 0.2, 0.4)]
    fine = [item for item in found if item.quality >= quality and item.coverage >= coverage]
    return min(fine, key=lambda item: item.cost_usd)


@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize("target", [None, 0.8])
def test_cost_at_equal_quality_is_near_the_best_pair_of_thresholds(seed: int, target: float | None) -> None:
    fitted = fit_thresholds(pairs(400, seed=seed), target=target)
    fresh = pairs(4000, seed=seed + 1000)
    found = operate(fresh, up_below=fitted.up_below, person_below=fitted.person_below)
    best = brute_force(fresh, quality=found.quality, coverage=found.coverage)
    assert found.cost_usd <= 1.1 * best.cost_usd


def test_the_cascade_costs_less_than_a_coin_of_the_same_quality() -> None:
    fitted = fit_thresholds(pairs(400, seed=21), target=0.77)
    fresh = pairs(4000, seed=22)
    found = operate(fresh, up_below=fitted.up_below, person_below=fitted.person_below)
    coins = [random_mix(fresh, share / 100) for share in range(101)]
    coin = min((item.cost_usd for item in coins if item.quality >= found.quality), default=1.0)
    assert found.cost_usd < 0.9 * coin
    knowing = oracle(fresh)
    assert knowing.quality == 1.0
    assert knowing.cost_usd < found.cost_usd


def test_where_nothing_less_reaches_the_target_the_large_model_is_asked_everything() -> None:
    fitted = fit_thresholds(pairs(200, seed=31), target=0.9999)
    assert fitted.up_below == ALWAYS
    assert fitted.expected.large_share == 1.0


def test_a_small_model_that_is_as_good_is_asked_alone() -> None:
    equal = pairs(300, seed=41, small_skill=3.0, large_skill=0.0)
    assert fit_thresholds(equal).expected.large_share < 0.1


def test_operating_counts_every_cost() -> None:
    given = pairs(50, seed=51)
    everything = operate(given, up_below=ALWAYS)
    assert everything.cost_usd == pytest.approx(
        sum(item.small_cost + item.large_cost for item in given) / len(given)
    )
    assert (everything.coverage, everything.large_share) == (1.0, 1.0)
    nothing = operate(given, up_below=ALWAYS, person_below=ALWAYS, person_usd=3.0)
    assert nothing.coverage == 0.0
    assert nothing.cost_usd == pytest.approx(everything.cost_usd + 3.0)
    assert always_small(given).coverage < 1.0
    assert always_large(given).cost_usd < everything.cost_usd
    assert operate([], up_below=0.5) == Operating(quality=0.0, coverage=0.0, cost_usd=0.0, large_share=0.0)


def test_the_final_score_is_that_of_the_model_whose_answer_is_kept() -> None:
    given = pairs(50, seed=61)
    up = sorted(item.small_score for item in given)[25]
    for item in given:
        score, is_right = final_score(item, up_below=up)
        kept = item.small_score >= up
        assert (score, is_right) == (
            (item.small_score, item.small_right) if kept else (item.large_score, item.large_right)
        )


def test_what_is_left_to_a_person_can_never_be_ready() -> None:
    for item in pairs(50, seed=71):
        score, _ = final_score(item, up_below=ALWAYS, person_below=0.7)
        assert score == NEVER or score >= 0.7
    assert final_score(replace(item, large_passed=False), up_below=ALWAYS)[0] == NEVER
