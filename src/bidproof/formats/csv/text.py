"""Take separated values apart so that single cells can be replaced and all else stays byte for byte.

Quoting follows RFC 4180; encoding and delimiter are sniffed. A first line such as ``sep=;`` declares
the delimiter to spreadsheet programs and is no text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import read_whole
from bidproof.formats.decoding import decode

MAX_CELLS = 5_000_000
_MAX_FILE_MB = 50
_DELIMITERS = ",;\t|"
_SNIFFED_CHARS = 100_000
_DECLARED = re.compile(r"""(["']?)sep=(.)\1(?=[\r\n]|\Z)""", re.IGNORECASE)


class CsvField(NamedTuple):
    """A cell: its raw characters ``[start, end)`` in the text, quotes included, and its value."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """A CSV file as text and cells.

    ``mark`` is the byte order mark in front of the text; ``rows`` are in file
    order, blank lines and the declaration of the delimiter included as rows with
    one empty cell. ``problem`` says what of the text was broken, empty when nothing was.
    """

    raw: bytes
    mark: bytes
    encoding: str
    text: str
    delimiter: str
    newline: str
    problem: str
    rows: tuple[tuple[CsvField, ...], ...]

    def records(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each filled row below the header as values by column, with its number in the file, from 1.

        Cells that a short row lacks are empty.
        """
        filled = (
            (number, [field.value for field in row])
            for number, row in enumerate(self.rows, start=1)
            if any(field.value for field in row)
        )
        _, header = next(filled, (0, list[str]()))
        for number, row in filled:
            yield number, dict(zip_longest(header, row[: len(header)], fillvalue=""))


def read_csv(path: Path) -> CsvText:
    """Decode a CSV file and find its cells.

    Raises:
        UnreadableFile: Too large, not text, or unreadable.
    """
    raw = read_whole(path, max_mb=_MAX_FILE_MB, hint="cut the file down to the rows that matter")
    content = parse_csv(raw, name=path.name)
    if content.problem:
        raise UnreadableFile(
            f"cannot read {path.name!r}: its text is broken ({content.problem}), expected {content.encoding}",
            hint="save it again as CSV UTF-8",
            code="corrupt-file",
        )
    return content


def parse_csv(raw: bytes, *, name: str) -> CsvText:
    """Decode the content of a CSV file and find its cells.

    Args:
        raw: The whole file.
        name: What errors call it.

    Raises:
        UnreadableFile: Over five million cells (``too-large``).
    """
    decoded = decode(raw)
    text = decoded.text
    delimiter = sniff_delimiter(text)
    return CsvText(
        raw=raw,
        mark=decoded.mark,
        encoding=decoded.encoding,
        text=text,
        delimiter=delimiter,
        newline="\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n",
        problem=decoded.problem,
        rows=_split(text, delimiter, name=name),
    )


def sniff_delimiter(text: str) -> str:
    """The delimiter that a text declares, else the one that splits the most rows into equally many cells."""
    if declared := _DECLARED.match(text):
        return declared.group(2)
    sample = text[:_SNIFFED_CHARS]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _split(sample, delimiter, name="") if len(row) > 1)
        if not widths:
            return (0.0, 0)
        width, rows = widths.most_common(1)[0]
        return (rows / sum(widths.values()) * min(rows, 50), width)

    return max(_DELIMITERS, key=agreement)


def _split(text: str, delimiter: str, *, name: str) -> tuple[tuple[CsvField, ...], ...]:
    cell = re.compile(
        rf"""(?: [ ]*"([^"]*+(?:""[^"]*+)*+)"[ ]* (?=[{re.escape(delimiter)}\r\n]|\Z)
        | ([^{re.escape(delimiter)}\r\n]*+) ) ({re.escape(delimiter)}|\r\n|\r|\n|\Z)""",
        re.VERBOSE,
    )
    rows: list[tuple[CsvField, ...]] = []
    row: list[CsvField] = []
    left = MAX_CELLS
    for match in cell.finditer(text):
        start, end = match.start(), match.start(3)
        if start == len(text) and not row:
            break
        quoted = match[1]
        row.append(CsvField(start, end, match[2] if quoted is None else quoted.replace('""', '"')))
        if match[3] == delimiter:
            continue
        rows.append(tuple(row))
        left -= len(row)
        row = []
        if left < 0:
            raise UnreadableFile(
                f"cannot read {name!r}: found over {MAX_CELLS:,} cells, expected fewer",
                hint="cut the file down to the rows that matter",
                code="too-large",
            )
    if declared := _DECLARED.match(text):
        rows[0] = (CsvField(0, declared.end(), ""),)
    return tuple(rows)
