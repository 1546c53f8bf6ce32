"""Read a CSV file as a questionnaire, with the same detection as a workbook's sheet."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from bidproof.core.files import path_text, read_whole
from bidproof.core.records import Questionnaire
from bidproof.formats.csv.text import CsvText, read_csv
from bidproof.questionnaires.sheets.file import questionnaire_of
from bidproof.questionnaires.sheets.grid import Grid, Place, check_size

_MAX_FILE_MB = 200


def read(path: Path, mapping: Mapping[str, object] | None) -> Questionnaire:
    """Read the questions of a CSV or TSV file; its one sheet is named after the file.

    Args:
        path: The file.
        mapping: A layout as saved or corrected by the user; None to work it out.

    Raises:
        UnreadableFile: Not text, or too large.
        UnsureMapping: It does not show which column asks and which takes the answer.
        InvalidMapping: The mapping does not fit the file.
    """
    check_size(path.name, rows=read_whole(path, max_mb=_MAX_FILE_MB).count(b"\n"))
    content = read_csv(path)
    check_size(path.name, rows=len(content.rows), columns=max(map(len, content.rows), default=0))
    grid = csv_grid(content, name=path_text(Path(path.stem)))
    content_hash = hashlib.sha256(content.raw).hexdigest()
    return questionnaire_of([grid], path=path, mapping=mapping, content_hash=content_hash, kind="csv")


def csv_grid(content: CsvText, *, name: str) -> Grid:
    """A CSV file's cells as a sheet; row 1 is its first line."""
    texts = {
        Place(row, column): field.value
        for row, fields in enumerate(content.rows, 1)
        for column, field in enumerate(fields, 1)
        if field.value
    }
    return Grid(name=name, texts=texts)
