from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bidproof.optimization.settings.halving import Halving, Standing, nested_subsets, pareto_front
from searching import searched_cases


@given(count=st.integers(1, 80), groups=st.integers(1, 12), seed=st.integers(0, 5))
def test_each_subset_holds_the_one_before_and_the_last_holds_all(count: int, groups: int, seed: int) -> None:
    cases = searched_cases(count, groups=groups)
    subsets = nested_subsets(cases, seed=seed)
    assert {case.id for case in subsets[-1]} == {case.id for case in cases}
    assert len(subsets[-1]) == len(cases)
    for small, large in pairwise(subsets):
        assert large[: len(small)] == small
        assert len(small) < len(large)


def test_a_subset_has_each_group_in_its_share() -> None:
    subsets = nested_subsets(searched_cases(80, groups=4), seed=3)
    counts = Counter(case.group for case in subsets[0])
    assert len(subsets[0]) == 20
    assert all(4 <= counts[f"g{number}"] <= 6 for number in range(4))


def test_few_cases_are_not_parted_into_smaller_rungs() -> None:
    assert [len(part) for part in nested_subsets(searched_cases(20))] == [20]
    assert [len(part) for part in nested_subsets(searched_cases(30))] == [15, 30]


def test_the_same_seed_draws_the_same_subsets() -> None:
    cases = searched_cases(40)
    assert nested_subsets(cases, seed=1) == nested_subsets(cases, seed=1)
    assert nested_subsets(cases, seed=1)[0] != nested_subsets(cases, seed=2)[0]


def test_the_better_half_goes_on_and_the_incumbent_always_does() -> None:
    halving = Halving()
    assert halving.goes_on(0, 0, Standing(value=0.1))
    assert halving.goes_on(1, 0, Standing(value=0.5))
    assert halving.goes_on(2, 0, Standing(value=0.4))
    assert not halving.goes_on(3, 0, Standing(value=0.3))
    assert halving.goes_on(4, 0, Standing(value=0.6))
    assert not halving.goes_on(5, 0, Standing(value=0.2))


def test_a_candidate_is_not_held_against_those_of_another_rung() -> None:
    halving = Halving()
    for number in range(4):
        halving.goes_on(number, 0, Standing(value=0.9))
    assert halving.goes_on(0, 1, Standing(value=0.3))
    assert halving.goes_on(1, 1, Standing(value=0.31))


def test_a_cheaper_candidate_goes_on_where_cost_counts() -> None:
    for has_cost in (False, True):
        halving = Halving(has_cost=has_cost)
        halving.goes_on(0, 0, Standing(value=0.5, cost=2.0))
        halving.goes_on(1, 0, Standing(value=0.6, cost=2.0))
        assert halving.goes_on(2, 0, Standing(value=0.4, cost=1.0)) is has_cost
        assert not halving.goes_on(3, 0, Standing(value=0.3, cost=1.5))


points = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=15)


@given(points)
def test_the_front_is_what_a_comparison_of_all_pairs_leaves(found: list[tuple[int, int]]) -> None:
    standings = {at: Standing(value=float(v), cost=float(c)) for at, (v, c) in enumerate(found)}
    beaten = {
        at for at, (v, c) in enumerate(found) for w, d in found if (w > v and d <= c) or (w >= v and d < c)
    }
    front = pareto_front(standings)
    assert set(front) == set(standings) - beaten
    values = [standings[at].value for at in front]
    assert values == sorted(values, reverse=True)
