"""Copy a zip with only some parts replaced: untouched ones keep their bytes, order, dates and attributes.

Layout of the zip records: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16.
"""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from bidproof.core.errors import WriteFailed
from bidproof.formats.zip.package import Package, entry_ranges

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_ZIP64_EXTRA = 1


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
    ranges = entry_ranges(package)
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
