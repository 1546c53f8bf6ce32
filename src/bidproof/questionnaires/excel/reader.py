"""Read an Excel workbook (.xlsx, .xlsm, transitional or strict) as a questionnaire."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from bidproof.core.records import Questionnaire
from bidproof.formats.excel.workbook import read_workbook
from bidproof.formats.zip.package import open_package
from bidproof.questionnaires.excel.grids import read_grids
from bidproof.questionnaires.sheets.file import questionnaire_of


def read(path: Path, mapping: Mapping[str, object] | None) -> Questionnaire:
    """Read the questions of a workbook.

    Args:
        path: The file.
        mapping: A layout as saved or corrected by the user; None to work it out.

    Raises:
        UnreadableFile: Not a workbook that can be read safely.
        UnsureMapping: No sheet shows which column asks and which takes the answer.
        InvalidMapping: The mapping does not fit the file.
    """
    package = open_package(path)
    workbook = read_workbook(package)
    grids = read_grids(package, workbook)
    content_hash = hashlib.sha256(package.raw).hexdigest()
    return questionnaire_of(grids, path=path, mapping=mapping, content_hash=content_hash, kind="xlsx")
