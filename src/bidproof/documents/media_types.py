"""Which kind of file this is: by its content first, by its extension second."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from bidproof.core.errors import UnreadableFile
from bidproof.formats.zip.package import package_of


class MediaType(StrEnum):
    """The kinds of file that have a reader."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    EMAIL = "message/rfc822"


EXTENSIONS: Mapping[str, MediaType] = {
    ".pdf": MediaType.PDF,
    ".docx": MediaType.DOCX,
    ".docm": MediaType.DOCX,
    ".dotx": MediaType.DOCX,
    ".pptx": MediaType.PPTX,
    ".pptm": MediaType.PPTX,
    ".xlsx": MediaType.XLSX,
    ".xlsm": MediaType.XLSX,
    ".csv": MediaType.CSV,
    ".tsv": MediaType.CSV,
    ".html": MediaType.HTML,
    ".htm": MediaType.HTML,
    ".xhtml": MediaType.HTML,
    ".md": MediaType.MARKDOWN,
    ".mdx": MediaType.MARKDOWN,
    ".markdown": MediaType.MARKDOWN,
    ".txt": MediaType.TEXT,
    ".text": MediaType.TEXT,
    ".rst": MediaType.TEXT,
    ".adoc": MediaType.TEXT,
    ".eml": MediaType.EMAIL,
}
_KIND_NAMES: Mapping[str, str] = {
    MediaType.PDF: "PDF",
    MediaType.DOCX: "Word",
    MediaType.PPTX: "PowerPoint",
    MediaType.XLSX: "Excel",
    MediaType.CSV: "CSV",
    MediaType.HTML: "HTML",
    MediaType.MARKDOWN: "Markdown",
    MediaType.TEXT: "text",
    MediaType.EMAIL: "e-mail",
}
LEGACY_EXTENSIONS = frozenset({".doc", ".xls", ".ppt", ".msg"})

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_PACKAGE_PARTS = (
    ("word/document", MediaType.DOCX),
    ("ppt/presentation", MediaType.PPTX),
    ("xl/workbook", MediaType.XLSX),
)
_TEXTUAL = frozenset({MediaType.CSV, MediaType.HTML, MediaType.MARKDOWN, MediaType.TEXT, MediaType.EMAIL})
_HTML = re.compile(rb"^\s*(<!doctype html|<html|<table)", re.IGNORECASE)
_RTF = b"{\\rtf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """A file's type, and a warning where its name says another."""

    media_type: MediaType
    warning: str = ""


def kind_name(media_type: str) -> str:
    """What people call a kind of file: ``PDF``, ``Word``, ``Excel``; an unknown one by its type."""
    return _KIND_NAMES.get(media_type, media_type)


def added_extensions() -> frozenset[str]:
    """Extensions that have a reader, or a clear refusal, here."""
    return frozenset(EXTENSIONS) | LEGACY_EXTENSIONS


def detect_media_type(name: str, data: bytes) -> Detected:
    """Decide a file's type.

    Args:
        name: File name; only its extension counts.
        data: The whole content.

    Raises:
        UnreadableFile: Empty, encrypted, an old binary Office format, a damaged or hostile package, or
            no type with a reader.
    """
    extension = PurePosixPath(name).suffix.lower()
    expected = EXTENSIONS.get(extension)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf"):
        raise _refusal(
            name,
            "an empty file, expected text",
            "get a new copy; the download or copy may have failed",
            "empty-file",
        )
    found = _by_content(name, data) or _by_text(name, data, expected)
    if expected is not None and found is not expected:
        return Detected(
            media_type=found, warning=f"named {extension} but holds {found.name}: read as {found.name}"
        )
    return Detected(media_type=found)


def _by_content(name: str, data: bytes) -> MediaType | None:
    if _PDF in data[:1024]:
        return MediaType.PDF
    if data.startswith(_OLE):
        raise _refuse_ole(name, data)
    if data.startswith(_ZIP):
        return _by_package(name, data)
    return None


def _by_package(name: str, data: bytes) -> MediaType:
    parts = [entry.filename.lower() for entry in package_of(name, data).entries]
    for part, media_type in _PACKAGE_PARTS:
        if any(item.startswith(part) for item in parts):
            return media_type
    raise _refusal(
        name,
        "a zip archive, expected a Word, PowerPoint or Excel file",
        "unpack it and add the documents inside",
        "unsupported-type",
    )


def _refuse_ole(name: str, data: bytes) -> UnreadableFile:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _refusal(
            name, "a file encrypted with a password", "save a copy without a password", "encrypted-file"
        )
    if "__substg1.0_".encode("utf-16-le") in data:
        return _refusal(
            name,
            "a message in Outlook's own format (.msg)",
            "save it from the mail program as .eml or PDF, its attachments beside it",
            "legacy-format",
        )
    return _refusal(
        name,
        "an Office 97–2003 file (.doc, .xls or .ppt)",
        "save it as .docx, .xlsx, .pptx or PDF",
        "legacy-format",
    )


def _by_text(name: str, data: bytes, expected: MediaType | None) -> MediaType:
    is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if data.startswith(_RTF) or (not is_utf16 and data[:4096].count(b"\x00") > 0):
        found = "rich text" if data.startswith(_RTF) else "bytes that are no text of any known kind"
        raise _refusal(name, found, "convert it to PDF or plain text", "unsupported-type")
    if _HTML.match(data[:1024].removeprefix(b"\xef\xbb\xbf")) and expected is not MediaType.MARKDOWN:
        return MediaType.HTML
    if expected is None:
        return MediaType.TEXT
    if expected in _TEXTUAL:
        return expected
    raise _refusal(
        name,
        f"content that is no {expected.name}",
        "open it in the program that wrote it and save it again",
        "corrupt-file",
    )


def _refusal(name: str, found: str, hint: str, code: str) -> UnreadableFile:
    return UnreadableFile(f"cannot read {name!r}: found {found}", hint=hint, code=code)
