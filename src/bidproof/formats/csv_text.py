"""Take a CSV file apart so that single cells can be replaced and all else stays byte for byte.

Quoting follows RFC 4180; encoding and delimiter are sniffed.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import UnreadableFile

MAX_FILE_BYTES = 50 * 2**20
MAX_CELLS = 2_000_000
_DELIMITERS = ",;\t|"
_SNIFFED_CHARS = 100_000
_DECLARED = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvField:
    """A cell: its raw characters ``[start, end)`` in the text, quotes included, and its value."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """A CSV file as text and cells.

    ``mark`` is the byte order mark in front of the text; ``rows`` are in file
    order, blank lines included as rows with one empty cell.
    """

    raw: bytes
    mark: bytes
    encoding: str
    text: str
    delimiter: str
    rows: tuple[tuple[CsvField, ...], ...]


def read_csv(path: Path) -> CsvText:
    """Decode a CSV file and find its cells.

    Raises:
        UnreadableFile: Too large, not text, or unreadable.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableFile(
                f"cannot read {path.name!r}: over {MAX_FILE_BYTES // 2**20} MB, expected a questionnaire",
                hint="cut the file down to its questions",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: {error.strerror}", hint="check the path and its permissions"
        ) from error
    mark, encoding = _sniff_encoding(raw)
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"cannot read {path.name!r}: its text is broken ({error.reason}), expected {encoding}",
            hint="save it again as CSV UTF-8",
            code="corrupt-file",
        ) from error
    delimiter = _sniff_delimiter(text)
    return CsvText(
        raw=raw,
        mark=mark,
        encoding=encoding,
        text=text,
        delimiter=delimiter,
        rows=_split(text, delimiter, file=path.name),
    )


def _sniff_encoding(raw: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return mark, encoding
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            raw.decode("cp1252")
        except UnicodeDecodeError:
            return b"", "latin-1"
        return b"", "cp1252"
    return b"", "utf-8"


def _sniff_delimiter(text: str) -> str:
    """The delimiter that splits the most rows into the same number of cells."""
    declared = _DECLARED.match(text)
    if declared:
        return declared.group(1)
    sample = text[:_SNIFFED_CHARS]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _split(sample, delimiter, file="") if len(row) > 1)
        if not widths:
            return (0.0, 0)
        width, rows = widths.most_common(1)[0]
        return (rows * (width > 1) / sum(widths.values()) * min(rows, 50), width)

    return max(_DELIMITERS, key=agreement)


def _split(text: str, delimiter: str, *, file: str) -> tuple[tuple[CsvField, ...], ...]:
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    quoted = re.compile(r'[ ]*"((?:[^"]|"")*)"[ ]*')
    rows: list[tuple[CsvField, ...]] = []
    row: list[CsvField] = []
    position, count = 0, 0
    while position < len(text) or row:
        match = quoted.match(text, position)
        after = text[match.end() : match.end() + 1] if match else ""
        if match and (after == "" or after in (delimiter, "\r", "\n")):
            field = CsvField(start=position, end=match.end(), value=match.group(1).replace('""', '"'))
        else:
            found = plain.match(text, position)
            end = found.end() if found else position
            field = CsvField(start=position, end=end, value=text[position:end])
        row.append(field)
        count += 1
        if count > MAX_CELLS:
            raise UnreadableFile(
                f"cannot read {file!r}: over {MAX_CELLS:,} cells, expected a questionnaire",
                hint="cut the file down to its questions",
            )
        position = field.end
        if text[position : position + 1] == delimiter:
            position += 1
            continue
        rows.append(tuple(row))
        row = []
        position += 2 if text.startswith("\r\n", position) else 1
    return tuple(rows)
