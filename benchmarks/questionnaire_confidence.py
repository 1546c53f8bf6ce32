"""Fit the confidence of a reading, and say how true it is on layouts that were left out of the fit.

    python benchmarks/questionnaire_confidence.py [--seeds N] [--write]

Every layout is read as it is, and blinded: header words turned into words that no list knows, dropdowns
taken away, styles taken away, alone and together, so that readings fail as they do on forms that nobody has
seen. A question counts as right when it was read with all its slots and no other; one that was missed counts
as wrong. The curve is fitted on some families of layouts and judged on the others; --write fits it on all.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.questionnaire_layouts import PARTS, Layout, generate_layouts
from benchmarks.questionnaire_quality import Tally, _Match
from bidproof.core.errors import UnsureMapping
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.zip.package import open_package
from bidproof.questionnaires.excel.grids import read_grids
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.sheets import tables
from bidproof.questionnaires.sheets.tables import detect_layout

FILE = Path(__file__).parents[1] / "src/bidproof/questionnaires/sheets/data/confidence.toml"
NAMES = (
    "asking", "named_question", "named_columns", "dropdown", "guessed", "doubts", "headless",
    "form",
)  # fmt: skip
SYLLABLES = ("zor", "mel", "kip", "tav", "ruy", "qen", "bol", "wid")
Sample = tuple[str, tuple[float, ...], float, float]
"""Family, signals, questions read rightly, questions read wrongly or missed."""


def _blinded(layout: Layout, rng: Random) -> Layout:
    words, lists, styles = rng.choice([0.0, 0.5, 1.0]), rng.random() < 0.3, rng.random() < 0.3
    sheets = []
    for sheet in layout.sheets:
        cells = {
            place: (_unknown(rng) if style == "head" and rng.random() < words else value, style)
            for place, (value, style) in sheet.cells.items()
        }
        if styles:
            cells = {
                place: (value, "" if style != "open" else style) for place, (value, style) in cells.items()
            }
        sheets.append(replace(sheet, cells=cells, lists=[] if lists else sheet.lists))
    return replace(layout, sheets=tuple(sheets))


def _unknown(rng: Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=3)).capitalize()


def _samples(seeds: int) -> Iterator[Sample]:
    rng = Random(7)
    for seed in range(1, seeds + 1):
        for part in PARTS:
            for layout in generate_layouts(part, seed=seed):
                for item in (layout, _blinded(layout, rng), _blinded(layout, rng)):
                    if item.suffix == ".xlsx":
                        yield from _measure(item)


def _measure(layout: Layout) -> list[Sample]:
    with tempfile.TemporaryDirectory() as folder:
        path = layout.write(Path(folder))
        package = open_package(path)
        try:
            found = detect_layout(read_grids(package, read_workbook(package)), file=path.name)
            asked = read(path, None)
        except UnsureMapping:
            return []
        tally = Tally()
        _Match(asked, layout.questions, tally, ()).count()
    wrong = max(0, len(layout.questions) - tally.found) + tally.reads - tally.right_reads
    total = sum(count for count, _ in found.signals)
    return [
        (
            layout.family,
            tuple(signals.get(name, 0.0) for name in NAMES),
            tally.right_reads * count / total,
            wrong * count / total,
        )
        for count, signals in found.signals
    ]


def _fit(samples: Sequence[Sample]) -> tuple[float, Mapping[str, float]]:
    signals = np.array([item[1] for item in samples for _ in (0, 1)])
    right = np.array([side for _ in samples for side in (1, 0)])
    weights = np.array([count for item in samples for count in (item[2], item[3])])
    model = LogisticRegression(C=1.0).fit(signals, right, sample_weight=weights / weights.mean())
    return float(model.intercept_[0]), dict(zip(NAMES, map(float, model.coef_[0]), strict=True))


def _predict(fit: tuple[float, Mapping[str, float]], signals: Sequence[float]) -> float:
    score = fit[0] + sum(fit[1][name] * value for name, value in zip(NAMES, signals, strict=True))
    return float(1 / (1 + np.exp(-score)))


def _print_truth(samples: Sequence[Sample], predicted: Sequence[float]) -> None:
    print(f"{'confidence':>12} {'questions':>9} {'predicted':>9} {'right':>6}")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        inside = [(s, p) for s, p in zip(samples, predicted, strict=True) if low <= p < high]
        whole = sum(s[2] + s[3] for s, _ in inside)
        if whole:
            mean = sum(p * (s[2] + s[3]) for s, p in inside) / whole
            right = sum(s[2] for s, _ in inside) / whole
            print(f"{low:.2f}–{min(high, 1):.2f}{'':3} {whole:9.0f} {mean:9.2f} {right:6.2f}")


def main() -> None:
    """Fit, judge, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tables._SURE_ENOUGH = 0.0  # what would be refused belongs into the fit
    samples = list(_samples(options.seeds))
    families = sorted({item[0] for item in samples})
    predicted = [0.0] * len(samples)
    for fold in range(5):
        left_out = set(families[fold::5])
        fit = _fit([item for item in samples if item[0] not in left_out])
        for index, item in enumerate(samples):
            if item[0] in left_out:
                predicted[index] = _predict(fit, item[1])
    print(f"{len(samples)} readings of {len(families)} families, each judged by a fit without its family")
    _print_truth(samples, predicted)
    constant, weights = _fit(samples)
    lines = [f"{name} = {value:.2f}" for name, value in {"constant": constant, **weights}.items()]
    print("\n".join(["", *lines]))
    if options.write:
        head = (
            "# How much each sign says that a question is read rightly: a logistic curve, fitted by\n"
            "# python benchmarks/questionnaire_confidence.py --write\n[weights]\n"
        )
        FILE.write_text(head + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
