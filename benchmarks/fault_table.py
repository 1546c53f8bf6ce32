"""The fault table of docs/reliability.md: every fault injected over real HTTP, some times each.

BIDPROOF_REPEATS=20 python benchmarks/fault_table.py [--write]
"""

import argparse
import logging
import os
import re
import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from fault_rows import ROWS, Found, Row, inject  # noqa: E402

HEAD = """\
| fault | ends | requests a question | lost | invented | paid twice | seconds |
| --- | --- | --- | --- | --- | --- | --- |
"""


def line(row: Row, runs: list[Found]) -> str:
    states = sum((Counter(found.states) for found in runs), Counter[str]())
    total = row.questions * len(runs)
    ends = ", ".join(f"{count / total:.0%} {state}" for state, count in states.most_common())
    each = sum(found.requests for found in runs) / total
    seconds = sum(found.seconds for found in runs) / len(runs)
    sums = [sum(getattr(found, name) for found in runs) for name in ("lost", "invented", "paid_twice")]
    return f"| {row.name} | {ends} | {each:.2f} | {' | '.join(map(str, sums))} | {seconds:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="Put the table into docs/reliability.md.")
    write = parser.parse_args().write
    logging.disable(logging.WARNING)
    repeats, lines, wrong = int(os.environ.get("BIDPROOF_REPEATS", "3")), [], []
    for row in ROWS:
        runs = [inject(row) for _ in range(repeats)]
        lines.append(line(row, runs))
        wrong += [found for found in runs if not found.is_as_it_should_be]
        print(lines[-1], flush=True)
    for found in wrong:
        print("not as it should be:", found)
    page = REPOSITORY / "docs" / "reliability.md"
    if write and not wrong:
        table = HEAD + "\n".join(lines) + "\n"
        page.write_text(re.sub(r"\| fault \|.*?\n(?=\n|\Z)", lambda _: table, page.read_text(), flags=re.S))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
