"""Checks a zip package before any parser unpacks it.

Sizes in a zip's directory can lie, so every entry is inflated here in small
pieces and counted, and the count stops at the first limit passed.
"""

import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from zlib import error as zlib_error

from bidproof.core.errors import UnreadableFile

MAX_ENTRIES = 10_000
MAX_TOTAL_MB = 1024
MAX_ENTRY_MB = 512
MAX_RATIO = 100
RATIO_FREE_KB = 100
_CHUNK = 1 << 16
_MACRO_PARTS = ("vbaProject.bin", "vbaData.xml")


def check_archive(name: str, data: bytes) -> tuple[str, ...]:
    """Refuse a package that unpacks to too much or reaches outside itself.

    Args:
        name: What errors call the file.
        data: The whole package.

    Returns:
        Warnings: macros present, which are never run.

    Raises:
        UnreadableFile: ``archive-bomb``, ``archive-unsafe-path``, ``unsafe-xml``,
            ``encrypted-file`` or ``corrupt-file``.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(name, entries)
            budget = MAX_TOTAL_MB << 20
            for entry in entries:
                budget -= _measure(name, archive, entry, budget)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zlib_error, ValueError) as error:
        raise UnreadableFile(
            f"cannot read {name!r}: found a damaged package ({error}), expected a whole one",
            hint="open it in the program that wrote it and save it again",
            code="corrupt-file",
        ) from error
    has_macros = any(entry.filename.endswith(_MACRO_PARTS) for entry in entries)
    return ("holds macros, which were not run",) if has_macros else ()


def _check_entries(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _bomb(name, f"{len(entries)} parts", f"at most {MAX_ENTRIES}")
    seen: set[str] = set()
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
        if entry.filename in seen:
            raise UnreadableFile(
                f"cannot read {name!r}: found two parts named {entry.filename!r}, expected one",
                hint="open it in the program that wrote it and save it again",
                code="corrupt-file",
            )
        seen.add(entry.filename)


def _measure(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> int:
    """Inflate one entry, keeping nothing, and return its true size in bytes."""
    size = 0
    allowed = max(RATIO_FREE_KB << 10, entry.compress_size * MAX_RATIO)
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if not size:
                _check_markup(name, entry.filename, chunk)
            size += len(chunk)
            if size > allowed:
                raise _bomb(name, f"{entry.filename!r} unpacking to over {MAX_RATIO} times its size", "less")
            if size > MAX_ENTRY_MB << 20 or size > budget:
                raise _bomb(name, f"over {MAX_TOTAL_MB} MB unpacked", "less")
    return size


def _check_markup(name: str, part: str, head: bytes) -> None:
    """Refuse XML that declares a document type: Office never does, entity bombs and XXE must."""
    if not part.endswith((".xml", ".rels", ".vml")):
        return
    if any(sign in head.replace(b"\x00", b"").upper() for sign in (b"<!DOCTYPE", b"<!ENTITY")):
        raise UnreadableFile(
            f"cannot read {name!r}: found a document type declaration in {part!r}, expected plain XML",
            hint="the file was not written by Office; ask for a clean copy",
            code="unsafe-xml",
        )


def _bomb(name: str, found: str, expected: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {name!r}: found {found}, expected {expected}",
        hint="this looks like a zip bomb; if it is not, save the file again in the program that wrote it",
        code="archive-bomb",
    )


def has_properties(data: bytes) -> bool:
    """Whether an Office package states its own dates; the libraries make up today's where it does not."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return any(name.endswith("core.xml") for name in archive.namelist())
