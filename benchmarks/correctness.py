"""How well `reference_recall` tells right answers from wrong ones.

Run: ``python benchmarks/correctness.py FILE.csv ... [--show]``. A file has the columns ``question``,
``reference``, ``answer`` and ``right`` (true or false). `correctness.csv` beside this script holds sixty
rows of our own: security questions, due diligence and quarterly reports, a right and a wrong answer to each
question; `correctness_fresh.csv` sixty more that nothing was mended on. Prints the AUROC, and how many
fall on the wrong side of a half; ``--show`` prints those rows.
"""

import argparse
import csv
from pathlib import Path

from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.metrics.reference import held_of_reference
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.statistics.agreement import auroc
from bidproof.retrieval.minilm import MiniLmEmbedder

_RIGHT = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    scoring = RunScoring(OfflineMatrix(), MiniLmEmbedder())
    for path in options.files:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        scores = [
            held_of_reference(
                row["reference"], row["answer"], question=row["question"], similarity=scoring.similarity
            )
            for row in rows
        ]
        is_right = [row["right"].lower() == "true" for row in rows]
        low = sum(score < _RIGHT for score, right in zip(scores, is_right, strict=True) if right)
        high = sum(score >= _RIGHT for score, right in zip(scores, is_right, strict=True) if not right)
        rights = sum(is_right)
        print(
            f"{path.name}: AUROC {auroc(scores, is_right).value:.3f}, right ones below .5 {low} of {rights}, "
            f"wrong ones from .5 on {high} of {len(rows) - rights}"
        )
        for row, score, right in zip(rows, scores, is_right, strict=True):
            if options.show and (score >= _RIGHT) != right:
                print(f"  {score:.2f} {row['question']}\n       {row['reference']}\n       {row['answer']}")


if __name__ == "__main__":
    main()
