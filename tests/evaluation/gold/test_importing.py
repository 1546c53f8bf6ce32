"""Any file of questions and answers becomes a gold set, and rows that are no case are named."""

import json
from pathlib import Path

import pandas as pd
import pytest

from bidproof.core.errors import InvalidMapping, UnreadableFile, UnsureMapping, UserError
from bidproof.evaluation.gold.columns import parse_mapping
from bidproof.evaluation.gold.importing import check_strict, import_gold
from bidproof.evaluation.records import Relevant

CSV = (
    "Question,Answer_True,Yes_No_True,Document_True\n"
    'Is data encrypted?,"All data, at rest and in transit",Yes,policy/crypto.md\n'
    "Are logs kept forever?,Logs are kept for 90 days,no,policy/logs.md\n"
    "Who approves access?,The owner,None,policy/access.md\n"
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ",")]
)
def test_a_csv_is_understood_whatever_its_encoding_and_delimiter(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    text = CSV.replace('"All data, at rest and in transit"', "All data – everywhere").replace(",", separator)
    found = import_gold(write(tmp_path / "q.csv", text, encoding), name="q")
    first, second, third = found.gold.cases
    assert (first.question, first.reference) == ("Is data encrypted?", "All data – everywhere")
    assert (first.choice, second.choice, third.choice) == ("Yes", "no", "")
    assert second.options == ("Yes", "no")
    assert third.options == ()
    assert first.relevant == (Relevant(path="policy/crypto.md"),)
    assert first.is_answerable is True
    assert found.problems == ()


def test_columns_of_other_sets_are_known_by_their_names(tmp_path: Path) -> None:
    rows = [
        {
            "qid": "a1",
            "user_input": "How long are logs kept?",
            "expected_output": "90 days",
            "reference_contexts": ["Logs are kept for 90 days."],
            "is_impossible": False,
            "question_type": "number",
        },
        {"qid": "a2", "user_input": "Who is the CEO?", "is_impossible": True, "question_type": "name"},
    ]
    path = write(tmp_path / "set.jsonl", "\n".join(map(json.dumps, rows)))
    one, two = import_gold(path, name="set").gold.cases
    assert (one.id, one.reference, one.is_answerable) == ("a1", "90 days", True)
    assert one.relevant == (Relevant(path="*", quote="Logs are kept for 90 days."),)
    assert one.tags == ("question type: number",)
    assert (two.id, two.is_answerable) == ("a2", False)


def test_evidence_objects_give_path_page_and_text(tmp_path: Path) -> None:
    row = {
        "question": "What was revenue?",
        "answer": "5 million",
        "evidence": [
            {"evidence_text": "Revenue was 5 million.", "doc_name": "report.pdf", "evidence_page_num": 7}
        ],
    }
    case = import_gold(write(tmp_path / "f.jsonl", json.dumps(row)), name="f").gold.cases[0]
    assert case.relevant == (Relevant(path="report.pdf", page=7, quote="Revenue was 5 million."),)


@pytest.mark.parametrize(
    ("cell", "paths"),
    [
        ("a.md; b.md", ["a.md", "b.md"]),
        ("a.md\nb c.md", ["a.md", "b c.md"]),
        ('["a.md", "x/b.md"]', ["a.md", "x/b.md"]),
        ("a.md, x/b.md", ["a.md", "x/b.md"]),
        ("*2023 Q3 ACME*", ["*2023 Q3 ACME*"]),
        ("None", []),
    ],
)
def test_a_cell_may_name_several_documents(tmp_path: Path, cell: str, paths: list[str]) -> None:
    frame = pd.DataFrame({"question": ["Q one?", "Q two?"], "Source Docs": [cell, "z.md"]})
    path = tmp_path / "q.parquet"
    frame.to_parquet(path)
    found = import_gold(path, name="q").gold.cases[0]
    assert [item.path for item in found.relevant] == paths


def test_bad_rows_are_named_with_their_row_and_strict_refuses(tmp_path: Path) -> None:
    text = (
        "id,question,answer,choice,options,split,page\n"
        "1,Is it safe?,Yes it is,Yes,Yes; No,train,\n"
        "2,,Nothing asked,,,,\n"
        "3,Is it fast?,Maybe,Perhaps,Yes; No,,\n"
        "1,Is it cheap?,No,No,Yes; No,,\n"
        "5,Is it new?,No,No,Yes; No,someday,\n"
        "6,Is it old?,No,No,Yes; No,,appendix\n"
        "7,Too,many,Yes,Yes; No,,,surplus\n"
    )
    found = import_gold(write(tmp_path / "q.csv", text), name="q")
    assert [case.id for case in found.gold.cases] == ["1"]
    named = {item.row: item.problem for item in found.problems}
    assert named == {
        "row 3": "no question",
        "row 4": "the choice 'Perhaps' is none of 'Yes', 'No'",
        "row 5": "the id '1' stands in row 2 already",
        "row 6": "the split 'someday' is none of 'train', 'dev', 'test'",
        "row 7": "the page 'appendix' is no page number",
        "row 8": "found 8 cells, expected 7",
    }
    with pytest.raises(UserError, match="found 6 rows") as caught:
        check_strict(found, source="q.csv")
    assert caught.value.code == "gold-rows"


def test_broken_json_lines_are_named_by_line(tmp_path: Path) -> None:
    text = '{"question": "A?"}\n{"question": "B?"\n\n[1]\n{"question": "C?"}\n'
    found = import_gold(write(tmp_path / "q.jsonl", text), name="q")
    assert [case.question for case in found.gold.cases] == ["A?", "C?"]
    assert [item.row for item in found.problems] == ["line 2", "line 4"]


def test_a_workbook_with_a_title_above_its_header_is_read(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Security review", "Acme"],
        [],
        ["No", "Question", "Answer", "NA?"],
        [1, "Is it on?", "Yes", None],
        [2, "Is it off?", "NA", None],
    ):
        sheet.append(row)
    book.save(tmp_path / "q.xlsx")
    found = import_gold(tmp_path / "q.xlsx", name="q")
    assert [(case.id, case.choice) for case in found.gold.cases] == [("1", "Yes"), ("2", "NA")]
    assert found.gold.cases[0].origin == "q.xlsx, row 4"


def test_unclear_columns_are_asked_about_and_can_be_mapped(tmp_path: Path) -> None:
    path = write(tmp_path / "q.csv", "foo,bar\nalpha,beta\ngamma,delta\n")
    with pytest.raises(UnsureMapping) as caught:
        import_gold(path, name="q")
    assert caught.value.code == "gold-columns"
    assert "'foo', 'bar'" in caught.value.message
    found = import_gold(path, name="q", columns=parse_mapping(["question=foo", "answer=bar"]))
    assert [(case.question, case.reference) for case in found.gold.cases] == [
        ("alpha", "beta"),
        ("gamma", "delta"),
    ]
    both = write(tmp_path / "two.csv", "question,answer,response\nWho?,me,you\n")
    with pytest.raises(UnsureMapping, match="'answer' and 'response'"):
        import_gold(both, name="q")
    kept = import_gold(both, name="q", columns=parse_mapping(["none=response"]))
    assert kept.gold.cases[0].reference == "me"
    assert kept.unused == ("response",)


@pytest.mark.parametrize("pair", ["question", "=x", "colour=question", "question=nowhere"])
def test_a_wrong_mapping_is_refused(tmp_path: Path, pair: str) -> None:
    path = write(tmp_path / "q.csv", CSV)
    with pytest.raises(InvalidMapping):
        import_gold(path, name="q", columns=parse_mapping([pair]))


@pytest.mark.parametrize(
    "name", ["none.csv", "x.png", "broken.xlsx", "broken.parquet", "empty.csv", "b.json"]
)
def test_what_cannot_be_read_is_refused_in_two_lines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not name.startswith("none"):
        path.write_bytes(b"" if name == "empty.csv" else b"{not a table")
    with pytest.raises((UnreadableFile, UserError)) as caught:
        import_gold(path, name="q")
    assert caught.value.message
    assert caught.value.hint


def test_a_column_of_yes_and_no_is_the_choice_and_the_comment_beside_it_the_answer(tmp_path: Path) -> None:
    text = "Question,Answer,Vendor Comments\nIs it?,Yes,Since 2020\nIs it not?,N/A,We have none\n"
    found = import_gold(write(tmp_path / "q.csv", text), name="q").gold.cases
    assert [(case.choice, case.reference) for case in found] == [
        ("Yes", "Since 2020"),
        ("N/A", "We have none"),
    ]
    assert found[0].options == ("Yes", "No", "N/A")


def test_ids_are_the_same_at_every_import_and_unique(tmp_path: Path) -> None:
    path = write(tmp_path / "q.csv", "question,answer\nWho?,a\nWho?,b\nWhat now?,c\n")
    first = [case.id for case in import_gold(path, name="q").gold.cases]
    again = [case.id for case in import_gold(path, name="q").gold.cases]
    assert first == again
    assert len(set(first)) == 3
    assert first[1] == f"{first[0]}-2"


def test_groups_come_from_a_column_else_section_else_document(tmp_path: Path) -> None:
    grouped = write(tmp_path / "a.csv", "question,group,section\nA?,g,s\nB?,,s\n")
    assert import_gold(grouped, name="q").grouping == "column"
    by_section = import_gold(write(tmp_path / "b.csv", "question,section\nA?,s\nB?,t\n"), name="q")
    assert [case.group for case in by_section.gold.cases] == ["s", "t"]
    by_document = import_gold(write(tmp_path / "c.csv", "question,document\nA?,a.md\nB?,b.md\n"), name="q")
    assert [case.group for case in by_document.gold.cases] == ["a.md", "b.md"]
    alone = import_gold(write(tmp_path / "d.csv", "question,answer\nA?,x y\nB?,z\n"), name="q")
    assert {case.group for case in alone.gold.cases} == {""}


def test_paths_are_fitted_to_the_stored_documents_when_only_one_can_be_meant(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.csv",
        "question,document\nA?,guide/page.md\nB?,Other.MD\nC?,twice.md\nD?,gone.md\nE?,report\nF?,*x*.pdf\n",
    )
    stored = [
        "guide/src/page.md",
        "b/page.md",
        "other.md",
        "a/twice.md",
        "b/twice.md",
        "report.pdf",
        "ax1.pdf",
    ]
    found = import_gold(path, name="q", documents=stored)
    assert [case.relevant[0].path for case in found.gold.cases] == [
        "guide/src/page.md",
        "other.md",
        "twice.md",
        "gone.md",
        "report.pdf",
        "*x*.pdf",
    ]
    assert [change.written for change in found.unknown] == ["gone.md"]
    assert len(found.changed) == 3


@pytest.mark.parametrize(
    ("file", "cases", "answerable", "documents"),
    [
        ("aws/questions.csv", 100, 100, 100),
        ("k8gb/gold.jsonl", 78, 38, 38),
        ("sec10q/questions.csv", 195, 195, 195),
    ],
)
def test_the_measuring_sets_import_without_any_help(
    data_folder: Path, file: str, cases: int, answerable: int, documents: int
) -> None:
    if not (data_folder / file).exists():
        pytest.skip(f"no {file} in {data_folder}")
    found = import_gold(data_folder / file, name="q")
    assert len(found.gold.cases) == cases
    assert found.problems == ()
    assert sum(case.is_answerable is True for case in found.gold.cases) == answerable
    assert sum(bool(case.relevant) for case in found.gold.cases) == documents
    assert all(case.reference for case in found.gold.cases)
