"""Answers below their questions, tables side by side, and rows that only sum up what stands below."""

from pathlib import Path

from bidproof.core.records import Questionnaire, SlotPurpose
from bidproof.questionnaires.excel.reader import read
from bidproof.questionnaires.sheets.file import questionnaire_of
from bidproof.questionnaires.sheets.grid import Area, Grid, OptionList, Place
from workbook_files import Sheet, build_workbook

ASKED = ["How are keys rotated?", "Who reads the log files?", "Where is customer data stored?"]


def read_grid(rows: list[list[str]], **more: object) -> Questionnaire:
    texts = {Place(r, c): text for r, cells in enumerate(rows, 1) for c, text in enumerate(cells, 1) if text}
    grid = Grid(name="S", texts=texts, **more)  # type: ignore[arg-type]
    return questionnaire_of([grid], path=Path("s.xlsx"), mapping=None, content_hash="0", kind="xlsx")


def slots(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    """Question cell to its slots' cells by purpose."""
    return {
        question.location.rpartition("!")[2]: {
            str(slot.purpose): slot.location.rpartition("!")[2] for slot in question.slots
        }
        for question in questionnaire.questions
    }


def test_labels_below_a_question_name_the_cells_beside_them() -> None:
    rows: list[list[str]] = []
    for number, text in enumerate(ASKED, 1):
        rows += [[f"Question {number}", text], ["Response"], ["Evidence"], []]
    found = read_grid(rows)
    assert slots(found) == {
        "B1": {"answer": "B2", "evidence": "B3"},
        "B5": {"answer": "B6", "evidence": "B7"},
        "B9": {"answer": "B10", "evidence": "B11"},
    }
    assert not any("belong" in problem or "no answer" in problem for problem in found.problems)


def test_labels_stand_below_the_question_itself() -> None:
    rows = [row for text in ASKED for row in ([text], ["Antwort:"], [])]
    assert slots(read_grid(rows)) == {"A1": {"answer": "B2"}, "A4": {"answer": "B5"}, "A7": {"answer": "B8"}}


def test_a_merged_blank_row_takes_the_answer_above_it() -> None:
    rows = [row for number, text in enumerate(ASKED, 1) for row in ([f"1.{number}", text], [])]
    merges = tuple(Area(row, 2, row, 6) for row in range(1, 7))
    found = read_grid(rows, merges=merges)
    assert slots(found) == {"B1": {"answer": "B2"}, "B3": {"answer": "B4"}, "B5": {"answer": "B6"}}
    assert [question.buyer_id for question in found.questions] == ["1.1", "1.2", "1.3"]


def test_blank_rows_between_questions_take_nothing_where_a_column_does() -> None:
    rows = [["ID", "Question", "Answer"]]
    rows += [row for number, text in enumerate(ASKED, 1) for row in ([str(number), text], [])]
    assert slots(read_grid(rows)) == {"B2": {"answer": "C2"}, "B4": {"answer": "C4"}, "B6": {"answer": "C6"}}


def test_a_mapping_says_where_below_a_question_its_answer_stands(tmp_path: Path) -> None:
    rows = [row for text in ASKED for row in ([text, None], [None, None])]
    path = build_workbook(tmp_path / "cards.xlsx", Sheet("S", rows))
    table = {"rows": [1, 5], "columns": {"question": "A"}, "below": {"answer": ["A", 1]}}
    found = read(path, {"sheets": [{"name": "S", "tables": [table]}]})
    assert slots(found) == {"A1": {"answer": "A2"}, "A3": {"answer": "A4"}, "A5": {"answer": "A6"}}
    assert found.layout["sheets"][0]["tables"][0]["below"] == {"answer": ["A", 1]}  # type: ignore[index]


def test_tables_side_by_side_are_read_each() -> None:
    head = ["ID", "Question", "Answer"]
    rows = [[*head, "", *head]]
    rows += [
        [f"A{n}", text, "", "", f"B{n}", text.replace("?", " today?")] for n, text in enumerate(ASKED, 1)
    ]
    found = read_grid(rows)
    assert slots(found) == {
        **{f"B{row}": {"answer": f"C{row}"} for row in (2, 3, 4)},
        **{f"F{row}": {"answer": f"G{row}"} for row in (2, 3, 4)},
    }
    assert found.cells["question"] == 6


def test_a_row_whose_result_is_computed_titles_the_rows_below() -> None:
    rows = [["No.", "Objective", "Statement", "Status"]]
    for number in (1, 2):
        rows += [[f"3.{number}", "", f"The supplier shall limit access {number}.", "MET"]]
        rows += [["", f"3.{number}[{letter}]", f"users {letter} are identified"] for letter in "abc"]
    lists = OptionList(areas=(Area(3, 4, 5, 4), Area(7, 4, 9, 4)), options=("MET", "NOT MET"))
    found = read_grid(rows, lists=(lists,), formulas=frozenset({Place(2, 4), Place(6, 4)}))
    assert [question.location.rpartition("!")[2] for question in found.questions] == [
        "C3", "C4", "C5", "C7", "C8", "C9"
    ]  # fmt: skip
    assert all(slot.purpose is SlotPurpose.CHOICE for q in found.questions for slot in q.slots[:1])
    assert "3.2" in found.questions[-1].section_path[-1]
