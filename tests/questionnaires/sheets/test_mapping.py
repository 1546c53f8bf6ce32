"""The layout is saved, corrected and passed back; what does not fit is named."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import InvalidMapping, UnsureMapping
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.sheets.grid import Grid, Place
from bidproof.questionnaires.sheets.mapping import dump_layout, parse_mapping
from bidproof.questionnaires.sheets.questions import build_questions
from workbook_files import Sheet, build_workbook

ROWS = [
    ["ID", "Question", "Answer", "Comments"],
    ["A", "Access", None, None],
    ["1", "Is MFA enforced?", "", ""],
    ["2", "Is TLS used?", "", ""],
]


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return build_workbook(tmp_path / "asked.xlsx", Sheet("S", ROWS), Sheet("Notes", [["Hello"]]))


def layout_of(path: Path) -> dict[str, Any]:
    return json.loads(json.dumps(read(path, None).layout))


def test_the_detected_layout_passed_back_reads_the_same(asked: Path) -> None:
    detected = read(asked, None)
    again = read(asked, layout_of(asked))
    assert again.questions == detected.questions
    assert again.layout == detected.layout
    assert again.confidence == 1.0


def test_a_corrected_column_is_used(asked: Path) -> None:
    layout = layout_of(asked)
    columns = layout["sheets"][0]["tables"][0]["columns"]
    columns["answer"], columns["comment"] = "d", ["C"]
    slots = read(asked, layout).questions[0].slots
    assert {slot.location: slot.purpose.value for slot in slots} == {"'S'!D3": "answer", "'S'!C3": "comment"}


def test_a_short_hand_written_mapping_is_enough(asked: Path) -> None:
    mapping = {"sheets": [{"name": "S", "tables": [
        {"header_rows": [1], "rows": [2, 4],
         "columns": {"id": "A", "question": "B", "marks": {"C": "Yes", "D": "No"}}}
    ]}]}  # fmt: skip
    found = read(asked, mapping)
    assert [q.id for q in found.questions] == ["1", "2"]
    assert found.questions[0].section_path == ("A Access",)
    assert [slot.option for slot in found.questions[0].slots] == ["Yes", "No"]


def test_rows_can_be_left_out(asked: Path) -> None:
    layout = layout_of(asked)
    layout["sheets"][0]["tables"][0]["skip_rows"] = [3]
    assert [q.id for q in read(asked, layout).questions] == ["2"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda s: s.update(name="Sheet9"), "Sheet9"),
        (lambda s: s["tables"][0].update(rows=[9, 12]), "last row is 4"),
        (lambda s: s["tables"][0].update(rows=[4, 2]), "rows 4 to 2"),
        (lambda s: s["tables"][0]["columns"].update(question="Z"), "column Z"),
        (lambda s: s["tables"][0]["columns"].update(question="B7"), "columns.question"),
        (lambda s: s["tables"][0]["columns"].update(answr="C"), "answr"),
        (lambda s: s["tables"][0]["columns"].update(evidence="C"), "column C"),
        (lambda s: s["tables"][0].update(columns={"question": "B"}), "no column for answers"),
        (lambda s: s["tables"][0].update(columns={"answer": "B"}), "columns.question"),
        (lambda s: s.update(tables=[]), "tables"),
    ],
)
def test_what_does_not_fit_is_named(asked: Path, change: Any, named: str) -> None:
    layout = copy.deepcopy(layout_of(asked))
    change(layout["sheets"][0])
    with pytest.raises(InvalidMapping, match=named) as caught:
        read(asked, layout)
    assert "asked.xlsx" in caught.value.message
    assert caught.value.hint


def test_a_scale_and_a_default_of_the_mapping() -> None:
    texts = {Place(1, 1): "Log access", Place(1, 2): "open", Place(2, 1): "Rotate keys", Place(2, 2): "5"}
    table = {
        "rows": [1, 2],
        "columns": {"question": "A", "choice": "B"},
        "title": "Access",
        "default": ["open"],
        "scale": {"5": "fully", "0": "not"},
    }
    layout = parse_mapping({"sheets": [{"name": "S", "tables": [table]}], "skip": ["Prices"]}, file="f")
    first, second = build_questions(layout, {"S": Grid(name="S", texts=texts)})
    assert first.section_path == ("Access",)
    assert (first.slots[0].options, first.slots[0].codes) == (("fully", "not"), ("5", "0"))
    assert (first.is_answered, second.slots[0].current) == (False, "fully")
    assert parse_mapping(dump_layout(layout), file="f") == layout


def test_a_layout_that_cannot_be_told_comes_with_a_proposal_that_fits(tmp_path: Path) -> None:
    rows = [["Name", "City"], ["Ann", "Paris"], ["Bo", "Rome"]]
    path = build_workbook(tmp_path / "people.xlsx", Sheet("Staff", rows))
    with pytest.raises(UnsureMapping, match="saw on 'Staff'") as caught:
        read_questionnaire(path)
    assert len(read(path, caught.value.proposal).questions) == 3
