"""Read a Word questionnaire or RFP into questions, each with its place and its answer slots."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bidproof.core.files import path_text
from bidproof.core.ids import QuestionId
from bidproof.core.records import AnswerSlot, Question, QuestionKind, Questionnaire, SlotPurpose
from bidproof.formats.word.body import Paragraph, Table, all_tables, read_body
from bidproof.formats.word.package import open_word
from bidproof.formats.zip.package import open_package
from bidproof.questionnaires.requirements.limits import (
    StandingLimit,
    standing_limits,
    with_standing_limit,
)
from bidproof.questionnaires.requirements.questions import kind_of_asking, question_from_requirement
from bidproof.questionnaires.requirements.reader import find_obligation, states_obligation
from bidproof.questionnaires.requirements.units import (
    Requirement,
    SectionPath,
    Unit,
    UnitKind,
    find_requirements,
)
from bidproof.questionnaires.response.reader import is_response, read_response
from bidproof.questionnaires.word.accounts import account_for
from bidproof.questionnaires.word.kinds import detect_layout, read_table
from bidproof.questionnaires.word.labels import is_fake_heading, label_name, split_paragraph
from bidproof.questionnaires.word.layout import DocxLayout, layout_from_json, layout_to_json
from bidproof.questionnaires.word.legends import legends_of
from bidproof.questionnaires.word.questions import (
    ParagraphFindings,
    ParagraphQuestion,
    find_paragraph_questions,
    is_answered_in_place,
    paragraphs_below,
    place_below,
)
from bidproof.questionnaires.word.tables import TableQuestion
from bidproof.questionnaires.wording import kind_of, limits_in, mandatory_in

_UNSURE = 0.7
_FORM_SHARE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A question with the paragraph number that orders it and the name it would like."""

    order: int
    part: int
    name: str
    question: Question


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file while it is read."""

    blocks: tuple[Paragraph | Table, ...]
    tables: Mapping[int, Table]
    layout: DocxLayout
    sections: dict[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])
    headings: set[int] = field(default_factory=set[int])
    questions: list[_Placed] = field(default_factory=list[_Placed])
    taken: set[int] = field(default_factory=set[int])
    asked: set[int] = field(default_factory=set[int])
    instructions: set[int] = field(default_factory=set[int])


def read(path: Path, mapping: Mapping[str, object] | None = None) -> Questionnaire:
    """Read a Word file.

    Args:
        path: A ``.docx`` or ``.docm``; macros are never looked at.
        mapping: A layout to use instead of the detected one, as in ``Questionnaire.layout``.

    Returns:
        Questions in document order. Those with slots are answered in the file; those
        without (requirements in prose) go to the response document.

    Raises:
        UnreadableFile: Not a Word document, encrypted, damaged, or over a limit.
        InvalidMapping: The mapping does not fit this file.
    """
    package = open_package(path)
    blocks = read_body(open_word(package))
    if mapping is None and is_response(blocks):
        return _answered_response(path, package.raw, blocks)
    tables = {table.number: table for table in all_tables(blocks)}
    legends = legends_of(blocks)
    detected = {number: detect_layout(table, legends=legends) for number, table in tables.items()}
    reading = _Reading(blocks=blocks, tables=tables, layout=layout_from_json(mapping or {}, detected))
    _map_sections(reading)
    _read_tables(reading)
    _read_paragraphs(reading)
    if reading.layout.requirements:
        _read_requirements(reading)
    questions = _named(reading.questions, _limits(reading))
    accounts = account_for(
        reading.blocks,
        questions,
        layouts=reading.layout.tables,
        headings=reading.headings,
        asked=reading.asked,
        instructions=reading.instructions,
    )
    return Questionnaire(
        path=path_text(path),
        content_hash=hashlib.sha256(package.raw).hexdigest(),
        format="docx",
        questions=questions,
        confidence=_confidence(reading, questions),
        problems=(*_problems(reading, questions), *accounts.problems),
        layout=layout_to_json(reading.layout),
        cells=accounts.cells,
    )


def _answered_response(path: Path, raw: bytes, blocks: tuple[Paragraph | Table, ...]) -> Questionnaire:
    """A response document of ours: what it answers, with the answers that stand in it."""
    placed = [
        _Placed(order=at, part=0, name=question.id, question=question)
        for at, question in enumerate(read_response(blocks))
    ]
    return Questionnaire(
        path=path_text(path),
        content_hash=hashlib.sha256(raw).hexdigest(),
        format="docx",
        questions=_named(placed, []),
        confidence=1.0,
        layout={"format": "response"},
    )


def _map_sections(reading: _Reading) -> None:
    """Give every top-level block the headings above it; note which paragraphs are headings."""
    sections = SectionPath()
    for block in reading.blocks:
        if isinstance(block, Paragraph) and block.text and not block.is_in_toc:
            split = split_paragraph(block)
            is_styled = block.heading_level is not None
            if is_styled or is_fake_heading(block):
                reading.headings.add(block.number)
                is_sentence = find_obligation(split.text) is not None and len(split.text.split()) > 14
                if not (is_sentence or split.text.endswith("?")):
                    sections.push(split.text, label=split.label, rank=block.heading_level)
        if isinstance(block, Table):
            for paragraph in _table_paragraphs(block):
                reading.sections[paragraph.number] = sections.path
        else:
            reading.sections[block.number] = sections.path


def _read_tables(reading: _Reading) -> None:
    for table in reading.tables.values():
        layout = reading.layout.tables[table.number]
        if layout.kind == "skip":
            reading.taken.update(item.number for item in _table_paragraphs(table))
            continue
        if layout.kind == "prose":
            continue
        path = reading.sections.get(_first_paragraph(table), ())
        for item in read_table(table, layout):
            if not reading.layout.skips((*path, *item.section)):
                reading.questions.append(_from_table(item, path))
        reading.taken.update(item.number for row in table.rows for cell in row for item in cell.paragraphs)


def _from_table(item: TableQuestion, path: tuple[str, ...]) -> _Placed:
    options = _options(item.slots)
    limits = limits_in(item.text, item.guidance, *(slot.label for slot in item.slots))
    obligation = states_obligation(item.text) if item.is_requirement else None
    mandatory = mandatory_in(item.text, item.priority)
    if mandatory is None and obligation is not None:
        mandatory = obligation.is_mandatory
    kind = kind_of(item.text, options)
    if item.is_requirement and not options and "?" not in item.text:
        kind = QuestionKind.REQUIREMENT
    elif kind is QuestionKind.REQUIREMENT:
        kind = QuestionKind.FREE
    place = item.cell.place
    question = Question(
        id=QuestionId(""),
        text=item.text,
        kind=kind,
        buyer_id=item.buyer_id,
        section_path=(*path, *item.section),
        options=options,
        guidance=item.guidance,
        max_words=limits.max_words,
        max_chars=limits.max_chars,
        is_mandatory=mandatory,
        slots=item.slots,
        location=place.location,
    )
    number = item.cell.paragraphs[0].number if item.cell.paragraphs else 0
    return _Placed(
        order=number, part=place.cell, name=item.buyer_id or f"t{place.table}r{place.row}", question=question
    )


def _read_paragraphs(reading: _Reading) -> None:
    """Questions of the body and of the cells of prose tables, with their slots."""
    runs = [tuple(block for block in reading.blocks if not _is_skipped(reading, block))]
    for table in reading.tables.values():
        if reading.layout.tables[table.number].kind == "prose":
            runs.extend(cell.blocks for row in table.rows for cell in row if not cell.is_continued)
    findings = [find_paragraph_questions(run) for run in runs] if reading.layout.questions else []
    in_place = reading.layout.answer_in_place
    if in_place is None:
        in_place = is_answered_in_place(findings, runs[0])
    reading.layout = replace(reading.layout, answer_in_place=in_place)
    for run, found in zip(runs, findings, strict=False):
        _drop_boxes(reading, found)
        below = paragraphs_below(run)
        for item in found.questions:
            if set(item.paragraphs) & reading.taken or not (item.is_cued or in_place):
                continue
            _keep_question(reading, below, item, in_place=in_place)


def _is_skipped(reading: _Reading, block: Paragraph | Table) -> bool:
    if isinstance(block, Table):
        return reading.layout.tables[block.number].kind not in ("prose", "stacked")
    return block.style in reading.layout.skip_styles or reading.layout.skips(
        reading.sections.get(block.number, ())
    )


def _drop_boxes(reading: _Reading, found: ParagraphFindings) -> None:
    for number in found.answer_boxes:
        reading.taken.update(item.number for item in _table_paragraphs(reading.tables[number]))


def _keep_question(
    reading: _Reading, below: Mapping[int, Paragraph], item: ParagraphQuestion, *, in_place: bool
) -> None:
    has_text = any(slot.purpose is not SlotPurpose.MARK for slot in item.slots)
    slots = item.slots
    if not slots or (in_place and not has_text and not any(slot.option for slot in slots)):
        slots = (*slots, place_below(item, below))
    options = _options(slots)
    obligation = states_obligation(item.text)
    is_requirement = obligation is not None and not options
    limits = limits_in(item.text)
    path = reading.sections.get(item.paragraph.number, ())
    reading.asked.update((*item.paragraphs, item.stem))
    reading.taken.update(reading.asked)
    heading = item.paragraph.number in reading.headings
    question = Question(
        id=QuestionId(""),
        text=item.text,
        kind=QuestionKind.REQUIREMENT if is_requirement else kind_of_asking(item.text, options),
        buyer_id=item.label,
        section_path=path[:-1] if heading and "?" not in item.text else path,
        options=options,
        max_words=limits.max_words,
        max_chars=limits.max_chars,
        is_mandatory=obligation.is_mandatory if is_requirement and obligation else mandatory_in(item.text),
        slots=slots,
        location=f"paragraph:{item.paragraph.number}",
    )
    number = item.paragraph.number
    reading.questions.append(
        _Placed(order=number, part=0, name=label_name(item.label, path, number), question=question)
    )


def _read_requirements(reading: _Reading) -> None:
    for item in _without_instructions(reading, find_requirements(_units(reading))):
        number = item.order
        name = label_name(item.label, item.section_path, number)
        if item.part > 1 or not item.label:
            name = f"{name}.{item.part}" if item.part > 1 else name
        question = question_from_requirement(item)
        reading.questions.append(_Placed(order=number, part=item.part, name=name, question=question))


def _without_instructions(reading: _Reading, found: Sequence[Requirement]) -> Iterator[Requirement]:
    """The requirements of the prose; what binds above the first place of a form says how to fill it."""
    places = [item.order for item in reading.questions if item.question.slots]
    first = min(places, default=0) if len(places) >= _FORM_SHARE * len(found) else 0
    for item in found:
        if item.order < first:
            reading.instructions.add(item.order)
        else:
            yield item


def _units(reading: _Reading) -> Iterator[Unit]:
    """The prose that no question has taken, as units in reading order."""
    for paragraph in _prose(reading, reading.blocks):
        if not paragraph.text or paragraph.is_in_toc or paragraph.number in reading.taken:
            continue
        if _is_skipped(reading, paragraph):
            continue
        split = split_paragraph(paragraph)
        kind, level = UnitKind.PARAGRAPH, None
        if paragraph.number in reading.headings:
            kind, level = UnitKind.HEADING, paragraph.heading_level
        elif split.is_item and not (split.label and "." in split.label.rstrip(".")):
            kind, level = UnitKind.ITEM, split.level
        place = paragraph.cell.location if paragraph.cell else f"paragraph:{paragraph.number}"
        yield Unit(
            kind=kind,
            text=split.text,
            label=split.label,
            level=level,
            list_style=split.list_style,
            location=place,
            order=paragraph.number,
        )


def _prose(reading: _Reading, blocks: Iterable[Paragraph | Table]) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif reading.layout.tables[block.number].kind != "skip":
            for row in block.rows:
                for cell in row:
                    yield from cell.paragraphs
                    yield from _prose(reading, cell.tables)


def _table_paragraphs(table: Table) -> Iterator[Paragraph]:
    for row in table.rows:
        for cell in row:
            yield from cell.paragraphs
            for inner in cell.tables:
                yield from _table_paragraphs(inner)


def _first_paragraph(table: Table) -> int:
    return next((item.number for item in _table_paragraphs(table)), 0)


def _options(slots: tuple[AnswerSlot, ...]) -> tuple[str, ...]:
    """What may be chosen: the marked options together, else a choice slot's own list."""
    marks = tuple(slot.option for slot in slots if slot.purpose is SlotPurpose.MARK)
    if marks:
        return marks
    return next((slot.options for slot in slots if slot.options), ())


def _limits(reading: _Reading) -> list[StandingLimit]:
    """The limits set for all answers below them, by paragraphs that ask nothing themselves."""
    return [
        limit
        for paragraph in _prose(reading, reading.blocks)
        if paragraph.number not in reading.taken and not paragraph.is_in_toc
        for limit in standing_limits(
            paragraph.text,
            order=paragraph.number,
            section_path=reading.sections.get(paragraph.number, ()),
        )
    ]


def _named(placed: list[_Placed], limits: list[StandingLimit]) -> tuple[Question, ...]:
    """Order the questions, give each an id of its own and the limit that holds for it."""
    seen: set[str] = set()
    questions: list[Question] = []
    for item in sorted(placed, key=lambda item: (item.order, item.part)):
        name, count = item.name, 1
        while name in seen:
            count += 1
            name = f"{item.name} ({count})"
        seen.add(name)
        question = with_standing_limit(item.question, order=item.order, standing=limits)
        questions.append(replace(question, id=QuestionId(name)))
    return tuple(questions)


def _confidence(reading: _Reading, questions: tuple[Question, ...]) -> float:
    """How sure the layout is: the least sure table that gives questions; prose alone is sure enough."""
    if not questions:
        return 0.0
    used = [item.confidence for item in reading.layout.tables.values() if item.kind not in ("prose", "skip")]
    return min([*used, 0.9])


def _problems(reading: _Reading, questions: tuple[Question, ...]) -> Iterator[str]:
    if not questions:
        yield "no question or requirement was found; name the question tables in a mapping"
    if reading.instructions:
        count = len(reading.instructions)
        yield f"binding sentences above the first place to fill, read as instructions: {count}"
    for item in reading.layout.tables.values():
        if item.kind not in ("prose", "skip") and item.confidence < _UNSURE:
            yield f"table {item.table} ({item.title}) was read as {item.kind}: {item.confidence:.0%} sure"
