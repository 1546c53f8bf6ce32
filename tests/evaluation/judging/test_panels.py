import asyncio

import pytest

from bidproof.core.errors import ModelTimeout
from bidproof.evaluation.judging.panels import JudgePanel
from bidproof.evaluation.metrics import claim_measures as measures
from outcomes import case, matrix, outcome


class Fixed:
    is_model = True

    def __init__(self, name, made):
        self.name, self.made = name, made

    async def make(self, case, outcome):
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


def panel(*rows):
    return JudgePanel(
        [
            Fixed(f"j{n}", row if isinstance(row, Exception) else matrix(answer_passages=row))
            for n, row in enumerate(rows)
        ]
    )


def make(given):
    return asyncio.run(given.make(case(), outcome("x")))


def test_the_majority_decides_and_disagreement_is_shown():
    judges = panel([[1], [0]], [[1], [1]], [[1], [0]])
    made = make(judges)
    assert measures.faithfulness(made).value == 0.5
    assert made.verifier == judges.name
    rates = {(item.one, item.other): item.rate for item in judges.disagreements}
    assert rates == {("j0", "j1"): 0.5, ("j0", "j2"): 0.0, ("j1", "j2"): 0.5}


def test_an_even_split_decides_nothing():
    judges = panel([[1]], [[0]])
    made = make(judges)
    assert made.answer_by_passage[0][0].is_held is None
    assert measures.faithfulness(made).value is None
    assert judges.undecided == 1


def test_a_failed_judge_fails_the_panel():
    with pytest.raises(ModelTimeout):
        make(panel([[1]], ModelTimeout("too slow", hint="wait")))


def test_a_panel_has_two_judges_and_a_name_without_order():
    with pytest.raises(ValueError, match="two judges"):
        panel([[1]])
    a, b = Fixed("a", None), Fixed("b", None)
    assert JudgePanel([a, b]).name == JudgePanel([b, a]).name
