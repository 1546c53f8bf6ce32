"""Answer requirements that have no place of their own: a response document and a compliance matrix."""

# python-docx ships no complete type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import docx
from docx.shared import Pt

from bidproof.core.choices import EvidenceMode
from bidproof.core.files import write_whole
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState, Question, Questionnaire, SlotPurpose
from bidproof.formats.xml import legal_text
from bidproof.questionnaires.evidence_text import (
    answer_text,
    describe_sources,
    evidence_lines,
    mandatory_text,
    page_words,
    status_text,
)
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.response.matrix import MatrixRow, matrix_bytes
from bidproof.questionnaires.response.numbers import response_numbers

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_MAX_HEADING = 6


def write(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    out: Path,
    evidence: EvidenceMode = "auto",
    overwrite: bool = False,
) -> WriteReport:
    """Write the response document and the compliance matrix for a whole file.

    This is how a PDF is answered. ``out`` gets the suffix ``.docx`` whatever it had; the
    matrix stands beside it as ``NAME-compliance.xlsx``.

    Raises:
        WriteFailed: An output cannot be written.
    """
    del overwrite  # a new document holds no answers to keep
    return write_response(questionnaire, questionnaire.questions, drafts, out=out, evidence=evidence)


def write_response(
    questionnaire: Questionnaire,
    questions: Sequence[Question],
    drafts: Mapping[QuestionId, Draft],
    *,
    out: Path,
    matrix: Path | None = None,
    evidence: EvidenceMode = "auto",
) -> WriteReport:
    """Write both documents for some of a file's questions.

    Args:
        questionnaire: The file that asks, for its name.
        questions: In reading order.
        drafts: By question id. A question without one is listed as not answered yet.
        out: The response document; its suffix becomes ``.docx``.
        matrix: A path whose name the matrix takes; ``out`` by default.
        evidence: ``column`` and ``sheet`` add to both how each answer stands, and its citations;
            else they hold what the buyer is to read, and no more.

    Raises:
        WriteFailed: An output cannot be written.
    """
    document = out.with_suffix(".docx")
    sheet = (matrix or out).with_name(f"{(matrix or out).stem}-compliance.xlsx")
    numbers = response_numbers(questions)
    rows = [_matrix_row(item, drafts.get(item.id), numbers[item.id]) for item in questions]
    with_proof = evidence in ("column", "sheet")
    write_whole(document, _response_bytes(questionnaire, questions, drafts, with_proof=with_proof))
    write_whole(sheet, matrix_bytes(rows, with_proof=with_proof))
    answered = sum(1 for row in rows if row.answer)
    skipped = [
        f"{item.buyer_id or item.id}: left blank, {status_text(draft)}"
        for item in questions
        if (draft := drafts.get(item.id)) is not None and draft.state is not DraftState.DRAFTED
    ]
    return WriteReport(
        files=(document, sheet),
        filled=answered,
        left_blank=len(questions) - answered,
        slots={str(SlotPurpose.ANSWER): answered},
        skipped=tuple(skipped),
    )


def _matrix_row(question: Question, draft: Draft | None, number: str) -> MatrixRow:
    return MatrixRow(
        number=number,
        requirement=question.text,
        section=" › ".join(question.section_path),
        page="" if question.page is None else str(question.page),
        location=question.location,
        mandatory=mandatory_text(question),
        answer=answer_text(draft),
        status=status_text(draft),
        evidence=describe_sources(draft) if draft else "",
    )


def _response_bytes(
    questionnaire: Questionnaire,
    questions: Sequence[Question],
    drafts: Mapping[QuestionId, Draft],
    *,
    with_proof: bool,
) -> bytes:
    document = docx.Document()
    name = Path(questionnaire.path).name
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = legal_text(f"Response to {name}")
    document.add_heading(legal_text(f"Response to {name}"), level=0)
    path: tuple[str, ...] = ()
    numbers = response_numbers(questions)
    for question in questions:
        _add_headings(document, path, question.section_path)
        path = question.section_path
        draft = drafts.get(question.id)
        _add_answer(document, question, draft, numbers[question.id])
        if with_proof:
            _add_proof(document, draft)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add_headings(document: "WordDocument", before: tuple[str, ...], path: tuple[str, ...]) -> None:
    """Add the headings that differ from those of the question before."""
    shared = 0
    while shared < min(len(before), len(path)) and before[shared] == path[shared]:
        shared += 1
    for level, text in enumerate(path[shared:], start=shared + 1):
        document.add_heading(legal_text(text), level=min(level, _MAX_HEADING))


def _add_answer(document: "WordDocument", question: Question, draft: Draft | None, number: str) -> None:
    asked = document.add_paragraph()
    asked.paragraph_format.keep_with_next = True
    asked.add_run(legal_text(f"{number}  ")).bold = True
    asked.add_run(legal_text(f"“{question.text}”")).italic = True
    facts = [
        page_words((question.page,)) if question.page else "",
        {"yes": "mandatory", "no": "not mandatory"}.get(mandatory_text(question), ""),
    ]
    if any(facts):
        asked.add_run(legal_text(f"  ({', '.join(fact for fact in facts if fact)})"))
    # Where there is no answer yet, an empty line takes it.
    for line in [line for line in answer_text(draft).split("\n") if line.strip()] or [""]:
        document.add_paragraph(legal_text(line))


def _add_proof(document: "WordDocument", draft: Draft | None) -> None:
    lines = () if draft is None else evidence_lines(draft)
    for line in (*lines, f"Status: {status_text(draft)}"):
        run = document.add_paragraph().add_run(legal_text(line))
        run.font.size = Pt(9)
