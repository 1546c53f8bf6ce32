"""A cascade: the small model answers; only what is not likely enough right goes to the large one.

What neither answers well enough stays with a person. Thresholds, calibrations and the
certificate come from a fitted route, which holds for this very pair of programs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bidproof.answering.calibrated import Confidence, ReadyRule, with_confidence
from bidproof.answering.protocol import Engine
from bidproof.answering.signals import checks_passed, signal_vector
from bidproof.core.ids import digest
from bidproof.core.records import Draft, DraftState, Question, Tier
from bidproof.llm.protocol import add_usage

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A fitted route through two programs.

    Attributes:
        small: What is known of the small program's answers.
        large: The same of the large one's.
        up_below: The small one's answer is kept from this confidence on; below, or when a check
            failed or there is no answer, the large one is asked.
        person_below: The large one's answer goes to an expert below this confidence.
        ready: Certificate over the answers of both; None when none was feasible.
        large_usd: What the dearest labelled question cost with the large program.
        made: ISO time, UTC.
        format: Of the stored file.
    """

    small: Confidence
    large: Confidence
    up_below: float
    person_below: float
    ready: ReadyRule | None = None
    large_usd: float = 0.0
    made: str = ""
    format: int = FORMAT

    @property
    def digest(self) -> str:
        """Names the pair of programs that the route is for."""
        return route_digest(self.small.program, self.large.program)


def route_digest(small: str, large: str) -> str:
    """Name a pair of programs."""
    return digest("route", small, large)


class CascadeEngine:
    """Two engines as one: reasons say which answered and why it went up; usage adds up.

    Args:
        small: Asked first.
        large: Asked where the small one's answer is not good enough.
        route: Fitted for these two.
        may_go_up: Whether the question may still cost what the large program may cost, given
            what the small one's draft has cost; gives why not, or an empty text.

    Raises:
        ValueError: The route was fitted for other programs.
    """

    def __init__(
        self,
        small: Engine,
        large: Engine,
        route: Route,
        *,
        may_go_up: Callable[[Question, Draft], str] | None = None,
    ) -> None:
        wanted, found = (
            (small.program_digest, large.program_digest),
            (route.small.program, route.large.program),
        )
        if wanted != found:
            raise ValueError(f"a route for the programs {found} says nothing of {wanted}")
        self._small, self._large, self._route = small, large, route
        self._may_go_up = may_go_up

    @property
    def name(self) -> str:
        """``cascade``."""
        return "cascade"

    @property
    def program_digest(self) -> str:
        """Both programs' digests and that of the thresholds between them."""
        route = self._route
        return "-".join(
            (
                self._small.program_digest,
                self._large.program_digest,
                digest("thresholds", str(route.up_below), str(route.small.calibration), length=8),
            )
        )

    async def draft(self, question: Question) -> Draft:
        """Draft with the small program, and with the large one where that is not enough.

        A draft names the program that made it. When the large one's call fails, the small one's
        draft stands, for a person to look at.
        """
        route = self._route
        first = with_confidence(await self._small.draft(question), route.small, ready=route.ready)
        why = why_up(first, route)
        if not why:
            return _said(first, f"answered by the small model ({self._small.program_digest})")
        refusal = self._may_go_up(question, first) if self._may_go_up is not None else ""
        if refusal:
            return _left(first, f"{why}; the large model was not asked: {refusal}")
        second = await self._large.draft(question)
        if second.state is DraftState.FAILED:
            failure = " ".join(second.error.split("\n")[0].split())
            kept = replace(first, usage=add_usage(first.usage, second.usage))
            if first.state is DraftState.FAILED:
                return replace(kept, reasons=(*kept.reasons, f"the large model failed too: {failure}"))
            return _left(kept, f"{why}; the large model failed: {failure}")
        second = with_confidence(second, route.large, ready=route.ready)
        second = replace(second, usage=add_usage(first.usage, second.usage))
        note = f"answered by the large model ({self._large.program_digest}): {why}"
        if second.confidence is not None and second.confidence < route.person_below:
            note += "; left to a person, since the large model's answer is not likely enough right either"
            return replace(_said(second, note), tier=Tier.EXPERT)
        return _said(second, note)


def why_up(draft: Draft, route: Route) -> str:
    """Why the large program is to be asked after this draft of the small one; empty to keep it."""
    if draft.state is DraftState.FAILED:
        return "the small model's call failed"
    if draft.state is not DraftState.DRAFTED:
        return f"the small model's draft is {draft.state.value!r}"
    if not checks_passed(draft):
        return "a check of the small model's answer failed"
    chance = route.small.calibration.probability(signal_vector(draft))
    if chance < route.up_below:
        return f"the small model's answer is right with a chance of {chance:.2f} only"
    return ""


def _said(draft: Draft, note: str) -> Draft:
    return replace(draft, reasons=(*draft.reasons, note))


def _left(draft: Draft, note: str) -> Draft:
    """The small program's draft, which was not good enough, for a person."""
    return replace(_said(draft, note), tier=Tier.EXPERT if draft.tier is Tier.EXPERT else Tier.REVIEW)
