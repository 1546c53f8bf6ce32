"""Read any questionnaire: the format is told by its bytes, the work done in a guarded child process."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import read_whole
from bidproof.core.records import Questionnaire
from bidproof.core.settings import DocumentSettings
from bidproof.documents.media_types import MediaType, detect_media_type
from bidproof.documents.scans import is_ocr_installed, limits_for_scans, scans_in
from bidproof.formats.guarded.guard import Limits, run_guarded
from bidproof.questionnaires.protocol import QuestionnaireReader

_READERS = {
    MediaType.XLSX: "bidproof.questionnaires.excel.reader:read",
    MediaType.CSV: "bidproof.questionnaires.csv.reader:read",
    MediaType.DOCX: "bidproof.questionnaires.word.reader:read",
    MediaType.PDF: "bidproof.questionnaires.pdf.reader:read",
}
_TABLE_SUFFIXES = frozenset({".tab", ".txt"})
_MAX_FILE_MB = 200
LIMITS = Limits(cpu_s=60, wall_s=120.0, memory_mb=2048, file_mb=1)


def read_questionnaire(path: Path, *, mapping: Mapping[str, object] | None = None) -> Questionnaire:
    """Read a buyer's questionnaire into questions with their answer slots.

    Args:
        path: An .xlsx, .xlsm, .csv, .tsv, .docx or .pdf file.
        mapping: A layout saved from an earlier ``Questionnaire.layout``, perhaps
            corrected by the user; it replaces detection. None to work it out.

    Returns:
        The questions in file order, with how sure the layout is (0 to 1) and
        what was doubtful.

    Raises:
        UnreadableFile: Missing, empty, damaged, encrypted, hostile, another format, or
            without a single question (``no-questions``).
        UnsureMapping: It cannot be told which part asks or which takes the answer.
        InvalidMapping: The mapping does not fit this file.
    """
    path = Path(path).absolute()
    kind = _kind_of(path)
    found = run_guarded(_read_as, (kind, str(path), mapping), limits=_limits(kind, path), label=path.name)
    if not found.questions:
        why = "; ".join(found.problems[:2]) or "no question or requirement was found"
        raise UnreadableFile(
            f"cannot read {path.name!r} as a questionnaire: {why}",
            hint="check that it is the buyer's file; where questions stand in it that are not seen, put each "
            "in a row of its own beside an empty cell",
            code="no-questions",
        )
    return found


def _kind_of(path: Path) -> MediaType:
    """What a file really is: by its bytes; its name only settles plain text."""
    kind = detect_media_type(path.name, read_whole(path, max_mb=_MAX_FILE_MB)).media_type
    if kind is MediaType.TEXT and path.suffix.lower() in _TABLE_SUFFIXES:
        return MediaType.CSV
    if kind not in _READERS:
        raise UnreadableFile(
            f"cannot read {path.name!r} as a questionnaire: found {kind.name}, "
            "expected .xlsx, .xlsm, .csv, .tsv, .docx or .pdf",
            hint="save it as one of these formats and try again",
            code="unsupported-type",
        )
    return kind


def _limits(kind: MediaType, path: Path) -> Limits:
    """What reading may cost: more for scanned pages that will be read from their image."""
    if kind is not MediaType.PDF or not is_ocr_installed():
        return LIMITS
    scans = run_guarded(scans_in, path, limits=LIMITS, label=path.name)
    return limits_for_scans(LIMITS, scans=scans, settings=DocumentSettings())


def _read_as(job: tuple[MediaType, str, Mapping[str, object] | None]) -> Questionnaire:
    kind, path, mapping = job
    module, _, function = _READERS[kind].partition(":")
    reader = cast("QuestionnaireReader", getattr(import_module(module), function))
    return reader(Path(path), mapping)
