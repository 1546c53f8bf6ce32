"""Tell question tables from others, and read their rows as questions with slots."""

from collections.abc import Sequence

from bidproof.formats.word.body import Table
from bidproof.questionnaires.word.evidence import EVIDENCE_HEADERS
from bidproof.questionnaires.word.forms import (
    form_questions,
    is_all_stacked,
    is_form,
    is_stacked,
    stacked_questions,
)
from bidproof.questionnaires.word.headed import headed_questions
from bidproof.questionnaires.word.legends import Legend
from bidproof.questionnaires.word.remarks import with_remarks, without_remarks
from bidproof.questionnaires.word.tables import TableLayout, TableQuestion, title_of
from bidproof.questionnaires.word.titles import headed_layout

_FORM_CONFIDENCE = 0.75


def detect_layout(table: Table, *, legends: Sequence[Legend] = ()) -> TableLayout:
    """Decide how a table is to be read; ``prose`` when it is no question table.

    The evidence table of an earlier export is skipped.

    Args:
        table: Any table of the file.
        legends: The answers that the file defines for itself.
    """
    table = without_remarks(table)
    title = title_of(table, 1)
    if table.rows and tuple(cell.text for cell in table.rows[0]) == EVIDENCE_HEADERS:
        return TableLayout(table=table.number, kind="skip", title=title)
    headed = headed_layout(table, [item for item in legends if item.table != table.number])
    if headed is not None:
        return headed
    if is_all_stacked(table):
        return TableLayout(table=table.number, kind="stacked", title=title, confidence=_FORM_CONFIDENCE)
    if is_form(table):
        return TableLayout(table=table.number, kind="form", title=title, confidence=_FORM_CONFIDENCE)
    if is_stacked(table):
        return TableLayout(table=table.number, kind="stacked", title=title, confidence=_FORM_CONFIDENCE)
    return TableLayout(table=table.number, kind="prose", title=title)


def read_table(table: Table, layout: TableLayout) -> tuple[TableQuestion, ...]:
    """The questions of a table under a layout; empty for ``prose`` and ``skip``."""
    asked = without_remarks(table)
    if layout.kind in ("questions", "requirements"):
        questions = headed_questions(asked, layout)
    elif layout.kind == "form":
        questions = form_questions(asked)
    elif layout.kind == "stacked":
        questions = stacked_questions(asked)
    else:
        return ()
    return tuple(with_remarks(table, tuple(questions)))
