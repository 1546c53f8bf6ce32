"""Numbers and dates: is every figure of the answer one that its sources state.

Figures are compared by meaning (``1,000`` is ``1000``, ``thirty days`` is
``30 days``). An answer without figures has no value here.
"""

from collections.abc import Callable

from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.numbers import Quantity, find_quantities, missing_quantities

_DATE_UNIT = "date"


@metric(name="number_fidelity", needs=("answer", "passages"))
def number_fidelity(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the answer's numbers, dates aside, that the passages state."""
    return _share(outcome.draft.text, _context(outcome), _is_number, what="number")


@metric(name="date_fidelity", needs=("answer", "passages"))
def date_fidelity(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the answer's dates that the passages state."""
    return _share(outcome.draft.text, _context(outcome), _is_date, what="date")


@metric(name="reference_numbers", needs=("answer", "reference"))
def reference_numbers(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the reference's numbers and dates that the answer states."""
    return _share(case.reference, outcome.draft.text, lambda item: not item.is_vague, what="number")


def _share(text: str, evidence: str, is_counted: Callable[[Quantity], bool], *, what: str) -> Score:
    counted = {item.raw for item in find_quantities(text) if is_counted(item)}
    if not counted:
        return unscorable(f"there is no {what} to check")
    missing = counted & set(missing_quantities(text, evidence=evidence))
    return scored(1 - len(missing) / len(counted))


def _context(outcome: Outcome) -> str:
    return "\n\n".join(f"{item.passage.title}\n{item.passage.located_text}" for item in outcome.context)


def _is_date(item: Quantity) -> bool:
    return item.unit == _DATE_UNIT


def _is_number(item: Quantity) -> bool:
    return not item.is_vague and item.unit != _DATE_UNIT
