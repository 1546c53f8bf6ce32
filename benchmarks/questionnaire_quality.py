"""How well questionnaires are read: questions, slots, options, silent losses, and whether confidence is true.

    python benchmarks/questionnaire_quality.py [--missed] [--seed N …] [--only NAME] [--part PART]

Generated layouts come with their truth (``benchmarks/questionnaire_layouts``); the truth of real forms
stands in ``benchmarks/questionnaire_truth`` as cell references and counts. Real forms that are not at
``BIDPROOF_DATA`` are skipped by name.

A question is found when one was read at its cell with its text. A slot is right when its question has it
at its cell for its purpose. A miss is silent when no problem that was reported names its place.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.measuring_sets import data_folder
from benchmarks.questionnaire_forms import make_truth, read_forms
from benchmarks.questionnaire_layouts import PARTS, Layout, TrueQuestion, TrueSlot, generate_layouts
from benchmarks.questionnaire_layouts.word import WORD_PARTS, WordLayout, word_layouts
from benchmarks.requirements_quality import measure as measure_requirements
from bidproof.core.errors import UnsureMapping
from bidproof.core.records import AnswerSlot, Question, Questionnaire, SlotPurpose
from bidproof.questionnaires.sheets.grid import column_letters, parse_location

_CHOSEN = frozenset({SlotPurpose.CHOICE, SlotPurpose.MARK})
_TEXTS = frozenset({SlotPurpose.ANSWER, SlotPurpose.COMMENT})
_BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of one file or of several together."""

    questions: int = 0
    found: int = 0
    false: int = 0
    slots: int = 0
    slots_right: int = 0
    slots_false: int = 0
    options: int = 0
    options_right: int = 0
    sections: int = 0
    sections_right: int = 0
    silent: int = 0
    answered: int = 0
    refused: int = 0
    cpu_s: float = 0.0
    right_reads: int = 0
    reads: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in another's counts."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def read_file(path: Path) -> Questionnaire | None:
    """What is read of a file; None where reading it was refused as unsure."""
    from bidproof.questionnaires.csv.reader import read as read_csv
    from bidproof.questionnaires.excel.reader import read as read_excel
    from bidproof.questionnaires.word.reader import read as read_word

    readers = {".csv": read_csv, ".docx": read_word}
    try:
        return readers.get(path.suffix, read_excel)(path, None)
    except UnsureMapping:
        return None


def measure(path: Path, truth: Sequence[TrueQuestion], either: Collection[str] = ()) -> tuple[Tally, float]:
    """One file against its truth: its counts, and the confidence it was read with (0 where refused)."""
    tally = Tally(
        questions=len(truth),
        slots=sum(len(question.slots) for question in truth),
        options=sum(bool(slot.options) for question in truth for slot in question.slots),
        sections=sum(bool(question.section) for question in truth),
    )
    start = time.process_time()
    read = read_file(path)
    tally.cpu_s = time.process_time() - start
    if read is None:
        tally.refused = 1
        tally.misses.append("refused as unsure")
        return tally, 0.0
    _Match(read, truth, tally, either).count()
    return tally, read.confidence


class _Match:
    """Pairs of what was read and what is true in one file."""

    def __init__(
        self, read: Questionnaire, truth: Sequence[TrueQuestion], tally: Tally, either: Collection[str]
    ) -> None:
        self.truth, self.tally, self.either = truth, tally, either
        self.read = read
        self.named = _named_places(read)
        self.by_place: dict[str, list[Question]] = defaultdict(list)
        for question in read.questions:
            self.by_place[question.location].append(question)

    def count(self) -> None:
        used: set[str] = set()
        for true in self.truth:
            question = self._at(true, used)
            if question is None:
                self._miss("question", true.location, true.text)
                continue
            used.add(question.id)
            self.tally.found += 1
            self._count_slots(true, question)
        taken = [q for q in self.read.questions if q.location not in self.either]
        for question in taken:
            if question.id not in used:
                self.tally.false += 1
                self.tally.slots_false += sum(slot.is_writable for slot in question.slots)
                self.tally.misses.append(f"false question {question.location}: {question.text[:60]!r}")
        self.tally.reads = len(taken)

    def _at(self, true: TrueQuestion, used: set[str]) -> Question | None:
        wanted = _plain(true.text)
        for question in self.by_place.get(true.location, ()):
            if question.id not in used and (not wanted or wanted in _plain(question.text)):
                return question
        return None

    def _count_slots(self, true: TrueQuestion, question: Question) -> None:
        slots = {slot.location: slot for slot in question.slots}
        is_right = True
        for wanted in true.slots:
            slot = slots.pop(wanted.location, None)
            is_listed = bool(wanted.options)
            if slot is None or slot.purpose not in _purposes(wanted, true):
                found = slot.purpose if slot else "nothing"
                self._miss("slot", wanted.location, f"{'/'.join(sorted(wanted.purposes))}, read as {found}")
                is_right = False
                continue
            self.tally.slots_right += 1
            has_options = _options(slot) == wanted.options
            self.tally.options_right += is_listed and has_options
            if is_listed and not has_options:
                self.tally.misses.append(
                    f"options {wanted.location}: {_options(slot)}, true {wanted.options}"
                )
        for slot in slots.values():
            is_right = False
            self.tally.slots_false += 1
            self.tally.misses.append(f"false slot {slot.location}: {slot.purpose} {slot.label!r}")
        self.tally.right_reads += is_right
        if true.section:
            self.tally.sections_right += any(_plain(true.section) in _plain(s) for s in question.section_path)
        self.tally.answered += question.is_answered

    def _miss(self, kind: str, location: str, what: str) -> None:
        is_named = is_covered(location, self.named, self.read.problems)
        self.tally.silent += not is_named
        self.tally.misses.append(f"{'named' if is_named else 'SILENT'} {kind} {location}: {what[:70]}")


def _purposes(slot: TrueSlot, question: TrueQuestion) -> frozenset[SlotPurpose]:
    """Purposes that do a slot justice: beside a choice, an answer and a comment get the same text."""
    has_choice = any(other.purposes & _CHOSEN for other in question.slots if other is not slot)
    return slot.purposes | _TEXTS if has_choice and slot.purposes & _TEXTS else slot.purposes


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _options(slot: AnswerSlot) -> tuple[str, ...]:
    return (slot.option,) if slot.purpose is SlotPurpose.MARK else slot.options


def _named_places(read: Questionnaire) -> frozenset[tuple[str, int]]:
    """Sheets and rows that the accounts of a workbook name as unexplained."""
    from bidproof.formats.csv.text import read_csv
    from bidproof.formats.excel.workbook import read_workbook
    from bidproof.formats.zip.package import open_package
    from bidproof.questionnaires.csv.reader import csv_grid
    from bidproof.questionnaires.excel.grids import read_grids
    from bidproof.questionnaires.sheets.accounts import account_for
    from bidproof.questionnaires.sheets.mapping import parse_mapping

    path = Path(read.path)
    if read.format == "xlsx":
        package = open_package(path)
        grids = read_grids(package, read_workbook(package))
    elif read.format == "csv":
        grids = (csv_grid(read_csv(path), name=path.stem),)
    else:
        return frozenset()
    layout = parse_mapping(read.layout, file=path.name).model_copy(update={"skip": ()})
    found = account_for(grids, layout).unexplained
    return frozenset((item.sheet, place.row) for item in found for place in item.places)


def is_covered(location: str, named: Collection[tuple[str, int]], problems: Iterable[str]) -> bool:
    """Whether a problem names a miss: its row among unexplained cells, or its sheet and column in words."""
    found = parse_location(location)
    if found is None:
        kind, _, number = location.partition("/")[0].partition(":")
        named = re.compile(rf"\b{kind} (?:\d+, )*{number}\b")
        return any(named.search(problem) for problem in problems)
    sheet, place = found
    if (sheet, place.row) in named:
        return True
    column = re.compile(rf"\bcolumns? (?:[A-Z]{{1,3}}, )*{column_letters(place.column)}\b")
    return any(sheet in problem and column.search(problem) for problem in problems)


def print_table(rows: Iterable[tuple[str, Tally]]) -> None:
    """One line a file or family."""
    print(
        f"{'':28} {'questions':>11} {'false':>5} {'slots':>11} {'false':>5} {'options':>9} {'sections':>9}"
        f" {'silent':>6} {'refused':>7} {'CPU-s':>6}"
    )
    for name, t in rows:
        print(
            f"{name:28} {t.found:5}/{t.questions:<5} {t.false:5} {t.slots_right:5}/{t.slots:<5}"
            f" {t.slots_false:5}"
            f" {t.options_right:4}/{t.options:<4} {t.sections_right:4}/{t.sections:<4} {t.silent:6}"
            f" {t.refused:7} {t.cpu_s:6.2f}"
        )


def print_calibration(files: Sequence[tuple[Tally, float]]) -> None:
    """Predicted confidence against the share of questions that were read right and not missed."""
    print(f"\n{'confidence':>12} {'files':>5} {'predicted':>9} {'right':>6}")
    for low, high in pairwise(_BINS):
        inside = [(tally, sure) for tally, sure in files if low <= sure < high and not tally.refused]
        whole = sum(max(tally.reads, tally.questions) for tally, _ in inside)
        if whole:
            predicted = sum(sure * max(tally.reads, tally.questions) for tally, sure in inside) / whole
            right = sum(tally.right_reads for tally, _ in inside) / whole
            print(f"{low:.2f}–{min(high, 1):.2f}{'':3} {len(inside):5} {predicted:9.2f} {right:6.2f}")


def main() -> None:
    """Measure generated layouts, then the real forms."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--missed", action="store_true", help="list what was missed")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--only", default="", help="families and forms whose name holds this")
    parser.add_argument("--part", choices=[*PARTS, *WORD_PARTS])
    options = parser.parse_args()
    files: list[tuple[Tally, float]] = []
    for part in PARTS:
        if options.part in (None, part):
            layouts = chain.from_iterable(generate_layouts(part, seed=seed) for seed in options.seed)
            print(f"\ngenerated layouts, {part}")
            files += _measure_part(layouts, options)
    for part in WORD_PARTS:
        if options.part in (None, part):
            forms = chain.from_iterable(word_layouts(part, seed=seed) for seed in options.seed)
            print(f"\ngenerated Word forms, {part}")
            files += _measure_part(forms, options)
    if options.part is None:
        print("\nreal forms")
        files += _measure_forms(options)
        _measure_prose()
    print_calibration(files)


def _measure_part(
    layouts: Iterable[Layout | WordLayout], options: argparse.Namespace
) -> list[tuple[Tally, float]]:
    families: dict[str, Tally] = defaultdict(Tally)
    files: list[tuple[Tally, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for layout in layouts:
            if options.only not in layout.name:
                continue
            tally, sure = measure(layout.write(Path(folder)), layout.questions)
            if options.missed and tally.misses:
                print(f"{layout.name} (confidence {sure})", *tally.misses, sep="\n   ")
            families[layout.family].add(tally)
            files.append((tally, sure))
    whole = Tally()
    for tally in families.values():
        whole.add(tally)
    print_table([*families.items(), (f"all {len(files)} files", whole)])
    return files


def _measure_forms(options: argparse.Namespace) -> list[tuple[Tally, float]]:
    files: list[tuple[Tally, float]] = []
    rows: list[tuple[str, Tally]] = []
    for form in read_forms():
        if options.only not in form.file:
            continue
        path = data_folder() / form.file
        if not path.exists():
            print(f"{form.file}: skipped, nothing at {path}")
            continue
        tally, sure = measure(path, make_truth(form, path), form.either)
        if options.missed and tally.misses:
            print(f"{form.file} (confidence {sure})", *tally.misses, sep="\n   ")
        rows.append((path.name[:28], tally))
        files.append((tally, sure))
    print_table(rows)
    return files


def _measure_prose() -> None:
    """The request for quotation in prose has no cells: its sentences with an obligation are counted."""
    for name in ("rfq.docx", "draft-rfq.pdf"):
        path = data_folder() / "tdrs-rfq" / name
        if path.exists():
            measure_requirements(path, show_missed=False)
        else:
            print(f"{name}: skipped, nothing at {path}")


if __name__ == "__main__":
    main()
