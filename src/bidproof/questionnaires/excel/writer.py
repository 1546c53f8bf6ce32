"""Write answers back into the buyer's workbook: answer cells change, everything else stays."""

from collections.abc import Mapping
from pathlib import Path

from bidproof.core.choices import EvidenceMode
from bidproof.core.errors import WriteFailed
from bidproof.core.files import check_unchanged, text_path, write_whole
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, Questionnaire
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.zip.package import open_package
from bidproof.formats.zip.rewrite import replace_parts
from bidproof.questionnaires.csv.evidence import evidence_csv
from bidproof.questionnaires.excel.evidence import evidence_parts
from bidproof.questionnaires.excel.grids import shown_texts
from bidproof.questionnaires.excel.heights import fit_rows, raise_rows
from bidproof.questionnaires.excel.patch import patch_sheet
from bidproof.questionnaires.excel.quoted import QuotedFormats
from bidproof.questionnaires.excel.sheet import scan_sheet
from bidproof.questionnaires.plan import plan_fill
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.sheets.values import (
    MAX_CELL_CHARS,
    check_written,
    mark_in_use,
    values_by_sheet,
)


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
    macros included; an added evidence sheet also touches the lists of parts, and a text
    that looks like a formula adds a cell format, so that it stays a text when it is edited.
    Where the workbook's structure is locked, evidence goes to a CSV beside it. Rows of a
    fixed height grow for their answers, where the sheet's protection lets them.

    Raises:
        WriteFailed: The file changed since it was read, a slot turned out to be
            a formula, or the output cannot be written.
    """
    path = text_path(questionnaire.path)
    package = open_package(path)
    check_unchanged(path, package.raw, content_hash=questionnaire.content_hash)
    workbook = read_workbook(package)
    plan = plan_fill(
        questionnaire, drafts, evidence=evidence, overwrite=overwrite, max_slot_chars=MAX_CELL_CHARS
    )
    parts = {entry.name: entry.part for entry in workbook.sheets}
    quoted = QuotedFormats(package.read(workbook.styles_part) if workbook.styles_part else b"")
    changed: dict[str, bytes] = {}
    clipped: list[str] = []
    for sheet, values in values_by_sheet(plan, mark=mark_in_use(questionnaire)).items():
        if sheet not in parts:
            raise WriteFailed(
                f"cannot write into {path.name!r}: no sheet {sheet!r}", hint="read the file again"
            )
        part = parts[sheet]
        patched = patch_sheet(package.read(part), values, file=path.name, part=part, quoted=quoted.of)
        scan = scan_sheet(patched, file=path.name, part=part)
        check_written(values, shown_texts(scan, workbook), file=path.name)
        heights = fit_rows(scan, values, workbook.styles, sheet=sheet)
        clipped += heights.clipped
        changed[part] = raise_rows(patched, scan, heights)
    if workbook.styles_part and (styles := quoted.part()):
        changed[workbook.styles_part] = styles
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
    return plan.report(files, clipped=clipped)
