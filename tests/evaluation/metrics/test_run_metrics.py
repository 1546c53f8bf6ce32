import pytest

from bidproof.core.records import DraftState, Usage
from bidproof.evaluation.metrics.run_metrics import rightness, risk_curve, run_measures
from bidproof.evaluation.records import Cell, CellState
from outcomes import case, outcome

# Two unanswerable cases (one refused), two answerable (one refused), one failed call.
CASES = [case(id=f"q{n}", is_answerable=n < 2) for n in range(4)] + [case(id="q4")]
OUTCOMES = [
    outcome("x", case_id="q0", seconds=1.0, confidence=0.9),
    outcome("", case_id="q1", state=DraftState.NOT_FOUND, seconds=2.0),
    outcome("", case_id="q2", state=DraftState.NOT_FOUND, seconds=3.0),
    outcome(
        "x", case_id="q3", seconds=4.0, confidence=0.2, usage=Usage(calls=1, cost_usd=0.25, prompt_tokens=7)
    ),
    outcome("", case_id="q4", state=DraftState.FAILED, usage=Usage(calls=4, cost_usd=0.05)),
]
CELLS = [
    Cell(case_id="q0", metric="choice_accuracy", state=CellState.SCORED, value=1.0),
    Cell(case_id="q3", metric="choice_accuracy", state=CellState.SCORED, value=0.0),
    Cell(case_id="q1", metric="choice_accuracy", state=CellState.ABSTAINED),
]


def measures(outcomes=OUTCOMES, cells=CELLS):
    return {item.metric: item for item in run_measures(CASES, outcomes, cells)}


def test_refusing_is_measured_over_cases_that_say_whether_they_can_be_answered():
    found = measures()
    assert found["refusal_precision"].estimate.value == 0.5  # q1 wrongly, q2 rightly
    assert found["refusal_recall"].estimate.value == 0.5  # of q2 and q3, q2
    assert found["refusal_precision"].counts["not_run"] == 1


def test_selective_accuracy_and_risk():
    found = measures()
    assert found["selective_accuracy"].estimate.value == 0.5
    curve = risk_curve(OUTCOMES, CELLS)
    assert curve.coverages == (0.5, 1.0)
    assert curve.risks == (0.0, 0.5)
    assert found["risk_coverage_area"].estimate.value == pytest.approx(0.25)


def test_each_case_is_decided_by_what_it_lends_itself_to():
    cells = (
        *CELLS,
        Cell(case_id="q3", metric="reference_recall", state=CellState.SCORED, value=1.0),
        Cell(case_id="q4", metric="choice_accuracy", state=CellState.UNSCORABLE),
        Cell(case_id="q4", metric="reference_recall", state=CellState.SCORED, value=0.75),
    )
    name, values = rightness(cells)
    assert name == "choice_accuracy or reference_recall"
    assert values == {("q0", 0): 1.0, ("q3", 0): 0.0, ("q4", 0): 0.75}
    assert measures(cells=cells)["selective_accuracy"].estimate.n == 3


def test_without_calibrated_confidences_there_is_no_curve():
    plain = [outcome("x", case_id="q0"), outcome("x", case_id="q3")]
    assert risk_curve(plain, CELLS) is None
    assert measures(plain)["risk_coverage_area"].estimate.value is None


def test_latency_and_cost():
    found = measures()
    assert found["latency_p50_s"].estimate.value == 2.0
    assert found["latency_p95_s"].estimate.value == 4.0
    assert found["latency_p50_s"].estimate.low <= 2.0 <= found["latency_p50_s"].estimate.high
    assert found["total_cost_usd"].estimate.value == pytest.approx(0.30)  # the failed call was paid too
    assert found["total_model_calls"].estimate.value == 5.0


def test_one_outcome_has_no_interval_and_none_has_no_value():
    one = measures([OUTCOMES[0]])["latency_p50_s"].estimate
    assert (one.value, one.low, one.high) == (1.0, None, None)
    none = {item.metric: item for item in run_measures([], [], [])}
    assert none["latency_p50_s"].estimate.value is None
    assert none["refusal_recall"].estimate.value is None
