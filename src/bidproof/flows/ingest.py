"""Bring the workspace in step with folders of documents.

What has to happen is planned first and then carried out in one pass; see ``intake.py``.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bidproof.core.files import path_text, text_path
from bidproof.core.ids import DocumentId, digest
from bidproof.documents.files import FoundFile, FoundFiles, SkippedFile, find_files
from bidproof.documents.version import PARSER_VERSION
from bidproof.flows.completed import completed_questionnaires
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime.index_parts import borrow_parts
from bidproof.runtime.indexer import FileProblem, Indexer, reindex_pending
from bidproof.runtime.intake import IntakePlan, kept_version, take_in
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DocumentRow, ParseFailureRow

_PARSER = "parser version of the stored documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did.

    ``documents`` are the ids of every document under the roots that can be searched, the
    unchanged and the stale ones included. Counts are of documents, save ``passages``: those
    indexed now; and ``pages``: those parsed now, one for a file without pages. ``stale`` counts
    those that stay in an earlier version, since their file can no longer be read. ``completed``
    are the files read now that are completed questionnaires, with their count of answers.
    """

    documents: tuple[DocumentId, ...]
    added: int
    changed: int
    unchanged: int
    stale: int
    removed: int
    passages: int
    pages: int
    problems: tuple[FileProblem, ...]
    warnings: tuple[str, ...]
    seconds: float
    completed: Mapping[str, int] = field(default_factory=dict[str, int])


def ingest(request: IngestRequest, *, session: Session, progress: Progress = silent) -> IngestReport:
    """Read new and changed documents, drop removed ones, leave the rest alone.

    A document whose file can no longer be read stays as it was, and is called stale.

    Raises:
        UnreadableFile: A root does not exist.
        WorkspaceError: Another process is writing to this workspace, and the request does not wait.
    """
    started = time.monotonic()
    request = replace(request, roots=tuple(root.absolute() for root in request.roots))
    found = find_files(request.roots)
    workspace = session.workspace
    with workspace.writing(waiting=_tell_of_waiting(progress) if request.waits else None):
        indexer = Indexer(session, borrow_parts(session))
        reindex_pending(session, indexer, progress=progress)
        known = workspace.documents.known()
        is_current = not known or workspace.facts.get(_PARSER) == PARSER_VERSION
        failed = {row.path: row for row in workspace.documents.failures()}
        plan = _plan(request, found, known=known, failed=failed, is_current=is_current)
        if not known:
            workspace.facts.set(_PARSER, PARSER_VERSION)
        intake = take_in(plan.intake, indexer, session=session, progress=progress)
        workspace.facts.set(_PARSER, PARSER_VERSION)
    return IngestReport(
        documents=tuple(sorted({*plan.unchanged, *intake.added, *intake.changed, *intake.stale})),
        added=len(intake.added),
        changed=len(intake.changed),
        unchanged=len(plan.unchanged),
        stale=len(intake.stale),
        removed=len(plan.intake.removed),
        passages=indexer.passages,
        pages=intake.pages,
        problems=(*plan.problems, *intake.problems),
        warnings=tuple(intake.warnings),
        seconds=time.monotonic() - started,
        completed=completed_questionnaires({*intake.added, *intake.changed}, session=session),
    )


def bring_in(
    docs: tuple[Path, ...], *, session: Session, progress: Progress
) -> tuple[DocumentId, ...] | None:
    """Ingest what answers are to rest on alone; None, the whole workspace, where nothing is named."""
    if not docs:
        return None
    return ingest(IngestRequest(roots=docs, waits=True), session=session, progress=progress).documents


def _tell_of_waiting(progress: Progress) -> Callable[[str], None]:
    told: set[str] = set()

    def tell(pid: str) -> None:
        line = f"waiting for another bidproof (pid {pid}) to finish indexing"
        progress(Step(stage="waiting", done=0, total=None, note="" if pid in told else line))
        told.add(pid)

    return tell


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be done, and what is known without doing anything."""

    intake: IntakePlan
    unchanged: tuple[DocumentId, ...]
    problems: tuple[FileProblem, ...]


def _plan(
    request: IngestRequest,
    found: FoundFiles,
    *,
    known: Mapping[str, DocumentRow],
    failed: Mapping[str, ParseFailureRow],
    is_current: bool,
) -> _Plan:
    read: list[FoundFile] = []
    unchanged: list[DocumentRow] = []
    refused: list[ParseFailureRow] = []
    files = _named_files(found.files, known)
    for file in files:
        row, failure = known.get(file.name), failed.get(file.name)
        if row and is_current and row.content_hash == file.content_hash and not _wants_again(row, request):
            unchanged.append(row)
        elif failure and failure.content_hash == file.content_hash and not request.retry_failed:
            refused.append(failure)
        else:
            read.append(file)
    closed = {item.name for item in found.skipped if item.is_closed}
    kept = closed | {failure.path for failure in refused}
    present = closed | {file.name for file in files}
    intake = IntakePlan(
        read=tuple(read),
        known=known,
        tags=request.tags,
        stale=tuple(row.id for path, row in known.items() if path in kept),
        recovered=tuple(row.id for row in unchanged if row.is_stale),
        removed=tuple(_gone(request.roots, known.values(), present)),
        forgotten=tuple(
            path
            for path in failed
            if path in {row.path for row in unchanged}
            or not (path in present or any((root / text_path(path)).exists() for root in request.roots))
        ),
    )
    problems = [_skipped(item, known.get(item.name)) for item in found.skipped]
    problems += [
        FileProblem(path=row.path, code=row.code, message=row.message, hint=row.hint) for row in refused
    ]
    return _Plan(intake=intake, unchanged=tuple(row.id for row in unchanged), problems=tuple(problems))


def _gone(
    roots: Sequence[Path], rows: Iterable[DocumentRow], present: Collection[str]
) -> Iterator[DocumentId]:
    for row in rows:
        source = text_path(row.source)
        if row.path not in present and any(source == root or root in source.parents for root in roots):
            yield row.id


def _wants_again(row: DocumentRow, request: IngestRequest) -> bool:
    """Whether an unchanged file is read again: for other tags, or for pages that were left out."""
    has_other_tags = bool(request.tags) and row.tags != request.tags
    return has_other_tags or (request.retry_failed and bool(row.warnings))


def _skipped(file: SkippedFile, known: DocumentRow | None) -> FileProblem:
    kept = f"; {kept_version(known)}" if known is not None and file.is_closed else ""
    return FileProblem(
        path=file.name,
        code="skipped-file",
        message=f"skipped {file.name!r}: {file.reason}{kept}",
        hint="convert it to PDF, DOCX, PPTX, XLSX, HTML, Markdown or text, or ignore this line",
    )


def _named_files(files: Sequence[FoundFile], known: Mapping[str, DocumentRow]) -> tuple[FoundFile, ...]:
    """Give every file a path that no other living source in this workspace has."""
    by_source = {row.source: row.path for row in known.values()}
    taken = {row.path: row.source for row in known.values()}
    named: list[FoundFile] = []
    for file in files:
        source = path_text(file.path)
        candidates = (
            by_source.get(source, file.name),
            f"{path_text(Path(file.path.parent.name))}/{file.name}",
            f"{digest(source, length=8)}/{file.name}",
        )
        name = next(
            name
            for name in candidates
            if name == candidates[-1]
            or taken.get(name, source) == source
            or not text_path(taken[name]).exists()
        )
        taken[name] = source
        named.append(replace(file, name=name))
    return tuple(named)
