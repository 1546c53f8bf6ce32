"""The fault tables of docs/reliability.md: every fault injected for real, some times each.

BIDPROOF_REPEATS=20 python benchmarks/fault_table.py [--machine] [--write]
"""

import argparse
import logging
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from fault_rows import ROWS, Found, Row, inject  # noqa: E402
from machine_faults import MACHINE_FAULTS, MachineFault  # noqa: E402

EACH = "BIDPROOF_EACH"
PAGE = REPOSITORY / "docs" / "reliability.md"
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


def endpoint_lines(repeats: int) -> tuple[list[str], bool]:
    """A line for each fault of an endpoint, and whether all of them ended as they have to."""
    logging.disable(logging.WARNING)
    lines, wrong = [], list[Found]()
    for row in ROWS:
        runs = [inject(row) for _ in range(repeats)]
        lines.append(line(row, runs))
        wrong += [found for found in runs if not found.is_as_it_should_be]
        print(lines[-1], flush=True)
    for found in wrong:
        print("not as it should be:", found)
    return lines, not wrong


MACHINE_HEAD = """\
| fault of the machine | injected by | times | not as it has to be |
| --- | --- | --- | --- |
"""


def machine_lines(repeats: int) -> tuple[list[str], bool]:
    """The same for faults of processes, disks and databases, by their tests."""
    lines, is_right = list[str](), True
    for fault in MACHINE_FAULTS:
        each = 1 if fault.repeated == "not" else -(-repeats // fault.count)
        inside, outside = (each, 1) if fault.repeated == "inside" else (repeats, each)
        said = run_tests(fault, inside=inside, outside=outside)
        failed = sum(int(count) for count in re.findall(r"(\d+) (?:failed|error)", said))
        times = fault.count * each
        tests = ", ".join(sorted({f"`{test.partition('::')[0]}`" for test in fault.tests}))
        lines.append(f"| {fault.name} | {tests} | {times} | {failed} |")
        print(lines[-1], flush=True)
        if failed or "passed" not in said:
            is_right = False
            print(said[-4000:], flush=True)
    return lines, is_right


def run_tests(fault: MachineFault, *, inside: int, outside: int) -> str:
    """Run the tests of a fault so often, each repeating itself so often; returns what they print."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "fault_table",
        *fault.tests,
    ]
    env = {**os.environ, "BIDPROOF_REPEATS": str(inside), EACH: str(outside)}
    env["PYTHONPATH"] = str(Path(__file__).parent)
    return subprocess.run(
        command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    ).stdout


def pytest_generate_tests(metafunc: Any) -> None:
    """As a plugin of pytest: each test so many times, in one process."""
    if (each := int(os.environ.get(EACH, "1"))) > 1:
        metafunc.fixturenames.append("turn")
        metafunc.parametrize("turn", range(each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="Put the table into docs/reliability.md.")
    parser.add_argument("--machine", action="store_true", help="Of the machine instead of the endpoint.")
    asked = parser.parse_args()
    repeats = int(os.environ.get("BIDPROOF_REPEATS", "3"))
    head, measure = (MACHINE_HEAD, machine_lines) if asked.machine else (HEAD, endpoint_lines)
    lines, is_right = measure(repeats)
    if asked.write and is_right:
        first, table = re.escape(head.partition("\n")[0]), head + "\n".join(lines) + "\n"
        PAGE.write_text(re.sub(rf"{first}.*?\n(?=\n|\Z)", lambda _: table, PAGE.read_text(), flags=re.S))
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
