"""Say on one page what an RFP asks of bidders, each thing with its quote and place."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bidproof.answering.brief_model import PartItems, parts_of, read_part
from bidproof.core.errors import UnreadableFile
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Document
from bidproof.core.settings import DocumentSettings
from bidproof.documents.files import FoundFile, find_files
from bidproof.documents.media_types import MediaType, kind_name
from bidproof.documents.parse import parse_files
from bidproof.flows.requests.answering import BriefRequest
from bidproof.questionnaires.brief.read import BriefReading, brief_of, read_for_brief
from bidproof.questionnaires.brief.records import Brief
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

_SHEETS = frozenset({MediaType.XLSX, MediaType.CSV})


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefReport:
    """The brief, and the Word file that was written; None where none was asked for."""

    brief: Brief
    out: Path | None


def brief(
    request: BriefRequest,
    *,
    settings: DocumentSettings,
    session: Session | None = None,
    progress: Progress = silent,
) -> BriefReport:
    """Read an RFP and what belongs to it, and write its brief.

    Args:
        request: The files, and where a Word file goes.
        settings: How files are read.
        session: With a model in its settings, to look for what rules have missed; None for rules alone.
        progress: Is told of files and model calls.

    Raises:
        UnreadableFile: A file cannot be read, or is a workbook, which holds questions and no prose.
        WriteFailed: The Word file cannot be written.
    """
    reading = read_for_brief(_documents(request.files, settings=settings, progress=progress))
    told = [] if session is None else asyncio.run(_ask_model(reading, session=session, progress=progress))
    found = brief_of(
        reading,
        more=[item for part in told for item in part.items],
        dropped=sum(part.dropped for part in told),
        errors=tuple(dict.fromkeys(part.error for part in told if part.error)),
    )
    out = None
    if request.out is not None:
        from bidproof.reports.brief.word import write_brief

        out = write_brief(found, request.out)
    return BriefReport(brief=found, out=out)


async def _ask_model(reading: BriefReading, *, session: Session, progress: Progress) -> list[PartItems]:
    """Ask about every part of every file, as many at once as the model takes."""
    settings = session.settings.model
    parts = [(part, source) for source in reading.sources for part in parts_of(source.document)]
    answered: list[PartItems] = []
    width = max(1, settings.concurrency)
    async with session.open_model(settings, job_id=None) as model:
        for start in range(0, len(parts), width):
            asked = (
                read_part(part, source, cues=reading.cues, model=model, settings=settings)
                for part, source in parts[start : start + width]
            )
            answered += await asyncio.gather(*asked)
            progress(Step(stage="asking the model", done=len(answered), total=len(parts)))
    return answered


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
