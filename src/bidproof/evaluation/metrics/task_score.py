"""One number a case for optimisation: was the right thing said, decided and cited, or rightly not said.

Made by code alone, so that a search may ask for it thousands of times. It rewards
agreement with the reference's words and is no measure of truth: what wins by it
still has to prove itself by the metrics that people read.
"""

from collections import Counter
from typing import cast

from bidproof.core.records import DraftState
from bidproof.evaluation.gold.relevance import path_matches
from bidproof.evaluation.metrics.abstention import has_answered
from bidproof.evaluation.metrics.choices import choice_accuracy
from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.fidelity import reference_numbers
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome
from bidproof.language.words import content_stems


@metric(name="task_score", needs=())
def task_score(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Right abstention 1, needless one 0; of an answer, the mean of what can be checked.

    Checked are: the choice (1 where right; open or wrong 0), the content words of answer
    and reference (F1 of their stems, after SQuAD, arXiv 1606.05250), the share of the
    reference's numbers that are stated, and whether a right document is cited. A draft
    that is left to a person counts as an answer. One to what the documents do not hold is 0.
    """
    if case.is_answerable is False:
        return scored(float(not has_answered(outcome)))
    parts = task_parts(case, outcome, scoring)
    if not parts:
        return unscorable("the case has neither reference, choice nor relevant documents")
    if outcome.draft.state is DraftState.NOT_FOUND:
        return scored(0.0)
    return scored(sum(parts.values()) / len(parts))


def task_parts(case: GoldCase, outcome: Outcome, scoring: Scoring) -> dict[str, float]:
    """What the score is the mean of, 0 to 1 each: ``choice``, ``words``, ``numbers``, ``source``."""
    parts: dict[str, float] = {}
    if case.choice:
        found = cast("Score", choice_accuracy(case, outcome, scoring))
        if found.state is not CellState.UNSCORABLE:
            parts["choice"] = found.value or 0.0
    if case.reference:
        parts["words"] = token_f1(outcome.draft.text, case.reference)
        numbers = cast("Score", reference_numbers(case, outcome, scoring))
        if numbers.value is not None:
            parts["numbers"] = numbers.value
    if case.relevant:
        parts["source"] = float(_cites_right(case, outcome))
    return parts


def token_f1(answer: str, reference: str) -> float:
    """F1 of two texts' content stems, counted with repeats; 0 where either has none."""
    mine, theirs = Counter(content_stems(answer)), Counter(content_stems(reference))
    shared = sum((mine & theirs).values())
    if not shared:
        return 0.0
    precision, recall = shared / sum(mine.values()), shared / sum(theirs.values())
    return 2 * precision * recall / (precision + recall)


def _cites_right(case: GoldCase, outcome: Outcome) -> bool:
    cited = {citation.path for claim in outcome.draft.claims for citation in claim.citations}
    return any(path_matches(item.path, path) for item in case.relevant for path in cited)
