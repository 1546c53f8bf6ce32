"""Tell a questionnaire's format by its bytes; the extension only settles plain text."""

import zipfile
from enum import StrEnum
from pathlib import Path

from bidproof.core.errors import UnreadableFile

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt"})
_ACCEPTED = ".xlsx, .xlsm, .csv, .tsv, .docx or .pdf"


class FileKind(StrEnum):
    """Formats that can be read and answered in."""

    WORKBOOK = "xlsx"
    CSV = "csv"
    WORD = "docx"
    PDF = "pdf"


def file_kind(path: Path) -> FileKind:
    """Look into a file and say what it really is.

    Raises:
        UnreadableFile: Missing, empty, encrypted, or of a kind we cannot write back into.
    """
    head = _read_head(path)
    if head.startswith(_OLE_MAGIC):
        raise _old_office_file(path)
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    lowered = head[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table", b"{\\rtf")):
        raise _unfit(path, "a web page, XML or rich text under another name")
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if (b"\0" in head and not is_utf16) or path.suffix.lower() not in _TEXT_SUFFIXES:
        found = "bytes that are no text" if b"\0" in head else f"a {path.suffix or 'nameless'} text file"
        raise _unfit(path, found)
    return FileKind.CSV


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(8192)
    except FileNotFoundError as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: no such file", hint="check the path", code="no-such-file"
        ) from error
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: {error.strerror}", hint="check the path and its permissions"
        ) from error
    if not head.strip(b"\0 \r\n\t"):
        raise UnreadableFile(
            f"cannot read {path.name!r}: it is empty, expected a questionnaire",
            hint="ask for a new copy; the download may have failed",
            code="empty-file",
        )
    return head


def _zip_kind(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.casefold() for name in archive.namelist()[:20_000]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: its zip directory is broken or cut short ({error})",
            hint="ask for a new copy, or open it in its program and save it again",
            code="corrupt-file",
        ) from error
    if "word/document.xml" in names or any(name.startswith("word/") for name in names):
        return FileKind.WORD
    if any(name.endswith(("workbook.bin",)) for name in names):
        raise _unfit(path, "a binary workbook (.xlsb)")
    if "mimetype" in names and "content.xml" in names:
        raise _unfit(path, "an OpenDocument file")
    if "[content_types].xml" in names and any("workbook" in name or "sheet" in name for name in names):
        return FileKind.WORKBOOK
    raise _unfit(path, "a zip archive that is no workbook and no Word document")


def _old_office_file(path: Path) -> UnreadableFile:
    try:
        is_encrypted = _ENCRYPTED in path.read_bytes()
    except OSError:
        is_encrypted = False
    if is_encrypted:
        return UnreadableFile(
            f"cannot read {path.name!r}: it is encrypted with a password, expected an open file",
            hint="open it in its program, remove the password, save it, and try again",
            code="encrypted-file",
        )
    return _unfit(path, "an Office 97–2003 file (.xls or .doc)", code="legacy-format")


def _unfit(path: Path, found: str, *, code: str = "unsupported-type") -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {path.name!r} as a questionnaire: found {found}, expected {_ACCEPTED}",
        hint="save it as one of these formats and try again",
        code=code,
    )
