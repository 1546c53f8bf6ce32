"""Read a PDF questionnaire or RFP into questions and requirements, each with its page."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import path_text
from bidproof.core.ids import QuestionId
from bidproof.core.records import BlockKind, Question, Questionnaire
from bidproof.core.settings import DocumentSettings
from bidproof.documents.media_types import MediaType
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.pdf.reader import read_pdf
from bidproof.questionnaires.mapping_values import check_keys, flag_in, items_in
from bidproof.questionnaires.pdf.aligned import aligned_tables
from bidproof.questionnaires.pdf.forms import drawn_forms, form_labels, gap_labels
from bidproof.questionnaires.pdf.tables import PdfTable, RuledTables, joined_over_pages, ruled_tables
from bidproof.questionnaires.pdf.units import PlacedTable, pdf_units
from bidproof.questionnaires.requirements.limits import (
    StandingLimit,
    standing_limits,
    with_standing_limit,
)
from bidproof.questionnaires.requirements.questions import question_from_requirement, question_from_row
from bidproof.questionnaires.requirements.units import (
    Requirement,
    SectionPath,
    Unit,
    UnitKind,
    find_requirements,
)
from bidproof.questionnaires.sheets.headers import Role
from bidproof.questionnaires.word.columns import Open, asking_roles, column_roles, has_answer_role

_KEYS = frozenset({"format", "requirements", "questions", "skip_sections", "skip_pages"})
_TELLING = re.compile(
    r"\b(?:shall|must|should|required?|requirements?|questions?|answers?|responses?)\b|\?", re.I
)
_MIN_OPEN_ROWS = 2
_CONFIDENCE = 0.85
_SCANNED_CONFIDENCE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfLayout:
    """What to read of a PDF: sentences that oblige, sentences that ask, and what to pass over."""

    requirements: bool = True
    questions: bool = True
    skip_sections: tuple[str, ...] = ()
    skip_pages: tuple[int, ...] = ()

    def keeps(self, question: Question) -> bool:
        """Whether a question is wanted."""
        if question.page in self.skip_pages:
            return False
        starts = tuple(text.casefold() for text in self.skip_sections)
        return not (
            starts and any(heading.casefold().startswith(starts) for heading in question.section_path)
        )


@dataclass(slots=True)
class _Rows:
    """Table rows while they are read: columns go on over a page break."""

    roles: Mapping[int, Role] = field(default_factory=dict[int, Role])
    titles: tuple[str | None, ...] = ()
    width: int = 0
    page: int = 0
    section: str = ""


def read(path: Path, mapping: Mapping[str, object] | None = None) -> Questionnaire:
    """Read a PDF.

    Args:
        path: A PDF; pages without a text layer need ``bidproof[ocr]``.
        mapping: A layout to use, as in ``Questionnaire.layout``.

    Returns:
        Questions in reading order, each with its page and without slots: a PDF is
        answered by a response document and a compliance matrix.

    Raises:
        UnreadableFile: Not a PDF, encrypted, damaged, or over a limit.
        InvalidMapping: The mapping does not fit.
    """
    layout = _layout(mapping or {})
    data = _bytes(path)
    file = SourceFile(
        path=path,
        name=path.name,
        data=data,
        media_type=MediaType.PDF,
        settings=DocumentSettings(),
        as_printed=True,
    )
    content = read_pdf(file, keeps_pages=True)
    reading = content.reading
    ruled = ruled_tables(data, _table_pages(reading))
    aligned = aligned_tables(content, ruled.tables)
    drawn = [item for item in ruled.tables if item.columns > 1 or not any(map(item.overlaps, aligned))]
    known = joined_over_pages([*drawn, *aligned])
    forms = drawn_forms(content.pages, without={table.page for table in known})
    unread: list[str] = []
    found = _questions(reading, (*known, *forms), unread)
    questions = _named([item for item in found if layout.keeps(item) and _is_wanted(item, layout)])
    return Questionnaire(
        path=path_text(path),
        content_hash=hashlib.sha256(data).hexdigest(),
        format="pdf",
        questions=questions,
        confidence=_confidence(reading, questions),
        problems=(*_problems(reading, ruled, questions), *unread),
        layout={
            "format": "pdf",
            "requirements": layout.requirements,
            "questions": layout.questions,
            "skip_sections": list(layout.skip_sections),
            "skip_pages": list(layout.skip_pages),
        },
    )


def _problems(reading: Reading, ruled: RuledTables, questions: tuple[Question, ...]) -> Iterator[str]:
    yield from reading.warnings
    if ruled.unread_from is not None:
        yield f"tables from page {ruled.unread_from} on were read as lines: finding cells took too long"
    if not questions:
        yield "no question or requirement was found"


def _table_pages(reading: Reading) -> set[int]:
    """Pages with a table and with words that ask or oblige, and those on which such a table may go on."""
    tabled = {block.page for block in reading.blocks if block.kind is BlockKind.TABLE}
    telling = {span.page for span in reading.pages if _TELLING.search(reading.text[span.start : span.end])}
    return {page for page in tabled if page is not None and (page in telling or page - 1 in telling)}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: {error.strerror or error}",
            hint="check that the file exists and may be read",
        ) from error


def _is_wanted(question: Question, layout: PdfLayout) -> bool:
    return layout.requirements if question.kind == "requirement" else layout.questions


def _questions(reading: Reading, tables: tuple[PdfTable, ...], unread: list[str]) -> list[Question]:
    """Requirements of the prose and rows of question tables, in one order; what was passed over is named."""
    placed: list[tuple[int, int, Question]] = []
    units: list[Unit] = []
    sections = SectionPath()
    rows = _Rows()
    limits: list[StandingLimit] = []
    for item in pdf_units(reading, tables):
        if isinstance(item, PlacedTable):
            found = _table_questions(item, rows, sections.path) or _form_questions(item, sections.path)
            placed.extend((item.order, at, question) for at, question in enumerate(found))
            if not found:
                units.extend(_cell_units(item))
                unread.extend(_open_rows(item.table))
            continue
        if item.kind is UnitKind.HEADING:
            sections.push(item.text, label=item.label, rank=item.level)
        gaps = gap_labels(item.text)
        placed.extend(
            (item.order, at, _labelled(label, sections.path, page=item.page)) for at, label in enumerate(gaps)
        )
        units.extend(() if gaps else (item,))
        limits.extend(standing_limits(item.text, order=item.order, section_path=sections.path))
    for requirement in find_requirements(units):
        placed.append((requirement.order, requirement.part, _located(requirement)))
    return [
        with_standing_limit(question, order=order, standing=limits)
        for order, _, question in sorted(placed, key=lambda item: item[:2])
    ]


def _located(requirement: Requirement) -> Question:
    return question_from_requirement(replace(requirement, location=f"page {requirement.page}"))


def _cell_units(item: PlacedTable) -> Iterator[Unit]:
    for row in item.table.rows:
        for cell in row:
            if cell:
                yield Unit(kind=UnitKind.PARAGRAPH, text=cell, page=item.table.page, order=item.order)


def _table_questions(item: PlacedTable, rows: _Rows, path: tuple[str, ...]) -> list[Question]:
    """The rows of a table with question and answer columns; empty for any other table."""
    table = item.table
    width = max(len(row) for row in table.rows)
    goes_on = rows.width == width and table.page - rows.page in (0, 1)
    if not goes_on:
        rows.roles, rows.section, rows.titles = {}, "", ()
    rows.width, rows.page = width, table.page
    found: list[Question] = []
    for number, row in enumerate(table.rows, start=1):
        roles = _title_roles(table, number, is_first=number == 1 and not rows.roles)
        if roles is not None:
            rows.roles, rows.titles = roles, row
        if row == rows.titles:
            continue
        texts = [cell for cell in row if cell]
        if not rows.roles or not texts:
            continue
        values = {role: row[at] or "" for at, role in rows.roles.items() if at < len(row)}
        if len(texts) == 1 and (not values.get(Role.QUESTION) or None in row):
            rows.section = texts[0]
        elif values.get(Role.QUESTION):
            place = f"page {table.page}, table row {number}"
            inside = (*path, rows.section) if rows.section else path
            found.append(question_from_row(values, section_path=inside, location=place, page=table.page))
    return found


def _open_rows(table: PdfTable) -> Iterator[str]:
    """A table that gave no question although something stands beside open cells in several rows."""
    count = sum(1 for row in table.rows if any(row) and any(cell == "" for cell in row))
    if count >= _MIN_OPEN_ROWS and count * 2 >= len(table.rows):
        yield f"page {table.page}: a table of {count} rows with blank cells belongs to no question"


def _form_questions(item: PlacedTable, path: tuple[str, ...]) -> list[Question]:
    """The labels of a form, each waiting for its value."""
    return [
        _labelled(
            label.text,
            (*path, label.section) if label.section else path,
            page=item.table.page,
            place=f", table row {label.row}",
        )
        for label in form_labels(item.table)
    ]


def _labelled(label: str, path: tuple[str, ...], *, page: int | None, place: str = "") -> Question:
    values = {Role.QUESTION: label}
    return question_from_row(values, section_path=path, location=f"page {page}{place}", page=page)


def _title_roles(table: PdfTable, number: int, *, is_first: bool) -> Mapping[int, Role] | None:
    """The roles under a row of titles; for a table's first row, by what stands below it as well."""
    titles = [cell or "" for cell in table.rows[number - 1]]
    named = asking_roles(titles)
    if named is None and not is_first:
        return None
    body = [row for row in table.rows[number:] if None not in row and len(row) == len(titles)]
    shown = [[cell or Open.BLANK for cell in row] for row in body]
    roles = column_roles(titles, shown, is_marked=False)
    return roles if roles is not None and (named is not None or has_answer_role(roles)) else named


def _named(questions: list[Question]) -> tuple[Question, ...]:
    """Give each question an id of its own: the printed number, else its page and count."""
    seen: set[str] = set()
    on_page: dict[int, int] = {}
    named: list[Question] = []
    for question in questions:
        page = question.page or 0
        on_page[page] = on_page.get(page, 0) + 1
        plain = question.buyer_id.strip("().: ")
        name = plain if len(plain) > 2 else f"p{page}.{on_page[page]}"
        count, unique = 1, name
        while unique in seen:
            count += 1
            unique = f"{name} ({count})"
        seen.add(unique)
        named.append(replace(question, id=QuestionId(unique)))
    return tuple(named)


def _confidence(reading: Reading, questions: tuple[Question, ...]) -> float:
    if not questions:
        return 0.0
    return (
        _SCANNED_CONFIDENCE if reading.warnings or any(page.is_ocr for page in reading.pages) else _CONFIDENCE
    )


def _layout(mapping: Mapping[str, object]) -> PdfLayout:
    check_keys(mapping, _KEYS)
    return PdfLayout(
        requirements=flag_in(mapping, "requirements"),
        questions=flag_in(mapping, "questions"),
        skip_sections=items_in(mapping, "skip_sections", str, what="headings"),
        skip_pages=items_in(mapping, "skip_pages", int, what="page numbers"),
    )
