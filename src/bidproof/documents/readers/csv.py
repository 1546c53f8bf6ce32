"""Comma, semicolon or tab separated values: one table."""

import csv
from collections import Counter
from io import StringIO

from bidproof.core.errors import UnreadableFile
from bidproof.documents.builder import TextBuilder
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.grid import add_grid
from bidproof.formats.decoding import decode_text

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20
_MAX_FIELD = 10_000_000


class CsvReader:
    """Reads ``.csv`` and ``.tsv``."""

    def read(self, file: SourceFile) -> Reading:
        """Read a table of separated values; it has no title of its own.

        Raises:
            UnreadableFile: A field never ends.
        """
        text = decode_text(file.data)
        csv.field_size_limit(_MAX_FIELD)
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=find_delimiter(text)))
        except csv.Error as error:
            raise UnreadableFile(
                f"cannot read {file.name!r}: found {error}, expected separated values",
                hint="open it in a spreadsheet program and save it again",
                code="corrupt-file",
            ) from error
        builder = TextBuilder()
        add_grid(builder, rows)
        return Reading(title="", text=builder.text, blocks=builder.blocks)


def find_delimiter(text: str) -> str:
    """The sign that parts the first lines into the same number of fields most often."""
    lines = [line for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=sign))
        width, times = max(counts.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (times if width > 1 else 0), width

    return max(_DELIMITERS, key=evenness)
