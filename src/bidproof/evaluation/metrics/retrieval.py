"""Retrieval: where in the ranking stands what the case names as relevant.

Each relevant item counts once: of several passages that match the same item,
only the first adds anything. Where every item is one passage, the measures are
the textbook ones (nDCG with binary gains, Järvelin & Kekäläinen 2002).
"""

from collections.abc import Sequence
from math import log2

from bidproof.core.records import DraftState
from bidproof.evaluation.gold.relevance import holds
from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome, Relevant

HIT_DEPTHS = (1, 3, 10)
DEPTH = 10
"""Ranks that recall and nDCG look at."""


def matched_items(relevant: Sequence[Relevant], outcome: Outcome) -> list[set[int]]:
    """For each retrieved passage, best first, the relevant items that it matches, by position."""
    return [
        {number for number, item in enumerate(relevant) if holds(item, found.passage)}
        for found in outcome.retrieved
    ]


def hit_at(matches: Sequence[set[int]], depth: int) -> float:
    """1 where one of the first ranks matches anything relevant, else 0."""
    return float(any(matches[:depth]))


def recall_at(matches: Sequence[set[int]], depth: int, *, items: int) -> float:
    """Share of the relevant items that the first ranks match."""
    return len(set[int]().union(*matches[:depth])) / items


def reciprocal_rank(matches: Sequence[set[int]]) -> float:
    """1 over the first rank that matches; 0 where none does."""
    return next((1 / rank for rank, found in enumerate(matches, start=1) if found), 0.0)


def ndcg_at(matches: Sequence[set[int]], depth: int, *, items: int) -> float:
    """Discounted gain of the ranks that bring a new item, over that of the best ranking."""
    seen: set[int] = set()
    gain, needed = 0.0, items
    for rank, found in enumerate(matches, start=1):
        new = found - seen
        if new:
            seen |= new
            needed -= len(new) - 1  # one passage that holds two items leaves one rank less to fill
            gain += 1 / log2(rank + 1) if rank <= depth else 0.0
    return gain / sum(1 / log2(rank + 1) for rank in range(1, min(needed, depth) + 1))


def _unranked(outcome: Outcome) -> Score | None:
    """What to say without a ranking: a miss where the engine found nothing, no value where none was kept."""
    if outcome.retrieved:
        return None
    if outcome.draft.state is DraftState.NOT_FOUND and outcome.used == 0 and outcome.draft.program_digest:
        return scored(0.0)
    return unscorable("no ranking is recorded for this draft")


def _hit_metric(depth: int) -> None:
    @metric(name=f"hit_at_{depth}", kind="binary", needs=("relevant",))
    def score(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        return _unranked(outcome) or scored(hit_at(matched_items(case.relevant, outcome), depth))

    score.__doc__ = f"1 where one of the first {depth} passages is relevant."


for _depth in HIT_DEPTHS:
    _hit_metric(_depth)


@metric(name="recall_at_10", needs=("relevant",))
def recall_at_10(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the relevant items among the first ten passages."""
    matches = matched_items(case.relevant, outcome)
    return _unranked(outcome) or scored(recall_at(matches, DEPTH, items=len(case.relevant)))


@metric(name="mrr", needs=("relevant",))
def mrr(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """1 over the rank of the first relevant passage; 0 where none was retrieved."""
    return _unranked(outcome) or scored(reciprocal_rank(matched_items(case.relevant, outcome)))


@metric(name="ndcg_at_10", needs=("relevant",))
def ndcg_at_10(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Discounted cumulative gain of the first ten passages, as a share of the best possible."""
    matches = matched_items(case.relevant, outcome)
    return _unranked(outcome) or scored(ndcg_at(matches, DEPTH, items=len(case.relevant)))
