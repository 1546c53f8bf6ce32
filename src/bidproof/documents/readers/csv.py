"""Comma, semicolon or tab separated values: one table."""

from bidproof.documents.builder import TextBuilder
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.grid import add_grid
from bidproof.formats.csv.text import parse_csv


class CsvReader:
    """Reads ``.csv`` and ``.tsv``."""

    def read(self, file: SourceFile) -> Reading:
        """Read a table of separated values; it has no title of its own.

        Raises:
            UnreadableFile: It has too many cells.
        """
        content = parse_csv(file.data, name=file.name)
        builder = TextBuilder(file.settings)
        add_grid(builder, [[field.value for field in row] for row in content.rows])
        return builder.reading()
