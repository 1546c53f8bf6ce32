"""Hold every interval and test to its nominal level by Monte-Carlo, and print the tables.

    python -m benchmarks.statistics_coverage --replications 4000

Each line draws data from a known truth again and again: how often the 95% interval holds the
truth (aim: 93 to 97%), how often a test at 5% finds a difference where there is none (aim: at
most 5.5%). The error in brackets is the Monte-Carlo standard error. The tests of the folder
``tests/evaluation/statistics`` run a selection of these lines with fewer replications.
"""

import argparse
import json
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import Literal

import numpy as np

from bidproof.evaluation.comparing.live import check_sample_ratio, sequential_difference
from bidproof.evaluation.records import Estimate
from bidproof.evaluation.statistics.agreement import auroc, balanced_accuracy, cohen_kappa
from bidproof.evaluation.statistics.correction import corrected_rate
from bidproof.evaluation.statistics.intervals import mean_interval
from bidproof.evaluation.statistics.multiple import holm
from bidproof.evaluation.statistics.paired import compare_paired

Generator = np.random.Generator
Sizes = Literal["equal", "unequal"]
FLIPS = 999


@dataclass(frozen=True)
class Line:
    """One line of the table: ``draw`` says whether one replication covered, or rejected."""

    aim: Literal["coverage", "false alarms"]
    name: str
    draw: Callable[[Generator], bool]
    is_core: bool = True
    """Whether the aim is claimed for it; the others are printed to show the limits."""
    cost: int = 1
    """How many times fewer replications it gets."""

    def rate(self, replications: int) -> tuple[float, float, int]:
        """Share of replications, its Monte-Carlo standard error, replications run."""
        generator = np.random.default_rng(zlib.crc32(self.name.encode()))
        count = max(50, replications // self.cost)
        rate = sum(self.draw(generator) for _ in range(count)) / count
        return rate, sqrt(max(rate * (1 - rate), 1e-9) / count), count

    def is_met(self, rate: float, error: float) -> bool:
        """Whether the aim holds, within two standard errors of the Monte-Carlo itself."""
        if self.aim == "coverage":
            return 0.93 - 2 * error <= rate <= 0.97 + 2 * error
        return rate <= 0.055 + 2 * error


def cluster_sizes(rng: Generator, clusters: int, sizes: Sizes) -> np.ndarray:
    """Ten each, or log-normal around nine: the largest is often ten times the smallest."""
    if sizes == "equal":
        return np.full(clusters, 10)
    return np.maximum(2, np.round(np.exp(rng.normal(2.2, 0.8, clusters)))).astype(int)


def cluster_rates(rng: Generator, rate: float, correlation: float, clusters: int) -> np.ndarray:
    """A rate for each cluster, beta-distributed: answers of one cluster correlate as stated."""
    if correlation == 0:
        return np.full(clusters, rate)
    total = (1 - correlation) / correlation
    return rng.beta(rate * total, (1 - rate) * total, clusters)


def names(sizes: np.ndarray) -> list[str]:
    return [f"g{number}" for number in np.repeat(np.arange(len(sizes)), sizes)]


def holds(found: Estimate, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low - 1e-12 <= truth <= found.high + 1e-12


def shares(n: int) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        rate = rng.uniform(0.05, 0.95)
        return holds(mean_interval((rng.random(n) < rate).astype(float).tolist(), kind="binary"), rate)

    return draw


def proportions(n: int, alpha: float, beta: float) -> Callable[[Generator], bool]:
    return lambda rng: holds(mean_interval(rng.beta(alpha, beta, n).tolist()), alpha / (alpha + beta))


def amounts(n: int, sigma: float) -> Callable[[Generator], bool]:
    truth = exp(sigma**2 / 2)
    return lambda rng: holds(mean_interval(np.exp(rng.normal(0, sigma, n)).tolist(), kind="amount"), truth)


def clustered_shares(
    clusters: int, sizes: Sizes, rate: float, correlation: float
) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        counts = cluster_sizes(rng, clusters, sizes)
        rates = np.repeat(cluster_rates(rng, rate, correlation, clusters), counts)
        values = (rng.random(len(rates)) < rates).astype(float)
        return holds(mean_interval(values.tolist(), groups=names(counts), kind="binary"), rate)

    return draw


def clustered_proportions(clusters: int, sizes: Sizes, spread: float) -> Callable[[Generator], bool]:
    """Beta-distributed values around a cluster's own mean, 0.7 on average."""

    def draw(rng: Generator) -> bool:
        counts = cluster_sizes(rng, clusters, sizes)
        means = np.repeat(cluster_rates(rng, 0.7, spread, clusters), counts)
        values = rng.beta(4 * means, 4 * (1 - means) + 1e-9)
        return holds(mean_interval(values.tolist(), groups=names(counts)), 0.7)

    return draw


def _discordant(rng: Generator, sizes: np.ndarray, discordance: float, effect: float, lean: float):
    """Pairs of binary values; the direction of change differs between clusters unless ``lean`` is large."""
    up = 0.5 + effect / 2 / discordance
    share = rng.beta(up * lean, (1 - up) * lean, len(sizes))
    rate = np.clip(rng.gamma(4, discordance / 4, len(sizes)), 0, 1) if lean < 1000 else discordance
    differs = rng.random(sizes.sum()) < np.repeat(np.broadcast_to(rate, len(sizes)), sizes)
    rises = rng.random(sizes.sum()) < np.repeat(share, sizes)
    a = np.where(differs, ~rises, rng.random(sizes.sum()) < 0.7)
    return a.astype(float).tolist(), np.where(differs, rises, a).astype(float).tolist()


def paired_shares(
    n: int, discordance: float, effect: float, *, alarm: bool = False
) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        a, b = _discordant(rng, np.array([n]), discordance, effect, 1e9)
        test = compare_paired(a, b, kind="binary")
        return test.p_value <= 0.05 if alarm else test.low <= effect <= test.high

    return draw


def paired_values(
    n: int, kind: Literal["proportion", "amount"], effect: float = 0.0, *, alarm: bool = False
) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        level = rng.normal(0, 1, n)
        if kind == "amount":
            a, b = np.exp(level + rng.normal(0, 0.4, n)), np.exp(level + rng.normal(0, 0.4, n))
        else:
            hard = 1 / (1 + np.exp(-level))
            a, b = (
                rng.beta(3 * hard, 3 * (1 - hard)),
                rng.beta(3 * hard, 3 * (1 - hard)) * (1 - effect) + effect,
            )
        truth = effect * 0.5 if kind == "proportion" else 0.0
        test = compare_paired(a.tolist(), b.tolist(), kind=kind, flips=FLIPS)
        return test.p_value <= 0.05 if alarm else test.low <= truth <= test.high

    return draw


def paired_clustered(
    clusters: int, sizes: Sizes, discordance: float, effect: float, lean: float = 5, *, alarm: bool = False
) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        counts = cluster_sizes(rng, clusters, sizes)
        a, b = _discordant(rng, counts, discordance, effect, lean)
        test = compare_paired(a, b, groups=names(counts), kind="binary", flips=FLIPS if alarm else 9)
        return test.p_value <= 0.05 if alarm else test.low <= effect <= test.high

    return draw


def paired_clustered_values(
    clusters: int, sizes: Sizes, *, alarm: bool = False
) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        counts = cluster_sizes(rng, clusters, sizes)
        shift = np.repeat(rng.normal(0, 0.1, clusters), counts)
        a = rng.uniform(0.3, 0.7, len(shift))
        b = np.clip(a + shift + rng.normal(0, 0.1, len(shift)), 0, 1)
        test = compare_paired(a.tolist(), b.tolist(), groups=names(counts), flips=FLIPS if alarm else 9)
        return test.p_value <= 0.05 if alarm else test.low <= 0 <= test.high

    return draw


def corrected(labels: int, rate: float, sensitivity: float, specificity: float, *, cases: int = 1000):
    def draw(rng: Generator) -> bool:
        people = rng.random(cases) < rate
        judge = np.where(people, rng.random(cases) < sensitivity, rng.random(cases) > specificity).astype(
            float
        )
        found = corrected_rate(
            judge.tolist(), judge[:labels].tolist(), people[:labels].astype(float).tolist()
        )
        return holds(found, rate)

    return draw


def corrected_scores(labels: int, rate: float, *, cases: int = 1000) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        people = rng.random(cases) < rate
        judge = np.where(people, rng.beta(6, 2, cases), rng.beta(3, 3, cases))
        found = corrected_rate(
            judge.tolist(), judge[:labels].tolist(), people[:labels].astype(float).tolist()
        )
        return holds(found, rate)

    return draw


def library_ppi(labels: int, rate: float, sensitivity: float, specificity: float, lam: float | None):
    """The same by ``ppi_py``'s normal interval, for contrast."""
    from ppi_py import ppi_mean_ci

    def draw(rng: Generator) -> bool:
        people = (rng.random(1000) < rate).astype(float)
        judge = np.where(people == 1, rng.random(1000) < sensitivity, rng.random(1000) > specificity).astype(
            float
        )
        low, high = ppi_mean_ci(people[:labels], judge[:labels], judge[labels:], alpha=0.05, lam=lam)
        return bool(low[0] <= rate <= high[0])

    return draw


def areas(good: int, bad: int, clusters: int = 0) -> Callable[[Generator], bool]:
    truth = 0.8556  # P(N(1.5, 1) > N(0, 1)) = Phi(1.5 / sqrt 2)

    def draw(rng: Generator) -> bool:
        if not clusters:
            labels = np.arange(good + bad) < good
            return holds(
                auroc((rng.normal(0, 1, good + bad) + 1.5 * labels).tolist(), labels.tolist()), truth
            )
        group = rng.integers(0, clusters, good + bad)
        labels = rng.random(good + bad) < good / (good + bad)
        scores = sqrt(0.8) * rng.normal(0, 1, good + bad) + sqrt(0.2) * rng.normal(0, 1, clusters)[group]
        found = auroc((scores + 1.5 * labels).tolist(), labels.tolist(), groups=[str(item) for item in group])
        return holds(found, truth)

    return draw


def balanced(n: int) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        labels = rng.random(n) < 0.7
        verdicts = np.where(labels, rng.random(n) < 0.9, rng.random(n) < 0.3)
        found = balanced_accuracy(verdicts.tolist(), labels.tolist())
        return found.low is None or holds(found, 0.8)

    return draw


def kappas(n: int) -> Callable[[Generator], bool]:
    """Two raters who see the same 70% of good cases, each erring in 15%: kappa 0.5009."""
    agree = 0.85**2 + 0.15**2
    said = 0.7 * 0.85 + 0.3 * 0.15
    truth = (agree - said**2 - (1 - said) ** 2) / (1 - said**2 - (1 - said) ** 2)

    def draw(rng: Generator) -> bool:
        good = rng.random(n) < 0.7
        first, second = good ^ (rng.random(n) < 0.15), good ^ (rng.random(n) < 0.15)
        return holds(cohen_kappa(first.tolist(), second.tolist()), truth)

    return draw


def family(metrics: int) -> Callable[[Generator], bool]:
    """Any false alarm among correlated metrics after Holm."""

    def draw(rng: Generator) -> bool:
        shared = rng.normal(0, 0.1, 60)
        p_values = []
        for _ in range(metrics):
            a = rng.uniform(0.3, 0.7, 60)
            b = np.clip(a + shared + rng.normal(0, 0.1, 60), 0, 1)
            p_values.append(compare_paired(a.tolist(), b.tolist(), flips=FLIPS).p_value)
        return min(holm(p_values)) <= 0.05

    return draw


def peeked(n: int, rate: float, share: float = 0.5) -> Callable[[Generator], bool]:
    """Stops at the first of ``n`` looks, one after each observation, that says there is a difference."""

    def draw(rng: Generator) -> bool:
        second, values = rng.random(n) < share, (rng.random(n) < rate).astype(float)
        return sequential_difference(second, values, share=share, grid_points=3).decided_at is not None

    return draw


def sequence(n: int, first: float, second: float) -> Callable[[Generator], bool]:
    """The true difference is within all of the intervals up to ``n``."""

    def draw(rng: Generator) -> bool:
        arm = rng.random(n) < 0.5
        values = (rng.random(n) < np.where(arm, second, first)).astype(float)
        found = sequential_difference(arm.tolist(), values.tolist())
        return found.low is not None and found.low <= second - first <= found.high

    return draw


def split_peeked(n: int) -> Callable[[Generator], bool]:
    def draw(rng: Generator) -> bool:
        seconds = np.cumsum(rng.random(n) < 0.5)
        return any(
            check_sample_ratio(
                {"a": place + 1 - int(count), "b": int(count)}, weights={"a": 1, "b": 1}, level=0.05
            ).is_mismatch
            for place, count in enumerate(seconds)
        )

    return draw


def lines() -> Iterator[Line]:
    """Every line of the tables, in order."""
    for part in (_means, _differences, _corrections, _agreements, _tests):
        yield from part()


def _means() -> Iterator[Line]:
    yield from (Line("coverage", f"share, {n} cases, rates .05 to .95", shares(n)) for n in (20, 50, 200))
    yield Line("coverage", "proportion, 30 cases", proportions(30, 4, 2))
    yield Line("coverage", "proportion, 30 cases, mean .92", proportions(30, 4.6, 0.4), is_core=False)
    yield Line("coverage", "amount, 50 cases, log-normal sigma .5", amounts(50, 0.5))
    yield Line("coverage", "amount, 50 cases, log-normal sigma 1", amounts(50, 1.0), is_core=False)
    for clusters in (10, 20, 40):
        for sizes in ("equal", "unequal"):
            for rate, correlation in ((0.7, 0.1), (0.7, 0.3), (0.9, 0.1), (0.9, 0.3), (0.97, 0.1)):
                name = f"share {rate:g}, {clusters} {sizes} clusters, correlation {correlation:g}"
                is_core = rate < 0.95 and (rate, correlation) != (0.9, 0.3)
                yield Line("coverage", name, clustered_shares(clusters, sizes, rate, correlation), is_core)
    for clusters in (10, 20):
        name = f"proportion, {clusters} unequal clusters"
        yield Line("coverage", name, clustered_proportions(clusters, "unequal", 0.1))


def _differences() -> Iterator[Line]:
    for n, effect in ((30, 0.0), (100, 0.0), (100, 0.1), (400, 0.1)):
        yield Line("coverage", f"paired share, {n} cases, effect {effect:g}", paired_shares(n, 0.2, effect))
    yield Line("coverage", "paired proportion, 40 cases", paired_values(40, "proportion"))
    yield Line("coverage", "paired amount, 40 cases", paired_values(40, "amount"))
    for clusters in (10, 20):
        for sizes in ("equal", "unequal"):
            for discordance, effect in ((0.3, 0.0), (0.3, 0.15), (0.1, 0.05)):
                name = f"paired share, {clusters} {sizes} clusters, {discordance:g} differ, effect {effect:g}"
                yield Line("coverage", name, paired_clustered(clusters, sizes, discordance, effect))
        name = f"paired proportion, {clusters} unequal clusters"
        yield Line("coverage", name, paired_clustered_values(clusters, "unequal"))


def _corrections() -> Iterator[Line]:
    for rate, sensitivity, specificity in (
        (0.8, 0.9, 0.7),
        (0.9, 0.95, 0.6),
        (0.5, 0.6, 0.6),
        (0.95, 0.97, 0.8),
        (0.6, 0.98, 0.95),
    ):
        for labels in (30, 60, 100, 300):
            name = f"corrected, {labels} labels, rate {rate:g}, judge {sensitivity:g}/{specificity:g}"
            draw = corrected(labels, rate, sensitivity, specificity)
            yield Line("coverage", name, draw, is_core=sensitivity < 0.97 or labels >= 100)
    for labels in (30, 60, 100, 300):
        yield Line("coverage", f"corrected score, {labels} labels, rate .8", corrected_scores(labels, 0.8))
    for labels in (30, 60, 100, 300):
        for title, lam in (("PPI", 1.0), ("PPI++", None)):
            name = f"for contrast, ppi_py {title}, {labels} labels, rate 0.9, judge 0.95/0.6"
            yield Line("coverage", name, library_ppi(labels, 0.9, 0.95, 0.6, lam), is_core=False)


def _agreements() -> Iterator[Line]:
    yield Line("coverage", "AUROC .856, 30 good, 30 bad", areas(30, 30))
    yield Line("coverage", "AUROC .856, 100 good, 20 bad", areas(100, 20))
    yield Line("coverage", "AUROC .856, 100 cases in 12 clusters", areas(70, 30, 12))
    yield from (Line("coverage", f"balanced accuracy .8, {n} cases", balanced(n)) for n in (50, 200))
    yield from (Line("coverage", f"Cohen's kappa .44, {n} cases", kappas(n)) for n in (50, 200))
    yield Line(
        "coverage", "sequence, .1 and .15, at all of 2,000 looks", sequence(2000, 0.1, 0.15), False, 10
    )


def _tests() -> Iterator[Line]:
    for n in (30, 100, 400):
        yield Line("false alarms", f"exact McNemar, {n} cases", paired_shares(n, 0.2, 0, alarm=True))
    yield Line(
        "false alarms", "paired permutation, proportions, 40", paired_values(40, "proportion", alarm=True)
    )
    yield Line("false alarms", "paired permutation, amounts, 40", paired_values(40, "amount", alarm=True))
    for clusters in (6, 10, 20, 40):
        name, draw = f"cluster sign flip, shares, {clusters} unequal clusters", paired_clustered
        yield Line("false alarms", name, draw(clusters, "unequal", 0.3, 0, alarm=True))
        name = f"cluster sign flip, proportions, {clusters} unequal clusters"
        yield Line("false alarms", name, paired_clustered_values(clusters, "unequal", alarm=True))
    yield Line("false alarms", "Holm, any of 8 correlated metrics", family(8), cost=4)
    for rate in (0.1, 0.5, 0.9):
        name = f"sequential, rate {rate:g}, 2,000 looks"
        yield Line("false alarms", name, peeked(2000, rate), cost=2)
    yield Line(
        "false alarms", "sequential, rate 0.5, one in five in B, 2,000 looks", peeked(2000, 0.5, 0.2), cost=2
    )
    yield Line("false alarms", "sample ratio, 1,000 looks", split_peeked(1000), cost=5)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument("--only", default="", help="Lines whose name holds this.")
    parser.add_argument("--json", metavar="FILE", default="")
    arguments = parser.parse_args()
    rows, aim, start = [], "", time.monotonic()
    for line in lines():
        if arguments.only not in line.name:
            continue
        if line.aim != aim:
            aim = line.aim
            print(f"\n| {aim} | rate | error | replications | aim |\n| --- | ---: | ---: | ---: | --- |")
        rate, error, count = line.rate(arguments.replications)
        met = "met" if line.is_met(rate, error) else "missed"
        verdict = met if line.is_core else f"({met})"
        print(f"| {line.name} | {rate:.1%} | {error:.2%} | {count:,} | {verdict} |", flush=True)
        rows.append(
            {"aim": aim, "name": line.name, "rate": rate, "error": error, "met": met, "core": line.is_core}
        )
    print(f"\n{time.monotonic() - start:.0f} s")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
