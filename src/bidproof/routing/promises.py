"""What may be promised of final answers: planned on one part of the labels, certified on the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bidproof.answering.calibrated import ReadyRule
from bidproof.evaluation.statistics.certificates import (
    Certificate,
    certify,
    count_accepted,
    items_needed,
    one_a_group,
    plan_thresholds,
)
from bidproof.routing.options import RouteOptions

SHOWN_ERRORS = (0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A final answer: ``score`` is ``NEVER`` where it may not be ready."""

    group: str
    score: float
    is_wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """How far the labelled answers reach.

    Attributes:
        needed: Accepted answers without any error that the promise takes: the very least.
        testable: Answers at hand for the certificate, checks passed.
        wanted: Labelled questions in all that it would probably take, going by the part that was
            fitted on; None where no threshold looks good enough.
    """

    needed: int
    testable: int
    wanted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A certificate, and what would have been certified with one answer a group."""

    certificate: Certificate
    conservative: Certificate | None = None

    @property
    def rule(self) -> ReadyRule | None:
        """What an answer needs to be marked ready; None without a certificate."""
        found = self.certificate
        if found.threshold is None:
            return None
        return ReadyRule(
            threshold=found.threshold,
            error=found.error,
            confidence=found.confidence,
            items=found.accepted,
            wrong=found.wrong,
        )


def promise(
    planned: Sequence[Scored], tested: Sequence[Scored], *, error: float, options: RouteOptions
) -> Promise:
    """Plan thresholds on one part of the answers and certify them on the other."""
    has_groups = len({item.group or str(place) for place, item in enumerate(tested)}) < len(tested)
    alone = _certificate(planned, tested, error=error, confidence=options.confidence)
    if not has_groups:
        return Promise(certificate=alone)
    drawn = one_a_group(
        [item.group for item in tested], [item.score >= 0 for item in tested], seed=options.seed
    )
    apart = _certificate(
        planned, [tested[place] for place in drawn], error=error, confidence=options.confidence
    )
    return Promise(certificate=apart if options.is_one_a_group else alone, conservative=apart)


def _certificate(
    planned: Sequence[Scored], tested: Sequence[Scored], *, error: float, confidence: float
) -> Certificate:
    known = [item for item in planned if item.score >= 0]
    thresholds = plan_thresholds(
        [item.score for item in known],
        [item.is_wrong for item in known],
        items=round(len(tested) * len(known) / len(planned)) if planned else 0,
        error=error,
    )
    return certify(
        [item.score for item in tested],
        [item.is_wrong for item in tested],
        thresholds=thresholds,
        error=error,
        confidence=confidence,
    )


def usual_promises(
    planned: Sequence[Scored], tested: Sequence[Scored], options: RouteOptions
) -> tuple[Certificate, ...]:
    """Certificates for the usual errors, each by itself: they do not hold all at once."""
    return tuple(promise(planned, tested, error=error, options=options).certificate for error in SHOWN_ERRORS)


def feasibility_of(planned: Sequence[Scored], tested: Sequence[Scored], options: RouteOptions) -> Feasibility:
    """How many labels it takes, going by the threshold that looks best on the part fitted on."""
    known = [item for item in planned if item.score >= 0]
    scores, wrong = [item.score for item in known], [item.is_wrong for item in known]
    wanted: list[int] = []
    for threshold in set(scores):
        found = count_accepted(scores, wrong, threshold)
        needed = items_needed(options.error, options.confidence, rate=found.wrong / found.n)
        if needed is not None:
            wanted.append(ceil(needed * len(planned) / found.n / (1 - options.share)))
    return Feasibility(
        needed=items_needed(options.error, options.confidence) or 0,
        testable=sum(item.score >= 0 for item in tested),
        wanted=min(wanted, default=None),
    )
