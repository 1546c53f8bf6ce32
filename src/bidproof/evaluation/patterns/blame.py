"""Which part failed: for each failed answer, retrieval or what came after it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bidproof.core.records import DraftState, ScoredPassage
from bidproof.evaluation.gold.relevance import first_relevant_rank, is_relevant
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.words import content_stems

_USED_SHARE = 0.5


class Blame(StrEnum):
    """Where an answer went wrong, the earliest step first."""

    CALL_FAILED = "the model call failed"
    ANSWERED_UNANSWERABLE = "answered although the documents hold no answer"
    NO_GOLD = "no gold passage to tell"
    NOT_RETRIEVED = "gold passage not retrieved"
    OUTSIDE_CONTEXT = "retrieved, but outside the context"
    ABSTAINED = "in the context, but abstained or left to a person"
    NOT_USED = "in the context, but not used"
    USED_AND_WRONG = "used, and still wrong"


Room = Literal["retrieval", "generation", "abstention", "call", "unknown"]

ROOM: Mapping[Blame, Room] = {
    Blame.CALL_FAILED: "call",
    Blame.ANSWERED_UNANSWERABLE: "abstention",
    Blame.NO_GOLD: "unknown",
    Blame.NOT_RETRIEVED: "retrieval",
    Blame.OUTSIDE_CONTEXT: "retrieval",
    Blame.ABSTAINED: "abstention",
    Blame.NOT_USED: "generation",
    Blame.USED_AND_WRONG: "generation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """One failed outcome and where it went wrong.

    Attributes:
        case_id: The case.
        repeat: The repeat.
        blame: The earliest step that explains the failure.
        rank: Rank of the first gold passage; None when it is not in the ranking.
        is_passage_known: The case names a page or quote. Otherwise "gold passage"
            means any passage of the right document, and retrieval looks better than it is.
    """

    case_id: str
    repeat: int
    blame: Blame
    rank: int | None
    is_passage_known: bool


def blame_failure(case: GoldCase, outcome: Outcome) -> Blamed:
    """Say which step lost an answer that is known to be wrong or missing.

    A gold passage counts as used when a citation stands in it, or, where the
    answer cites nothing, when it holds at least half of the answer's words.
    """
    rank = first_relevant_rank(case, outcome.retrieved)
    return Blamed(
        case_id=case.id,
        repeat=outcome.repeat,
        blame=_blame(case, outcome, rank),
        rank=rank,
        is_passage_known=any(item.page is not None or item.quote for item in case.relevant),
    )


def _blame(case: GoldCase, outcome: Outcome, rank: int | None) -> Blame:
    if outcome.draft.state is DraftState.FAILED:
        return Blame.CALL_FAILED
    if case.is_answerable is False:
        return Blame.ANSWERED_UNANSWERABLE
    if not case.relevant or not outcome.retrieved:
        return Blame.NO_GOLD
    if rank is None:
        return Blame.NOT_RETRIEVED
    if rank > outcome.used:
        return Blame.OUTSIDE_CONTEXT
    if not outcome.draft.state.is_answer:
        return Blame.ABSTAINED
    return Blame.USED_AND_WRONG if _is_used(case, outcome) else Blame.NOT_USED


def _is_used(case: GoldCase, outcome: Outcome) -> bool:
    gold = [item for item in outcome.context if is_relevant(case, item.passage)]
    citations = [citation for claim in outcome.draft.claims for citation in claim.citations]
    if citations:
        cited = {citation.passage_id for citation in citations}
        return any(item.passage.id in cited for item in gold)
    return _share(outcome.draft.text, gold) >= _USED_SHARE


def _share(text: str, passages: Sequence[ScoredPassage]) -> float:
    asked = set(content_stems(text))
    held = {stem for item in passages for stem in content_stems(item.passage.located_text)}
    return len(asked & held) / len(asked) if asked else 0.0


def count_blame(blamed: Sequence[Blamed]) -> dict[Blame, int]:
    """Failures by step, in the order of the steps."""
    counts = Counter(item.blame for item in blamed)
    return {blame: counts[blame] for blame in Blame if counts[blame]}


def count_rooms(blamed: Sequence[Blamed]) -> dict[Room, int]:
    """Failures by retrieval, generation, abstention, call and unknown."""
    counts = Counter(ROOM[item.blame] for item in blamed)
    rooms: tuple[Room, ...] = ("retrieval", "generation", "abstention", "call", "unknown")
    return {room: counts[room] for room in rooms if counts[room]}
