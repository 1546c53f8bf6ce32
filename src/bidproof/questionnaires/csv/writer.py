"""Write answers into a copy of the buyer's CSV; cells that are not answers keep their bytes."""

from collections.abc import Mapping
from pathlib import Path

from bidproof.core.choices import EvidenceMode
from bidproof.core.files import check_unchanged, path_text, text_path, write_whole
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, Questionnaire
from bidproof.formats.csv.cells import guard_cell, unguard_cell
from bidproof.formats.csv.text import CsvText, parse_csv, read_csv
from bidproof.questionnaires.csv.evidence import evidence_csv
from bidproof.questionnaires.plan import plan_fill
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.sheets.grid import Place
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
    """Write a copy of the CSV with its answer cells filled.

    Encoding, byte order mark, delimiter, line ends and all other cells stay. A
    text that a spreadsheet program would run as a formula gets an apostrophe in
    front. An evidence list goes to ``NAME.evidence.csv`` beside it.

    Raises:
        WriteFailed: The file changed since it was read, or the output cannot be written.
    """
    path = text_path(questionnaire.path)
    content = read_csv(path)
    check_unchanged(path, content.raw, content_hash=questionnaire.content_hash)
    plan = plan_fill(
        questionnaire, drafts, evidence=evidence, overwrite=overwrite, max_slot_chars=MAX_CELL_CHARS
    )
    values = values_by_sheet(plan, mark=mark_in_use(questionnaire)).get(path_text(Path(path.stem)), {})
    lost = f"the file: {content.encoding} lacks some characters, written as '?'"
    notes = [lost] * (not all(_is_encodable(value, content.encoding) for value in values.values()))
    patched = patch_csv(content, values)
    if not notes:
        check_written(values, _cells(parse_csv(patched, name=path.name)), file=path.name)
    files = [out]
    if plan.evidence:
        companion = out.with_name(f"{out.stem}.evidence.csv")
        write_whole(companion, evidence_csv(plan.evidence))
        files.append(companion)
    write_whole(out, patched)
    return plan.report(files, notes=notes)


def _cells(content: CsvText) -> dict[Place, str]:
    return {
        Place(row, column): unguard_cell(field.value)
        for row, fields in enumerate(content.rows, 1)
        for column, field in enumerate(fields, 1)
    }


def patch_csv(content: CsvText, values: Mapping[Place, str]) -> bytes:
    """Replace cells of a CSV file; a row too short for its cell is lengthened.

    Args:
        content: The file as read.
        values: By cell; guarded against formulas here.
    """
    pieces: list[str] = []
    position = 0
    for place, value in sorted(values.items()):
        row = content.rows[place.row - 1]
        cell = _quote(guard_cell(value), content)
        if place.column <= len(row):
            start, end = row[place.column - 1].start, row[place.column - 1].end
        else:
            start = end = row[-1].end
            earlier = max((p.column for p in values if p.row == place.row and p < place), default=0)
            cell = content.delimiter * (place.column - max(len(row), earlier)) + cell
        pieces += [content.text[position:start], cell]
        position = end
    text = "".join([*pieces, content.text[position:]])
    return content.mark + text.encode(content.encoding, errors="replace")


def _quote(value: str, content: CsvText) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    needs_quotes = any(character in plain for character in (content.delimiter, '"', "\n", "\r"))
    if not needs_quotes and plain == plain.strip():
        return plain
    return '"' + plain.replace('"', '""') + '"'


def _is_encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
