"""Right answers score a half or more against their reference, wrong ones less, in whatever words."""

import asyncio

import pytest

from bidproof.evaluation.metrics.reference import held_of_reference
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.records import CellState
from outcomes import FixedScoring, case, outcome

YES_NO = "Are production data copied into test environments?"


def held(reference: str, answer: str, *, question: str = "What is it?", cosine: float = 0.0) -> float:
    return held_of_reference(reference, answer, question=question, similarity=lambda _, __: [cosine])


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("5", "At most five security groups."),
        ("AES-256", "All volumes are encrypted with AES-256; keys are held in a hardware module."),
        ("13 months", "Audit logs stay searchable for thirteen months and are then deleted."),
        ("Fixes are due in 7, 30 and 90 days", "They are due within 7 days, 30 days or 90 days."),
        ("provisioning active failed", "A balancer is provisioning, active, impaired or failed."),
    ],
)
def test_a_short_reference_is_held_by_a_longer_answer(reference: str, answer: str) -> None:
    assert held(reference, answer) >= 0.5


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("13 months", "Audit logs stay searchable for twelve months."),
        ("EUR 10 million", "The sum insured is EUR 2,000,000."),
        ("The agent listens on port 8443", "The agent listens on port 9090."),
        ("Backups are encrypted", "Backups are not encrypted."),
        ("Restores are tested every quarter", "Restores are tested every night."),
    ],
)
def test_a_value_that_is_missing_or_the_opposite_counts_nothing_however_close(
    reference: str, answer: str
) -> None:
    assert held(reference, answer, cosine=0.99) == 0.0


@pytest.mark.parametrize(
    ("reference", "answer", "is_right"),
    [
        ("No, they hold synthetic data only.", "Production data is never copied to test environments.", True),
        ("No, they hold synthetic data only.", "Yes. They are copied monthly.", False),
        ("No", "No.", True),
        ("Production data is not copied to test environments.", "No, a generator makes records.", True),
        ("Yes", "No, never.", False),
        ("No", "Our test environments stand in Frankfurt.", False),
    ],
)
def test_a_yes_or_a_no_is_read_for_the_question(reference: str, answer: str, is_right: bool) -> None:
    assert (held(reference, answer, question=YES_NO, cosine=0.4) >= 0.5) == is_right


def test_of_many_values_a_quarter_may_be_missing() -> None:
    reference = "Fixes are due in 7, 30, 60 and 90 days"
    assert held(reference, "Fixes are due in 7, 30 and 60 days") >= 0.5
    assert held(reference, "Fixes are due in 7 and 30 days") == 0.0


def test_meaning_serves_where_the_words_are_others_and_words_where_there_is_no_embedder() -> None:
    given, asked = (
        outcome("Whoever leaves loses access at once."),
        case(reference="Accounts end on departure"),
    )
    metric = all_metrics()["reference_recall"]
    assert asyncio.run(metric.score(asked, given, FixedScoring(cosines=[0.7]))).value == pytest.approx(0.7)
    assert asyncio.run(metric.score(asked, given, FixedScoring())).value == 0.0


def test_a_draft_without_a_text_is_not_scored() -> None:
    metric = all_metrics()["reference_recall"]
    found = asyncio.run(metric.score(case(reference="Yes"), outcome(""), FixedScoring()))
    assert found.state is CellState.UNSCORABLE
