"""What a gold set can resolve."""

import pytest

from bidproof.evaluation.statistics.power import (
    certifiable_error_rate,
    items_to_certify,
    minimum_detectable_difference,
)


@pytest.mark.parametrize(("n", "points"), [(50, 17), (100, 12), (200, 9), (400, 6)])
def test_differences_that_a_fifth_of_discordant_cases_can_show(n: int, points: int) -> None:
    assert round(100 * minimum_detectable_difference(n)) == points


def test_power_is_what_was_asked_for_() -> None:
    """At the stated difference exact McNemar, a little conservative, rejects close to 80% of the time."""
    import numpy as np

    from bidproof.evaluation.statistics.paired import mcnemar_exact

    n, discordance = 200, 0.2
    difference = minimum_detectable_difference(n, discordance=discordance)
    generator = np.random.default_rng(3)
    share = (discordance + difference) / 2
    counts = generator.multinomial(n, [share, discordance - share, 1 - discordance], 3000)
    power = sum(mcnemar_exact(int(gained), int(lost)) <= 0.05 for gained, lost, _ in counts) / 3000
    assert 0.72 <= power <= 0.84


def test_clustering_and_hopeless_sizes() -> None:
    assert minimum_detectable_difference(200, design_effect=2) == pytest.approx(
        minimum_detectable_difference(100)
    )
    assert 0.2 < minimum_detectable_difference(20) < 0.5
    assert minimum_detectable_difference(3) == 1.0
    assert minimum_detectable_difference(0) == 1.0


def test_error_free_cases_that_certify() -> None:
    # The rule of three and its exact form: 59 for 5%, 29 for 10%.
    assert (items_to_certify(0.05), items_to_certify(0.10)) == (59, 29)
    assert certifiable_error_rate(59) < 0.05 < certifiable_error_rate(58)
    assert certifiable_error_rate(0) == 1.0
    with pytest.raises(ValueError, match="cannot certify"):
        items_to_certify(0.0)
