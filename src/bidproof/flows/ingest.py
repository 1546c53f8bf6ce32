"""Bring the workspace in step with folders of documents.

Each document goes through parse → save → split → embed → index → mark; see
``indexing.py`` for what a kill in between leaves behind.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bidproof.core.ids import DocumentId, digest, document_id
from bidproof.core.records import Document
from bidproof.documents.files import FoundFile, FoundFiles, SkippedFile, find_files
from bidproof.documents.parse import ParseFailure, parse_files
from bidproof.documents.version import PARSER_VERSION
from bidproof.runtime.indexing import Indexer, reindex_pending
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DocumentRow

_PARSER = "parser version of the stored documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """Folders and files to bring in; ``retry_failed`` reads unreadable files once more."""

    roots: tuple[Path, ...]
    tags: tuple[str, ...] = ()
    retry_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file that was not read, and why."""

    path: str
    code: str
    message: str
    hint: str


class _Reason(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did.

    ``documents`` are the ids of every readable document under the roots, the
    unchanged ones included. Counts are of documents, save ``passages``: those
    indexed now; and ``pages``: those parsed now, one for a file without pages.
    """

    documents: tuple[DocumentId, ...]
    added: int
    changed: int
    unchanged: int
    removed: int
    passages: int
    pages: int
    problems: tuple[FileProblem, ...]
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What has to happen to bring the workspace in step."""

    parse: tuple[FoundFile, ...]
    unchanged: tuple[DocumentId, ...]
    removed: tuple[DocumentId, ...]
    problems: tuple[FileProblem, ...]


def ingest(request: IngestRequest, *, session: Session, progress: Progress = silent) -> IngestReport:
    """Read new and changed documents, drop removed ones, leave the rest alone.

    Raises:
        UnreadableFile: A root does not exist.
        WorkspaceError: Another process is writing to this workspace.
    """
    started = time.monotonic()
    roots = tuple(root.absolute() for root in request.roots)
    found = find_files(roots)
    with session.workspace.writing():
        return _ingest(
            replace(request, roots=roots), found, session=session, progress=progress, started=started
        )


def _ingest(
    request: IngestRequest, found: FoundFiles, *, session: Session, progress: Progress, started: float
) -> IngestReport:
    workspace = session.workspace
    indexer = Indexer(session)
    reindex_pending(session, indexer, progress=progress)
    known = workspace.documents.known()
    if not known:
        workspace.facts.set(_PARSER, PARSER_VERSION)
    plan = _plan(request, found, session=session, known=known)
    indexer.drop(plan.removed)
    reading = _Reading(session, indexer, tags=request.tags)
    try:
        reading.read(plan.parse, progress=progress)
        indexer.finish()
    except BaseException:
        indexer.abandon()
        raise
    workspace.facts.set(_PARSER, PARSER_VERSION)
    changed = sum(document in {row.id for row in known.values()} for document in reading.documents)
    return IngestReport(
        documents=tuple(sorted({*plan.unchanged, *reading.documents})),
        added=len(reading.documents) - changed,
        changed=changed,
        unchanged=len(plan.unchanged),
        removed=len(plan.removed),
        passages=indexer.passages,
        pages=reading.pages,
        problems=(*plan.problems, *reading.problems),
        warnings=tuple(reading.warnings),
        seconds=time.monotonic() - started,
    )


class _Reading:
    """Takes parsed files in: stored first, then handed to the indexer."""

    def __init__(self, session: Session, indexer: Indexer, *, tags: tuple[str, ...]) -> None:
        self._settings = session.settings.documents
        self._table = session.workspace.documents
        self._indexer = indexer
        self._tags = tags
        self.documents: list[DocumentId] = []
        self.problems: list[FileProblem] = []
        self.warnings: list[str] = []
        self.pages = 0

    def read(self, files: Sequence[FoundFile], *, progress: Progress) -> None:
        """Parse files and take each in, in their order, while the next ones are parsed."""
        if files:
            self._indexer.warm()
        for done, outcome in enumerate(parse_files(files, settings=self._settings), start=1):
            note = ""
            if outcome.document is not None:
                self.accept(outcome.file, outcome.document)
            elif outcome.failure is not None:
                note = self.refuse(outcome.file, outcome.failure)
            progress(Step(stage="reading documents", done=done, total=len(files), note=note))

    def accept(self, file: FoundFile, document: Document) -> None:
        document = replace(document, tags=self._tags or document.tags)
        self._table.save(document, size_bytes=file.size_bytes, modified_ns=file.modified_ns)
        self._table.clear_failure(file.name)
        self._indexer.take(document)
        self.documents.append(document.id)
        self.pages += max(1, len(document.pages))
        self.warnings += [f"{document.path}: {warning}" for warning in document.warnings]

    def refuse(self, file: FoundFile, failure: ParseFailure) -> str:
        """Record an unreadable file; what an earlier, readable version said no longer holds."""
        self._indexer.drop((document_id(file.name),))
        self._table.save_failure(file.name, file.content_hash, failure.code, failure.message, failure.hint)
        self.problems.append(_problem(file.name, failure))
        return f"not read: {failure.message}"


def _plan(
    request: IngestRequest, found: FoundFiles, *, session: Session, known: Mapping[str, DocumentRow]
) -> _Plan:
    files = _named_files(found.files, known)
    failed = {row.path: row for row in session.workspace.documents.failures()}
    is_current = session.workspace.facts.get(_PARSER) == PARSER_VERSION
    parse: list[FoundFile] = []
    unchanged: list[DocumentId] = []
    problems = [_skipped(item) for item in found.skipped]
    for file in files:
        row, failure = known.get(file.name), failed.get(file.name)
        if row and is_current and row.content_hash == file.content_hash and not _wants_again(row, request):
            unchanged.append(row.id)
        elif failure and failure.content_hash == file.content_hash and not request.retry_failed:
            problems.append(_problem(file.name, failure))
        else:
            parse.append(file)
    present = {file.name for file in files}
    for path in failed.keys() - present:
        if not any((root / path).exists() for root in request.roots):
            session.workspace.documents.clear_failure(path)
    removed = (
        row.id
        for row in known.values()
        if row.path not in present and _is_below(Path(row.source), request.roots)
    )
    return _Plan(
        parse=tuple(parse), unchanged=tuple(unchanged), removed=tuple(removed), problems=tuple(problems)
    )


def _wants_again(row: DocumentRow, request: IngestRequest) -> bool:
    """Whether an unchanged file is read again: for other tags, or for pages that were left out."""
    has_other_tags = bool(request.tags) and row.tags != request.tags
    return has_other_tags or (request.retry_failed and bool(row.warnings))


def _skipped(file: SkippedFile) -> FileProblem:
    return FileProblem(
        path=file.name,
        code="skipped-file",
        message=f"skipped {file.name!r}: {file.reason}",
        hint="convert it to a format that bidproof ingest --help lists, or ignore this line",
    )


def _problem(path: str, reason: _Reason) -> FileProblem:
    return FileProblem(path=path, code=reason.code, message=reason.message, hint=reason.hint)


def _named_files(files: Sequence[FoundFile], known: Mapping[str, DocumentRow]) -> tuple[FoundFile, ...]:
    """Give every file a path that no other living source in this workspace has."""
    by_source = {row.source: row.path for row in known.values()}
    taken = {row.path: row.source for row in known.values()}
    named: list[FoundFile] = []
    for file in files:
        source = str(file.path)
        candidates = (
            by_source.get(source, file.name),
            f"{file.path.parent.name}/{file.name}",
            f"{digest(source, length=8)}/{file.name}",
        )
        name = next(
            name
            for name in candidates
            if name == candidates[-1] or taken.get(name, source) == source or not Path(taken[name]).exists()
        )
        taken[name] = source
        named.append(replace(file, name=name))
    return tuple(named)


def _is_below(path: Path, roots: Sequence[Path]) -> bool:
    return any(path == root or root in path.parents for root in roots)
