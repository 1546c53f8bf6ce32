"""Citations, figures, choices, abstention and amounts, one outcome at a time."""

import asyncio

import pytest

from bidproof.core.records import DraftState, Usage
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.records import CellState
from outcomes import FixedScoring, case, cite, claim, matrix, outcome
from passages import make_passage

SOURCE = make_passage("Backups are kept for 30 days. Since 5 March 2024 they are tested.", start=100)
OTHER = make_passage("Logs are kept for a year.", start=300)


def score(name, given, *, scoring=None, **fields):
    return asyncio.run(all_metrics()[name].score(case(**fields), given, scoring or FixedScoring()))


def cited(text, *citations, passages=(SOURCE, OTHER), **more):
    return outcome(text, claims=[claim(text, *citations)], passages=passages, **more)


def test_verbatim_means_at_its_place():
    quote = "Backups are kept for 30 days."
    assert score("verbatim_rate", cited(quote, cite(SOURCE, quote))).value == 1.0
    assert score("verbatim_rate", cited(quote, cite(SOURCE, quote, shift=1))).value == 0.0
    assert score("verbatim_rate", cited(quote)).state is CellState.UNSCORABLE
    lost = cited(quote, cite(SOURCE, quote), passages=[OTHER])
    assert score("verbatim_rate", lost).state is CellState.UNSCORABLE


def test_citations_hold_what_cites_them_or_not():
    good, bad = cite(SOURCE, "Backups are kept for 30 days."), cite(OTHER, "Logs are kept for a year.")
    given = cited("Backups are kept for 30 days.", good, bad)
    assert score("citation_overlap_precision", given).value == 0.5
    assert score("citation_overlap_recall", given).value == 1.0
    # Neither of two quotes holds this alone; together they do, so both are needed.
    halves = cited("Backups are kept for 30 days; logs are kept for a year.", good, bad)
    assert score("citation_overlap_precision", halves).value == 1.0
    wrong = cited("Backups are kept for 90 days.", good)
    assert score("citation_overlap_precision", wrong).value == 0.0
    assert score("citation_overlap_recall", cited("Backups are kept for 30 days.")).value == 0.0


def test_words_of_an_answer_may_stand_in_several_passages():
    given = outcome("Backups and logs are kept in Oslo.", passages=[SOURCE, OTHER])
    assert score("knowledge_precision", given).value == pytest.approx(3 / 4)
    assert score("knowledge_precision", outcome("It is so.", passages=[SOURCE])).state is CellState.UNSCORABLE


def test_judged_citations_read_the_matrix():
    # Two claims: the first cites p1 (held) and p2 (not held), the second cites nothing.
    given = outcome(
        "One fact stands. Two facts stand.",
        claims=[
            claim("One fact stands.", cite(SOURCE, "Backups"), cite(OTHER, "Logs")),
            claim("Two facts stand."),
        ],
        passages=[SOURCE, OTHER],
    )
    scoring = FixedScoring(matrix(answer_passages=[[1, 0], [1, 0]]))
    assert score("citation_precision", given, scoring=scoring).value == 0.5
    assert score("citation_recall", given, scoring=scoring).value == 0.5


def test_figures_are_held_against_the_passages():
    given = outcome("Kept for thirty days and 7 hours since 2024-03-05.", passages=[SOURCE])
    assert score("number_fidelity", given).value == 0.5
    assert score("date_fidelity", given).value == 1.0
    moved = outcome("Tested since 6 March 2024.", passages=[SOURCE])
    assert score("date_fidelity", moved).value == 0.0
    assert score("number_fidelity", moved).state is CellState.UNSCORABLE
    assert score("reference_numbers", outcome("30 days"), reference="30 days, 4 times").value == 0.5


@pytest.mark.parametrize(
    ("picked", "right", "options", "value"),
    [
        ("Yes", "yes", ("Yes", "No", "NA"), 1.0),
        ("No", "Yes", ("Yes", "No", "NA"), 0.0),
        ("Yes", "Yes", (), 1.0),
        ("yes", "No", (), 0.0),
    ],
)
def test_choices(picked, right, options, value):
    assert score("choice_accuracy", outcome("x", choice=picked), choice=right, options=options).value == value


def test_a_choice_left_open_is_an_abstention():
    assert score("choice_accuracy", outcome("x"), choice="Yes").state is CellState.ABSTAINED
    assert score("choice_accuracy", outcome("x", choice="Yes")).state is CellState.UNSCORABLE


@pytest.mark.parametrize(
    ("state", "is_answerable", "right"),
    [
        (DraftState.DRAFTED, True, 1.0),
        (DraftState.DRAFTED, False, 0.0),
        (DraftState.SUGGESTED, True, 1.0),
        (DraftState.NOT_FOUND, True, 0.0),
        (DraftState.NEEDS_PERSON, False, 1.0),
    ],
)
def test_abstention(state, is_answerable, right):
    given = outcome("x", state=state)
    assert score("abstains_rightly", given, is_answerable=is_answerable).value == right
    assert score("answered", given).value == float(state in (DraftState.DRAFTED, DraftState.SUGGESTED))


def test_amounts():
    usage = Usage(calls=2, prompt_tokens=100, completion_tokens=20, cost_usd=0.5)
    given = outcome("x", usage=usage, seconds=1.5)
    names = ("latency_s", "cost_usd", "tokens", "model_calls")
    assert [score(name, given).value for name in names] == [1.5, 0.5, 120.0, 2.0]


def test_similarity_needs_an_embedder():
    given = outcome("Backups last 30 days.")
    assert score("question_similarity", given, scoring=FixedScoring(cosines=[0.4])).value == 0.4
    assert score("question_similarity", given, scoring=FixedScoring(cosines=[-0.1])).value == 0.0
    assert score("question_similarity", given).state is CellState.UNSCORABLE
