"""Abstention: does the answerer speak where it can and stay silent where it cannot.

One case at a time here; precision and recall of refusing, selective accuracy and
the risk-coverage area are measures of a whole run, in ``run_metrics.py``.
"""

from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Scoring
from bidproof.evaluation.records import GoldCase, Outcome


def has_answered(outcome: Outcome) -> bool:
    """Whether an answer was given or suggested; "not found" and "needs person" are abstentions."""
    return outcome.draft.state.is_answer


@metric(name="answered", kind="binary", needs=())
def answered(case: GoldCase, outcome: Outcome, scoring: Scoring) -> bool:
    """1 where an answer was given: its mean is the answerer's coverage."""
    return has_answered(outcome)


@metric(name="abstains_rightly", kind="binary", needs=("answerable",))
def abstains_rightly(case: GoldCase, outcome: Outcome, scoring: Scoring) -> bool:
    """1 where an answerable question was answered or an unanswerable one was not."""
    return has_answered(outcome) is bool(case.is_answerable)
