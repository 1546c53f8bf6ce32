"""Write answers back into the buyer's workbook: answer cells change, everything else stays."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from bidproof.core.errors import WriteFailed
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, Questionnaire, SlotPurpose
from bidproof.questionnaires.csv_evidence import evidence_csv
from bidproof.questionnaires.fill import plan_fill
from bidproof.questionnaires.grid import Place, parse_location
from bidproof.questionnaires.limits import cut_to_limits
from bidproof.questionnaires.output import check_unchanged, write_whole
from bidproof.questionnaires.protocol import EvidenceMode, FillPlan, WriteReport
from bidproof.questionnaires.xlsx_evidence import evidence_parts
from bidproof.questionnaires.xlsx_package import open_package, replace_parts
from bidproof.questionnaires.xlsx_patch import MAX_CELL_CHARS, patch_sheet
from bidproof.questionnaires.xlsx_workbook import read_workbook


def write(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    out: Path,
    evidence: EvidenceMode,
    overwrite: bool,
) -> WriteReport:
    """Write a copy of the workbook with its answer cells filled.

    Every part of the package but the sheets written is copied byte for byte,
    macros included; an added evidence sheet also touches the lists of parts.
    Where the workbook's structure is locked, evidence goes to a CSV beside it.

    Raises:
        WriteFailed: The file changed since it was read, a slot turned out to be
            a formula, or the output cannot be written.
    """
    path = Path(questionnaire.path)
    package = open_package(path)
    digest = hashlib.sha256(package.raw).hexdigest()
    check_unchanged(path, content_hash=questionnaire.content_hash, digest=digest)
    workbook = read_workbook(package)
    plan = plan_fill(
        questionnaire, drafts, evidence=evidence, overwrite=overwrite, max_slot_chars=MAX_CELL_CHARS
    )
    parts = {entry.name: entry.part for entry in workbook.sheets}
    changed: dict[str, bytes] = {}
    for sheet, values in values_by_sheet(plan, mark=mark_in_use(questionnaire)).items():
        if sheet not in parts:
            raise WriteFailed(
                f"cannot write into {path.name!r}: no sheet {sheet!r}", hint="read the file again"
            )
        part = parts[sheet]
        patched = patch_sheet(package.read(part), values, file=path.name, part=part)
        changed[part] = patched
    added: dict[str, bytes] = {}
    files = [out]
    if plan.evidence and workbook.is_structure_locked:
        files.append(out.with_name(f"{out.stem}.evidence.csv"))
    elif plan.evidence:
        more = evidence_parts(package, workbook, plan.evidence)
        changed.update(more.changed)
        added.update(more.added)
    content = replace_parts(package, changed, added) if changed or added else package.raw
    for companion in files[1:]:
        write_whole(companion, evidence_csv(plan.evidence))
    write_whole(out, content)
    return WriteReport(
        files=tuple(files), filled=plan.filled, left_blank=plan.left_blank, skipped=plan.skipped
    )


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


def mark_in_use(questionnaire: Questionnaire) -> str:
    """The mark that the file already uses in its mark columns, ``x`` where it shows none."""
    for question in questionnaire.questions:
        for slot in question.slots:
            if slot.purpose is SlotPurpose.MARK and slot.current.strip():
                return slot.current.strip()
    return "x"


def _within_cell(value: str) -> str:
    """Excel counts UTF-16 units, so characters beyond the first plane count twice."""
    if len(value.encode("utf-16-le")) // 2 <= MAX_CELL_CHARS:
        return value
    return cut_to_limits(value, max_words=None, max_chars=MAX_CELL_CHARS // 2)
