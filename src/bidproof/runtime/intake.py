"""Carry out what an ingest has planned: parse, store, index, in one pass over the files.

A document is stored first and indexed next; see ``indexer.py`` for what a kill in
between leaves behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bidproof.core.ids import DocumentId
from bidproof.core.records import Document
from bidproof.documents.files import FoundFile
from bidproof.documents.parse import ParseFailure, parse_files
from bidproof.runtime.indexer import FileProblem, Indexer
from bidproof.runtime.progress import Progress, Step
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DocumentRow

READING = "reading documents"
"""The stage whose notes name files that were not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePlan:
    """What has to happen to bring the workspace in step with folders.

    Attributes:
        read: New and changed files.
        known: What is stored, by path.
        tags: Given to every document that is read; empty leaves those it brings.
        stale: Documents that stay as they were, since their files still cannot be read.
        recovered: Documents whose files are again as they were read.
        removed: Documents whose files are gone.
        forgotten: Paths that could not be read and are gone, or are read again.
    """

    read: tuple[FoundFile, ...]
    known: Mapping[str, DocumentRow]
    tags: tuple[str, ...]
    stale: tuple[DocumentId, ...]
    recovered: tuple[DocumentId, ...]
    removed: tuple[DocumentId, ...]
    forgotten: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Intake:
    """What came in; ``stale`` are documents kept as they were, for a file that could not be read."""

    added: list[DocumentId] = field(default_factory=list[DocumentId])
    changed: list[DocumentId] = field(default_factory=list[DocumentId])
    stale: list[DocumentId] = field(default_factory=list[DocumentId])
    problems: list[FileProblem] = field(default_factory=list[FileProblem])
    warnings: list[str] = field(default_factory=list[str])
    pages: int = 0


def take_in(plan: IntakePlan, indexer: Indexer, *, session: Session, progress: Progress) -> Intake:
    """Do what is planned; ``indexer`` holds the workspace's lock and is finished or abandoned here."""
    intake = Intake(stale=list(plan.stale))
    table = session.workspace.documents
    table.mark_stale(plan.stale, is_stale=True)
    table.mark_stale(plan.recovered, is_stale=False)
    for path in plan.forgotten:
        table.clear_failure(path)
    indexer.drop(plan.removed)
    try:
        if plan.read:
            indexer.warm()
        _read(intake, plan, indexer, session=session, progress=progress)
        indexer.finish(progress=progress)
        _note_set_aside(intake, indexer)
    except BaseException:
        indexer.abandon()
        raise
    return intake


def _read(
    intake: Intake, plan: IntakePlan, indexer: Indexer, *, session: Session, progress: Progress
) -> None:
    outcomes = parse_files(plan.read, settings=session.settings.documents)
    for done, outcome in enumerate(outcomes, start=1):
        note = ""
        if outcome.failure is not None:
            note = _refuse(intake, outcome.file, outcome.failure, plan, session)
        elif outcome.document is not None:
            _accept(intake, outcome.file, outcome.document, plan, session, indexer)
        progress(Step(stage=READING, done=done, total=len(plan.read), note=note))


def _refuse(
    intake: Intake, file: FoundFile, failure: ParseFailure, plan: IntakePlan, session: Session
) -> str:
    """Note an unreadable file; an earlier version of it stays, and is called stale."""
    table, known, message = session.workspace.documents, plan.known.get(file.name), failure.message
    if known is not None:
        message = f"{message}; {kept_version(known)}"
        table.mark_stale((known.id,), is_stale=True)
        intake.stale.append(known.id)
    table.save_failure(file.name, file.content_hash, failure.code, message, failure.hint)
    intake.problems.append(FileProblem(path=file.name, code=failure.code, message=message, hint=failure.hint))
    return f"not read: {message}"


def kept_version(known: DocumentRow) -> str:
    """Say which version of a file still answers, by the day that it was changed last."""
    day = datetime.fromtimestamp(known.modified_ns / 1e9, tz=UTC).date()
    return f"kept the version of {day.isoformat()}"


def _note_set_aside(intake: Intake, indexer: Indexer) -> None:
    for document, problem in indexer.set_aside.items():
        for group in (intake.added, intake.changed):
            if document in group:
                group.remove(document)
                intake.problems.append(problem)


def _accept(
    intake: Intake,
    file: FoundFile,
    document: Document,
    plan: IntakePlan,
    session: Session,
    indexer: Indexer,
) -> None:
    document = replace(document, tags=plan.tags or document.tags)
    session.workspace.documents.save(document, size_bytes=file.size_bytes, modified_ns=file.modified_ns)
    (intake.changed if file.name in plan.known else intake.added).append(document.id)
    intake.pages += max(1, len(document.pages))
    intake.warnings += [f"{document.path}: {warning}" for warning in document.warnings]
    indexer.take(document)
