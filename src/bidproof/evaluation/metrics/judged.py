"""Claim metrics under their published names, read off a judge model's matrix.

Without a judge they have no value: what the offline verifier says of the same
shares stands under other names in ``overlap.py``.
"""

from collections.abc import Callable, Sequence

from bidproof.evaluation.metrics import claim_measures as measures
from bidproof.evaluation.metrics.registry import Need, metric
from bidproof.evaluation.protocol import ClaimMatrix, Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome

Measure = Callable[[ClaimMatrix], Score]
FACTUAL_WEIGHT = 0.75
"""Weight of the claims in answer correctness, as RAGAS has it; the rest is cosine similarity."""

_NO_JUDGE = "no judge model read this answer"
_NO_EMBEDDER = "the run has no embedder"


async def judged_matrix(case: GoldCase, outcome: Outcome, scoring: Scoring) -> ClaimMatrix | None:
    """The run's matrix if a model made it; None when it was made by code."""
    matrix = await scoring.matrix(case, outcome)
    return matrix if matrix.is_model else None


def _claim_metric(
    name: str, measure: Measure, *, needs: Sequence[Need], higher_is_better: bool = True
) -> None:
    async def score(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        matrix = await judged_matrix(case, outcome, scoring)
        return measures.unscorable(_NO_JUDGE) if matrix is None else measure(matrix)

    score.__doc__ = measure.__doc__
    metric(name=name, is_judged=True, needs=needs, higher_is_better=higher_is_better)(score)


_claim_metric("faithfulness", measures.faithfulness, needs=("answer", "passages"))


@metric(name="answer_relevance", is_judged=True)
async def answer_relevance(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Mean cosine of the question with questions that the answer alone would answer (RAGAS 3.2).

    0 for an evasive answer, as RAGAS has it; below 0 counts as 0.
    """
    matrix = await judged_matrix(case, outcome, scoring)
    if matrix is None or matrix.is_evasive is None:
        return measures.unscorable(_NO_JUDGE)
    if matrix.is_evasive:
        return measures.scored(0.0)
    if not matrix.implied_questions:
        return measures.unscorable("the judge named no question that the answer would answer")
    cosines = scoring.similarity(case.question, matrix.implied_questions)
    if not cosines:
        return measures.unscorable(_NO_EMBEDDER)
    return measures.scored(min(1.0, max(0.0, sum(cosines) / len(cosines))))


_claim_metric("context_precision", measures.context_precision, needs=("reference", "passages"))
_claim_metric("context_recall", measures.context_recall, needs=("reference", "passages"))
_claim_metric("useful_passages", measures.useful_passages, needs=("reference", "passages"))
_claim_metric("answer_precision", measures.answer_precision, needs=("answer", "reference"))
_claim_metric("answer_recall", measures.answer_recall, needs=("answer", "reference"))
_claim_metric("answer_f1", measures.answer_f1, needs=("answer", "reference"))


@metric(name="answer_correctness", is_judged=True, needs=("answer", "reference"))
async def answer_correctness(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """0.75 of the claims' F1 and 0.25 of the cosine of answer and reference (RAGAS answer correctness)."""
    matrix = await judged_matrix(case, outcome, scoring)
    factual = measures.unscorable(_NO_JUDGE) if matrix is None else measures.answer_f1(matrix)
    if factual.value is None:
        return factual
    cosines = scoring.similarity(outcome.draft.text, [case.reference])
    if not cosines:
        return measures.unscorable(_NO_EMBEDDER)
    alike = min(1.0, max(0.0, cosines[0]))
    return measures.scored(FACTUAL_WEIGHT * factual.value + (1 - FACTUAL_WEIGHT) * alike)


_ALL: tuple[Need, ...] = ("answer", "reference", "passages")
_claim_metric("context_utilisation", measures.context_utilisation, needs=_ALL)
_claim_metric(
    "noise_sensitivity_relevant", measures.noise_sensitivity_relevant, needs=_ALL, higher_is_better=False
)
_claim_metric(
    "noise_sensitivity_irrelevant", measures.noise_sensitivity_irrelevant, needs=_ALL, higher_is_better=False
)
_claim_metric("hallucination", measures.hallucination, needs=_ALL, higher_is_better=False)
_claim_metric("self_knowledge", measures.self_knowledge, needs=_ALL, higher_is_better=False)
_claim_metric("completeness", measures.completeness, needs=("answer",))
