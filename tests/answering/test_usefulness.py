import pytest

from bidproof.answering.usefulness import is_worth_writing, usefulness

GOOD = {"own": 1.0, "closeness": 0.9, "margin": 0.3, "held": 1.0, "whole": 1.0}
POOR = {"own": 0.2, "closeness": 0.2, "margin": 0.0, "held": 1.0, "whole": 1.0}


def test_nearer_blocks_are_likelier_kept() -> None:
    assert 0.0 < usefulness(POOR) < usefulness(GOOD) < 1.0
    for name in ("own", "closeness", "margin"):
        assert usefulness(GOOD) >= usefulness(GOOD | {name: 0.0})


def test_every_part_has_to_be_worth_writing() -> None:
    assert is_worth_writing([GOOD])
    assert not is_worth_writing([GOOD, POOR])


@pytest.mark.parametrize("lacking", ["whole", "held"])
def test_a_block_that_lacks_what_is_asked_or_does_not_stand_by_itself_is_never_written(lacking: str) -> None:
    assert not is_worth_writing([GOOD | {lacking: 0.0}])
