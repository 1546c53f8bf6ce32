"""How much of the best candidate's lead is luck."""

import random

from bidproof.optimization.settings.selection import picked_gain


def test_the_best_of_many_equal_candidates_is_expected_to_gain_nothing_much() -> None:
    draw = random.Random(3)
    seen, expected = [], []
    for number in range(8):
        values = {f"p{program}": {f"c{case}": draw.random() for case in range(20)} for program in range(15)}
        gain = picked_gain(values, incumbent="p0", seed=number)
        assert gain is not None
        seen.append(gain.seen)
        expected.append(gain.expected)
    assert sum(seen) / 8 > 0.08, "the best of fifteen looks better than it is"
    assert abs(sum(expected) / 8) < 0.06, "and picking it anew on other cases gains nothing"


def test_a_candidate_that_is_truly_better_keeps_its_lead() -> None:
    draw = random.Random(5)
    values = {"old": {f"c{case}": draw.random() * 0.2 for case in range(30)}}
    values["new"] = {case: value + 0.5 for case, value in values["old"].items()}
    gain = picked_gain(values, incumbent="old")
    assert gain is not None
    assert abs(gain.seen - 0.5) < 1e-9
    assert abs(gain.expected - 0.5) < 1e-9
    assert (gain.candidates, gain.cases) == (2, 30)


def test_only_cases_that_all_have_done_count() -> None:
    values = {"old": {f"c{case}": 0.0 for case in range(6)}, "new": {f"c{case}": 1.0 for case in range(2, 9)}}
    gain = picked_gain(values, incumbent="old")
    assert gain is not None
    assert gain.cases == 4


def test_too_little_to_say_anything_is_said_as_none() -> None:
    assert picked_gain({}, incumbent="old") is None
    assert picked_gain({"old": {"a": 1.0}}, incumbent="old") is None
    assert picked_gain({"old": {"a": 1.0}, "new": {"a": 0.0}}, incumbent="old") is None
    full = {"a": 1.0, "b": 1.0, "c": 0.0, "d": 0.5}
    assert picked_gain({"x": full, "new": full}, incumbent="old") is None
