"""What a claim matrix says: pure functions from the matrix to a share, or to the reason for none.

RAGAS is arXiv 2309.15217, RAGChecker arXiv 2408.08067. They differ from both in
one thing: where a share has nothing below the line (no claim, no passage), it
has no value, where RAGAS gives NaN or 1 and RAGChecker gives 0.
"""

from collections.abc import Sequence

from bidproof.evaluation.protocol import ClaimMatrix, Entailment, Score
from bidproof.evaluation.records import CellState

Rows = Sequence[Sequence[Entailment]]

_NO_ANSWER = "the answer makes no claim"
_NO_REFERENCE = "the reference makes no claim"
_NO_PASSAGES = "no passages are recorded for this draft"
_UNDECIDED = "the verifier left a claim undecided"


def scored(value: float) -> Score:
    """A cell with a value."""
    return Score(state=CellState.SCORED, value=value)


def unscorable(reason: str) -> Score:
    """A cell that the case, not the answerer, leaves without a value."""
    return Score(state=CellState.UNSCORABLE, reason=reason)


def faithfulness(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that some passage holds (RAGAS 3.1, RAGChecker 3.3)."""
    return _lacking(matrix, answer=True, passages=True) or _mean(_held_by_any(matrix.answer_by_passage))


def context_recall(matrix: ClaimMatrix) -> Score:
    """Share of the reference's claims that some passage holds (RAGAS; RAGChecker claim recall)."""
    return _lacking(matrix, reference=True, passages=True) or _mean(_held_by_any(matrix.reference_by_passage))


def context_precision(matrix: ClaimMatrix) -> Score:
    """Average precision of the ranking: mean of precision@k over the ranks of useful passages (RAGAS).

    A passage is useful when it holds a claim of the reference. 0 where none is.
    """
    lacking = _lacking(matrix, reference=True, passages=True)
    if lacking is not None:
        return lacking
    useful = _useful(matrix)
    hits = [sum(useful[: rank + 1]) / (rank + 1) for rank, is_useful in enumerate(useful) if is_useful]
    return scored(sum(hits) / len(hits) if hits else 0.0)


def useful_passages(matrix: ClaimMatrix) -> Score:
    """Share of the passages that hold a claim of the reference (RAGChecker context precision)."""
    return _lacking(matrix, reference=True, passages=True) or _mean(_useful(matrix))


def answer_precision(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that the reference holds (RAGChecker precision)."""
    return _lacking(matrix, answer=True, reference=True) or _mean(_held(matrix.answer_by_reference))


def answer_recall(matrix: ClaimMatrix) -> Score:
    """Share of the reference's claims that the answer holds (RAGChecker recall)."""
    return _lacking(matrix, answer=True, reference=True) or _mean(_held(matrix.reference_by_answer))


def answer_f1(matrix: ClaimMatrix) -> Score:
    """Harmonic mean of precision and recall (RAGChecker F1; also the factual part of RAGAS correctness).

    RAGAS counts true positives among the answer's claims and false negatives
    among the reference's: its F is this very mean.
    """
    precision, recall = answer_precision(matrix), answer_recall(matrix)
    if precision.value is None or recall.value is None:
        return precision if precision.value is None else recall
    total = precision.value + recall.value
    return scored(2 * precision.value * recall.value / total if total else 0.0)


def context_utilisation(matrix: ClaimMatrix) -> Score:
    """Of the reference's claims that the passages hold, the share that the answer holds too (RAGChecker)."""
    lacking = _lacking(matrix, answer=True, reference=True, passages=True)
    if lacking is not None:
        return lacking
    held = _held_by_any(matrix.reference_by_passage)
    used = [
        is_used for is_held, is_used in zip(held, _held(matrix.reference_by_answer), strict=True) if is_held
    ]
    return _mean(used) if used else unscorable("the passages hold no claim of the reference")


def noise_sensitivity_relevant(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that are wrong and come from a useful passage (RAGChecker)."""
    return _noise(matrix, from_useful=True)


def noise_sensitivity_irrelevant(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that are wrong and come from useless passages only (RAGChecker)."""
    return _noise(matrix, from_useful=False)


def hallucination(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that are wrong and that no passage holds (RAGChecker)."""
    return _unfounded(matrix, is_right=False)


def self_knowledge(matrix: ClaimMatrix) -> Score:
    """Share of the answer's claims that are right although no passage holds them (RAGChecker)."""
    return _unfounded(matrix, is_right=True)


def completeness(matrix: ClaimMatrix) -> Score:
    """Share of a compound question's parts that the answer deals with."""
    if len(matrix.parts) < 2:
        return unscorable("the question asks for one thing only")
    return _mean(_held(matrix.part_by_answer))


def _noise(matrix: ClaimMatrix, *, from_useful: bool) -> Score:
    lacking = _lacking(matrix, answer=True, reference=True, passages=True)
    if lacking is not None:
        return lacking
    useful = _useful(matrix)
    wrong = [not is_right for is_right in _held(matrix.answer_by_reference)]
    counted: list[bool] = []
    for row, is_wrong in zip(matrix.answer_by_passage, wrong, strict=True):
        holding = [is_useful for is_useful, held in zip(useful, _held(row), strict=True) if held]
        # A claim held by both counts for the useful passage alone.
        counted.append(is_wrong and bool(holding) and any(holding) == from_useful)
    return _mean(counted)


def _unfounded(matrix: ClaimMatrix, *, is_right: bool) -> Score:
    lacking = _lacking(matrix, answer=True, reference=True, passages=True)
    if lacking is not None:
        return lacking
    founded, right = _held_by_any(matrix.answer_by_passage), _held(matrix.answer_by_reference)
    return _mean([not has and is_right == was for has, was in zip(founded, right, strict=True)])


def _lacking(
    matrix: ClaimMatrix, *, answer: bool = False, reference: bool = False, passages: bool = False
) -> Score | None:
    if answer and not matrix.answer_claims:
        return unscorable(_NO_ANSWER)
    if reference and not matrix.reference_claims:
        return unscorable(_NO_REFERENCE)
    if passages and not matrix.passages:
        return unscorable(_NO_PASSAGES)
    if _is_undecided(matrix, answer=answer, reference=reference, passages=passages):
        return unscorable(_UNDECIDED)
    return None


def _is_undecided(matrix: ClaimMatrix, *, answer: bool, reference: bool, passages: bool) -> bool:
    read: list[Sequence[Entailment]] = []
    if passages:
        read += matrix.answer_by_passage if answer else ()
        read += matrix.reference_by_passage if reference else ()
    if answer and reference:
        read += [matrix.answer_by_reference, matrix.reference_by_answer]
    return any(item.is_held is None for row in read for item in row)


def _useful(matrix: ClaimMatrix) -> list[bool]:
    return [
        any(bool(row[place].is_held) for row in matrix.reference_by_passage)
        for place in range(matrix.passages)
    ]


def _held_by_any(rows: Rows) -> list[bool]:
    return [any(_held(row)) for row in rows]


def _held(items: Sequence[Entailment]) -> list[bool]:
    return [bool(item.is_held) for item in items]


def _mean(values: Sequence[bool]) -> Score:
    return scored(sum(values) / len(values))
