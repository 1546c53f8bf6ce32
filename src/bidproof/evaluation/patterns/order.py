"""First-document bias: the same passages in another order must not give another answer."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import digest
from bidproof.core.records import Draft, DraftState, ScoredPassage
from bidproof.evaluation.judging.bias_changes import has_changed
from bidproof.evaluation.protocol import Answerer
from bidproof.evaluation.records import Estimate, GoldCase
from bidproof.evaluation.statistics.intervals import mean_interval
from bidproof.retrieval.protocol import Query

MakeAnswerer = Callable[[PassageSource], Answerer]
"""Opens the same answerer over another source of passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderedSource:
    """A source whose passages come in another order: the same passages, other ranks.

    Turn 0 leaves the order alone; every other turn is a shuffle of its own, the
    same for the same query.
    """

    source: PassageSource
    turn: int
    seed: int = 0

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Search, then deal the ranks anew."""
        found = self.source.search(query)
        if not self.turn or len(found) < 2:
            return found
        order = list(found)
        name = digest("order", str(self.seed), str(self.turn), query.text)
        random.Random(name).shuffle(order)  # noqa: S311 - a reproducible shuffle, no secret
        return tuple(replace(item, rank=rank) for rank, item in enumerate(order, start=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBias:
    """What the order of the passages does.

    Attributes:
        changed: Share of shuffles after which the answer or choice differed from the one in the
            order of the ranking.
        first_cited: How often the passage shown first is cited, minus how often it would be if
            the place did not matter. Above 0: what comes first is preferred.
        cases: Cases that were answered in every order.
        failed: Cases left out because a call failed.
        turns: Shuffles a case.
        changed_cases: Ids of cases whose answer changed at least once.
    """

    changed: Estimate
    first_cited: Estimate
    cases: int
    failed: int
    turns: int
    changed_cases: tuple[str, ...]


async def measure_order_bias(
    cases: Sequence[GoldCase],
    *,
    source: PassageSource,
    make_answerer: MakeAnswerer,
    turns: int = 3,
    seed: int = 0,
    concurrency: int = 8,
) -> OrderBias:
    """Answer every case in the order of the ranking and in shuffled ones, and compare.

    Under random orders every passage stands first equally often, so a passage's
    being cited more often when first can only come from its place.

    Args:
        cases: What to ask; costs ``turns + 1`` answers each.
        source: Finds the passages, best first.
        make_answerer: Opens the answerer over a reordered source.
        turns: Shuffles.
        seed: Of the shuffles.
        concurrency: Answers at once.
    """
    drafts: dict[str, list[Draft]] = {case.id: [] for case in cases}
    shown: dict[str, list[tuple[ScoredPassage, ...]]] = {case.id: [] for case in cases}
    for turn in range(turns + 1):
        recorder = _Recorder(ReorderedSource(source=source, turn=turn, seed=seed))
        answerer = make_answerer(recorder)
        gate = asyncio.Semaphore(concurrency)

        async def ask(case: GoldCase, answerer: Answerer = answerer, gate: asyncio.Semaphore = gate) -> Draft:
            async with gate:
                return (await answerer.answer(case, repeat=0)).draft

        for case, draft in zip(cases, await asyncio.gather(*map(ask, cases)), strict=True):
            drafts[case.id].append(draft)
            shown[case.id].append(recorder.seen(case.question))
    whole = [case for case in cases if all(item.state is not DraftState.FAILED for item in drafts[case.id])]
    return _bias(whole, drafts, shown, failed=len(cases) - len(whole), turns=turns)


class _Recorder:
    """Remembers what was shown for each text that was searched for; the first search of a text counts."""

    def __init__(self, source: PassageSource) -> None:
        self._source = source
        self._seen: dict[str, tuple[ScoredPassage, ...]] = {}

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        found = self._source.search(query)
        self._seen.setdefault(" ".join(query.text.split()), found)
        return found

    def seen(self, text: str) -> tuple[ScoredPassage, ...]:
        return self._seen.get(" ".join(text.split()), ())


def _bias(
    cases: Sequence[GoldCase],
    drafts: dict[str, list[Draft]],
    shown: dict[str, list[tuple[ScoredPassage, ...]]],
    *,
    failed: int,
    turns: int,
) -> OrderBias:
    rates: list[float] = []
    changed: list[str] = []
    surplus: list[float] = []
    groups: list[str] = []
    for case in cases:
        first, *others = drafts[case.id]
        flips = [has_changed(first, other) for other in others]
        rates.append(sum(flips) / len(flips) if flips else 0.0)
        groups.append(case.group)
        if any(flips):
            changed.append(case.id)
        # Turn 0 is left out: there the first passage is the best one and deserves to be cited.
        values = [
            value
            for draft, passages in zip(others, shown[case.id][1:], strict=True)
            if (value := _first_surplus(draft, passages)) is not None
        ]
        if values:
            surplus.append(sum(values) / len(values))
    return OrderBias(
        changed=mean_interval(rates, groups=groups, kind="proportion"),
        # Every case is shuffled by itself, so its place effect is independent of its group.
        first_cited=mean_interval(surplus, kind="amount"),
        cases=len(cases),
        failed=failed,
        turns=turns,
        changed_cases=tuple(changed),
    )


def _first_surplus(draft: Draft, passages: Sequence[ScoredPassage]) -> float | None:
    """1 if the first passage is cited, minus the share of all that are; None where nothing can be told."""
    cited = {citation.passage_id for claim in draft.claims for citation in claim.citations}
    ids = [item.passage.id for item in passages]
    held = [name for name in ids if name in cited]
    if len(ids) < 2 or not held:
        return None
    return float(ids[0] in cited) - len(held) / len(ids)
