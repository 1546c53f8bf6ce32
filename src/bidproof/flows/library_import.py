"""Completed questionnaires into the answer library, through the ordinary reader."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.files import read_whole
from bidproof.core.next_steps import NextStep
from bidproof.core.records import Question, Questionnaire, SlotPurpose
from bidproof.core.settings import DocumentSettings
from bidproof.documents.protocol import SourceFile
from bidproof.documents.readers.office import read_properties
from bidproof.flows.inspect import load_mapping
from bidproof.flows.library_merging import Contradiction, merge_answers
from bidproof.flows.requests.library import LibraryImportRequest
from bidproof.formats.csv.cells import unguard_cell
from bidproof.formats.guarded.guard import run_guarded
from bidproof.language.choices import meaning_of
from bidproof.questionnaires.read import LIMITS, read_questionnaire
from bidproof.questionnaires.read_back import SlotAnswer, standing_answer
from bidproof.questionnaires.wording import is_placeholder
from bidproof.runtime.past_answers import section_name
from bidproof.runtime.session import Session
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import LibraryEntry

_READ_FROM = (
    SlotPurpose.CHOICE,
    SlotPurpose.MARK,
    SlotPurpose.ANSWER,
    SlotPurpose.COMMENT,
    SlotPurpose.EVIDENCE,
)
_OPENING = re.compile(r"([^\s.,;:–—]+)[.,;:–—]?(?:\s*\n|\s*$|(?<=[.,;:–—])\s+)")
_OFFICE = frozenset({".xlsx", ".xlsm", ".docx"})
_MAX_FILE_MB = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """One completed questionnaire as read.

    Attributes:
        name: Of the file.
        answered_on: The day that its answers count from.
        questions: Found in it.
        answers: Those of them that hold an answer.
        columns: What was read, by purpose, and under which headings.
        confidence: That a question is read rightly, 0 to 1.
        layout: The mapping, to be corrected and passed back.
        problems: What was unsure.
    """

    name: str
    answered_on: date
    questions: int
    answers: int
    columns: Mapping[str, tuple[str, ...]]
    confidence: float
    layout: Mapping[str, object]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryImportReport:
    """What came into the library; see :class:`bidproof.flows.library_merging.Merging`."""

    files: tuple[ImportedFile, ...]
    added: int
    merged: int
    superseded: int
    contradictions: tuple[Contradiction, ...]


def import_answers(request: LibraryImportRequest, *, session: Session) -> LibraryImportReport:
    """Read completed questionnaires and keep their answers as approved ones; all or none.

    Raises:
        UserError: The approver is missing (``feedback-approver``).
        InvalidSetting: One mapping is named for several files.
        UnreadableFile: A file cannot be read, or asks nothing.
    """
    require_approver(request.approver)
    if request.mapping is not None and len(request.files) != 1:
        raise InvalidSetting(
            f"cannot read {len(request.files)} files with one mapping: expected one file",
            hint=NextStep("bring that file in by itself", options=("mapping",)),
        )
    mapping = load_mapping(request.mapping)
    read = [(path, read_questionnaire(path, mapping=mapping)) for path in request.files]
    files: list[ImportedFile] = []
    brought: list[LibraryEntry] = []
    for path, found in read:
        day = request.answered_on or _written(path)
        entries = _entries(found, request=request, day=day, source=path.name)
        brought += entries
        files.append(_file(path, found, answers=len(entries), day=day))
    library = session.workspace.library
    merging = merge_answers(library.all(), brought)
    library.save(added=merging.added, changed=tuple(merging.changed.values()))
    return LibraryImportReport(
        files=tuple(files),
        added=len(merging.added),
        merged=merging.merged,
        superseded=merging.superseded,
        contradictions=tuple(merging.contradictions),
    )


def require_approver(name: str) -> None:
    """Refuse an answer that nobody stands behind.

    Raises:
        UserError: The name is blank (``feedback-approver``).
    """
    if not name.strip():
        raise UserError(
            "cannot keep answers: found no approver, expected a name",
            hint=NextStep("say who stands behind the answers", options=("approver",)),
            code="feedback-approver",
        )


def _entries(
    found: Questionnaire, *, request: LibraryImportRequest, day: date, source: str
) -> list[LibraryEntry]:
    asked = Counter(normalize_question(question.text) for question in found.questions)
    entries: list[LibraryEntry] = []
    for question in found.questions:
        words, answer = normalize_question(question.text), _parted(standing_answer(question))
        if not words or answer.is_empty:
            continue
        entries.append(
            LibraryEntry(
                question=" ".join(question.text.split()),
                answer=answer.text,
                choice=answer.choice or None,
                approver=request.approver.strip(),
                approved=day,
                expires=request.expires,
                evidence=_evidence(question),
                tags=request.tags,
                scope=request.scope,
                section=section_name(question.section_path) if asked[words] > 1 else "",
                source=source,
            )
        )
    return entries


def _parted(answer: SlotAnswer) -> SlotAnswer:
    """The answer with its choice, where a form without a list of choices has it before the text."""
    opening = _OPENING.match(answer.text)
    if answer.choice or opening is None or not meaning_of(opening[1]):
        return answer
    rest = answer.text[opening.end() :].strip()
    return SlotAnswer(text=rest[:1].upper() + rest[1:], choice=opening[1])


def _evidence(question: Question) -> str:
    texts = (slot.current for slot in question.slots if slot.purpose is SlotPurpose.EVIDENCE)
    return "\n".join(unguard_cell(text).strip() for text in texts if not is_placeholder(text))


def _file(path: Path, found: Questionnaire, *, answers: int, day: date) -> ImportedFile:
    return ImportedFile(
        name=path.name,
        answered_on=day,
        questions=len(found.questions),
        answers=answers,
        columns=_columns(found.questions),
        confidence=found.confidence,
        layout=found.layout,
        problems=found.problems,
    )


def _columns(questions: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    slots = [slot for question in questions for slot in question.slots]
    labels = {
        purpose: dict.fromkeys(" ".join(slot.label.split()) for slot in slots if slot.purpose is purpose)
        for purpose in _READ_FROM
    }
    return {str(purpose): tuple(filter(None, named)) for purpose, named in labels.items() if named}


def _written(path: Path) -> date:
    """The day on which a file says that it was saved last, else that of the file system."""
    if path.suffix.lower() in _OFFICE:
        stated = run_guarded(_stated_day, path, limits=LIMITS, label=path.name)
        if stated is not None:
            return stated
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _stated_day(path: Path) -> date | None:
    file = SourceFile(
        path=path,
        name=path.name,
        data=read_whole(path, max_mb=_MAX_FILE_MB),
        media_type="",
        settings=DocumentSettings(),
    )
    return read_properties(file).written
