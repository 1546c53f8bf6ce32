"""Files to documents: guarded, parallel, in order; one bad file costs itself alone."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import BidproofError, UnreadableFile
from bidproof.core.files import path_text, read_whole
from bidproof.core.ids import document_id
from bidproof.core.next_steps import install_extra
from bidproof.core.processors import usable_processors
from bidproof.core.records import Document
from bidproof.core.settings import DocumentSettings
from bidproof.documents.files import FoundFile
from bidproof.documents.media_types import MediaType
from bidproof.documents.protocol import open_reader, open_source
from bidproof.documents.scans import is_ocr_installed, limits_for_scans, scans_in
from bidproof.documents.titles import choose_title
from bidproof.formats.guarded.guard import GuardedWorker, Limits

_AHEAD, _AHEAD_CHARS = 64, 8_000_000
"""Files parsed ahead of the one the caller waits for, and their text; bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailure:
    """Why a file gave no document, as the two lines a user sees."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOutcome:
    """What became of one file: exactly one of ``document`` and ``failure`` is set."""

    file: FoundFile
    document: Document | None
    failure: ParseFailure | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseRequest:
    """One file for the guarded child."""

    path: Path
    name: str
    settings: DocumentSettings


def parse_files(files: Sequence[FoundFile], *, settings: DocumentSettings) -> Iterator[ParseOutcome]:
    """Parse files in guarded child processes, several at once.

    Yields:
        One outcome a file, in the order given. Closing the iterator early ends
        the children.
    """
    if not files:
        return
    count = min(settings.workers or usable_processors(), len(files))
    lane = _Lane(files, settings)
    threads = [threading.Thread(target=lane.work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for index in range(len(files)):
            yield lane.wait_for(index)
    finally:
        lane.stop()
        for thread in threads:
            thread.join()
        lane.close()


def parse_document(request: ParseRequest) -> Document:
    """Read one file here, in this process; callers outside the guard want :func:`parse_files`.

    Raises:
        UnreadableFile: The file is empty, damaged, encrypted, over a limit, or
            of a type without a reader.
    """
    settings = request.settings
    data = read_whole(
        request.path,
        max_mb=settings.max_file_mb,
        hint="raise documents.max_file_mb, or split the file",
        name=request.name,
    )
    file = open_source(request.path, name=request.name, data=data, settings=settings)
    reading = open_reader(file.media_type).read(file)
    return Document(
        id=document_id(request.name),
        path=request.name,
        source=path_text(request.path),
        content_hash=hashlib.sha256(data).hexdigest(),
        media_type=str(file.media_type),
        title=choose_title(reading.title, name=request.name),
        text=reading.text,
        blocks=reading.blocks,
        pages=reading.pages,
        written=reading.written,
        expires=reading.expires,
        warnings=file.warnings + reading.warnings,
    )


class _Lane:
    """The files to parse, shared by the threads that each drive one child."""

    def __init__(self, files: Sequence[FoundFile], settings: DocumentSettings) -> None:
        self._files = files
        self._settings = settings
        self._limits = Limits(
            cpu_s=settings.max_seconds,
            wall_s=settings.max_seconds * 2.0 + 5.0,
            memory_mb=settings.max_memory_mb,
        )
        self._next = 0
        self._wanted = 0
        self._held = 0
        self._done: dict[int, ParseOutcome] = {}
        self._change = threading.Condition()
        self._stopped = False
        self._has_ocr = settings.ocr and is_ocr_installed()
        self._scan_turn = threading.Lock()
        raised = limits_for_scans(self._limits, scans=1, settings=settings)
        self._scan_worker = GuardedWorker(memory_mb=raised.memory_mb)

    def work(self) -> None:
        with GuardedWorker(memory_mb=self._settings.max_memory_mb) as worker:
            while (index := self._take()) is not None:
                outcome = self._parse(worker, self._files[index])
                with self._change:
                    self._done[index] = outcome
                    self._held += _size(outcome)
                    self._change.notify_all()

    def wait_for(self, index: int) -> ParseOutcome:
        with self._change:
            self._wanted = index
            self._change.notify_all()
            while index not in self._done:
                self._change.wait()
            outcome = self._done.pop(index)
            self._held -= _size(outcome)
            self._change.notify_all()
            return outcome

    def stop(self) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()
        self._scan_worker.kill()

    def close(self) -> None:
        """End what is left, once no thread works any more."""
        self._scan_worker.close()

    def _take(self) -> int | None:
        with self._change:
            while not self._stopped and self._next < len(self._files):
                is_ahead = self._next > self._wanted
                if not is_ahead or (self._next < self._wanted + _AHEAD and self._held < _AHEAD_CHARS):
                    self._next += 1
                    return self._next - 1
                self._change.wait()
            return None

    def _parse(self, worker: GuardedWorker, file: FoundFile) -> ParseOutcome:
        started = time.perf_counter()
        request = ParseRequest(path=file.path, name=file.name, settings=self._settings)
        document, failure = None, None
        try:
            document = self._document(worker, request)
        except BidproofError as error:
            failure = ParseFailure(code=error.code, message=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001 the worker edge: the waiting thread must get an outcome
            failure = ParseFailure(
                code="internal",
                message=f"cannot read {file.name!r}: {type(error).__name__}: {error}",
                hint="this is a fault of Bidproof: please report it with the file's type and size",
            )
        if document is not None and not document.blocks:
            document, failure = None, _without_text(file.name, document, self._settings)
        return ParseOutcome(
            file=file, document=document, failure=failure, seconds=time.perf_counter() - started
        )

    def _document(self, worker: GuardedWorker, request: ParseRequest) -> Document:
        scans = 0
        if self._has_ocr:
            scans = worker.call(scans_in, request.path, limits=self._limits, label=request.name)
        if not scans:
            return worker.call(parse_document, request, limits=self._limits, label=request.name)
        try:
            return self._scanned_document(request, scans)
        except UnreadableFile as error:
            if self._stopped or not error.code.startswith("parser-"):
                raise
            return self._without_ocr(worker, request, error)

    def _scanned_document(self, request: ParseRequest, scans: int) -> Document:
        """Read a file with scanned pages; one at a time, since the models take a gigabyte."""
        limits = limits_for_scans(self._limits, scans=scans, settings=self._settings)
        with self._scan_turn:
            if self._stopped:
                raise UnreadableFile(
                    f"cannot read {request.name!r}: reading was stopped", hint="run the command again"
                )
            return self._scan_worker.call(parse_document, request, limits=limits, label=request.name)

    def _without_ocr(self, worker: GuardedWorker, request: ParseRequest, error: UnreadableFile) -> Document:
        """What the file's text layer holds, where reading its images broke the parser."""
        plain = replace(request, settings=replace(self._settings, ocr=False))
        document = worker.call(parse_document, plain, limits=self._limits, label=request.name)
        return replace(document, warnings=(*document.warnings, f"images not read: {error.message}"))


def _size(outcome: ParseOutcome) -> int:
    return len(outcome.document.text) if outcome.document is not None else 0


def _without_text(name: str, document: Document, settings: DocumentSettings) -> ParseFailure:
    reason = "; ".join(document.warnings) or "no text in it"
    hint = "attach a text version"
    if document.media_type != MediaType.PDF:
        hint = "leave it out, or write into it what it is about"
    elif not settings.ocr:
        hint = f"set documents.ocr to true and retry what failed, or {hint}"
    elif not is_ocr_installed():
        hint = f"{install_extra('ocr')}, then retry what failed; or {hint}"
    return ParseFailure(
        code="no-text", message=f"cannot read {name!r}: found {reason}, expected text", hint=hint
    )
