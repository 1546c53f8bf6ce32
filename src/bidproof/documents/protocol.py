"""What a reader takes and gives, and how one is found for a media type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, cast

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import Block, PageSpan
from bidproof.core.settings import DocumentSettings
from bidproof.documents.media_types import MediaType, detect_media_type
from bidproof.formats.zip.package import package_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file as a reader meets it: ``data`` is its whole content.

    ``name`` is the posix path below the documents folder. ``media_type`` was
    decided by content first, by extension second; ``warnings`` say where the two differ, and more.
    ``as_printed`` leaves out what no print shows: targets of links, and comments.
    """

    path: Path
    name: str
    data: bytes
    media_type: str
    settings: DocumentSettings
    warnings: tuple[str, ...] = ()
    as_printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found; blocks obey the rules of ``core.records.Document``.

    ``title`` is empty when neither the metadata nor a heading gave one.
    """

    title: str
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[PageSpan, ...] = ()
    written: date | None = None
    expires: date | None = None
    warnings: tuple[str, ...] = ()


def open_source(path: Path, *, name: str, data: bytes, settings: DocumentSettings) -> SourceFile:
    """Tell a file's type, and refuse what no reader should see.

    Raises:
        UnreadableFile: Empty, encrypted, of a type without a reader, or a package that is unsafe to unpack.
    """
    detected = detect_media_type(name, data)
    warnings = (detected.warning,) if detected.warning else ()
    if data[:2] == b"PK" and package_of(name, data).check().has_macros:
        warnings += ("holds macros, which were not run",)
    return SourceFile(
        path=path,
        name=name,
        data=data,
        media_type=detected.media_type,
        settings=settings,
        warnings=warnings,
    )


class Reader(Protocol):
    """Turns one file's bytes into text with structure."""

    def read(self, file: SourceFile) -> Reading:
        """Read one file.

        Raises:
            UnreadableFile: The file is damaged, encrypted, or over a limit.
        """
        ...


_READERS: Mapping[str, str] = {
    MediaType.PDF: "bidproof.documents.readers.pdf.reader:PdfReader",
    MediaType.DOCX: "bidproof.documents.readers.docx:DocxReader",
    MediaType.PPTX: "bidproof.documents.readers.pptx:PptxReader",
    MediaType.XLSX: "bidproof.documents.readers.workbook:WorkbookReader",
    MediaType.CSV: "bidproof.documents.readers.csv:CsvReader",
    MediaType.HTML: "bidproof.documents.readers.html.reader:HtmlReader",
    MediaType.MARKDOWN: "bidproof.documents.readers.markdown:MarkdownReader",
    MediaType.TEXT: "bidproof.documents.readers.text:TextReader",
    MediaType.EMAIL: "bidproof.documents.readers.email:EmailReader",
}
ENTRY_POINT_GROUP = "bidproof.reader"


def open_reader(media_type: str) -> Reader:
    """Find the reader for a media type.

    An installed package may add or replace one with an entry point of group
    ``bidproof.reader`` whose name is the media type and whose value is a class
    without constructor arguments.

    Raises:
        UnreadableFile: No reader knows this type.
    """
    added = _added_readers().get(media_type)
    if added is not None:
        return cast("Reader", added.load()())
    place = _READERS.get(media_type)
    if place is None:
        raise UnreadableFile(
            f"cannot read a file of type {media_type!r}: found no reader, expected one of "
            f"{', '.join(sorted(_READERS))}",
            hint="convert the file to PDF, DOCX, Markdown or plain text",
            code="unsupported-type",
        )
    module, name = place.split(":")
    return cast("Callable[[], Reader]", getattr(import_module(module), name))()


@cache
def _added_readers() -> Mapping[str, EntryPoint]:
    """Readers of installed packages by media type; listing them reads every package's record, so once."""
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
