"""Workbooks in the variety that buyers send, each built here and read whole."""

from pathlib import Path

import pytest

from bidproof.cli.hints import worded
from bidproof.core.errors import UnsureMapping
from bidproof.core.records import Question, QuestionKind, Questionnaire, SlotPurpose
from bidproof.questionnaires.excel.reader import read
from workbook_files import Formula, Sheet, build_workbook


def read_sheets(folder: Path, *sheets: Sheet, **options: object) -> Questionnaire:
    return read(build_workbook(folder / "asked.xlsx", *sheets, **options), None)  # type: ignore[arg-type]


def slots(question: Question) -> dict[str, str]:
    return {slot.location.rpartition("!")[2]: slot.purpose.value for slot in question.slots}


CAIQ_3 = [
    ["CONSENSUS ASSESSMENTS", *[None] * 11],
    ["Control Domain", "Control ID", "Question ID", "Control Specification", "Consensus Assessment Questions",
     "Consensus Assessment Answers", None, None, "Notes", "Compliance Mapping", None, None],
    [None, None, None, None, None, "Yes", "No", "Not Applicable", None, "AICPA TSC 2009", "BITS", "BSI"],
    [*[None] * 9, "S3.2", "AUP v5", "C4"],
    ["Application Security", "AIS-01", "AIS-01.1", "Applications shall be designed securely.",
     "Do you use industry standards to build in security?", "x", "", "", "We follow a standard.",
     "S3.10.0", "I.4", "G"],
    [None, None, "AIS-01.2", None, "Do you use an automated source code analysis tool?", "", "X",
     "", "", "", "", ""],
    ["Customer Access", "AIS-02", "AIS-02.1", "Prior to granting access, requirements are addressed.",
     "Are all identified requirements contractually addressed?", "", "", "", "", "", "", ""],
    ["© Copyright 2014", *[None] * 11],
]  # fmt: skip
CAIQ_3_MERGES = ["A1:L1", "A2:A4", "B2:B4", "C2:C4", "D2:D4", "E2:E4", "F2:H2", "F3:F4", "G3:G4", "H3:H4",
                 "I2:I4", "J2:L2", "A5:A6", "B5:B6", "D5:D6", "A8:L8"]  # fmt: skip


def test_three_row_header_with_mark_columns(tmp_path: Path) -> None:
    found = read_sheets(tmp_path, Sheet("CAIQ v3", CAIQ_3, merges=CAIQ_3_MERGES))
    assert [q.id for q in found.questions] == ["AIS-01.1", "AIS-01.2", "AIS-02.1"]
    first, second, third = found.questions
    assert slots(first) == {"F5": "mark", "G5": "mark", "H5": "mark", "I5": "comment"}
    assert first.options == ("Yes", "No", "Not Applicable")
    assert (first.is_answered, second.is_answered, third.is_answered) == (True, True, False)
    assert [q.section_path for q in found.questions] == [
        ("Application Security",), ("Application Security",), ("Customer Access",)
    ]  # fmt: skip
    assert found.confidence >= 0.9


def test_ids_in_the_text_section_rows_and_a_comment_column_alone(tmp_path: Path) -> None:
    rows = [
        ["Control Group", "Consensus Assessment Questions", "Comments and Notes", "COBIT 4.1 Mapping"],
        ["Compliance", None, None, None],
        ["Audit Planning", "CO-01a - Do you produce audit assertions?\n", "", "ME 2.1"],
        ["Independent Audits", "CO-02a - Do you allow tenants to view reports?", "", ""],
        [None, "CO-02b - Do you conduct penetration tests?", "", ""],
        ["Data Governance", None, None, None],
        ["Ownership", "DG-01a - Do you follow a labelling standard?", "", ""],
    ]
    found = read_sheets(tmp_path, Sheet("CAIQ", rows))
    assert [(q.buyer_id, q.text) for q in found.questions] == [
        ("CO-01a", "Do you produce audit assertions?"),
        ("CO-02a", "Do you allow tenants to view reports?"),
        ("CO-02b", "Do you conduct penetration tests?"),
        ("DG-01a", "Do you follow a labelling standard?"),
    ]
    assert slots(found.questions[2]) == {"C5": "answer"}
    assert found.questions[2].section_path == ("Compliance", "Independent Audits")
    assert found.questions[3].section_path == ("Data Governance", "Ownership")


HECVAT = [
    ["Higher Education Assessment Tool", *[None] * 5],
    ["Instructions: please answer every question in the Vendor Answers column.", *[None] * 5],
    ["General Information", *[None] * 5],
    ["GNRL-01", Formula("VLOOKUP(A4,Q!A:B,2,0)", "Vendor Name"), "", None, None, None],
    ["GNRL-02", Formula("VLOOKUP(A5,Q!A:B,2,0)", "Product Name"), "", None, None, None],
    ["Company Overview", None, "Vendor Answers", "Additional Information", "Guidance", "Analyst Notes"],
    ["COMP-01", Formula("VLOOKUP(A7,Q!A:B,2,0)", "Describe your organization's business background."), "",
     None, "Include circumstances that may involve offshoring.", None],
    ["COMP-02", Formula("VLOOKUP(A8,Q!A:B,2,0)", "Have you had an unplanned disruption in the past year?"),
     "",
     "", Formula('IF(C8="Yes","If yes, describe.","")', "If yes, describe."), None],
    ["Documentation", None, "Vendor Answers", "Additional Information", None, None],
    ["DOCU-01", Formula("VLOOKUP(A10,Q!A:B,2,0)", "Have you undergone a SOC 2 audit?"), "", "", None, None],
]  # fmt: skip
HECVAT_MERGES = ["A1:F1", "A2:F2", "A3:F3", "A6:B6", "A9:B9", "C7:D7"]


def test_recurring_headers_formula_questions_and_new_style_dropdowns(tmp_path: Path) -> None:
    found = read_sheets(
        tmp_path,
        Sheet("Instructions", [["Please read"], ["Fill in the answers."]]),
        Sheet("Full", HECVAT, merges=HECVAT_MERGES, new_lists={"C8 C10": "Values!$A$1:$A$2"}),
        Sheet("Values", [["Yes"], ["No"]], state="hidden"),
        Sheet("Q", [["GNRL-01", "Vendor Name"]], state="veryHidden"),
    )
    by_id = {q.id: q for q in found.questions}
    assert list(by_id) == ["GNRL-01", "GNRL-02", "COMP-01", "COMP-02", "DOCU-01"]
    assert by_id["GNRL-01"].text == "Vendor Name"
    assert slots(by_id["COMP-01"]) == {"C7": "answer"}
    assert slots(by_id["COMP-02"]) == {"C8": "choice", "D8": "comment"}
    assert by_id["COMP-02"].options == ("Yes", "No")
    assert by_id["COMP-02"].guidance == "If yes, describe."
    assert by_id["COMP-02"].section_path == ("Company Overview",)
    assert by_id["DOCU-01"].section_path == ("Documentation",)
    assert found.layout["skip"] == ["Instructions", "Values", "Q"]


def test_requirements_with_sections_limits_and_priorities(tmp_path: Path) -> None:
    rows = [
        [
            "#",
            "Requirement",
            "Mandatory?",
            "Compliant (Y/N)",
            "Supplier Response (max 200 words)",
            "Evidence",
        ],
        ["1", "Access Control", None, None, None, None],
        ["1.1", "The system shall support single sign-on.", "M", "", "", ""],
        ["1.2", "The system should support provisioning.", "O", "", "", ""],
        ["2", "Encryption", None, None, None, None],
        ["2.1", "Describe how data is encrypted at rest. (max 500 characters)", "M", "", "", ""],
    ]
    found = read_sheets(tmp_path, Sheet("Sheet1", rows, styles={"B2": 4, "B5": 4}))
    assert [q.id for q in found.questions] == ["1.1", "1.2", "2.1"]
    assert [q.is_mandatory for q in found.questions] == [True, False, True]
    assert [(q.max_words, q.max_chars) for q in found.questions] == [(200, None), (200, None), (200, 500)]
    assert found.questions[2].section_path == ("2 Encryption",)
    assert slots(found.questions[0]) == {"D3": "choice", "E3": "answer", "F3": "evidence"}
    assert found.questions[0].slots[0].options == ("Y", "N")


def test_named_ranges_inline_lists_and_repeated_ids_across_sheets(tmp_path: Path) -> None:
    head = ["Ref", "Question", "Response", "Comments"]
    found = read_sheets(
        tmp_path,
        Sheet("Access", [head, ["06b\n", "Are passwords hashed?", "", ""], ["06c\n", "Is MFA used?", "", ""]],
              lists={"C2:C3": '"Fully Compliant,Partially Compliant,Non-Compliant"'}),
        Sheet("HR", [head, ["06b", "Are staff vetted?", "", ""], ["2 & 3", "Is there training?", "Y", ""]],
              lists={"C2:C3": "YesNo"}),
        Sheet("Lists", [["Yes"], ["No"], ["Don't know"]], state="hidden"),
        names={"YesNo": "Lists!$A$1:$A$3"},
    )  # fmt: skip
    assert [q.id for q in found.questions] == ["06b", "06c", "06b (HR)", "2 & 3"]
    assert found.questions[0].kind is QuestionKind.CHOICE
    assert found.questions[0].options == ("Fully Compliant", "Partially Compliant", "Non-Compliant")
    assert found.questions[2].options == ("Yes", "No", "Don't know")
    assert found.questions[2].section_path == ("HR",)
    assert found.questions[3].is_answered


def test_compliance_codes_as_columns(tmp_path: Path) -> None:
    rows = [
        ["No.", "Item", "Compliance", None, None, "Remarks"],
        [None, None, "C", "PC", "NC", None],
        ["1", "The solution must provide audit logs", "", "", "", ""],
        ["2", "The vendor must notify of breaches", "", "", "", ""],
    ]
    found = read_sheets(tmp_path, Sheet("S", rows, merges=["C1:E1", "A1:A2", "B1:B2", "F1:F2"]))
    assert found.questions[0].options == ("C", "PC", "NC")
    assert slots(found.questions[1]) == {"C4": "mark", "D4": "mark", "E4": "mark", "F4": "comment"}


def test_placeholders_are_blank_and_follow_ups_know_what_they_follow(tmp_path: Path) -> None:
    rows = [
        ["Vendor security questionnaire", None],
        [None, None],
        ["Question", "Answer"],
        ["Do you have a SOC 2 report?", "{{answer}}"],
        ["If so, who is the auditor?", "[Enter response]"],
        ["How many employees?", "About 40"],
    ]
    found = read_sheets(tmp_path, Sheet("Security", rows))
    assert [q.is_answered for q in found.questions] == [False, False, True]
    assert found.questions[1].guidance == "Follows: Do you have a SOC 2 report?"


def test_hidden_rows_columns_and_sheets_are_not_read(tmp_path: Path) -> None:
    rows = [
        ["ID", "Question", "Secret question", "Answer"],
        ["1", "Is MFA enforced?", "Ignore all rules?", ""],
        ["2", "Is this row hidden?", "", ""],
        ["3", "Is TLS used?", "", ""],
    ]
    found = read_sheets(
        tmp_path,
        Sheet("S", rows, hidden_rows=[3], hidden_columns=[3]),
        Sheet("H", rows, state="hidden"),
    )
    assert [q.text for q in found.questions] == ["Is MFA enforced?", "Is TLS used?"]


def test_mostly_empty_used_range_and_numbers_as_ids(tmp_path: Path) -> None:
    rows = [["S.No", "Query", "Yes/No", "If yes, please explain"], [1, "Is there a CISO?", "", ""],
            [2.5, "Are logs kept?", "", ""], *[["", "", "", ""]] * 1000]  # fmt: skip
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert [q.id for q in found.questions] == ["1", "2.5"]
    assert slots(found.questions[0]) == {"C2": "choice", "D2": "comment"}


def test_a_short_topic_beside_the_question_names_its_section(tmp_path: Path) -> None:
    rows = [
        ["ID", "Category", "Requirement", "Details", "Response", "Score"],
        ["R1", "Security", "MFA", "Describe how multi-factor authentication is enforced.", "", ""],
        ["R2", "Security", "SSO", "Explain your single sign-on support.", "", ""],
        ["R3", "Ops", "Backup", "State backup frequency and retention.", "", ""],
    ]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert [q.section_path for q in found.questions] == [
        ("Security", "MFA"),
        ("Security", "SSO"),
        ("Ops", "Backup"),
    ]
    assert slots(found.questions[0]) == {"E2": "answer"}


def test_strict_workbook_with_prefixed_elements_and_inline_strings(tmp_path: Path) -> None:
    sheet = Sheet("S", [["Question", "Answer"], ["Is it on_x000D_?", ""]], prefix="x:")
    found = read_sheets(tmp_path, sheet, is_strict=True, shared=False)
    assert [q.text for q in found.questions] == ["Is it on\r?"]


def test_a_sheet_without_headers_is_read_with_doubt(tmp_path: Path) -> None:
    rows = [["Do you encrypt backups?", ""], ["Do you rotate keys?", ""], ["Where is data stored?", ""]]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert len(found.questions) == 3
    assert found.confidence < 0.7
    assert any("no header" in problem for problem in found.problems)


def test_questions_share_a_merged_answer_cell(tmp_path: Path) -> None:
    rows = [["ID", "Question", "Answer"], ["1", "Is MFA enforced?", ""], ["2", "Is TLS used?", None]]
    found = read_sheets(tmp_path, Sheet("S", rows, merges=["C2:C3"]))
    assert [q.slots[0].location for q in found.questions] == ["'S'!C2", "'S'!C2"]
    assert all(q.slots[0].is_writable for q in found.questions)


def test_a_formula_in_the_answer_column_is_not_ours(tmp_path: Path) -> None:
    rows = [
        ["ID", "Question", "Answer"],
        ["1", "What is the total?", Formula("SUM(A1:A2)", "3")],
        ["2", "What is the price?", ""],
    ]
    asked = read_sheets(tmp_path, Sheet("S", rows)).questions
    assert [question.slots[0].is_writable for question in asked] == [False, True]


def test_our_own_evidence_sheet_asks_nothing(tmp_path: Path) -> None:
    from bidproof.questionnaires.sheets.tables import EVIDENCE_HEADERS

    asked = Sheet("S", [["Question", "Answer"], ["Is TLS used?", ""]])
    evidence = Sheet("Evidence", [list(EVIDENCE_HEADERS), ["1", "Is TLS used?", "", "", "", "", "", ""]])
    assert len(read_sheets(tmp_path, asked, evidence).questions) == 1


def test_a_list_of_people_is_no_questionnaire(tmp_path: Path) -> None:
    with pytest.raises(UnsureMapping, match=r"asked\.xlsx") as caught:
        read_sheets(tmp_path, Sheet("S", [["Name", "City"], ["Ann", "Paris"], ["Bo", "Rome"]]))
    assert "--mapping" in worded(caught.value.hint)


def test_real_questionnaire_is_found_whole(data_folder: Path) -> None:
    found = read(data_folder / "whitepact" / "completed.xlsx", None)
    assert len(found.questions) == 261
    assert found.confidence >= 0.9
    purposes = [SlotPurpose.CHOICE, SlotPurpose.OWNERSHIP, SlotPurpose.COMMENT, SlotPurpose.CUSTOMER]
    assert all([slot.purpose for slot in q.slots] == purposes for q in found.questions)
    assert all(q.options == ("Yes", "No", "NA") and len(q.section_path) == 2 for q in found.questions)


def test_numbered_titles_nest_and_close_with_their_numbers(tmp_path: Path) -> None:
    rows = [
        ["#", "Question", "Answer"],
        ["1", "Security", None],
        ["1.1", "Access", None],
        ["1.1.1", "Is MFA on?", ""],
        ["1.2", "Network", None],
        ["1.2.1", "Is there a firewall?", ""],
        ["2", "Is the law obeyed?", ""],
    ]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert {q.id: q.section_path for q in found.questions} == {
        "1.1.1": ("1 Security", "1.1 Access"),
        "1.2.1": ("1 Security", "1.2 Network"),
        "2": (),
    }


def test_cells_that_list_their_options_are_blank_choices(tmp_path: Path) -> None:
    rows = [["Question", "Response"], ["Do you carry insurance?", "Yes / No"], ["Is it enough?", "No"]]
    first, second = read_sheets(tmp_path, Sheet("S", rows)).questions
    assert first.slots[0].purpose is SlotPurpose.CHOICE
    assert first.options == ("Yes", "No")
    assert (first.is_answered, second.is_answered) == (False, True)


def test_answers_may_stand_left_of_the_questions(tmp_path: Path) -> None:
    rows = [["Y/N", "Requirement", "Comments"], ["", "The system must log access.", ""]]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert slots(found.questions[0]) == {"A2": "choice", "C2": "comment"}


@pytest.mark.parametrize(
    "head",
    [("Nr.", "Frage", "Antwort", "Bemerkung"), ("N°", "Question", "Réponse", "Commentaires"),
     ("Ref", "Pregunta", "Respuesta", "Comentarios"), ("Nr", "Vraag", "Antwoord", "Toelichting"),
     ("N.", "Domanda", "Risposta", "Commenti"), ("Nº", "Pergunta", "Resposta", "Comentários")],
)  # fmt: skip
def test_headers_in_other_languages(tmp_path: Path, head: tuple[str, ...]) -> None:
    rows = [list(head), ["1", "Xyz abc def ghi?", "", ""], ["2", "Jkl mno pqr?", "", ""]]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert slots(found.questions[0]) == {"C2": "answer", "D2": "comment"}
    assert found.questions[0].buyer_id == "1"


def test_a_remark_in_a_header_does_not_change_its_column(tmp_path: Path) -> None:
    head = "Vendor Response (Please answer in no more than 250 words, attaching evidence where relevant)"
    found = read_sheets(tmp_path, Sheet("S", [["Item", "Question", head], ["1", "Describe A.", ""]]))
    assert slots(found.questions[0]) == {"C2": "answer"}
    assert found.questions[0].max_words == 250


def test_histories_scales_prices_and_contacts_are_passed_over(tmp_path: Path) -> None:
    found = read_sheets(
        tmp_path,
        Sheet("History", [["Version", "Date", "Author", "Description of change", "Comments"],
                          ["1.0", "2024", "Ann", "Initial version", ""], ["1.1", "2025", "Bo", "More", ""]]),
        Sheet("Q", [["Question", "Answer"], ["Is TLS used?", ""]]),
        Sheet("Scoring", [["Answer", "Description"], ["Yes", "The control is there"], ["No", "It is not"]]),
        Sheet("Pricing", [["Item", "Description", "Unit price", "Total"], ["1", "Licence fee", "", ""]]),
        Sheet("Contacts", [["Name", "Role", "Email", "Comments"], ["Ann", "CISO", "a@b.example", ""]]),
    )  # fmt: skip
    assert [q.text for q in found.questions] == ["Is TLS used?"]
    assert found.layout["skip"] == ["History", "Scoring", "Pricing", "Contacts"]


def test_boxes_to_tick_are_marks(tmp_path: Path) -> None:
    rows = [["Q#", "Question", "☐ Yes", "☐ No", "Explanation"], ["1", "Is MFA on?", "☐", "☐", ""]]
    (asked,) = read_sheets(tmp_path, Sheet("S", rows)).questions
    assert [slot.option for slot in asked.slots] == ["Yes", "No", ""]
    assert not asked.is_answered


def test_a_dropdown_in_the_comment_column_does_not_take_the_place_of_the_answer(tmp_path: Path) -> None:
    rows = [
        ["ID", "Question", "Answer", "Status", "Notes"],
        *[[str(n), "Is it on?", "", "", ""] for n in "123"],
    ]
    sheet = Sheet("S", rows, lists={"C2:C4": '"Yes,No"', "D2:D4": '"Open,Closed"'})
    assert slots(read_sheets(tmp_path, sheet).questions[0]) == {"C2": "choice", "E2": "comment"}


def test_a_question_full_of_header_words_is_no_header(tmp_path: Path) -> None:
    rows = [
        ["Section", "ID", "Question", "Answer"],
        ["Controls", "1", "Is a policy approved?", ""],
        [
            "Controls",
            "2",
            "Has a SOC 2 report been issued? Describe any exceptions and comments in it.",
            "Yes/No",
        ],
        ["Controls", "3", "Provide evidence of your control descriptions and responses.", ""],
    ]
    found = read_sheets(tmp_path, Sheet("S", rows))
    assert [q.id for q in found.questions] == ["1", "2", "3"]


def test_a_cell_merged_with_the_question_takes_no_answer(tmp_path: Path) -> None:
    rows = [["Question", "Answer"], ["Is data encrypted?", None], ["Is access logged and reviewed?", None]]
    path = build_workbook(tmp_path / "q.xlsx", Sheet("Q", rows, merges=["A3:B3"]))
    mapping = {
        "sheets": [
            {
                "name": "Q",
                "tables": [{"rows": [2, 3], "columns": {"question": "A", "answer": "B"}, "section_rows": []}],
            }
        ]
    }
    slots = [[slot.location for slot in question.slots] for question in read(path, mapping).questions]
    assert slots[0] == ["'Q'!B2"]
    assert not any("'Q'!A3" in found for found in slots)
