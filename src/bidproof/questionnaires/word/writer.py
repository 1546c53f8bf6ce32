"""Write answers into a copy of the buyer's Word file: only its answer places change."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from bidproof.core.choices import EvidenceMode
from bidproof.core.errors import WriteFailed
from bidproof.core.files import check_unchanged, text_path, write_whole
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Question, Questionnaire, SlotPurpose
from bidproof.formats.word.body import number_elements, row_cells, table_rows
from bidproof.formats.word.edit import (
    insert_below,
    insert_like,
    replace_text,
    shown_text,
    write_block,
)
from bidproof.formats.word.package import WordPackage, open_word
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.xml import w
from bidproof.formats.xml import XmlElement, legal_text
from bidproof.formats.zip.package import open_package
from bidproof.formats.zip.rewrite import replace_parts
from bidproof.language.limits import fits
from bidproof.questionnaires.evidence_text import SOURCES, evidence_lines
from bidproof.questionnaires.plan import plan_fill
from bidproof.questionnaires.protocol import FillPlan, SlotValue, WriteReport
from bidproof.questionnaires.response.writer import write_response
from bidproof.questionnaires.word.controls import fill_control
from bidproof.questionnaires.word.cues import ANY_BOX, LABELLED, answer_cue, labelled_values, remark_of
from bidproof.questionnaires.word.evidence import append_evidence_table
from bidproof.questionnaires.word.slots import inline_blanks
from bidproof.questionnaires.word.written import check_written, wanted_boxes

_ADDRESS = re.compile(
    r"(?P<kind>table|paragraph|control|after-paragraph):(?P<number>\d+)"
    r"(?:/row:(?P<row>\d+)/cell:(?P<cell>\d+)|/box:(?P<box>\d+)|/blank:(?P<blank>\d+)|/(?P<end>end))?"
)
_LINE = re.compile(r"\S[^\n]*")
_TICKS = {"☐": "☒", "□": "☒", "❏": "☒", "❑": "☒", "▢": "☒", "⬜": "☒"}


@dataclass(slots=True, kw_only=True)
class _Edit:
    """One document while it is changed; numbers are those of the untouched document."""

    styles: StyleSheet
    paragraphs: list[XmlElement]
    tables: list[XmlElement]
    controls: list[XmlElement]
    last: dict[str, XmlElement] = field(default_factory=dict[str, XmlElement])


def write(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    out: Path,
    evidence: EvidenceMode = "auto",
    overwrite: bool = False,
) -> WriteReport:
    """Write the answers.

    Questions with slots are answered in a copy of the file at ``out``. Requirements in
    prose have no place in it: they go to a response document and a compliance matrix
    beside it (``NAME-response.docx``, ``NAME-compliance.xlsx``). A file without any slot
    is not copied; then ``out`` itself is the response document.

    Args:
        questionnaire: As read; the file must not have changed since.
        drafts: By question id; questions without one stay as they are.
        out: The ``.docx`` to write; an existing file is replaced in one step.
        evidence: ``auto`` puts citations into the file's own evidence column only; ``column``
            below each answer where it has none; ``sheet`` adds a table at the end; ``none`` neither.
        overwrite: Replace answers that the file already holds.

    Raises:
        WriteFailed: ``out`` cannot be written, or the file changed since it was read.
        UnreadableFile: The original can no longer be read.
    """
    slotted = tuple(item for item in questionnaire.questions if item.slots)
    prose = tuple(item for item in questionnaire.questions if not item.slots)
    if not slotted:
        return write_response(questionnaire, prose, drafts, out=out, evidence=evidence)
    path = text_path(questionnaire.path)
    package = open_word(open_package(path))
    check_unchanged(path, package.zip.raw, content_hash=questionnaire.content_hash)
    inside = replace(questionnaire, questions=slotted)
    plan = plan_fill(inside, drafts, evidence=evidence, overwrite=overwrite)
    document = _answered(package, inside, drafts, plan, evidence)
    write_whole(out, replace_parts(package.zip, {package.main: document}, {}))
    report = plan.report([out])
    if not any(item.id in drafts for item in prose):
        return report
    response = out.with_name(f"{out.stem}-response.docx")
    return report.joined(
        write_response(questionnaire, prose, drafts, out=response, matrix=out, evidence=evidence)
    )


def _answered(
    package: WordPackage,
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    plan: FillPlan,
    evidence: EvidenceMode,
) -> bytes:
    root = package.document()
    body = root.find(w("body"))
    assert body is not None  # noqa: S101 - the package has checked it
    edit = _Edit(
        styles=StyleSheet(package.part("styles.xml")),
        paragraphs=list(number_elements(body, "p")),
        tables=list(number_elements(body, "tbl")),
        controls=list(number_elements(body, "sdt")),
    )
    for value in plan.values:
        _fill(edit, value)
    if evidence == "column":
        _cite(edit, questionnaire.questions, drafts, plan)
    if plan.evidence:
        append_evidence_table(body, plan.evidence)
    document = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    places = {element: at for at, element in enumerate(root.iter())}
    boxes = {
        box: places[_found(edit, box.location)[1]] for box in wanted_boxes(plan, questionnaire.questions)
    }
    check_written(plan, document, boxes, styles=edit.styles, file=Path(questionnaire.path).name)
    return document


def _fill(edit: _Edit, value: SlotValue) -> None:
    found, element = _found(edit, value.location)
    kind = found["kind"]
    if kind == "control":
        last = fill_control(element, value, styles=edit.styles)
    elif kind == "table":
        last = _fill_cell(edit, element, value)
    elif kind == "after-paragraph":
        last = _add_below(edit, element, value.value)
    else:
        last = element
        if found["box"]:
            _tick(edit, last, int(found["box"]), is_chosen=bool(value.value))
        elif found["end"]:
            length = len(shown_text(last, edit.styles))
            text = " " + legal_text(value.value).strip()
            replace_text(last, length, length, text, styles=edit.styles)
        elif found["blank"]:
            _fill_blank(edit, last, int(found["blank"]), value.value)
        else:
            last = _fill_paragraph(edit, last, value.value)
    if last is not None:
        edit.last[value.location] = last


def _found(edit: _Edit, location: str) -> tuple[re.Match[str], XmlElement]:
    """The parts of an address, with the control, cell or paragraph that it leads to."""
    found = _ADDRESS.fullmatch(location)
    if found is None:
        raise WriteFailed(
            f"cannot write to {location!r}: found no such address, expected a slot of this file",
            hint="read the questionnaire again, then export",
        )
    number = int(found["number"])
    if found["kind"] == "control":
        return found, edit.controls[number - 1]
    if found["kind"] == "table":
        row = table_rows(edit.tables[number - 1])[int(found["row"]) - 1]
        return found, row_cells(row)[int(found["cell"]) - 1]
    return found, edit.paragraphs[number - 1]


def _fill_cell(edit: _Edit, cell: XmlElement, value: SlotValue) -> XmlElement:
    shown = {item: shown_text(item, edit.styles) for item in cell.iter(w("p"))}
    if labelled_values("\n".join(shown.values())):
        return _fill_labelled(edit, shown, value)
    cued = next((item for item, text in shown.items() if answer_cue(text) is not None), None)
    return (
        write_block(cell, value.value, styles=edit.styles)
        if cued is None
        else _fill_paragraph(edit, cued, value.value)
    )


def _fill_labelled(edit: _Edit, shown: Mapping[XmlElement, str], value: SlotValue) -> XmlElement:
    """Keep the labels of a cell ("Web:"): a choice goes behind each of them, a text below them all."""
    is_choice = value.purpose is SlotPurpose.CHOICE
    behind = f" {' '.join(value.value.split())}" if is_choice and value.value else ""
    last = next(iter(shown))
    for paragraph, text in shown.items():
        for line in reversed(list(_LINE.finditer(text))):
            label = LABELLED.match(text, line.start(), line.end())
            if label is not None:
                start = label.end("label")
                replace_text(paragraph, start - 1, line.end(), text[start - 1] + behind, styles=edit.styles)
        last = paragraph if text.strip() else last
    for line in () if is_choice else value.value.split("\n"):
        last = insert_like(last, line) if line.strip() else last
    return last


def _fill_paragraph(edit: _Edit, paragraph: XmlElement, text: str) -> XmlElement:
    """Fill a paragraph that is a place for an answer; a cue in front stays."""
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    shown = shown_text(paragraph, edit.styles)
    cue = answer_cue(shown) or _answered_cue(shown) or _remark_label(shown)
    if cue:
        start = shown.index(cue) + len(cue)
        replace_text(paragraph, start, len(shown), f" {lines[0]}", styles=edit.styles)
    else:
        replace_text(paragraph, 0, len(shown), lines[0], styles=edit.styles)
    last = paragraph
    for line in lines[1:]:
        last = insert_like(last, line)
    return last


def _answered_cue(shown: str) -> str:
    """The cue of a place that already holds an answer, which is being replaced."""
    head, mark, _ = shown.partition(":")
    return f"{head}{mark}" if mark and answer_cue(f"{head}{mark}") is not None else ""


def _remark_label(shown: str) -> str:
    """The label of a place for a remark: "Comments:"; what stands behind it is being replaced."""
    label, _ = remark_of(shown) or ("", "")
    return label


def _fill_blank(edit: _Edit, paragraph: XmlElement, number: int, text: str) -> None:
    shown = shown_text(paragraph, edit.styles)
    gaps = inline_blanks(shown)
    gap = gaps[number - 1]
    space = "" if gap.start() == 0 or shown[gap.start() - 1].isspace() else " "
    replace_text(paragraph, gap.start(), gap.end(), space + " ".join(text.split()), styles=edit.styles)


def _tick(edit: _Edit, paragraph: XmlElement, number: int, *, is_chosen: bool) -> None:
    box = list(ANY_BOX.finditer(shown_text(paragraph, edit.styles)))[number - 1]
    old = box.group()
    if old[0] in "[(":
        new = f"{old[0]}{'x' if is_chosen else ' '}{old[-1]}"
    else:
        new = _TICKS.get(old, "☒") if is_chosen else "☐"
    if new != old:
        replace_text(paragraph, box.start(), box.end(), new, styles=edit.styles)


def _add_below(edit: _Edit, question: XmlElement, text: str) -> XmlElement:
    style = "" if edit.styles.heading_level(question) is not None else None
    last = question
    for line in [line for line in text.split("\n") if line.strip()] or [""]:
        last = insert_below(question, line, style=style, after=last)
    return last


def _cite(
    edit: _Edit, questions: Iterable[Question], drafts: Mapping[QuestionId, Draft], plan: FillPlan
) -> None:
    """Put an evidence line below each answer whose sources stand nowhere in its slots yet."""
    values = {item.location: item for item in plan.values}
    for question in questions:
        draft = drafts.get(question.id)
        written = [values[slot.location] for slot in question.slots if slot.location in values]
        if draft is None or draft.state is not DraftState.DRAFTED:
            continue
        if any(item.purpose is SlotPurpose.EVIDENCE or SOURCES in item.value for item in written):
            continue
        texts = (item for item in written if item.purpose in (SlotPurpose.ANSWER, SlotPurpose.COMMENT))
        main = next(texts, None)
        lines = evidence_lines(draft)
        last = edit.last.get(main.location) if main else None
        if main is None or last is None:
            continue
        whole = "\n".join((main.value, *lines))
        if fits(whole, max_words=question.max_words, max_chars=question.max_chars):
            for line in lines:
                last = insert_like(last, line)
