"""Separated values come apart where spreadsheet programs see cells, and every cell knows its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.core.errors import UnreadableFile
from bidproof.formats.csv import text as csv_text
from bidproof.formats.csv.text import CsvText, parse_csv, read_csv, sniff_delimiter


def cells(content: CsvText) -> list[list[str]]:
    return [[field.value for field in row] for row in content.rows]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n", ";"),
        ("a\tb\n1\t2", "\t"),
        ("alone\n", ","),
        ("sep=|\na,b|c\n", "|"),
        ('"sep=;"\r\na,b;c\r\n', ";"),
        ("SEP=,\na;b,c;d\n", ","),
        ("sep=;", ";"),
    ],
)
def test_the_delimiter_is_found(text: str, sign: str) -> None:
    assert sniff_delimiter(text) == sign


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("a", [["a"]]),
        ("a,", [["a", ""]]),
        ("a,b\n\nc\n", [["a", "b"], [""], ["c"]]),
        ('a,"b ""c"", d"\r\n', [["a", 'b "c", d']]),
        ('a, "b" ,c\r', [["a", "b", "c"]]),
        ('a,"b\nc",d\n', [["a", "b\nc", "d"]]),
        ('1,19" rack\n2,"is "it" on"\n', [["1", '19" rack'], ["2", '"is "it" on"']]),
        ('1,"never ends\n2,x\n', [["1", '"never ends'], ["2", "x"]]),
        ("sep=,\na,b\n", [[""], ["a", "b"]]),
        ("sep=,x\na,b\n", [["sep=", "x"], ["a", "b"]]),
    ],
)
def test_cells(text: str, rows: list[list[str]]) -> None:
    assert cells(parse_csv(text.encode(), name="a.csv")) == rows


@given(
    st.lists(st.lists(st.text(st.sampled_from('a"\n\r,; é'), max_size=4), min_size=2, max_size=3), max_size=4)
)
def test_raw_cells_and_what_stands_between_them_are_the_file(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    content = parse_csv(text.encode(), name="a.csv")
    position = 0
    for row in content.rows:
        for field in row:
            assert content.text[position : field.start] in ("", content.delimiter, "\n", "\r", "\r\n")
            position = field.end
    assert content.mark + content.text.encode(content.encoding) == content.raw
    assert content.text[position:] in ("", "\n", "\r", "\r\n")


def test_records_are_named_by_the_header_and_numbered_as_in_the_file() -> None:
    content = parse_csv(b"sep=;\n\narm;outcome\na;1\n;\nb\n", name="a.csv")
    assert list(content.records()) == [(4, {"arm": "a", "outcome": "1"}), (6, {"arm": "b", "outcome": ""})]


def test_broken_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfa,\xff\n")
    with pytest.raises(UnreadableFile, match=r"'a\.csv': its text is broken \(invalid start byte\)"):
        read_csv(path)


def test_too_many_cells_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "MAX_CELLS", 100_000)
    with pytest.raises(UnreadableFile, match=r"'a\.csv'.* over 100,000 cells"):
        parse_csv(b"a,b\n" * 60_000, name="a.csv")
