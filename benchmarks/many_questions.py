"""What a questionnaire of thousands of questions costs: processor time, memory, what is printed and written.

    python benchmarks/many_questions.py [--questions 5000]

The sample's questions are asked again and again, each time of another environment, of the sample's
documents, without a model, by the command line in a process of its own.
Writes ``benchmarks/results/many_questions.json``.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bidproof.questionnaires.read import read_questionnaire

RESULTS = Path(__file__).parent / "results" / "many_questions.json"
SAMPLES = Path(__file__).parents[1] / "samples" / "build.py"


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=5000)
    count = parser.parse_args().questions
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), count)
    print(json.dumps(found, indent=1))
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


def measure(folder: Path, count: int) -> dict[str, float]:
    """The figures of one run over ``count`` questions."""
    subprocess.run([sys.executable, str(SAMPLES), str(folder)], check=True, stdout=subprocess.DEVNULL)
    words = [sys.executable, "-m", "bidproof"]
    place = ["--workspace", str(folder / "workspace"), "--json"]
    subprocess.run(
        [*words, "ingest", str(folder / "documents"), *place], check=True, stdout=subprocess.DEVNULL
    )
    write_questions(folder / "many.csv", folder / "questionnaire.xlsx", count)
    out, printed = folder / "many.answered.csv", folder / "printed.json"
    with printed.open("wb") as stream:
        answering = subprocess.Popen(
            [*words, "answer", str(folder / "many.csv"), "-o", str(out), *place], stdout=stream
        )
        _, status, used = os.wait4(answering.pid, 0)
    if status:
        raise SystemExit(f"answering ended with {os.waitstatus_to_exitcode(status)}")
    return {
        "questions": count,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "printed_mb": printed.stat().st_size / 1e6,
        "evidence_mb": out.with_suffix(".json").stat().st_size / 1e6,
    }


def write_questions(path: Path, sample: Path, count: int) -> None:
    """A table of as many questions, each worded once."""
    texts = [" ".join(item.text.split()) for item in read_questionnaire(sample).questions]
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["ID", "Question", "Answer"])
        for number in range(count):
            turn, place = divmod(number, len(texts))
            text = texts[place] if not turn else f"{texts[place].rstrip('?. ')} in environment {turn}?"
            rows.writerow([f"Q-{number + 1}", text, ""])


if __name__ == "__main__":
    main()
