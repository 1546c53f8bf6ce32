"""Gold sets as files for other programs: CSV, XLSX, Parquet, JSON lines."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pandas types its writers loosely.

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from bidproof.core.errors import InvalidSetting
from bidproof.core.files import write_whole
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.files import case_lines
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.formats.csv.cells import guard_cell

COLUMNS = (
    "id",
    "question",
    "reference",
    "choice",
    "options",
    "relevant",
    "is_answerable",
    "group",
    "tags",
    "split",
    "is_verified",
    "section_path",
    "origin",
)
_NEEDS_JSON = re.compile(r"[;\n\r]|^[\[{]|^\s|\s$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def export_gold(cases: Sequence[GoldCase], path: Path) -> None:
    """Write cases to a file that imports again as the same cases.

    In CSV a cell that a spreadsheet would take for a formula gets an apostrophe
    in front; in XLSX every cell is text. Characters that XLSX cannot hold are
    replaced there.

    Args:
        cases: In order.
        path: Its ending decides the format: ``.csv``, ``.xlsx``, ``.parquet`` or ``.jsonl``.

    Raises:
        InvalidSetting: Another ending.
        WriteFailed: Disk full, no permission; what stood there still does.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InvalidSetting(
            f"cannot export to {path.name!r}: expected a name ending in {', '.join(_WRITERS)}",
            hint=NextStep("for example gold.xlsx", options=("out",)),
        )
    write_whole(path, writer(cases))


def _cells(case: GoldCase) -> list[str]:
    values = (
        case.id,
        case.question,
        case.reference,
        case.choice,
        _list_cell(case.options),
        _relevant_cell(case.relevant),
        "" if case.is_answerable is None else str(case.is_answerable).lower(),
        case.group,
        _list_cell(case.tags),
        case.split,
        str(case.is_verified).lower(),
        _list_cell(case.section_path),
        case.origin,
    )
    return list(values)


def _list_cell(items: Sequence[str]) -> str:
    """Items parted by semicolons, or a JSON list where an item would not survive that."""
    if any(_NEEDS_JSON.search(item) or not item for item in items):
        return json.dumps(list(items), ensure_ascii=False)
    return "; ".join(items)


def _relevant_cell(relevant: Sequence[Relevant]) -> str:
    if all(item.page is None and not item.quote and "," not in item.path for item in relevant):
        return _list_cell([item.path for item in relevant])
    return json.dumps([to_json(item) for item in relevant], ensure_ascii=False)


def _csv(cases: Sequence[GoldCase]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([guard_cell(cell) for cell in _cells(case)])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(cases: Sequence[GoldCase]) -> bytes:
    import pandas as pd

    rows = [[_CONTROL.sub("\ufffd", cell) for cell in _cells(case)] for case in cases]
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        pd.DataFrame(rows, columns=list(COLUMNS)).to_excel(book, sheet_name="gold", index=False)
    return buffer.getvalue()


def _parquet(cases: Sequence[GoldCase]) -> bytes:
    import pandas as pd

    buffer = io.BytesIO()
    pd.DataFrame([to_json(case) for case in cases], columns=list(COLUMNS)).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _jsonl(cases: Sequence[GoldCase]) -> bytes:
    return case_lines(cases).encode("utf-8")


_WRITERS: dict[str, Callable[[Sequence[GoldCase]], bytes]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".jsonl": _jsonl,
}
