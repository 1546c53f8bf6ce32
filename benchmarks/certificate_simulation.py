"""Hold the certificates to their promise: draw labelled sets from known truths and count false promises.

    python -m benchmarks.certificate_simulation --draws 1000

Each line draws ``--draws`` labelled sets from one truth, splits each as ``bidproof route fit``
does, plans the thresholds on one part and certifies on the other. Then the true error rate above
the certified threshold is looked up: the promise of at most 5% (or 10%) wrong may be broken in
at most 5% of the draws. Where more are broken than chance explains (exact binomial test at
0.001), the line fails. Printed beside: how often a certificate is given, and how much it accepts.

``naive`` is what goes wrong without the correction: the least strict threshold whose own
bound passes. ``alike`` has answers of one questionnaire fail together, which the certificate does
not allow for unless one answer a questionnaire is taken (``one a group``).
Writes ``benchmarks/results/certificates.json``.
"""

import argparse
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from bidproof.evaluation.statistics.certificates import (
    Certificate,
    certify,
    one_a_group,
    plan_thresholds,
    split_items,
)

Generator = np.random.Generator
RESULTS = Path(__file__).parent / "results" / "certificates.json"
CONFIDENCE = 0.95
_LARGE = 200_000
_GRID = tuple(round(0.95 - 0.05 * step, 2) for step in range(20))


@dataclass(frozen=True)
class Truth:
    """Scores and the chance of being wrong at each score."""

    name: str
    draw: Callable[[Generator, int], np.ndarray]
    risk: Callable[[np.ndarray], np.ndarray]
    items: int = 400
    error: float = 0.05
    group_size: int = 1


TRUTHS = (
    Truth("well calibrated", lambda rng, n: rng.beta(9, 0.6, n), lambda s: 1 - s),
    Truth("calibrated, weak", lambda rng, n: rng.beta(4, 1.5, n), lambda s: 1 - s, error=0.1),
    Truth("sharp", lambda rng, n: rng.random(n), lambda s: 0.5 / (1 + np.exp(18 * (s - 0.45)))),
    Truth("overconfident", lambda rng, n: rng.beta(9, 0.6, n), lambda s: np.minimum(1, 2.5 * (1 - s))),
    Truth("useless, just too risky", lambda rng, n: rng.random(n), lambda s: np.full(len(s), 0.0501)),
    Truth("useless, risky", lambda rng, n: rng.random(n), lambda s: np.full(len(s), 0.3)),
    Truth("useless, safe", lambda rng, n: rng.random(n), lambda s: np.full(len(s), 0.01)),
    Truth("inverted", lambda rng, n: rng.random(n), lambda s: 0.02 + 0.08 * s),
    Truth("inverted, steep", lambda rng, n: rng.random(n), lambda s: 0.25 * s**4),
    Truth("zigzag", lambda rng, n: rng.random(n), lambda s: np.where(np.floor(8 * s) % 2 == 0, 0.12, 0.01)),
    Truth("cliff", lambda rng, n: rng.random(n), lambda s: np.where(s > 0.5, 0.0501, 0.5)),
    Truth(
        "ties",
        lambda rng, n: rng.choice([0.2, 0.5, 0.8, 1.0], n, p=[0.2, 0.2, 0.2, 0.4]),
        lambda s: 0.02 + 0.4 * (1 - s),
    ),
    Truth("all tied", lambda rng, n: np.full(n, 0.7), lambda s: np.full(len(s), 0.0501)),
    Truth("few items", lambda rng, n: rng.beta(9, 0.6, n), lambda s: 1 - s, items=80, error=0.1),
    Truth("very few items", lambda rng, n: rng.beta(9, 0.6, n), lambda s: 1 - s, items=8),
    Truth("many items", lambda rng, n: rng.beta(9, 0.6, n), lambda s: 1 - s, items=2000),
    Truth("alike", lambda rng, n: rng.random(n), lambda s: np.full(len(s), 0.0501), group_size=10),
)

Rule = Callable[[np.ndarray, np.ndarray, list[str], Truth, int], Certificate]


def planned(scores: np.ndarray, wrong: np.ndarray, groups: list[str], truth: Truth, seed: int) -> Certificate:
    """What the product does."""
    fitting, testing = split_items(groups, seed=seed)
    thresholds = plan_thresholds(
        scores[list(fitting)].tolist(), wrong[list(fitting)].tolist(), items=len(testing), error=truth.error
    )
    at = list(testing)
    return certify(
        scores[at].tolist(),
        wrong[at].tolist(),
        thresholds=thresholds,
        error=truth.error,
        confidence=CONFIDENCE,
    )


def one_each(
    scores: np.ndarray, wrong: np.ndarray, groups: list[str], truth: Truth, seed: int
) -> Certificate:
    """The same with one answer a group."""
    drawn = list(one_a_group(groups, [True] * len(groups), seed=seed))
    return planned(scores[drawn], wrong[drawn], [groups[place] for place in drawn], truth, seed)


def bonferroni(
    scores: np.ndarray, wrong: np.ndarray, groups: list[str], truth: Truth, seed: int
) -> Certificate:
    """No split: a grid fixed beforehand, each threshold at its share of the level."""
    del groups, seed
    return certify(
        scores.tolist(),
        wrong.tolist(),
        thresholds=_GRID,
        error=truth.error,
        confidence=CONFIDENCE,
        method="bonferroni",
    )


def naive(scores: np.ndarray, wrong: np.ndarray, groups: list[str], truth: Truth, seed: int) -> Certificate:
    """Every threshold at full level, the least strict that passes taken: promises too much."""
    del groups, seed
    places = sorted(set(scores.tolist()))
    found = [
        certify(
            scores.tolist(), wrong.tolist(), thresholds=(place,), error=truth.error, confidence=CONFIDENCE
        )
        for place in places[:: max(1, len(places) // 100)]
    ]
    return next((item for item in found if item.threshold is not None), found[-1])


RULES: dict[str, Rule] = {
    "planned": planned,
    "bonferroni": bonferroni,
    "naive": naive,
    "one a group": one_each,
}


@dataclass(frozen=True)
class Line:
    """One truth under one rule."""

    truth: str
    rule: str
    items: int
    error: float
    draws: int
    certified: float
    broken: float
    p_value: float
    accepts: float
    is_claimed: bool
    holds: bool


def simulate(truth: Truth, rule: str, *, draws: int) -> Line:
    """Draw again and again, and hold each promise against the truth."""
    rng = np.random.default_rng(zlib.crc32(f"{truth.name} {rule}".encode()))
    large = np.sort(truth.draw(rng, _LARGE))[::-1]
    above = np.cumsum(truth.risk(large)) / np.arange(1, _LARGE + 1)
    broken, accepts = 0, list[float]()
    for seed in range(draws):
        scores, wrong, groups = _labelled(truth, rng)
        found = RULES[rule](scores, wrong, groups, truth, seed)
        if found.threshold is None:
            continue
        kept = int(np.searchsorted(-large, -found.threshold, side="right"))
        accepts.append(kept / _LARGE)
        broken += bool(kept and above[kept - 1] > truth.error)
    chance = binomtest(broken, draws, 1 - CONFIDENCE, alternative="greater").pvalue
    is_claimed = rule != "naive" and (truth.group_size == 1 or rule == "one a group")
    return Line(
        truth=truth.name,
        rule=rule,
        items=truth.items,
        error=truth.error,
        draws=draws,
        certified=len(accepts) / draws,
        broken=broken / draws,
        p_value=round(float(chance), 4),
        accepts=round(float(np.mean(accepts)), 4) if accepts else 0.0,
        is_claimed=is_claimed,
        holds=bool(chance >= 0.001),
    )


def _labelled(truth: Truth, rng: Generator) -> tuple[np.ndarray, np.ndarray, list[str]]:
    scores = truth.draw(rng, truth.items)
    risk = truth.risk(scores)
    if truth.group_size == 1:
        return scores, rng.random(truth.items) < risk, [""] * truth.items
    # Nine of ten groups have no error at all, the tenth has ten times as many.
    numbers = np.arange(truth.items) // truth.group_size
    factor = np.where(rng.random(numbers[-1] + 1) < 0.1, 10.0, 0.0)[numbers]
    return scores, rng.random(truth.items) < risk * factor, [f"g{number}" for number in numbers]


def lines(*, draws: int, rules: tuple[str, ...] = tuple(RULES)) -> list[Line]:
    """Every line of the table."""
    found: list[Line] = []
    for truth in TRUTHS:
        for rule in rules:
            if rule == "one a group" and truth.group_size == 1:
                continue
            found.append(simulate(truth, rule, draws=draws if rule != "naive" else max(1, draws // 5)))
    return found


def main() -> None:
    """Run all lines, print them, write them down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    started = time.perf_counter()
    found = lines(draws=options.draws)
    print(
        f"{'truth':26}{'rule':13}{'items':>6}{'error':>7}{'certified':>11}{'accepts':>9}{'broken':>8}  holds"
    )
    for line in found:
        note = "yes" if line.holds else "NO" if line.is_claimed else "no (not claimed)"
        print(
            f"{line.truth:26}{line.rule:13}{line.items:6}{line.error:7.2f}{line.certified:11.3f}"
            f"{line.accepts:9.3f}{line.broken:8.3f}  {note}"
        )
    failed = [line for line in found if line.is_claimed and not line.holds]
    options.out.parent.mkdir(exist_ok=True)
    packed = {
        "command": f"python -m benchmarks.certificate_simulation --draws {options.draws}",
        "confidence": CONFIDENCE,
        "seconds": round(time.perf_counter() - started, 1),
        "lines": [asdict(line) for line in found],
    }
    options.out.write_text(json.dumps(packed, indent=1) + "\n", "utf-8")
    print(f"{len(failed)} lines broke their promise; written to {options.out}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
