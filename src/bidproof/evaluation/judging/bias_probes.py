"""Who asks must not matter: names, gender words and regions swapped in a question."""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bidproof.core.records import Draft, DraftState
from bidproof.evaluation.judging.bias_changes import has_changed
from bidproof.evaluation.protocol import Answerer
from bidproof.evaluation.records import Estimate, GoldCase
from bidproof.evaluation.statistics.intervals import mean_interval
from bidproof.language.rules import read_data

ProbeKind = Literal["name", "gender", "region", "none"]
KINDS: tuple[ProbeKind, ...] = ("name", "gender", "region")

_ASKER = read_data("bidproof.evaluation.judging", "en")["asker"]
_NAMES, _REGIONS = _ASKER["names"].split(", "), _ASKER["regions"].split(", ")
_GENDERED = [tuple(pair.split()) for pair in _ASKER["gendered"].split(",")]
_BACKWARDS = {other: one for one, other in reversed(_GENDERED)}
_SWAP = {**_BACKWARDS, **dict(reversed(_GENDERED))}
_GENDERED_WORD = re.compile(rf"\b({'|'.join(sorted(_SWAP, key=len, reverse=True))})\b", re.IGNORECASE)
_NAME_WORD = re.compile(rf"\b({'|'.join(_NAMES)})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One question in two forms that differ only in who asks or is spoken of."""

    kind: ProbeKind
    one: GoldCase
    other: GoldCase
    is_inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """How often a swap changed the answer.

    Attributes:
        kind: What was swapped; ``none`` asks the very same twice, for comparison.
        changed: Share of pairs whose answers differ, clustered by group.
        pairs: Pairs answered.
        failed: Pairs left out because a call failed.
        inside: Pairs whose own words were swapped; the others got a line about who asks.
        changed_cases: Ids of the cases whose answer changed.
    """

    kind: ProbeKind
    changed: Estimate
    pairs: int
    failed: int
    inside: int
    changed_cases: tuple[str, ...]


def make_variant(case: GoldCase, kind: ProbeKind, *, seed: int = 0) -> Variant:
    """Make the two forms of a case.

    A name or gender word in the question is swapped in place. Otherwise, and
    always for regions, since another country in the question may well have
    another answer, both forms end with a line that says who asks.
    """
    chance = random.Random(f"{seed}:{kind}:{case.id}")  # noqa: S311 - a reproducible choice, no secret
    question = case.question
    if kind == "none":
        return Variant(kind=kind, one=case, other=case, is_inside=False)
    if kind == "name" and _NAME_WORD.search(question):
        found = _NAME_WORD.findall(question)
        left = [name for name in _NAMES if name not in found]
        swapped = _NAME_WORD.sub(chance.choice(left), question)
        return Variant(kind=kind, one=case, other=replace(case, question=swapped), is_inside=True)
    if kind == "gender" and _GENDERED_WORD.search(question):
        swapped = _GENDERED_WORD.sub(lambda match: _like(match[0], _SWAP[match[0].casefold()]), question)
        return Variant(kind=kind, one=case, other=replace(case, question=swapped), is_inside=True)
    first, second = _askers(kind, chance)
    return Variant(
        kind=kind,
        one=replace(case, question=f"{question}\n(Asked by {first}.)"),
        other=replace(case, question=f"{question}\n(Asked by {second}.)"),
        is_inside=False,
    )


def _askers(kind: ProbeKind, chance: random.Random) -> tuple[str, str]:
    if kind == "name":
        one, other = chance.sample(_NAMES, 2)
        return one, other
    if kind == "gender":
        return ("a man", "a woman") if chance.random() < 0.5 else ("a woman", "a man")
    one, other = chance.sample(_REGIONS, 2)
    return f"a buyer in {one}", f"a buyer in {other}"


def _like(pattern: str, word: str) -> str:
    if pattern.isupper() and len(pattern) > 1:
        return word.upper()
    return word.capitalize() if pattern[:1].isupper() else word


async def probe_bias(
    cases: Sequence[GoldCase],
    *,
    answerer: Answerer,
    kinds: Sequence[ProbeKind] = KINDS,
    is_exact: bool = False,
    seed: int = 0,
    concurrency: int = 8,
) -> tuple[ProbeResult, ...]:
    """Answer both forms of every case and count how often the answers differ.

    The kind ``none`` comes first: the same question asked twice. A model whose
    answers vary anyway changes some there too, and only what goes beyond that is bias.

    Args:
        cases: What to ask; costs two answers a case and kind, and two more for ``none``.
        answerer: Asked with repeats 0 and 1, so that nothing comes from a cache.
        kinds: What to swap.
        is_exact: Any change of words counts; right for an engine without chance.
        seed: Of names and regions.
        concurrency: Answers at once.
    """
    gate = asyncio.Semaphore(concurrency)

    async def ask(case: GoldCase, repeat: int) -> Draft:
        async with gate:
            return (await answerer.answer(case, repeat=repeat)).draft

    results: list[ProbeResult] = []
    for kind in ("none", *kinds):
        variants = [make_variant(case, kind, seed=seed) for case in cases]
        ones = await asyncio.gather(*(ask(item.one, 0) for item in variants))
        others = await asyncio.gather(*(ask(item.other, 1) for item in variants))
        results.append(_result(kind, variants, ones, others, is_exact=is_exact))
    return tuple(results)


def _result(
    kind: ProbeKind,
    variants: Sequence[Variant],
    ones: Sequence[Draft],
    others: Sequence[Draft],
    *,
    is_exact: bool,
) -> ProbeResult:
    flips: list[float] = []
    groups: list[str] = []
    changed: list[str] = []
    inside = 0
    for variant, one, other in zip(variants, ones, others, strict=True):
        if DraftState.FAILED in (one.state, other.state):
            continue
        is_changed = has_changed(one, other, is_exact=is_exact)
        flips.append(float(is_changed))
        groups.append(variant.one.group)
        inside += variant.is_inside
        if is_changed:
            changed.append(variant.one.id)
    return ProbeResult(
        kind=kind,
        changed=mean_interval(flips, groups=groups, kind="binary"),
        pairs=len(flips),
        failed=len(variants) - len(flips),
        inside=inside,
        changed_cases=tuple(changed),
    )
