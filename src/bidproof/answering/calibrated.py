"""Confidence that was calibrated on a gold set, and the tier that a certificate allows.

The fit is made elsewhere (``routing/confidence_fit.py``) and comes as plain
numbers; applying it is the few lines here. It holds for one program: under any
other a draft stays ``confidence: uncalibrated``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Literal

from bidproof.answering.confidence import UNCALIBRATED, choose_tier
from bidproof.answering.protocol import Engine
from bidproof.answering.signals import RAW, REFUSED_BELOW, checks_passed, raw_score, signal_vector
from bidproof.core.records import Draft, DraftState, Question, Support, Tier

FORMAT = 1
Kind = Literal["constant", "logistic", "isotonic"]

_STATED = "confidence "
_READY = "ready: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Signals to a probability of being right.

    Attributes:
        kind: ``constant``: the same for every answer; ``logistic``: a weighted sum through a
            logistic curve; ``isotonic``: rising steps over that (or over the raw score).
        names: Signals of the weighted sum; empty to read the raw score alone.
        means: What is taken off each signal; stands in for one that is missing.
        scales: What each is divided by.
        weights: Of each.
        constant: Added to the sum.
        edges: Places of the steps, rising; empty without steps.
        heights: Probability at each place; straight lines between them.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    constant: float = 0.0
    edges: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()

    def probability(self, signals: Mapping[str, float]) -> float:
        """Chance that a draft with these signals is right, 0 to 1."""
        score = self._curve(signals)
        return _between(score, self.edges, self.heights) if self.edges else score

    def _curve(self, signals: Mapping[str, float]) -> float:
        if self.kind == "isotonic" and not self.names:
            return signals.get(RAW, 0.0)
        parts = zip(self.names, self.means, self.scales, self.weights, strict=True)
        total = self.constant + sum(
            weight * (signals.get(name, mean) - mean) / scale for name, mean, scale, weight in parts
        )
        return 1 / (1 + exp(-max(-500.0, min(500.0, total))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRule:
    """From which confidence on an answer may be marked ready, and what was certified of those.

    Attributes:
        threshold: Least confidence.
        error: Share of them that is wrong, at most.
        confidence: Of that promise.
        items: Labelled answers that it rests on: those accepted.
        wrong: How many of these were wrong.
    """

    threshold: float
    error: float
    confidence: float
    items: int
    wrong: int

    @property
    def sentence(self) -> str:
        """The promise in words."""
        return (
            f"of the answers marked ready at most {self.error:.3g} are wrong, "
            f"confidence {self.confidence:.3g} ({self.items} labelled answers, {self.wrong} wrong)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """What is known of how often a program's answers are right.

    Attributes:
        program: Digest of the program it holds for.
        gold: Name of the gold set that it was fitted on.
        gold_digest: Its content.
        documents: State of the documents then.
        metric: What was held to be right.
        stamp: What that is worth, e.g. ``agreement with the reference by code``; empty for labels by people.
        answers: Labelled answers, those for the fit and those for the certificate.
        calibration: Signals to probability.
        ready: The certificate; None when none was feasible, and then nothing is ready.
        expert_below: Answers less likely right than this go to an expert.
        refuse_below: An answer whose raw score is lower is refused: its question is not found.
        made: ISO time, UTC.
        format: Of the stored file.
    """

    program: str
    gold: str
    gold_digest: str
    documents: str
    metric: str
    stamp: str
    answers: int
    calibration: Calibration
    ready: ReadyRule | None = None
    expert_below: float = 0.0
    refuse_below: float = 0.0
    made: str = ""
    format: int = FORMAT

    @property
    def origin(self) -> str:
        """Where the numbers come from, in words."""
        stamp = f"; {self.stamp}" if self.stamp else ""
        return f"calibrated on {self.answers} answers to {self.gold!r} by {self.metric}{stamp}"


def with_confidence(draft: Draft, confidence: Confidence | None, *, ready: ReadyRule | None = None) -> Draft:
    """State how likely a draft is right, and set its tier by that; refuse it where its score is too low.

    May be applied again, and with another calibration: what an earlier one said is replaced.

    Args:
        draft: Of anything but an answer nothing is stated.
        confidence: None takes a statement away.
        ready: Certificate to use in place of the confidence's own.
    """
    if confidence is not None:
        draft = _refused(draft, confidence)
    is_answer = draft.state.is_answer
    if not is_answer and draft.confidence is None:
        return draft
    reasons = tuple(item for item in draft.reasons if not item.startswith((_STATED, _READY, UNCALIBRATED)))
    tier = choose_tier(draft.state, draft.support)
    if confidence is None or not is_answer:
        return replace(draft, confidence=None, tier=tier, reasons=(*reasons, UNCALIBRATED))
    chance = confidence.calibration.probability(signal_vector(draft))
    stated = [f"{_STATED}{chance:.2f}, {confidence.origin}"]
    rule = ready if ready is not None else confidence.ready
    if rule is not None and chance >= rule.threshold and checks_passed(draft):
        tier = Tier.READY
        stated.append(f"{_READY}{rule.sentence}")
    elif chance < confidence.expert_below:
        tier = Tier.EXPERT
    return replace(draft, confidence=chance, tier=tier, reasons=(*reasons, *stated))


class CalibratedEngine:
    """An engine whose answers state how likely they are right.

    Args:
        engine: Drafts.
        confidence: Fitted for this very program.

    Raises:
        ValueError: It was fitted for another program.
    """

    def __init__(self, engine: Engine, confidence: Confidence) -> None:
        if confidence.program != engine.program_digest:
            raise ValueError(
                f"a calibration for the program {confidence.program} says nothing of {engine.program_digest}"
            )
        self._engine = engine
        self._confidence = confidence

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._engine.name

    @property
    def program_digest(self) -> str:
        """The engine's program: what is said of a draft does not change it."""
        return self._engine.program_digest

    async def draft(self, question: Question) -> Draft:
        """Draft, then state the confidence."""
        return with_confidence(await self._engine.draft(question), self._confidence)


def _refused(draft: Draft, confidence: Confidence) -> Draft:
    score, least = raw_score(draft), confidence.refuse_below
    if not draft.state.is_answer or score >= least:
        return draft
    reason = f"not found: the passages answer with a score of {score:.2f} only, below {least:.2f}"
    return replace(
        draft,
        state=DraftState.NOT_FOUND,
        text="",
        choice=None,
        claims=(),
        support=Support.NOT_FOUND,
        tier=Tier.EXPERT,
        reasons=(f"{reason} as fitted on {confidence.gold!r}", UNCALIBRATED),
        signals={**draft.signals, REFUSED_BELOW: least},
    )


def _between(value: float, edges: tuple[float, ...], heights: tuple[float, ...]) -> float:
    """Straight lines between the steps, flat beyond the ends."""
    if value <= edges[0]:
        return heights[0]
    for place in range(1, len(edges)):
        if value <= edges[place]:
            width = edges[place] - edges[place - 1]
            share = (value - edges[place - 1]) / width if width else 1.0
            return heights[place - 1] + share * (heights[place] - heights[place - 1])
    return heights[-1]
