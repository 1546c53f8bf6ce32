"""Say on one page what an RFP asks of bidders, each thing with its quote and place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import UnreadableFile
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Document
from bidproof.core.settings import DocumentSettings
from bidproof.documents.files import FoundFile, find_files
from bidproof.documents.media_types import MediaType, kind_name
from bidproof.documents.parse import parse_files
from bidproof.flows.requests.answering import BriefRequest
from bidproof.questionnaires.brief.read import brief_of, read_for_brief
from bidproof.questionnaires.brief.records import Brief
from bidproof.runtime.progress import Progress, Step, silent

_SHEETS = frozenset({MediaType.XLSX, MediaType.CSV})


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefReport:
    """The brief, and the Word file that was written; None where none was asked for."""

    brief: Brief
    out: Path | None


def brief(request: BriefRequest, *, settings: DocumentSettings, progress: Progress = silent) -> BriefReport:
    """Read an RFP and what belongs to it, and write its brief.

    Raises:
        UnreadableFile: A file cannot be read, or is a workbook, which holds questions and no prose.
        WriteFailed: The Word file cannot be written.
    """
    documents = _documents(request.files, settings=settings, progress=progress)
    found = brief_of(read_for_brief(documents))
    out = None
    if request.out is not None:
        from bidproof.reports.brief.word import write_brief

        out = write_brief(found, request.out)
    return BriefReport(brief=found, out=out)


def _documents(paths: Sequence[Path], *, settings: DocumentSettings, progress: Progress) -> list[Document]:
    found = find_files(paths)
    if found.skipped:
        first = found.skipped[0]
        raise UnreadableFile(
            f"cannot read {first.name!r}: {first.reason}, expected a PDF, Word, HTML, Markdown or text file",
            hint="convert it to PDF, or leave it out",
            code="unsupported-type",
        )
    order = {path.resolve(): at for at, path in reversed(list(enumerate(paths)))}
    files = sorted(found.files, key=lambda file: order.get(file.path, len(order)))
    documents: list[Document] = []
    for outcome in parse_files(files, settings=settings):
        if outcome.failure is not None:
            raise UnreadableFile(
                outcome.failure.message, hint=outcome.failure.hint, code=outcome.failure.code
            )
        if outcome.document is not None:
            documents.append(_prose(outcome.file, outcome.document))
        progress(Step(stage="reading", done=len(documents), total=len(files)))
    return documents


def _prose(file: FoundFile, document: Document) -> Document:
    if document.media_type in _SHEETS:
        raise UnreadableFile(
            f"cannot brief {file.name!r}: found {kind_name(document.media_type)}, "
            "expected an RFP in prose (PDF, Word, HTML, Markdown or text)",
            hint=NextStep(
                "a workbook of questions can be inspected and answered", Action.INSPECT, file=file.name
            ),
            code="unsupported-type",
        )
    return document
