"""Open a Word package without trusting it, and copy one with some parts exchanged."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml names the type of its elements with an underscore; it is public under this name here.
# pyright: reportPrivateUsage=false

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from bidproof.core.errors import UnreadableFile
from bidproof.questionnaires.output import write_whole

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
XML = "http://www.w3.org/XML/1998/namespace"

_STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MAX_PART_BYTES = 64 * 1024 * 1024
_MAX_TOTAL_BYTES = 512 * 1024 * 1024
_MAX_ENTRIES = 5000
_MAX_RATIO = 200
_FREE_BYTES = 1024 * 1024
_ENCRYPTED_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_TYPES = ("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")


XmlElement = etree._Element
"""An element of a parsed part."""


def w(name: str) -> str:
    """A WordprocessingML tag or attribute in lxml's notation."""
    return f"{{{W}}}{name}"


def w14(name: str) -> str:
    """A Word 2010 tag or attribute in lxml's notation."""
    return f"{{{W14}}}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocxPackage:
    """The parts of a Word file that reading and writing need, as bytes; None where absent."""

    path: Path
    raw: bytes
    document_name: str
    document: bytes
    numbering: bytes | None
    styles: bytes | None
    settings: bytes | None


def open_package(path: Path) -> DocxPackage:
    """Read a Word package's parts, each within fixed limits.

    Raises:
        UnreadableFile: Not a Word document, encrypted, damaged, or over a limit.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(
            path, f"{error.strerror or error}", "check that the file exists and may be read"
        ) from error
    if raw.startswith(_ENCRYPTED_MAGIC):
        raise _unreadable(
            path,
            "found an encrypted or old binary Word file",
            "remove the password, or save it as .docx, and try again",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            _check_limits(path, package)
            name = _document_name(path, package)
            folder = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
            return DocxPackage(
                path=path,
                raw=raw,
                document_name=name,
                document=_read_part(path, package, name) or b"",
                numbering=_read_part(path, package, f"{folder}numbering.xml"),
                styles=_read_part(path, package, f"{folder}styles.xml"),
                settings=_read_part(path, package, f"{folder}settings.xml"),
            )
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise _unreadable(
            path, f"found a damaged package ({error})", "open it in Word, save it again as .docx"
        ) from error


def parse_part(data: bytes, *, path: Path, part: str) -> XmlElement:
    """Parse one XML part without entities, network or oversized trees.

    Raises:
        UnreadableFile: The part is not well-formed or declares entities.
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise _unreadable(
            path, f"{part} declares a document type, expected plain XML", "ask the sender for a clean file"
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(
            path, f"{part} is not well-formed XML ({error})", "open it in Word, save it again as .docx"
        ) from error


def parse_document(package: DocxPackage) -> XmlElement:
    """Parse the main part of a package and check that it is a transitional Word document.

    Raises:
        UnreadableFile: The part is not one that this program reads.
    """
    root = parse_part(package.document, path=package.path, part=package.document_name)
    if root.tag == f"{{{_STRICT_W}}}document":
        raise _unreadable(package.path, "found Strict Open XML", "save it in Word as 'Word Document (.docx)'")
    if root.tag != w("document") or root.find(w("body")) is None:
        raise _unreadable(
            package.path, f"found no document body in {package.document_name}", "save it again as .docx"
        )
    return root


def save_package(source: bytes, *, parts: Mapping[str, bytes], out: Path) -> None:
    """Write a copy of a package with some parts exchanged; every other entry is copied as stored.

    The copy is built beside ``out``, flushed to disk and renamed over it, so a full disk
    or a kill leaves whatever stood there before.

    Raises:
        WriteFailed: The output cannot be written.
    """
    write_whole(out, patch_zip(source, parts=parts))


def patch_zip(source: bytes, *, parts: Mapping[str, bytes]) -> bytes:
    """Exchange entries of a zip; the compressed bytes of all others are copied unchanged.

    Args:
        source: The whole original archive.
        parts: New content by entry name; each must exist in ``source``.
    """
    out = io.BytesIO()
    directory: list[bytes] = []
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        for entry in package.infolist():
            offset = out.tell()
            if entry.filename in parts:
                local, central = _new_entry(entry, parts[entry.filename], offset)
            else:
                local, central = _same_entry(source, entry, offset)
            out.write(local)
            directory.append(central)
        comment = package.comment
    start = out.tell()
    out.write(b"".join(directory))
    size = out.tell() - start
    count = len(directory)
    out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)) + comment)
    return out.getvalue()


def _same_entry(source: bytes, entry: zipfile.ZipInfo, offset: int) -> tuple[bytes, bytes]:
    at = entry.header_offset
    name_length, extra_length = struct.unpack("<2H", source[at + 26 : at + 30])
    start = at + 30 + name_length + extra_length
    body = source[start : start + entry.compress_size]
    return _entry(entry, source[at + 30 : at + 30 + name_length], body, entry.CRC, entry.file_size, offset)


def _new_entry(entry: zipfile.ZipInfo, content: bytes, offset: int) -> tuple[bytes, bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(content) + packer.flush()
    entry.compress_type = zipfile.ZIP_DEFLATED
    name = entry.filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
    return _entry(entry, name, body, zlib.crc32(content), len(content), offset)


def _entry(
    entry: zipfile.ZipInfo, name: bytes, body: bytes, crc: int, size: int, offset: int
) -> tuple[bytes, bytes]:
    """The local header with its body, and the directory record, of one entry."""
    year, month, day, hour, minute, second = entry.date_time
    date = max(0, year - 1980) << 9 | month << 5 | day
    time = hour << 11 | minute << 5 | second // 2
    flags = entry.flag_bits & ~0x08
    shared = struct.pack(
        "<5H3L2H", 20, flags, entry.compress_type, time, date, crc, len(body), size, len(name), 0
    )
    local = b"PK\x03\x04" + shared + name + body
    tail = struct.pack("<3H2L", 0, 0, entry.internal_attr, entry.external_attr, offset)
    central = (
        b"PK\x01\x02"
        + struct.pack("<H", entry.create_version | entry.create_system << 8)
        + shared
        + tail
        + name
    )
    return local, central


def _check_limits(path: Path, package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or total > _MAX_TOTAL_BYTES or total > _FREE_BYTES + _MAX_RATIO * packed:
        raise _unreadable(
            path,
            f"found {len(entries)} parts of {total} bytes packed in {packed}, expected an ordinary document",
            "ask the sender for the file saved again by Word",
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _unreadable(path, "found an encrypted package", "remove the password and try again")


def _read_part(path: Path, package: zipfile.ZipFile, name: str) -> bytes | None:
    """Read one part, counting bytes as they come: headers may lie about sizes."""
    try:
        stream = package.open(name)
    except KeyError:
        return None
    with stream:
        data = stream.read(_MAX_PART_BYTES + 1)
    if len(data) > _MAX_PART_BYTES:
        raise _unreadable(path, f"{name} is over {_MAX_PART_BYTES} bytes", "split the document and try again")
    return data


def _document_name(path: Path, package: zipfile.ZipFile) -> str:
    types = _read_part(path, package, "[Content_Types].xml")
    if types is None:
        raise _unreadable(
            path, "found a zip without content types, expected a Word document", "save it again as .docx"
        )
    root = parse_part(types, path=path, part="[Content_Types].xml")
    names = set(package.namelist())
    for item in root:
        kind, name = item.get("ContentType", ""), item.get("PartName", "").lstrip("/")
        if kind.endswith(_MAIN_TYPES) and name in names:
            return name
    if "word/document.xml" in names:
        return "word/document.xml"
    raise _unreadable(
        path, "found no Word document inside", "check the file's format, or save it again as .docx"
    )


def _unreadable(path: Path, found: str, hint: str) -> UnreadableFile:
    return UnreadableFile(f"cannot read {path.name!r}: {found}", hint=hint)
