"""Write a compliance matrix as a small workbook in which nothing can be a formula."""

# XlsxWriter ships without complete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from xlsxwriter import Workbook

from bidproof.formats.xml import legal_text

_MAX_CELL_CHARS = 32_767
_COLUMNS = (
    ("Number", 12),
    ("Requirement", 60),
    ("Section", 32),
    ("Page", 8),
    ("Mandatory", 12),
    ("Answer", 60),
)
_PROOF = (("Location", 22), ("Status", 26), ("Evidence", 60))
_LOOK = {"num_format": "@", "text_wrap": True, "valign": "top"}
_DATE = datetime(1980, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One requirement of the matrix; the fields are its columns, in order."""

    number: str
    requirement: str
    section: str
    page: str
    mandatory: str
    answer: str
    location: str
    status: str
    evidence: str


def matrix_bytes(rows: Sequence[MatrixRow], *, with_proof: bool) -> bytes:
    """The workbook as bytes, the same for the same rows.

    One sheet "Compliance": a bold header that stays in view, filter buttons, wrapped
    text. A cell holds at most 32,767 characters; longer text is cut with an ellipsis.

    Args:
        rows: In reading order.
        with_proof: With our columns, too: location, status and evidence. Else it is fit to send.
    """
    columns = _COLUMNS + _PROOF * with_proof
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": _DATE})
        head = book.add_format({**_LOOK, "bold": True, "bg_color": "#E7ECF2"})
        plain = book.add_format(_LOOK)
        sheet = book.add_worksheet("Compliance")
        for column, (title, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(astuple(row)[: len(columns)]):
                put = sheet.write_string if text else sheet.write_blank
                put(number, column, _fitting(legal_text(text)), plain)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    return stream.getvalue()


def _fitting(text: str) -> str:
    return text if len(text) <= _MAX_CELL_CHARS else text[: _MAX_CELL_CHARS - 1] + "…"
