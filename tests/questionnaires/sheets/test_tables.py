"""Which tables a file's sheets hold, in the shapes that buyers give them."""

from collections.abc import Mapping, Sequence

import pytest

from bidproof.core.errors import UnsureMapping
from bidproof.core.records import Question, SlotPurpose
from bidproof.formats.excel.addresses import parse_area
from bidproof.questionnaires.sheets.grid import Area, Grid, OptionList, Place
from bidproof.questionnaires.sheets.questions import build_questions
from bidproof.questionnaires.sheets.tables import DetectedLayout, detect_layout

Row = Sequence[str]


def grid_of(
    rows: Sequence[Row], *, name: str = "S", lists: Mapping[str, str] | None = None, **more: object
) -> Grid:
    texts = {
        Place(row, column): text
        for row, cells in enumerate(rows, 1)
        for column, text in enumerate(cells, 1)
        if text
    }
    dropdowns = tuple(
        OptionList(areas=(parse_area(area) or Area(1, 1, 1, 1),), options=tuple(options.split(",")))
        for area, options in (lists or {}).items()
    )
    return Grid(name=name, texts=texts, lists=dropdowns, **more)  # type: ignore[arg-type]


def detected(*grids: Grid) -> tuple[DetectedLayout, tuple[Question, ...]]:
    found = detect_layout(grids, file="asked")
    return found, build_questions(found.layout, {grid.name: grid for grid in grids})


def asked(*grids: Grid) -> list[str]:
    return [question.text for question in detected(*grids)[1]]


def places(question: Question) -> dict[str, str]:
    return {slot.location.rpartition("!")[2]: slot.purpose.value for slot in question.slots}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("#", "Access control", "Response", "Comments"),
            ("#", "Policy & Compliance", "Response", "Comments"),
        ),
        (("#", "Betrieb", "Antwort", "Bemerkung"), ("", "Prüfung und Nachweise", "Antwort", "Bemerkung")),
        (("Nº", "Accesos", "Respuesta", "Notas"), ("Nº", "Pruebas", "Respuesta", "Notas")),
    ],
)
def test_a_header_that_recurs_with_its_sections_title(first: Row, second: Row) -> None:
    rows = [first, *([f"1.{n}", f"Do you review rights of system {n}?"] for n in range(4)),
            second, *([f"2.{n}", f"Do you keep a log of system {n}?"] for n in range(4))]  # fmt: skip
    _, questions = detected(grid_of(rows))
    assert len(questions) == 8
    assert {question.section_path for question in questions} == {(first[1],), (second[1],)}
    assert places(questions[-1]) == {"C10": "answer", "D10": "comment"}


@pytest.mark.parametrize("answer", ["See attached.", "Documentation attached", "Evidence provided"])
def test_an_answered_row_is_no_header(answer: str) -> None:
    rows = [["Question", "Answer"], *[[f"Do you encrypt backups of system {n}?"] for n in range(6)],
            ["Describe your product functionality documentation", answer],
            *[[f"Do you log access to system {n}?"] for n in range(6)]]  # fmt: skip
    _, questions = detected(grid_of(rows))
    assert len(questions) == 13
    assert all(question.slots[0].location.startswith("'S'!B") for question in questions)


VENDOR = [["ID", "Question", "Answer", "Additional Information"], ["S1", "Do you encrypt data at rest?"],
          ["S2", "Is there a second factor?"], ["S3", "Select your hosting option."],
          ["S4", "Web link to your privacy notice"]]  # fmt: skip


def test_the_buyers_evaluation_of_the_same_questions_is_left_alone() -> None:
    rows = [["Score the answers below"], ["ID", "Question", "Given answer", "Verdict", "Remark"],
            *[[*row[:2], "", ""] for row in VENDOR[1:]]]  # fmt: skip
    formulas = frozenset(Place(row, 3) for row in range(3, 7))
    evaluation = grid_of(rows, name="Rating", lists={"D3:D6": "Pass,Fail"}, formulas=formulas)
    found, questions = detected(grid_of(VENDOR, lists={"C2:C3": "Yes,No", "C4": "AWS,Other"}), evaluation)
    assert [question.buyer_id for question in questions] == ["S1", "S2", "S3", "S4"]
    assert found.layout.buyer == ("Rating",)
    assert any("'Rating' repeats the questions of 'S'" in problem for problem in found.problems)


def test_two_sheets_that_ask_the_same_are_both_asked() -> None:
    assert len(asked(grid_of(VENDOR, name="Product A"), grid_of(VENDOR, name="Product B"))) == 8


@pytest.mark.parametrize(
    ("header", "default"),
    [
        (
            ("Main Area", "Checklist item", "Severity", "Status", "Comment", "More info", "GUID"),
            "Not verified",
        ),
        (
            ("Área", "Elemento", "Gravedad", "Estado", "Comentario", "Más información", "GUID"),
            "No verificado",
        ),
        (("Bereich", "Maßnahme", "Priorität", "Umsetzungsstand", "Anmerkung", "Hinweise", "ID"), "Offen"),
    ],
)
def test_a_wide_checklist_with_a_default_in_every_row(header: Row, default: str) -> None:
    rows = [["Checklist"], [], header,
            *[["Network", f"Use a firewall in front of public endpoint {n}", "High", default, "",
               "https://example.org", f"g{n}"] for n in range(1, 9)]]  # fmt: skip
    _, questions = detected(grid_of(rows, lists={"D4:D11": f"{default},Done,N/A"}))
    assert len(questions) == 8
    assert places(questions[0]) == {"D4": "choice", "E4": "comment"}
    assert questions[0].options == ("Done", "N/A")
    assert not any(question.is_answered for question in questions)
    assert questions[0].section_path == ("Network",)


def test_a_dropdown_dragged_over_section_rows_asks_nothing_there() -> None:
    rows = [["No.", "Question", "Answer", "Comments"], ["A", "Encryption"], ["A1", "Is data encrypted?"],
            ["A2", "Are keys rotated?"], ["B", "People"], ["B1", "Do you screen employees?"]]  # fmt: skip
    _, questions = detected(grid_of(rows, lists={"C2:C6": "Yes,No"}))
    assert [(question.id, question.section_path) for question in questions] == [
        ("A1", ("A Encryption",)), ("A2", ("A Encryption",)), ("B1", ("B People",)),
    ]  # fmt: skip


def test_scores_and_comments_of_the_vendor_are_ours_and_the_assessors_are_not() -> None:
    block = [["", f"{n}. Maintains an audit log for data store {n}."] for n in range(1, 6)]
    rows = [
        ["Vendor Scoring", "A. Data Privacy", "Vendor Comments", "Assessor Comments"],
        *block,
        ["", "Total"],
        ["Vendor Scoring", "B. Architecture", "Vendor Comments", "Assessor Comments"],
        *block,
        ["", "Total"],
    ]
    layout, questions = detected(grid_of(rows))
    assert len(questions) == 10
    assert places(questions[0]) == {"A2": "choice", "C2": "comment"}
    assert [slot.is_writable for slot in questions[0].slots] == [False, True]
    assert any("takes values that the form does not list" in problem for problem in layout.problems)
    assert questions[9].section_path == ("B. Architecture",)


def test_labels_without_question_marks_are_read_beside_a_big_sheet() -> None:
    form = grid_of([["Company name"], ["How many employees do you have?"], ["Support hours"]], name="Company")
    _, questions = detected(form, grid_of(VENDOR))
    assert [question.text for question in questions[:3]] == [
        "Company name", "How many employees do you have?", "Support hours",
    ]  # fmt: skip
    assert places(questions[0]) == {"B1": "answer"}


def test_a_visible_list_of_values_is_no_form() -> None:
    values = grid_of([["Company"], ["Vendor"], ["Product"]], name="Values",
                     listed=frozenset(Place(row, 1) for row in (1, 2, 3)))  # fmt: skip
    assert len(asked(grid_of(VENDOR), values)) == 4


def test_criteria_below_a_question_are_its_guidance() -> None:
    rows = [["Stream", "Education", "Answer"],
            ["Training", "Do you train your developers every year?", ""],
            ["", "The training covers the ten most common faults.\nEverybody has taken it."],
            ["Culture", "Do you have a champion in every team?", ""],
            ["", "The champions meet at least every month and share what they learnt."],
            ["Review", "Do you measure what people learnt?", ""],
            ["", "Results are kept for a year and looked at by the board of directors."]]  # fmt: skip
    _, questions = detected(grid_of(rows, lists={"C2": "No,Yes", "C4": "No,Yes", "C6": "No,Yes"}))
    assert len(questions) == 3
    assert questions[1].guidance.startswith("The champions meet")
    assert questions[1].section_path == ("Education", "Culture")


def test_several_numbered_questions_of_a_cell_share_its_slots() -> None:
    rows = [["ID", "Question", "Answer"],
            ["4", "On backups:\n1. How often do you take them?\n2. Where are they kept?"]]  # fmt: skip
    _, questions = detected(grid_of(rows))
    assert [(question.buyer_id, question.text) for question in questions] == [
        ("4 (1)", "On backups:\nHow often do you take them?"),
        ("4 (2)", "On backups:\nWhere are they kept?"),
    ]
    assert {question.slots[0].location for question in questions} == {"'S'!C2"}


def test_two_header_rows_with_group_titles() -> None:
    rows = [["Requirement", "", "", "Vendor response", "", ""],
            ["ID", "Category", "Text", "Status", "Comment", "Evidence"],
            *[[f"R{n}", "Access", f"The system shall log access number {n}."] for n in range(5)]]  # fmt: skip
    _, questions = detected(
        grid_of(rows, merges=(Area(1, 1, 1, 3), Area(1, 4, 1, 6)), lists={"D3:D7": "Met,Not met"})
    )
    assert len(questions) == 5
    assert places(questions[0]) == {"D3": "choice", "E3": "comment", "F3": "evidence"}
    assert questions[0].slots[0].purpose is SlotPurpose.CHOICE


def test_a_sections_title_below_a_merged_header_is_no_part_of_it() -> None:
    rows = [["Requirement", "", "Expected testing", "Yes", "No", "N/A"],
            ["Access control"],
            ["1.1", "Are administrators' accounts separate?", "Interview staff."],
            ["1.2", "Is each account reviewed every year?", "Examine records."],
            ["Data protection"],
            ["2.1", "Is data encrypted at rest?", "Examine records."]]  # fmt: skip
    merges = (Area(1, 1, 1, 2), Area(2, 1, 2, 6), Area(5, 1, 5, 6))
    _, questions = detected(grid_of(rows, merges=merges))
    assert [question.section_path for question in questions] == [("Access control",)] * 2 + [
        ("Data protection",)
    ]
    assert places(questions[0]) == {"D3": "mark", "E3": "mark", "F3": "mark"}


def test_a_sheet_that_asks_nothing_is_refused() -> None:
    with pytest.raises(UnsureMapping):
        detected(grid_of([["Name", "City"], ["Ann", "Paris"], ["Bo", "Rome"]]))


def test_a_word_vetoes_no_column_that_waits_for_an_answer() -> None:
    rows = [
        ["Requirement", "", "", "Offeror response", "", "Agency use only", "", ""],
        [
            "Req #",
            "M/D",
            "The system shall provide …",
            "Code",
            "Explanation",
            "Max points",
            "Awarded",
            "Notes",
        ],
        *[[f"R{n}", "M", f"audit logs of type {n} to administrators", "", "", "10"] for n in range(6)],
    ]
    merges = (Area(1, 1, 1, 3), Area(1, 4, 1, 5), Area(1, 6, 1, 8))
    _, questions = detected(grid_of(rows, merges=merges, lists={"D3:D8": "S,C,M,T,N"}))
    assert len(questions) == 6
    assert places(questions[0]) == {"D3": "choice", "E3": "comment"}


def test_a_title_line_above_does_not_hide_the_headers_of_sections() -> None:
    def block(title: str) -> list[Row]:
        asking = [(f"{title[:3]}-{n}", f"Do you review {title} number {n}?", "", "") for n in range(3)]
        return [(title, "", "Answer", "Additional Information"), *asking, ()]

    rows = [("Vendor Assessment", "", "Version 4"), (), *block("Company"), *block("Documents")]
    fills = {Place(row, column): "1F4E78" for row in (3, 8) for column in (1, 3, 4)}
    found, questions = detected(grid_of(rows, fills=fills, lists={"C4:C6": "Yes,No", "C9:C11": "Yes,No"}))
    assert [question.buyer_id for question in questions] == [
        "Com-0", "Com-1", "Com-2", "Doc-0", "Doc-1", "Doc-2",
    ]  # fmt: skip
    assert {question.section_path for question in questions} == {("Company",), ("Documents",)}
    assert places(questions[0]) == {"C4": "choice", "D4": "comment"}
    assert not found.problems


def test_rows_that_formulas_fetch_with_their_answers_are_not_asked_again() -> None:
    rows = [*VENDOR, ["S5", "Provider name", "0"]]
    formulas = frozenset(Place(6, column) for column in (1, 2, 3))
    assert len(asked(grid_of(rows, formulas=formulas))) == 4


def test_points_of_a_scale_head_columns_to_mark() -> None:
    rows = [["Ref", "Control", "0", "1", "2", "3", "Comment"],
            *[[f"C{n}", f"Keep an inventory of components number {n}"] for n in range(5)]]  # fmt: skip
    _, questions = detected(grid_of(rows))
    assert questions[0].options == ("0", "1", "2", "3")
    assert list(places(questions[0]).values()) == ["mark"] * 4 + ["comment"]


def test_a_table_without_any_known_word_is_read_by_what_stands_in_it() -> None:
    rows = [["Zorkip", "Taruy", "Bolwid", "Melqen"],
            *[[f"1.{n}", f"Do you keep a log of system {n}?", "", ""] for n in range(6)]]  # fmt: skip
    _, questions = detected(grid_of(rows, lists={"C2:C7": "Yes,No"}))
    assert len(questions) == 6
    assert places(questions[0]) == {"C2": "choice", "D2": "comment"}
    assert questions[0].buyer_id == "1.0"


def test_a_prompt_of_the_dropdown_is_no_answer_and_no_choice() -> None:
    rows = [["#", "Question", "Response"], ["1", "Is MFA on?", "Please select"], ["2", "Is TLS on?", "Yes"],
            ["3", "Are logs kept?", "Please select"]]  # fmt: skip
    _, questions = detected(grid_of(rows, lists={"C2:C4": "Please select,Yes,No"}))
    assert [question.is_answered for question in questions] == [False, True, False]
    assert questions[0].options == ("Yes", "No")


def test_the_title_of_a_form_is_no_question() -> None:
    form = [
        ["Standardized information gathering"],
        ["Company name"],
        ["Registered address"],
        ["Contact person"],
    ]
    assert asked(grid_of(form, name="Cover"), grid_of(VENDOR))[:3] == [
        "Company name", "Registered address", "Contact person",
    ]  # fmt: skip


def test_options_that_a_header_spells_out_in_another_language() -> None:
    rows = [["Baustein", "Nr.", "Anforderung", "Stufe", "Umsetzung (ja/teilweise/nein/entbehrlich)",
             "Begründung"],
            *[["APP.1", f"A{n}", f"Die Protokolle von System {n} müssen geprüft werden.", "Basis", "", ""]
              for n in range(5)]]  # fmt: skip
    _, questions = detected(grid_of(rows))
    assert questions[0].options == ("ja", "teilweise", "nein", "entbehrlich")
    assert places(questions[0]) == {"E2": "choice", "F2": "comment"}
