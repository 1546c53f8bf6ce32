"""Fit how much content makes a sentence supported, one kind of probe left out in turn.

    BIDPROOF_DATA=../shared/data python benchmarks/verifier_fit.py [--write] [--show]

Reads sentences that people wrote beside quotations: honest rewordings, inventions, and half-true sentences.
One set is the measuring data's (``probes/invented*.csv``, on cloud guides), one is ours
(``verifier_probes.csv``, on security answers and other prose). Prints how many of each kind are called
supported by a fit that saw no probe of that kind, and no quotation of that fifth; then by a fit that saw the
other set alone. ``--write`` puts the weights of all probes into ``answering/proof/data/content.toml``.
"""

import argparse
import csv
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bidproof.answering.proof.content import said_stems
from bidproof.answering.proof.verifier import Reading, Verifier
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.retrieval.minilm import MiniLmEmbedder

DATA = Path(os.environ.get("BIDPROOF_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILES = {
    "guides": (DATA / "probes/invented.csv", DATA / "probes/invented_extra.csv"),
    "ours": (Path(__file__).parent / "verifier_probes.csv",),
}
TARGET = Path(__file__).parents[1] / "src/bidproof/answering/proof/data/content.toml"
NAMES = ("clause", "phrase")
COPIED = 0.75
"""Share of the words from which a difference contradicts instead of counting against."""

HONEST_REFUSED = {"vectors": 0.025, "words": 0.1}
"""Share of the honest, of those that no check refuses, that code may leave undecided."""

HONEST_NOT_FOUND = 0.01
FOLDS = 5
RIDGE = 0.0003


@dataclass(frozen=True, kw_only=True)
class Row:
    """A probe with what is measured of it; ``signals`` is None where a check alone refuses it."""

    group: str
    quote: str
    sentence: str
    kind: str
    is_held: bool
    signals: tuple[float, ...] | None
    reading: Reading | None

    @property
    def name(self) -> str:
        half = "half true" if self.kind.startswith("half") else "invented"
        return "honest" if self.is_held else half


@dataclass(frozen=True, kw_only=True)
class Fit:
    weights: np.ndarray
    constant: float
    supported: float
    partial: float

    def chance(self, row: Row) -> float:
        if row.signals is None:
            return 0.0
        return float(1 / (1 + np.exp(-(self.constant + self.weights @ np.array(row.signals)))))


def read_rows(verifier: Verifier) -> list[Row]:
    rows: list[Row] = []
    for group, files in FILES.items():
        for file in files:
            for item in csv.DictReader(file.open(encoding="utf-8")):
                rows.append(_row(item, group, verifier))
    return rows


def _row(item: dict[str, str], group: str, verifier: Verifier) -> Row:
    quote, sentence = item["quote"], item["sentence"]
    reading = verifier.read(sentence, [quote]) if said_stems(sentence) else None
    signals = None
    if reading is not None and not _is_refused(reading):
        signals = (reading.content.clause, reading.content.phrase)
    kind = item["kind"].replace(" (on topic)", "")
    return Row(
        group=group, quote=quote, sentence=sentence, kind=kind, is_held=item["label"] == "held",
        signals=signals, reading=reading,
    )  # fmt: skip


def _is_refused(reading: Reading) -> bool:
    return bool(reading.absent or reading.changed or reading.doubts)


def fit(rows: Sequence[Row], refused: float) -> Fit:
    """Weights from the rows that no check refuses, no sign wrong; thresholds from the honest of them."""
    seen = [row for row in rows if row.signals is not None]
    signals = np.array([row.signals for row in seen])
    is_held = np.array([row.is_held for row in seen])
    each = np.where(is_held, 0.5 / is_held.sum(), 0.5 / (~is_held).sum())

    def loss(values: np.ndarray) -> float:
        total = values[0] + signals @ values[1:]
        return float(
            each @ np.logaddexp(0, np.where(is_held, -total, total)) + RIDGE * values[1:] @ values[1:]
        )

    bounds = [(None, None), (0, None), (0, None)]
    made = minimize(loss, np.zeros(len(NAMES) + 1), bounds=bounds, method="L-BFGS-B").x
    found = Fit(weights=made[1:], constant=float(made[0]), supported=0.5, partial=0.1)
    return Fit(
        weights=found.weights,
        constant=found.constant,
        supported=_threshold(found, seen, refused),
        partial=_threshold(found, seen, HONEST_NOT_FOUND),
    )


def _threshold(found: Fit, rows: Sequence[Row], refused: float) -> float:
    """The highest threshold that refuses no more than so many of the honest rows."""
    honest = [row for row in rows if row.is_held]
    chances = sorted(found.chance(row) for row in honest)
    return chances[int(refused * len(chances))]


def left_out(rows: Sequence[Row], refused: float) -> dict[int, tuple[float, Fit]]:
    """Every row's chance and fit without its kind; an honest one's without its fifth of the quotations."""
    order = sorted({row.quote for row in rows})
    np.random.default_rng(0).shuffle(order)
    fold = {quote: place % FOLDS for place, quote in enumerate(order)}
    found: dict[int, tuple[float, Fit]] = {}
    for kind in sorted({row.kind for row in rows if not row.is_held}):
        made = fit([row for row in rows if row.kind != kind], refused)
        found |= {id(row): (made.chance(row), made) for row in rows if row.kind == kind}
    for number in range(FOLDS):
        made = fit([row for row in rows if fold[row.quote] != number], refused)
        honest = [row for row in rows if row.is_held and fold[row.quote] == number]
        found |= {id(row): (made.chance(row), made) for row in honest}
    return found


def other_set(rows: Sequence[Row], refused: float) -> dict[int, tuple[float, Fit]]:
    found: dict[int, tuple[float, Fit]] = {}
    for group in FILES:
        made = fit([row for row in rows if row.group != group], refused)
        found |= {id(row): (made.chance(row), made) for row in rows if row.group == group}
    return found


def report(title: str, rows: Sequence[Row], found: dict[int, tuple[float, Fit]]) -> None:
    print(title)
    for group in (*FILES, "both"):
        for name in ("honest", "invented", "half true"):
            own = [row for row in rows if row.name == name and group in (row.group, "both")]
            chances = [found[id(row)] for row in own]
            supported = sum(chance >= made.supported for chance, made in chances)
            absent = sum(chance < made.partial for chance, made in chances)
            low, high = wilson(supported, len(own))
            print(
                f"  {group:7s} {name:10s} supported {supported:3d}/{len(own):<3d} {supported / len(own):.3f}"
                f" [{low:.3f}, {high:.3f}]  not found {absent / len(own):.3f}"
            )


def _written(name: str, made: Fit) -> str:
    weights = "\n".join(f"{key} = {value:.3f}" for key, value in zip(NAMES, made.weights, strict=True))
    return (
        f"[{name}]\nsupported = {made.supported - 0.0005:.3f}\npartial = {made.partial - 0.0005:.3f}\n"
        f"constant = {made.constant:.3f}\n{weights}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what is called wrongly")
    options = parser.parse_args()
    embedder = MiniLmEmbedder(threads=1)
    embedder.warm()
    parts: list[str] = []
    for name, verifier in (("vectors", Verifier(embedder)), ("words", Verifier())):
        started = time.process_time()
        rows = read_rows(verifier)
        spent = (time.process_time() - started) / len(rows)
        print(f"{name}: {len(rows)} probes, {1000 * spent:.1f} ms CPU a sentence")
        refused = HONEST_REFUSED[name]
        found = left_out(rows, refused)
        report("one kind left out", rows, found)
        report("fitted on the other set", rows, other_set(rows, refused))
        made = fit(rows, refused)
        parts.append(_written(name, made))
        print(parts[-1])
        for row in rows if options.show else ():
            chance, seen = found[id(row)]
            if (chance >= seen.supported) != row.is_held:
                print(f"  {row.group}, {row.kind}, {chance:.2f}: {row.sentence}")
                print(f"     {row.quote}\n     {row.reading}")
    if options.write:
        head = (
            "# When the content of a sentence is enough. Made by\n"
            "#   python benchmarks/verifier_fit.py --write\n"
            "# A chance from `supported` on is supported, from `partial` on undecided.\n"
            "# `vectors` where meanings are compared, `words` where no embedder is at hand.\n\n"
            "# Share of its least clause's words from which a difference contradicts a sentence.\n"
            f"copied = {COPIED}\n\n"
        )
        TARGET.write_text(head + "\n".join(parts))


if __name__ == "__main__":
    main()
