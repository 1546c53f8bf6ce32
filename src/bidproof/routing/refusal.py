"""From which score on to answer at all, set on questions that the documents are known not to answer.

No one threshold is right for all documents. The one that is fitted refuses as many of the questions that
cannot be answered as it may while nearly all right answers stay; what it does is counted on other cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.routing.cases import RouteCase


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalPoint:
    """What a threshold does on the tested cases: counts as in :class:`FittedRefusal`."""

    threshold: float
    refused: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRefusal:
    """A threshold, and what it does on cases that it was not fitted on.

    Attributes:
        threshold: Answers of a lower raw score are refused; 0 refuses none.
        unanswerable: Tested questions that the documents do not answer.
        refused_before: How many of them had no answer anyhow.
        refused: How many have none with the threshold.
        right: Right answers among the tested.
        kept: How many of them stay.
        curve: The same at other thresholds, rising.
    """

    threshold: float
    unanswerable: int
    refused_before: int
    refused: int
    right: int
    kept: int
    curve: tuple[RefusalPoint, ...] = ()


def fit_refusal(
    fitting: Sequence[RouteCase], testing: Sequence[RouteCase], *, keep: float, least: float = 0.0
) -> FittedRefusal:
    """Set a threshold on one part of the cases, and count what it does on the other.

    Args:
        fitting: To set it on; it stays ``least`` where no question among these is known to be unanswerable.
        testing: To count on.
        keep: Least share of the right answers that has to stay, 0 to 1.
        least: What was refused below already when the cases were drafted.
    """
    threshold = max(least, _threshold(fitting, keep))
    unanswerable, right = _unanswerable(testing), [case for case in testing if case.is_right]
    candidates = sorted({case.raw for case in testing if case.is_answer})
    return FittedRefusal(
        threshold=threshold,
        unanswerable=len(unanswerable),
        refused_before=sum(not case.is_answer for case in unanswerable),
        refused=_refused(unanswerable, threshold),
        right=len(right),
        kept=_kept(right, threshold),
        curve=tuple(
            RefusalPoint(threshold=item, refused=_refused(unanswerable, item), kept=_kept(right, item))
            for item in candidates
        ),
    )


def with_refusal(cases: Sequence[RouteCase], threshold: float) -> tuple[RouteCase, ...]:
    """The cases as they come out where answers of a lower score are refused."""
    return tuple(
        replace(case, is_answer=False, is_right=False, has_passed=False, signals={})
        if case.is_answer and case.raw < threshold
        else case
        for case in cases
    )


def _threshold(cases: Sequence[RouteCase], keep: float) -> float:
    """The lowest of those that refuse most; 0 where none refuses any."""
    unanswerable, right = _unanswerable(cases), [case for case in cases if case.is_right]
    best, most = 0.0, _refused(unanswerable, 0.0)
    for threshold in sorted({case.raw for case in cases if case.is_answer}):
        if _kept(right, threshold) < keep * len(right):
            break
        if (refused := _refused(unanswerable, threshold)) > most:
            best, most = threshold, refused
    return best


def _unanswerable(cases: Sequence[RouteCase]) -> list[RouteCase]:
    return [case for case in cases if case.is_answerable is False]


def _refused(cases: Sequence[RouteCase], threshold: float) -> int:
    return sum(not case.is_answer or case.raw < threshold for case in cases)


def _kept(right: Sequence[RouteCase], threshold: float) -> int:
    return sum(case.raw >= threshold for case in right)
