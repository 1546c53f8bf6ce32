"""What code alone can say of claims: overlap of content, with checks of numbers, dates, negations and names.

These read the offline verifier's matrix and stand beside the judged metrics,
never under their names: words that agree are no proof that the meaning does.
"""

from collections.abc import Callable, Sequence

from bidproof.evaluation.metrics import claim_measures as measures
from bidproof.evaluation.metrics.registry import Need, metric
from bidproof.evaluation.protocol import ClaimMatrix, Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.words import content_stems


def _overlap_metric(
    name: str,
    measure: Callable[[ClaimMatrix], Score],
    *,
    needs: Sequence[Need],
    higher_is_better: bool = True,
) -> None:
    async def score(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        return measure(await scoring.offline_matrix(case, outcome))

    score.__doc__ = measure.__doc__
    metric(name=name, needs=needs, higher_is_better=higher_is_better)(score)


_ALL: tuple[Need, ...] = ("answer", "reference", "passages")
_overlap_metric("support_overlap", measures.faithfulness, needs=("answer", "passages"))
_overlap_metric("context_overlap_precision", measures.context_precision, needs=("reference", "passages"))
_overlap_metric("context_overlap_recall", measures.context_recall, needs=("reference", "passages"))
_overlap_metric("reference_overlap_precision", measures.answer_precision, needs=("answer", "reference"))
_overlap_metric("reference_overlap_recall", measures.answer_recall, needs=("answer", "reference"))
_overlap_metric("reference_overlap", measures.answer_f1, needs=("answer", "reference"))
_overlap_metric("utilisation_overlap", measures.context_utilisation, needs=_ALL)
_overlap_metric("unfounded_overlap", measures.hallucination, needs=_ALL, higher_is_better=False)
_overlap_metric("part_overlap", measures.completeness, needs=("answer",))


@metric(name="knowledge_precision", needs=("answer", "passages"))
def knowledge_precision(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the answer's content words that the passages hold, all taken together.

    K-Precision of Adlakha et al. (arXiv 2307.16877), over stems.
    """
    said = content_stems(outcome.draft.text)
    if not said:
        return measures.unscorable("the answer has no word of content")
    held = {stem for item in outcome.context for stem in content_stems(item.passage.located_text)}
    return measures.scored(sum(stem in held for stem in said) / len(said))


@metric(name="question_similarity")
def question_similarity(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Cosine of question and answer by the workspace's embedder; below 0 counts as 0."""
    return _cosine(scoring, case.question, outcome.draft.text)


@metric(name="reference_similarity", needs=("answer", "reference"))
def reference_similarity(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Cosine of answer and reference by the workspace's embedder; below 0 counts as 0."""
    return _cosine(scoring, case.reference, outcome.draft.text)


def _cosine(scoring: Scoring, one: str, other: str) -> Score:
    if not other.strip():
        return measures.unscorable("the draft has no text")
    cosines = scoring.similarity(one, [other])
    if not cosines:
        return measures.unscorable("the run has no embedder")
    return measures.scored(min(1.0, max(0.0, cosines[0])))
