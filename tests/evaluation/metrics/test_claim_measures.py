"""Worked examples: the published definitions, with the sums written out."""

import asyncio

import pytest

from bidproof.evaluation.metrics import claim_measures as measures
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.protocol import ClaimMatrix
from bidproof.evaluation.records import CellState
from outcomes import FixedScoring, case, matrix, outcome
from passages import make_passage

# Five claims of an answer, three passages, four claims of the reference.
#
#        p1 p2 p3 | in the reference         p1 p2 p3 | in the answer
#   a1    1  0  0 |  yes                r1    1  0  0 |  yes
#   a2    0  0  1 |  yes                r2    0  0  1 |  no
#   a3    1  1  0 |  no                 r3    0  0  0 |  yes
#   a4    0  1  0 |  no                 r4    0  0  0 |  no
#   a5    0  0  0 |  no
#   a6    0  0  0 |  yes
#
# Useful passages (a reference claim stands in them): p1 and p3.
WORKED = matrix(
    answer_passages=[[1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]],
    answer_reference=[1, 1, 0, 0, 0, 1],
    reference_passages=[[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]],
    reference_answer=[1, 0, 1, 0],
)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # RAGAS 3.1 and RAGChecker: a1 to a4 stand in some passage, 4 of 6.
        (measures.faithfulness, 4 / 6),
        # RAGAS context recall, RAGChecker claim recall: r1 and r2 of 4.
        (measures.context_recall, 2 / 4),
        # RAGAS: ranks 1 and 3 are useful: precision@1 = 1/1, precision@3 = 2/3; mean (1 + 2/3) / 2.
        (measures.context_precision, (1 + 2 / 3) / 2),
        # RAGChecker context precision: 2 of 3 passages.
        (measures.useful_passages, 2 / 3),
        # RAGChecker precision: a1, a2, a6 of 6. Recall: r1, r3 of 4. F1 = 2 * .5 * .5 / 1.
        (measures.answer_precision, 3 / 6),
        (measures.answer_recall, 2 / 4),
        (measures.answer_f1, 0.5),
        # RAGChecker: of r1 and r2, which the passages hold, the answer has r1.
        (measures.context_utilisation, 1 / 2),
        # RAGChecker: wrong claims are a3, a4, a5. a3 stands in p1 (useful) and p2: it counts for the
        # useful one alone. a4 stands in p2 only, which is useless. a5 stands nowhere.
        (measures.noise_sensitivity_relevant, 1 / 6),
        (measures.noise_sensitivity_irrelevant, 1 / 6),
        (measures.hallucination, 1 / 6),
        # a6 is right and stands nowhere.
        (measures.self_knowledge, 1 / 6),
    ],
)
def test_the_published_definitions(measure, expected):
    assert measure(WORKED).value == pytest.approx(expected)


def test_shares_of_wrong_claims_add_up():
    parts = (
        measures.noise_sensitivity_relevant,
        measures.noise_sensitivity_irrelevant,
        measures.hallucination,
    )
    wrong = sum(measure(WORKED).value for measure in parts)
    assert wrong == pytest.approx(1 - measures.answer_precision(WORKED).value)


def test_faithfulness_of_the_ragas_paper():
    # 2309.15217, table of 3.1: statements "born in Germany", "born on 20 March" against a context that
    # gives 14 March: one of two is supported.
    assert measures.faithfulness(matrix(answer_passages=[[1], [0]])).value == 0.5


def test_average_precision_rewards_early_ranks():
    # Useful at ranks 2 and 4: (1/2 + 2/4) / 2. All useful: 1. None: 0.
    late = matrix(reference_passages=[[0, 1, 0, 0], [0, 0, 0, 1]])
    assert measures.context_precision(late).value == pytest.approx(0.5)
    assert measures.context_precision(matrix(reference_passages=[[1, 1]])).value == 1.0
    assert measures.context_precision(matrix(reference_passages=[[0, 0]])).value == 0.0


def test_zero_claims_have_no_faithfulness():
    nothing = ClaimMatrix(answer_claims=(), reference_claims=(), passages=2)
    for measure in (
        measures.faithfulness,
        measures.context_recall,
        measures.answer_f1,
        measures.hallucination,
    ):
        cell = measure(nothing)
        assert cell.state is CellState.UNSCORABLE
        assert cell.reason


def test_an_undecided_verdict_leaves_the_cell_without_a_value():
    cell = measures.faithfulness(matrix(answer_passages=[[1], [None]]))
    assert (cell.state, cell.value) == (CellState.UNSCORABLE, None)


def test_utilisation_without_held_reference_has_no_value():
    none_held = matrix(
        answer_passages=[[1]], answer_reference=[0], reference_passages=[[0]], reference_answer=[0]
    )
    assert measures.context_utilisation(none_held).state is CellState.UNSCORABLE


def _score(name, scoring, *, text="Backups are kept for 30 days.", **fields):
    given = outcome(text, passages=[make_passage("Backups are kept for 30 days.")])
    return asyncio.run(all_metrics()[name].score(case(**fields), given, scoring))


def test_correctness_is_three_quarters_claims_and_one_quarter_cosine():
    # F1 of the worked matrix is .5; .75 * .5 + .25 * .8 = .575 (RAGAS answer correctness).
    cell = _score("answer_correctness", FixedScoring(WORKED, cosines=[0.8]), reference="Thirty days.")
    assert cell.value == pytest.approx(0.575)


def test_relevance_is_the_mean_cosine_of_implied_questions():
    # RAGAS 3.2: cosines .9, .7, .5 of three questions: mean .7. Evasive: 0.
    read = matrix(answer_passages=[[1]], implied_questions=("x?", "y?", "z?"), is_evasive=False)
    assert _score("answer_relevance", FixedScoring(read, cosines=[0.9, 0.7, 0.5])).value == pytest.approx(0.7)
    evasive = matrix(answer_passages=[[1]], implied_questions=("x?",), is_evasive=True)
    assert _score("answer_relevance", FixedScoring(evasive, cosines=[0.9])).value == 0.0


def test_completeness_counts_the_parts_dealt_with():
    read = matrix(
        answer_passages=[[1]],
        parts=("how", "when", "who"),
        part_by_answer=matrix(answer_reference=[1, 0, 1]).answer_by_reference,
    )
    assert _score("completeness", FixedScoring(read)).value == pytest.approx(2 / 3)
    single = _score("completeness", FixedScoring(matrix(answer_passages=[[1]])))
    assert single.state is CellState.UNSCORABLE


def test_judged_names_have_no_value_without_a_judge():
    import dataclasses

    by_code = dataclasses.replace(WORKED, is_model=False)
    judged = [item for item in all_metrics().values() if item.is_judged]
    assert len(judged) >= 15
    for item in judged:
        cell = _score(item.name, FixedScoring(by_code, cosines=[1.0]), reference="Thirty days.")
        assert cell.state is CellState.UNSCORABLE, item.name
