"""The zip around a workbook: opened with limits, and copied with only some parts replaced.

Untouched parts keep their compressed bytes, order, dates and attributes. Layout
of the zip records: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16.
"""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from bidproof.core.errors import UnreadableFile, WriteFailed

MAX_FILE_BYTES = 200 * 2**20
MAX_ENTRIES = 10_000
MAX_PART_BYTES = 256 * 2**20
MAX_RATIO = 200
RATIO_FREE_BYTES = 2**20
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_ZIP64_EXTRA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A zip file's bytes and its entries, in their order in the file's directory."""

    name: str
    raw: bytes
    entries: tuple[zipfile.ZipInfo, ...]
    directory_start: int
    comment: bytes

    def names(self) -> tuple[str, ...]:
        """Part names, without a leading slash."""
        return tuple(entry.filename for entry in self.entries)

    def find(self, part: str) -> str | None:
        """The entry that holds a part; part names ignore case (ECMA-376 part 2, 6.2.2.3)."""
        wanted = part.lstrip("/").casefold()
        return next((name for name in self.names() if name.casefold() == wanted), None)

    def read(self, part: str) -> bytes:
        """Inflate one part, counting as it goes.

        Raises:
            UnreadableFile: Absent, damaged, encrypted, or inflating beyond the limits.
        """
        try:
            with zipfile.ZipFile(BytesIO(self.raw)) as archive, archive.open(part) as stream:
                packed = archive.getinfo(part).compress_size
                allowed = min(MAX_PART_BYTES, max(RATIO_FREE_BYTES, packed * MAX_RATIO))
                content = bytearray()
                while len(content) <= allowed and (chunk := stream.read(2**20)):
                    content += chunk
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise damaged(self.name, f"its part {part!r} cannot be unpacked") from error
        except (RuntimeError, NotImplementedError) as error:
            raise UnreadableFile(
                f"cannot read {self.name!r}: its part {part!r} is packed in a way we do not know ({error})",
                hint="open it in a spreadsheet program and save it again as .xlsx without a password",
            ) from error
        if len(content) > allowed:
            raise UnreadableFile(
                f"cannot read {self.name!r}: its part {part!r} unpacks to over {MAX_RATIO} times its size,"
                " as a zip bomb does",
                hint="ask the sender for a clean copy; nothing of this file was used",
                code="archive-bomb",
            )
        return bytes(content)


def damaged(name: str, found: str) -> UnreadableFile:
    """The error for a file that is cut short or otherwise broken."""
    return UnreadableFile(
        f"cannot read {name!r}: {found}, expected a whole workbook",
        hint="open it in a spreadsheet program and save it again as .xlsx, or ask for a new copy",
        code="corrupt-file",
    )


def open_package(path: Path) -> Package:
    """Read a zip's directory and refuse what no workbook looks like.

    Raises:
        UnreadableFile: Not a zip, too large, too many entries, or entries that overlap.
    """
    name = path.name
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableFile(
                f"cannot read {name!r}: over {MAX_FILE_BYTES // 2**20} MB, expected a questionnaire",
                hint="split the file, or remove embedded pictures and files",
            )
        raw = path.read_bytes()
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            package = Package(
                name=name,
                raw=raw,
                entries=tuple(archive.infolist()),
                directory_start=archive.start_dir,
                comment=archive.comment,
            )
    except (zipfile.BadZipFile, struct.error, UnicodeDecodeError, ValueError) as error:
        raise damaged(name, f"its zip directory is broken ({error})") from error
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {name!r}: {error.strerror}", hint="check the path and its permissions"
        ) from error
    _check_entries(package)
    return package


def _check_entries(package: Package) -> None:
    if len(package.entries) > MAX_ENTRIES:
        raise damaged(package.name, f"it holds {len(package.entries)} parts")
    names = [entry.filename.casefold() for entry in package.entries]
    if len(set(names)) != len(names):
        raise damaged(package.name, "two of its parts have one name")
    ordered = sorted(package.entries, key=lambda entry: entry.header_offset)
    starts = [entry.header_offset for entry in ordered[1:]] + [package.directory_start]
    for entry, following in zip(ordered, starts, strict=True):
        if entry.header_offset < 0 or entry.header_offset + _LOCAL.size + entry.compress_size > following:
            raise damaged(package.name, f"its part {entry.filename!r} overlaps another")


def replace_parts(package: Package, changed: Mapping[str, bytes], added: Mapping[str, bytes]) -> bytes:
    """Build the zip anew with some parts replaced and some added at the end.

    Args:
        package: The original; parts named in neither mapping keep their bytes.
        changed: New content of existing entries.
        added: Content of new entries, dated 1980-01-01.

    Raises:
        WriteFailed: The result would pass 4 GB, which needs another zip layout.
    """
    body, directory = bytearray(), bytearray()
    ranges = _entry_ranges(package)
    position = package.directory_start
    for entry in package.entries:
        record, position = _next_record(package, position)
        offset = len(body)
        if entry.filename in changed:
            content = changed[entry.filename]
            packed = _deflate(content)
            body += _local_header(record, packed=packed, content=content) + packed
            directory += _central_record(record, offset=offset, packed=packed, content=content)
        else:
            start, end = ranges[entry.filename]
            body += package.raw[start:end]
            directory += _copied_record(record, offset=offset, entry=entry)
    for name, content in added.items():
        record = _fresh_record(name)
        packed = _deflate(content)
        directory += _central_record(record, offset=len(body), packed=packed, content=content)
        body += _local_header(record, packed=packed, content=content) + packed
    count = len(package.entries) + len(added)
    if len(body) + len(directory) >= 2**32 - 1:
        raise WriteFailed(f"cannot write {package.name!r}: over 4 GB", hint="split the workbook")
    tail = (b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), len(package.comment))
    return bytes(body + directory + _END.pack(*tail) + package.comment)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    values: tuple[int, ...]
    name: bytes
    extra: bytes
    comment: bytes


def _entry_ranges(package: Package) -> dict[str, tuple[int, int]]:
    ordered = sorted(package.entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in ordered[1:]] + [package.directory_start]
    return {entry.filename: (entry.header_offset, end) for entry, end in zip(ordered, ends, strict=True)}


def _next_record(package: Package, position: int) -> tuple[_Record, int]:
    _, *values = _CENTRAL.unpack_from(package.raw, position)
    name_end = position + _CENTRAL.size + values[9]
    extra_end = name_end + values[10]
    end = extra_end + values[11]
    record = _Record(
        values=tuple(values),
        name=package.raw[position + _CENTRAL.size : name_end],
        extra=_without_zip64(package.raw[name_end:extra_end]),
        comment=package.raw[extra_end:end],
    )
    return record, end


def _without_zip64(extra: bytes) -> bytes:
    kept, position = b"", 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        if kind != _ZIP64_EXTRA:
            kept += extra[position : position + 4 + size]
        position += 4 + size
    return kept


def _fresh_record(name: str) -> _Record:
    date = (1 << 5) | 1
    values = (20, 20, 0x800, zipfile.ZIP_DEFLATED, 0, date, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    return _Record(values=values, name=name.encode("utf-8"), extra=b"", comment=b"")


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _local_header(record: _Record, *, packed: bytes, content: bytes) -> bytes:
    utf8 = record.values[2] & 0x800
    sizes = (zlib.crc32(content), len(packed), len(content))
    when = record.values[4:6]
    fields = (b"PK\x03\x04", 20, utf8, zipfile.ZIP_DEFLATED, *when, *sizes, len(record.name), 0)
    return _LOCAL.pack(*fields) + record.name


def _central_record(record: _Record, *, offset: int, packed: bytes, content: bytes) -> bytes:
    made_by, _, flags, _, *when = record.values[:6]
    attributes = record.values[13:15]
    sizes = (zlib.crc32(content), len(packed), len(content))
    lengths = (len(record.name), 0, len(record.comment))
    fields = (
        made_by,
        20,
        flags & 0x800,
        zipfile.ZIP_DEFLATED,
        *when,
        *sizes,
        *lengths,
        0,
        *attributes,
        offset,
    )
    return _CENTRAL.pack(b"PK\x01\x02", *fields) + record.name + record.comment


def _copied_record(record: _Record, *, offset: int, entry: zipfile.ZipInfo) -> bytes:
    head, attributes = record.values[:6], record.values[13:15]
    sizes = (entry.CRC, entry.compress_size, entry.file_size)
    lengths = (len(record.name), len(record.extra), len(record.comment))
    fields = (*head, *sizes, *lengths, 0, *attributes, offset)
    return _CENTRAL.pack(b"PK\x01\x02", *fields) + record.name + record.extra + record.comment
