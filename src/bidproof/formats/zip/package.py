"""The zip around an Office file, opened without trusting it.

Sizes in a zip's directory can lie, so every part is inflated in small pieces and counted,
and the count stops at the first limit passed. Parts that are parsed may not unpack to over a
hundred times their size; pictures, which hold plain pixels, may.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import read_whole

MAX_ENTRIES = 10_000
MAX_TOTAL_MB = 1024
MAX_PART_MB = 512
MAX_RATIO = 100
RATIO_FREE_KB = 100
_MAX_FILE_MB = 200
_LOCAL_HEADER_BYTES = 30
_DIRECTORY_ENTRY = b"PK\x01\x02"
_CHUNK = 1 << 16
_MARKUP = (".xml", ".rels", ".vml")
_MACRO_PARTS = ("vbaProject.bin", "vbaData.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A zip file's bytes and its entries, in their order in the file's directory."""

    name: str
    raw: bytes
    entries: tuple[zipfile.ZipInfo, ...]
    directory_start: int
    comment: bytes

    @property
    def has_macros(self) -> bool:
        """Whether it holds macros, which are never run."""
        return any(entry.filename.endswith(_MACRO_PARTS) for entry in self.entries)

    def find(self, part: str) -> str | None:
        """The entry that holds a part; part names ignore case (ECMA-376 part 2, 6.2.2.3)."""
        wanted = part.lstrip("/").casefold()
        return next((item.filename for item in self.entries if item.filename.casefold() == wanted), None)

    def read(self, part: str) -> bytes:
        """Inflate one part, counting as it goes.

        Raises:
            UnreadableFile: As for :func:`open_package`; ``corrupt-file`` when it is absent.
        """
        with zipfile.ZipFile(BytesIO(self.raw)) as archive:
            return b"".join(self._inflate(archive, part, is_parsed=True))

    def check(self) -> "Package":
        """Inflate every part, keeping nothing, for libraries that unpack without limits.

        Returns:
            The package itself.

        Raises:
            UnreadableFile: As for :func:`open_package`.
        """
        left = MAX_TOTAL_MB << 20
        with zipfile.ZipFile(BytesIO(self.raw)) as archive:
            for entry in self.entries:
                part = entry.filename
                for chunk in self._inflate(archive, part, is_parsed=_is_markup(part)):
                    left -= len(chunk)
                    if left < 0:
                        raise _bomb(self.name, f"over {MAX_TOTAL_MB} MB unpacked", "less")
        return self

    def _inflate(self, archive: zipfile.ZipFile, part: str, *, is_parsed: bool) -> Iterator[bytes]:
        size, allowed = 0, MAX_PART_MB << 20
        try:
            with archive.open(part) as stream:
                if is_parsed:
                    packed = archive.getinfo(part).compress_size
                    allowed = min(allowed, max(RATIO_FREE_KB << 10, packed * MAX_RATIO))
                while chunk := stream.read(_CHUNK):
                    if not size and _is_markup(part) and _declares_doctype(chunk):
                        raise unsafe_xml(self.name, part)
                    size += len(chunk)
                    if size > allowed:
                        found = f"its part {part!r} unpacking to over {allowed >> 10:,} KB"
                        raise _bomb(self.name, found, f"at most {MAX_RATIO} times its size")
                    yield chunk
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise damaged(self.name, f"its part {part!r} cannot be unpacked") from error
        except (RuntimeError, NotImplementedError) as error:
            raise damaged(
                self.name, f"its part {part!r} is packed in a way we do not know ({error})"
            ) from error


def open_package(path: Path) -> Package:
    """Read a whole Office file and refuse what unpacks to too much or reaches outside itself.

    Raises:
        UnreadableFile: ``archive-bomb``, ``archive-unsafe-path``, ``unsafe-xml``,
            ``encrypted-file`` or ``corrupt-file``; or as from :func:`read_whole`, over 200 MB.
    """
    hint = "split the file, or remove embedded pictures and files"
    raw = read_whole(path, max_mb=_MAX_FILE_MB, hint=hint)
    return package_of(path.name, raw).check()


def package_of(name: str, raw: bytes) -> Package:
    """Read a zip's directory alone; parts are counted when they are read.

    Args:
        name: What errors call the file.
        raw: The whole file.

    Raises:
        UnreadableFile: As for :func:`open_package`.
    """
    listed = raw.count(_DIRECTORY_ENTRY)  # before they are listed, which takes a kilobyte each
    if listed > MAX_ENTRIES:
        raise _bomb(name, f"{listed} parts", f"at most {MAX_ENTRIES}")
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            package = Package(
                name=name,
                raw=raw,
                entries=tuple(archive.infolist()),
                directory_start=archive.start_dir,
                comment=archive.comment,
            )
    except (zipfile.BadZipFile, struct.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise damaged(name, f"its zip directory is broken or cut short ({error})") from error
    _check_entries(package)
    return package


def entry_ranges(package: Package) -> dict[str, tuple[int, int]]:
    """Where each entry's header and content lie in the file, end exclusive."""
    ordered = sorted(package.entries, key=lambda entry: entry.header_offset)
    ends = [entry.header_offset for entry in ordered[1:]] + [package.directory_start]
    return {entry.filename: (entry.header_offset, end) for entry, end in zip(ordered, ends, strict=True)}


def _check_entries(package: Package) -> None:
    name, entries = package.name, package.entries
    if not entries:
        raise damaged(name, "no part is inside")
    if len({entry.filename.casefold() for entry in entries}) != len(entries):
        raise damaged(name, "two of its parts have one name")
    ranges = entry_ranges(package)
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
            raise UnreadableFile(
                f"cannot read {name!r}: found part {entry.filename!r}, expected one inside the package",
                hint="the file was not written by Office; ask for a clean copy",
                code="archive-unsafe-path",
            )
        if entry.flag_bits & 0x1:
            raise UnreadableFile(
                f"cannot read {name!r}: found an encrypted part, expected plain ones",
                hint="save a copy without a password",
                code="encrypted-file",
            )
        start, end = ranges[entry.filename]
        if start < 0 or start + _LOCAL_HEADER_BYTES + entry.compress_size > end:
            raise damaged(name, f"its part {entry.filename!r} overlaps another")


def _is_markup(part: str) -> bool:
    return part.lower().endswith(_MARKUP)


def _declares_doctype(head: bytes) -> bool:
    """Whether XML declares a document type: Office never does, entity bombs and XXE must."""
    return any(sign in head.replace(b"\x00", b"").upper() for sign in (b"<!DOCTYPE", b"<!ENTITY"))


def damaged(name: str, found: str) -> UnreadableFile:
    """The error for a file that is cut short or otherwise broken."""
    return UnreadableFile(
        f"cannot read {name!r}: found a damaged file ({found}), expected a whole one",
        hint="open it in the program that wrote it and save it again, or ask for a new copy",
        code="corrupt-file",
    )


def unsafe_xml(name: str, part: str) -> UnreadableFile:
    """The error for a part that declares a document type."""
    return UnreadableFile(
        f"cannot read {name!r}: its part {part!r} declares a document type, expected plain XML",
        hint="the file was not written by Office; ask for a clean copy",
        code="unsafe-xml",
    )


def _bomb(name: str, found: str, expected: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {name!r}: found {found}, as in a zip bomb, expected {expected}",
        hint="ask the sender for a clean copy; if it is none, save it again in the program that wrote it",
        code="archive-bomb",
    )
