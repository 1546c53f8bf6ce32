"""What is true of the real forms among the measuring sets: cell references and counts, nothing of their text.

Each truth was set by opening the form and looking. ``make_truth`` turns it into true questions: options
are looked up in the form itself, by another route than the reader's (openpyxl).
"""

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.questionnaire_layouts import TrueQuestion, TrueSlot
from bidproof.core.records import SlotPurpose

_AREA = re.compile(r"[A-Z]+\d+(?::[A-Z]+\d+)?")
_FOLDER = Path(__file__).parent / "questionnaire_truth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A real form: its file below the data folder, and its truth as kept in JSON.

    ``blocks``: sheet, column of questions, rows, and columns of slots with their purposes. A Word
    form's blocks name a table by its number, from 1, and its rows, from 1. ``either``: cells that a
    careful person may or may not take for questions; they count neither way.
    """

    file: str
    blocks: Sequence[Mapping[str, object]]
    either: Sequence[str] = ()


def read_forms() -> tuple[Form, ...]:
    """Every form with a truth, by name."""
    return tuple(
        Form(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.json"))
    )


def make_truth(form: Form, path: Path) -> list[TrueQuestion]:
    """The form's questions with their slots."""
    make = _of_word if path.suffix == ".docx" else _of_workbook
    return list(make(form, path))


def rows_of(ranges: str) -> list[int]:
    """``3-5 8`` as 3, 4, 5, 8."""
    rows: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        rows.extend(range(int(first), int(last or first) + 1))
    return rows


def _of_word(form: Form, _path: Path) -> Iterator[TrueQuestion]:
    for block in form.blocks:
        for row in rows_of(str(block["rows"])):
            place = f"table:{block['table']}/row:{row}"
            slots = tuple(
                TrueSlot(location=f"{place}/cell:{cell}", purposes=_purposes(names))
                for cell, names in dict(block["slots"]).items()  # type: ignore[call-overload]
            )
            yield TrueQuestion(location=f"{place}/cell:{block['question']}", text="", slots=slots)


def _of_workbook(form: Form, path: Path) -> Iterator[TrueQuestion]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
    for block in form.blocks:
        sheet = book[str(block["sheet"])]
        options = _lists(book, sheet)
        for row in rows_of(str(block["rows"])):
            slots = tuple(
                TrueSlot(
                    location=f"'{sheet.title}'!{column}{row}",
                    purposes=_purposes(names),
                    options=options.get(f"{column}{row}", ()),
                )
                for column, names in dict(block["slots"]).items()  # type: ignore[call-overload]
            )
            cell = f"{block['question']}{row}"
            yield TrueQuestion(
                location=f"'{sheet.title}'!{cell}", text=str(sheet[cell].value).strip(), slots=slots
            )


def _purposes(names: str) -> frozenset[SlotPurpose]:
    return frozenset(SlotPurpose(name) for name in names.split(" or "))


def _lists(book, sheet) -> dict[str, tuple[str, ...]]:
    """Each cell's dropdown values, inline, by range or behind a name."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in sheet.data_validations.dataValidation:
        source = rule.formula1 or ""
        if source in book.defined_names:
            source = book.defined_names[source].attr_text
        if source.startswith('"'):
            values = tuple(part.strip() for part in source.strip('"').split(","))
        else:
            name, _, area = source.lstrip("=").replace("$", "").rpartition("!")
            if not _AREA.fullmatch(area):
                continue
            holder = book[re.sub(r"^'|'$", "", name)] if name else sheet
            values = tuple(str(c.value).strip() for row in holder[area] for c in row if c.value is not None)
        for area in rule.sqref.ranges:
            for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col):
                found.update((cell.coordinate, values) for cell in row)
    return found
