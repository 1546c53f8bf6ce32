"""What every cell of a sheet is for, and what a layout leaves unexplained."""

from bidproof.core.records import CellRole
from bidproof.questionnaires.sheets.accounts import account_for
from bidproof.questionnaires.sheets.grid import Area, Grid, OptionList, Place
from bidproof.questionnaires.sheets.mapping import parse_mapping


def grid_of(rows: list[list[str]], *, name: str = "S", **more: object) -> Grid:
    texts = {
        Place(row, column): text
        for row, cells in enumerate(rows, 1)
        for column, text in enumerate(cells, 1)
        if text
    }
    return Grid(name=name, texts=texts, **more)  # type: ignore[arg-type]


def layout_of(*, rows: tuple[int, int], name: str = "S", **columns: str) -> dict[str, object]:
    table = {"header_rows": [1], "rows": list(rows), "columns": columns}
    return {"sheets": [{"name": name, "tables": [table]}]}


ROWS = [
    ["#", "Question", "Answer", "Weight"],
    ["1", "Access", "", ""],
    ["1.1", "Is MFA enforced?", "", "3"],
    ["1.2", "Is TLS used?", "", "2"],
]


def test_every_cell_has_a_role() -> None:
    mapping = layout_of(rows=(2, 4), id="A", question="B", answer="C")
    accounts = account_for([grid_of(ROWS)], parse_mapping(mapping, file="f"))
    cells = {place: str(account) for place, account in accounts.cells["S"].items()}
    assert [cells[Place(1, column)] for column in (1, 2, 3, 4)] == ["header"] * 4
    assert cells[Place(2, 2)] == "section"
    assert [cells[Place(3, column)] for column in (1, 2, 3, 4)] == [
        "id", "question", "answer slot", "buyer's own",
    ]  # fmt: skip
    assert accounts.count()[CellRole.SLOT] == 2
    assert not accounts.unexplained


def test_a_dropdown_outside_every_answer_is_named_with_its_cells() -> None:
    dropdown = OptionList(areas=(Area(3, 4, 4, 4),), options=("Low", "High"))
    mapping = layout_of(rows=(2, 4), id="A", question="B", answer="C")
    (found,) = account_for([grid_of(ROWS, lists=(dropdown,))], parse_mapping(mapping, file="f")).unexplained
    assert found.places == (Place(3, 4), Place(4, 4))
    assert found.message == "2 cells with a dropdown on 'S'!D belong to no question (D3, D4)"


def test_labels_beside_blank_cells_are_named_unless_the_mapping_skips_their_sheet() -> None:
    form = grid_of([["Company name:"], ["Address:"], ["Web site:"]], name="Company")
    mapping = layout_of(rows=(2, 4), id="A", question="B", answer="C")
    (found,) = account_for([grid_of(ROWS), form], parse_mapping(mapping, file="f")).unexplained
    assert found.message == "sheet 'Company': 3 label rows read as no question (A1, A2, A3)"
    silent = parse_mapping({**mapping, "skip": ["Company"]}, file="f")
    assert not account_for([grid_of(ROWS), form], silent).unexplained


def test_hidden_rows_of_a_table_are_counted() -> None:
    mapping = layout_of(rows=(2, 4), id="A", question="B", answer="C")
    grid = grid_of(ROWS, hidden_rows=frozenset({4}))
    (found,) = account_for([grid], parse_mapping(mapping, file="f")).unexplained
    assert found.message == "sheet 'S': 1 row is hidden (A4)"


def test_a_blank_column_with_an_unknown_name_is_named() -> None:
    rows = [["#", "Question", "Answer", "Zorkip"], ["1", "Is MFA enforced?", "", ""]]
    mapping = layout_of(rows=(2, 2), id="A", question="B", answer="C")
    (found,) = account_for([grid_of(rows)], parse_mapping(mapping, file="f")).unexplained
    assert found.message == "sheet 'S': column D is blank and takes no answer (D2)"


def test_a_row_in_unknown_words_below_lost_labels_is_named_with_them_but_no_title_alone() -> None:
    form = grid_of([["Company name:"], ["Address:"], ["Frobnication"]], name="Company")
    titled = grid_of([["Service and company"], ["Frobnication"], [], *ROWS], name="T")
    rows = layout_of(rows=(2, 4), id="A", question="B", answer="C")
    (found,) = account_for([grid_of(ROWS), form], parse_mapping(rows, file="f")).unexplained
    assert found.places == (Place(1, 1), Place(2, 1), Place(3, 1))
    below = layout_of(rows=(5, 7), name="T", id="A", question="B", answer="C")
    assert not account_for([titled], parse_mapping(below, file="f")).unexplained
