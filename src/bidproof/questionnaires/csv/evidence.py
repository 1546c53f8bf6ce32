"""The evidence list as a CSV file, for formats that cannot hold a second sheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple

from bidproof.formats.csv.cells import guard_cell
from bidproof.questionnaires.protocol import EvidenceRow
from bidproof.questionnaires.sheets.tables import EVIDENCE_HEADERS


def evidence_csv(rows: Sequence[EvidenceRow]) -> bytes:
    """The rows below their header, UTF-8 with a byte order mark so that Excel reads it right."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(EVIDENCE_HEADERS)
    writer.writerows([guard_cell(str(value)) for value in astuple(row)] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
