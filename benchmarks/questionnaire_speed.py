"""What ``bidproof inspect`` costs on a large workbook, in CPU-seconds of all its processes.

    python benchmarks/questionnaire_speed.py [--sheets 15] [--rows 1000] [--columns 8] [--profile]

``--rows`` counts all sheets together; ``--each`` makes it count each sheet. ``--profile`` reads the file
in this process instead, and prints where the time goes.
"""

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.questionnaire_layouts.canvas import Canvas, Layout, Slot
from benchmarks.questionnaire_layouts.parts import COMMENT, list_sheet, listed
from benchmarks.questionnaire_layouts.words import Words

_BLOCK = 20


def make_workbook(folder: Path, *, sheets: int, rows: int) -> Path:
    """Answer sheets with a header row for each twenty questions, dropdowns by range."""
    words = Words("en", Random(1), is_kept=False)
    lists, ranges = list_sheet(words, ["yes_no"], is_hidden=True)
    choice = listed(words, "yes_no", source=ranges["yes_no"])
    pages: list[Canvas] = []
    for number in range(1, sheets):
        sheet = Canvas(name=f"{number:02d} {words.draw('sections', 1)[0]}"[:31])
        row = 1
        while len(sheet.questions) < rows // (sheets - 1):
            if len(sheet.questions) % _BLOCK == 0:
                head = ["ID", words.draw("sections", 1)[0], "Answer", "Additional information", "Guidance"]
                sheet.row(row, head, style="head")
                row += 1
            text = f"{words.draw('yes_no', 1)[0][:-1]} in system {row}?"
            sheet.row(row, [f"S{number:02d}-{row}", text, None, None, words.draw("guidance", 1)[0]])
            sheet.ask(row, 2, text, {3: choice, 4: Slot(purposes=COMMENT)})
            row += 1
        pages.append(sheet)
    return Layout(family="large", variant=sheets, language="en", sheets=(*pages, lists)).write(folder)


def main() -> None:
    """Time the command, or profile the reading."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=15)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    rows = options.rows * (options.sheets - 1 if options.each else 1)
    with tempfile.TemporaryDirectory() as folder:
        path = make_workbook(Path(folder), sheets=options.sheets, rows=rows)
        if options.profile:
            _profile(path)
            return
        command = [str(Path(sys.executable).with_name("bidproof")), "inspect", str(path), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    print(f"inspect: {options.sheets} sheets, {rows} rows in all: {cpu_s:.2f} CPU-s, exit {done.returncode}")


def _profile(path: Path) -> None:
    from bidproof.questionnaires.excel.reader import read

    with cProfile.Profile() as profile:
        read(path, None)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(35)


if __name__ == "__main__":
    main()
