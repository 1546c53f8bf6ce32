"""What reading scanned pages may cost: more time and memory than any other file, by the page."""

import importlib.util
from dataclasses import replace
from pathlib import Path

from bidproof.core.settings import DocumentSettings
from bidproof.formats.guarded.guard import Limits

_START_CPU_S = 30
_PAGE_CPU_S = 60
_MEMORY_MB = 2048
_PDF, _HEAD_BYTES = b"%PDF-", 1024


def is_ocr_installed() -> bool:
    """Whether the ``ocr`` extra is there; nothing is loaded."""
    return importlib.util.find_spec("rapidocr") is not None


def scans_in(path: Path) -> int:
    """Count a file's scanned pages; 0 for what is no PDF or cannot be opened.

    Meant for the guard, before the limits for reading the file are chosen.
    """
    try:
        with path.open("rb") as file:
            if _PDF not in file.read(_HEAD_BYTES):
                return 0
    except OSError:
        return 0
    from bidproof.documents.readers.ocr import count_scans  # loads a PDF library, which the parent must not

    return count_scans(path)


def limits_for_scans(limits: Limits, *, scans: int, settings: DocumentSettings) -> Limits:
    """Raise limits for a file with so many pages to read from their image; unchanged for none."""
    if not scans:
        return limits
    extra = _START_CPU_S + min(scans, settings.max_ocr_pages) * _PAGE_CPU_S
    return replace(
        limits,
        cpu_s=limits.cpu_s + extra,
        wall_s=limits.wall_s + 2.0 * extra,
        memory_mb=limits.memory_mb + _MEMORY_MB,
    )
