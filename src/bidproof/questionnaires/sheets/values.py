"""A fill plan's values by cell, as a sheet of the file takes them."""

from collections.abc import Mapping

from bidproof.core.errors import WriteFailed
from bidproof.core.records import Questionnaire, SlotPurpose
from bidproof.formats.xml import legal_text
from bidproof.language.limits import cut_to_limits
from bidproof.questionnaires.protocol import FillPlan
from bidproof.questionnaires.sheets.grid import Place, column_letters, parse_location

MAX_CELL_CHARS = 32_767
"""Longest text of one cell, in UTF-16 units (Excel's specifications and limits)."""


def values_by_sheet(plan: FillPlan, *, mark: str) -> dict[str, dict[Place, str]]:
    """A plan's values by sheet and cell, with the file's own mark in mark columns.

    Raises:
        WriteFailed: A location is not a cell's.
    """
    sheets: dict[str, dict[Place, str]] = {}
    for item in plan.values:
        found = parse_location(item.location)
        if found is None:
            raise WriteFailed(
                f"cannot write to {item.location!r}: it names no cell", hint="read the questionnaire again"
            )
        sheet, place = found
        value = mark if item.purpose is SlotPurpose.MARK and item.value else item.value
        sheets.setdefault(sheet, {})[place] = _within_cell(value)
    return sheets


def check_written(wanted: Mapping[Place, str], found: Mapping[Place, str], *, file: str) -> None:
    """Hold what was to be written into a sheet against what its new bytes read as.

    Raises:
        WriteFailed: A value is not there as it was meant.
    """
    lost = [place for place, text in wanted.items() if _shown(text) != _shown(found.get(place, ""))]
    if lost:
        where = f"{column_letters(lost[0].column)}{lost[0].row}"
        raise WriteFailed(
            f"cannot write into {file!r}: read back, {len(lost)} of {len(wanted)} cells do not hold what was"
            f" written, the first at {where}",
            hint="open the file in a spreadsheet program, save it as a new file, and answer that",
        )


def _shown(text: str) -> str:
    return " ".join(legal_text(text).replace("\0", "").split())


def mark_in_use(questionnaire: Questionnaire) -> str:
    """The mark that the file already uses in its mark columns, ``x`` where it shows none."""
    for question in questionnaire.questions:
        for slot in question.slots:
            if slot.purpose is SlotPurpose.MARK and slot.current.strip():
                return slot.current.strip()
    return "x"


def _within_cell(value: str) -> str:
    """Excel counts UTF-16 units, so characters beyond the first plane count twice."""
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_CELL_CHARS:
        return value
    return cut_to_limits(value, max_words=None, max_chars=MAX_CELL_CHARS // 2)
