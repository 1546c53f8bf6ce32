"""The editable mapping of a Word questionnaire: what was detected, and what a user corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from bidproof.questionnaires.mapping_values import check_keys, flag_in, invalid, items_in, list_in
from bidproof.questionnaires.sheets.headers import Role
from bidproof.questionnaires.word.tables import TableLayout

_TABLE_KINDS = ("questions", "form", "stacked", "requirements", "prose", "skip")
_KEYS = frozenset(
    {"format", "tables", "questions", "answer_in_place", "requirements", "skip_styles", "skip_sections"}
)
_TABLE_KEYS = frozenset({"table", "kind", "header_row", "columns", "marks", "options", "title", "confidence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocxLayout:
    """What to read where.

    Attributes:
        tables: One entry per table that a mapping or detection speaks of.
        questions: Read questions from paragraphs.
        answer_in_place: Answer questions without a visible place in a paragraph below
            them; None leaves it to detection.
        requirements: Read requirements from running text.
        skip_styles: Names of paragraph styles that hold nothing to answer.
        skip_sections: Headings (or their beginnings) whose sections hold nothing to answer.
    """

    tables: Mapping[int, TableLayout]
    questions: bool = True
    answer_in_place: bool | None = None
    requirements: bool = True
    skip_styles: tuple[str, ...] = ()
    skip_sections: tuple[str, ...] = ()

    def skips(self, section_path: Sequence[str]) -> bool:
        """Whether a section, or one around it, is to be passed over."""
        return any(
            heading.casefold().startswith(skipped.casefold())
            for heading in section_path
            for skipped in self.skip_sections
        )


def layout_to_json(layout: DocxLayout) -> dict[str, object]:
    """The mapping as plain JSON values; :func:`layout_from_json` takes it back."""
    return {
        "format": "docx",
        "questions": layout.questions,
        "answer_in_place": bool(layout.answer_in_place),
        "requirements": layout.requirements,
        "skip_styles": list(layout.skip_styles),
        "skip_sections": list(layout.skip_sections),
        "tables": [
            {
                "table": item.table,
                "kind": item.kind,
                "title": item.title,
                "header_row": item.header_row,
                "columns": dict(item.columns),
                "marks": dict(item.marks),
                "options": list(item.options),
                "confidence": item.confidence,
            }
            for item in layout.tables.values()
        ],
    }


def layout_from_json(mapping: Mapping[str, object], detected: Mapping[int, TableLayout]) -> DocxLayout:
    """Lay a user's mapping over what was detected.

    Args:
        mapping: As saved from ``Questionnaire.layout``, corrected by hand or not. Absent
            keys and tables keep what detection found.
        detected: Layouts of all tables of this file, by number.

    Raises:
        InvalidMapping: An unknown key, a table that is not there, or a value of the wrong kind.
    """
    check_keys(mapping, _KEYS)
    tables = dict(detected)
    for entry in list_in(mapping, "tables"):
        table = _table(entry, detected)
        tables[table.table] = table
    in_place = mapping.get("answer_in_place")
    if in_place is not None and not isinstance(in_place, bool):
        raise invalid(f"answer_in_place is {in_place!r}, expected true or false")
    return DocxLayout(
        tables=tables,
        questions=flag_in(mapping, "questions"),
        answer_in_place=in_place,
        requirements=flag_in(mapping, "requirements"),
        skip_styles=items_in(mapping, "skip_styles", str, what="texts"),
        skip_sections=items_in(mapping, "skip_sections", str, what="texts"),
    )


def _table(entry: object, detected: Mapping[int, TableLayout]) -> TableLayout:
    if not isinstance(entry, Mapping):
        raise invalid(f"a table entry is {entry!r}, expected an object")
    values = cast("Mapping[str, object]", entry)
    unknown = set(values) - _TABLE_KEYS
    if unknown:
        raise invalid(
            f"a table entry has the key {sorted(unknown)[0]!r}, expected {', '.join(sorted(_TABLE_KEYS))}"
        )
    number = values.get("table")
    if not isinstance(number, int) or number not in detected:
        raise invalid(f"found table {number!r}, expected a number from 1 to {max(detected, default=0)}")
    known = detected[number]
    kind = values.get("kind", known.kind)
    if kind not in _TABLE_KINDS:
        raise invalid(f"table {number} is of kind {kind!r}, expected one of {', '.join(_TABLE_KINDS)}")
    header = values.get("header_row", known.header_row)
    if not isinstance(header, int) or header < 0:
        raise invalid(f"table {number} has header_row {header!r}, expected a row number or 0")
    columns = _columns(values.get("columns", known.columns), number)
    strange = set(columns) - {role.value for role in Role}
    if strange:
        raise invalid(
            f"table {number} has a column {sorted(strange)[0]!r}, expected {', '.join(role for role in Role)}"
        )
    if kind in ("questions", "requirements") and Role.QUESTION.value not in columns:
        raise invalid(f"table {number} of kind {kind!r} names no question column")
    marks = _columns(values.get("marks", known.marks), number)
    options = items_in({"options": known.options, **values}, "options", str, what="texts")
    return replace(
        known,
        kind=str(kind),
        header_row=header,
        columns=columns,
        marks=marks,
        options=options,
        confidence=1.0,
    )


def _columns(value: object, number: int) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise invalid(f"table {number} has columns {value!r}, expected names with column numbers")
    columns = cast("Mapping[object, object]", value)
    for name, column in columns.items():
        if not isinstance(name, str) or not isinstance(column, int) or isinstance(column, bool) or column < 1:
            raise invalid(f"table {number} has the column {name!r}: {column!r}, expected a number from 1")
    return cast("dict[str, int]", dict(columns))
