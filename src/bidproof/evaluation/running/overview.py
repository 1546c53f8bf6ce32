"""A run in a few counts that need no explaining: answered, right, wrong, honestly refused, cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bidproof.core.records import DraftState
from bidproof.evaluation.metrics.abstention import has_answered
from bidproof.evaluation.metrics.run_metrics import LEAST_RIGHT, rightness
from bidproof.evaluation.records import Cell, GoldCase, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOverview:
    """What became of every question of a run; a repeat counts as a question of its own.

    ``asked`` is answered, refused and failed; ``answered`` is right, wrong and undecided.

    Attributes:
        asked: Questions that were reached.
        answered: Those with an answer, written or suggested.
        failed: Those whose call failed.
        right: Answers that the case's own metric holds to be right.
        wrong: Answers that it holds to be wrong, and answers to what the documents do not answer.
        invented: Those of the wrong ones whose question the documents do not answer.
        undecided: Answers of which nothing says whether they are right.
        decided_by: The metrics that decided, in words; empty where none did.
        hopeless: Questions that the gold set marks as not answered by the documents.
        refused_rightly: Those of them that were refused.
        refused_wrongly: Refused, though the gold set says that the documents answer them.
        refused: All that were refused, those of which nothing is known included.
        cost_usd: What drafting cost; 0 also where no prices are set.
        calls: Model calls, failed ones included.
        median_seconds: Of the answers and refusals; None where all failed.
    """

    asked: int
    answered: int
    failed: int
    right: int
    wrong: int
    invented: int
    undecided: int
    decided_by: str
    hopeless: int
    refused_rightly: int
    refused_wrongly: int
    refused: int
    cost_usd: float
    calls: int
    median_seconds: float | None


def run_overview(
    cases: Sequence[GoldCase], outcomes: Sequence[Outcome], cells: Sequence[Cell]
) -> RunOverview:
    """Count what became of the questions of a run.

    Args:
        cases: The cases that were run.
        outcomes: Every outcome, repeats included.
        cells: Every cell; those that decide whether an answer is right are read.
    """
    is_answerable = {case.id: case.is_answerable for case in cases}
    ran = [item for item in outcomes if item.draft.state is not DraftState.FAILED]
    answers = [item for item in ran if has_answered(item)]
    refusals = Counter(is_answerable[item.case_id] for item in ran if not has_answered(item))
    decided_by, right = rightness(cells)
    verdicts: Counter[bool | None] = Counter()
    hopeless = [item for item in ran if is_answerable[item.case_id] is False]
    for item in answers:
        value = right.get((item.case_id, item.repeat))
        if is_answerable[item.case_id] is False:
            value = 0.0
        verdicts[None if value is None else value >= LEAST_RIGHT] += 1
    usages = [item.draft.usage for item in outcomes]
    return RunOverview(
        asked=len(outcomes),
        answered=len(answers),
        failed=len(outcomes) - len(ran),
        right=verdicts[True],
        wrong=verdicts[False],
        invented=sum(map(has_answered, hopeless)),
        undecided=verdicts[None],
        decided_by=decided_by,
        hopeless=len(hopeless),
        refused_rightly=refusals[False],
        refused_wrongly=refusals[True],
        refused=refusals.total(),
        cost_usd=sum(usage.cost_usd for usage in usages),
        calls=sum(usage.calls for usage in usages),
        median_seconds=median(item.seconds for item in ran) if ran else None,
    )
