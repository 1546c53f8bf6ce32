"""CSV files in the encodings and dialects that people save them in."""

from pathlib import Path

import pytest

from bidproof.core.errors import UnsureMapping
from bidproof.formats.csv.text import read_csv
from bidproof.questionnaires.csv.reader import read

TEXT = (
    "Id{d}Question{d}Answer{d}Comments{n}"
    'Q-1{d}"Is data{d} ""at rest"", encrypted?"{d}{d}{n}Q-2{d}Où est-ce?{d}{d}{n}'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_told(
    tmp_path: Path, encoding: str, delimiter: str, newline: str
) -> None:
    path = tmp_path / "asked.csv"
    path.write_bytes(TEXT.format(d=delimiter, n=newline).encode(encoding))
    found = read(path, None)
    assert [q.id for q in found.questions] == ["Q-1", "Q-2"]
    assert found.questions[0].text == f'Is data{delimiter} "at rest", encrypted?'
    assert found.questions[1].text == "Où est-ce?"
    assert [slot.location for slot in found.questions[1].slots] == ["'asked'!C3", "'asked'!D3"]


def test_cells_may_hold_lines_and_rows_may_be_short(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text('ID,Question,Response\n1,"Is it\nsafe, and\nsound?"\n\n2,Is it on?,Yes\n')
    found = read(path, None)
    assert [q.text for q in found.questions] == ["Is it\nsafe, and\nsound?", "Is it on?"]
    assert [q.is_answered for q in found.questions] == [False, True]


def test_a_declared_separator_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("sep=;\nID;Question, or topic;Answer\n1;Is it on, or off?;\n")
    assert read_csv(path).delimiter == ";"
    assert len(read(path, None).questions) == 1


def test_a_quote_inside_an_unquoted_cell_is_text(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text('ID,Question,Answer\n1,Is a 19" rack used?,\n2,"Is it "open" now?",\n')
    assert read(path, None).questions[0].text == 'Is a 19" rack used?'


def test_a_mapping_is_used(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("a,b,c\nIs it on?,,\n")
    mapping = {
        "sheets": [
            {"name": "asked", "tables": [{"rows": [2, 2], "columns": {"question": "A", "answer": "C"}}]}
        ]
    }
    assert read(path, mapping).questions[0].slots[0].location == "'asked'!C2"


def test_a_list_without_questions_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,City\nAnn,Paris\n")
    with pytest.raises(UnsureMapping, match=r"people\.csv"):
        read(path, None)
