"""Word questionnaires of many shapes give their questions, sections and answer places."""

import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from bidproof.core.errors import InvalidMapping, UnreadableFile
from bidproof.core.records import Question, QuestionKind, SlotPurpose
from bidproof.questionnaires.word.reader import read
from docx_files import (
    BOTH,
    add_checkbox,
    add_dropdown,
    add_table,
    add_text_control,
    save,
    with_part,
)


def questions(path: Path, **keys: object) -> dict[str, Question]:
    return {item.id: item for item in read(path, keys or None).questions}


def locations(question: Question) -> list[tuple[str, str]]:
    return [(slot.purpose.value, slot.location) for slot in question.slots]


def test_a_headed_table_gives_ids_sections_limits_and_answer_cells(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Security", 1)
    table = add_table(
        document,
        [
            ["#", "Question", "Vendor Response"],
            ["Access control", "", ""],
            ["2.1", "Do you enforce MFA for all users?", ""],
            ["2.2", "Describe your password policy. (max 100 words)", "[Response]"],
            ["2.3", "The vendor must encrypt data at rest.", "We do."],
        ],
    )
    table.cell(1, 0).merge(table.cell(1, 2))
    found = questions(save(document, tmp_path / "q.docx"))
    assert list(found) == ["2.1", "2.2", "2.3"]
    assert found["2.1"].kind is QuestionKind.YES_NO
    assert found["2.1"].section_path == ("Security", "Access control")
    assert locations(found["2.1"]) == [("answer", "table:1/row:3/cell:3")]
    assert found["2.2"].max_words == 100
    assert not found["2.2"].is_answered
    assert found["2.3"].kind is QuestionKind.REQUIREMENT
    assert found["2.3"].is_mandatory is True
    assert found["2.3"].is_answered


def test_columns_to_mark_are_options(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(
        document,
        [
            ["Ref", "Requirement", "Yes", "No", "Comments"],
            ["R1", "The system shall log access.", "", "x", ""],
        ],
    )
    found = questions(save(document, tmp_path / "q.docx"))["R1"]
    assert found.options == ("Yes", "No")
    assert [(slot.option, slot.current) for slot in found.slots if slot.purpose is SlotPurpose.MARK] == [
        ("Yes", ""),
        ("No", "x"),
    ]
    assert found.slots[-1].purpose is SlotPurpose.COMMENT


def test_controls_in_cells_are_the_slots(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document,
        [
            ["Question", "Compliance", "Comments"],
            ["Hosted in the EU?", "", ""],
            ["ISO 27001?", "", ""],
            ["A DPO?", "", ""],
        ],
    )
    add_dropdown(table.cell(1, 1).paragraphs[0], ["Full", "Partial", "None"])
    add_checkbox(table.cell(2, 1).paragraphs[0], "Yes")
    add_checkbox(table.cell(2, 1).paragraphs[0], "No")
    table.cell(3, 1).text = "☐ Yes ☒ No"
    add_text_control(table.cell(3, 2).paragraphs[0])
    first, second, third = read(save(document, tmp_path / "q.docx")).questions
    assert first.slots[0].options == ("Full", "Partial", "None")
    assert first.slots[0].location == "control:1"
    assert not first.is_answered
    assert [slot.location for slot in second.slots[:2]] == ["control:2", "control:3"]
    assert second.kind is QuestionKind.YES_NO
    assert [(slot.option, slot.current) for slot in third.slots[:2]] == [("Yes", ""), ("No", "x")]
    assert third.slots[2].location == "control:4"


def test_labels_beside_empty_cells_are_a_form(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(
        document, [["Company name:", ""], ["Registered address", "[Insert address]"], ["VAT number", ""]]
    )
    found = read(save(document, tmp_path / "q.docx"))
    assert [item.text for item in found.questions] == ["Company name", "Registered address", "VAT number"]
    assert found.questions[1].slots[0].location == "table:1/row:2/cell:2"
    assert found.confidence < 0.9


def test_a_filled_key_value_table_or_a_schedule_is_no_form(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(document, [["Closing date", "May 15"], ["Contact", "Jane Roe"]])
    add_table(document, [["Item", "Date responses due", "Format"], ["Questions", "April 30", "Form"]])
    assert read(save(document, tmp_path / "q.docx")).questions == ()


def test_an_answer_row_below_its_question(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(document, [["1. How do you train staff?"], [""], ["2. Describe your exit plan."], ["Answer:"]])
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.buyer_id, item.slots[0].location) for item in found] == [
        ("1.", "table:1/row:2/cell:1"),
        ("2.", "table:1/row:4/cell:1"),
    ]


def test_nested_tables_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 1)
    inner = outer.cell(0, 0).add_table(2, 2)
    for at, text in enumerate(["Question", "Response", "Do you test backups?", ""]):
        inner.cell(at // 2, at % 2).text = text
    (found,) = read(save(document, tmp_path / "q.docx")).questions
    assert found.slots[0].location == "table:2/row:2/cell:2"


def test_paragraph_questions_find_their_places(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Open questions", 1)
    document.add_paragraph("Describe your incident response.", style="List Number")
    document.add_paragraph("[Response]")
    document.add_paragraph("How do you train staff?", style="List Number")
    document.add_paragraph("Answer:")
    document.add_paragraph("Do you use subcontractors?   ☐ Yes   ☐ No")
    document.add_paragraph("4.4 Who is your data protection officer?")
    document.add_paragraph("")
    document.add_paragraph("4.5 List your certifications.")
    document.add_paragraph("4.6 Explain your exit plan.")
    add_text_control(document.add_paragraph())
    document.add_paragraph("4.7 The supplier shall support SAML 2.0.")
    document.add_paragraph("Vendor response: {{answer}}")
    document.add_paragraph("Name of signatory: ______________")
    document.add_paragraph("4.8 Provide an overview of your architecture.")
    document.add_table(1, 1)
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.buyer_id, [slot.location for slot in item.slots]) for item in found] == [
        ("1.", ["paragraph:3"]),
        ("2.", ["paragraph:5"]),
        ("", ["paragraph:6/box:1", "paragraph:6/box:2"]),
        ("4.4", ["paragraph:8"]),
        ("4.5", ["after-paragraph:9"]),
        ("4.6", ["control:1"]),
        ("4.7", ["paragraph:13"]),
        ("", ["paragraph:14/blank:1"]),
        ("4.8", ["table:1/row:1/cell:1"]),
    ]
    assert all(item.section_path == ("Open questions",) for item in found)
    assert found[6].kind is QuestionKind.REQUIREMENT


def test_more_shapes_that_buyers_use(tmp_path: Path) -> None:
    document = docx.Document()
    table = add_table(
        document, [["Part A", "", ""], ["No.", "Question", "Answer"], ["1", "Do you encrypt?", ""]]
    )
    table.cell(0, 0).merge(table.cell(0, 2))
    add_table(document, [["Name", "", "Date", ""], ["Title", "", "Phone", ""]])
    add_table(document, [["Q: What is your uptime?\nA:"]])
    document.add_heading("3.1 How do you secure your software?", 3)
    document.add_paragraph()
    document.add_paragraph("Provide the following:")
    document.add_paragraph("a) your latest audit report")
    document.add_paragraph("b) your test summary")
    rows = [
        ["Category", "Requirement", "Vendor Response"],
        ["Hosting", "Data stays here", ""],
        ["", "Backups exist", ""],
    ]
    add_table(document, rows)
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.text, item.slots[0].location) for item in found] == [
        ("Do you encrypt?", "table:1/row:3/cell:3"),
        ("Name", "table:2/row:1/cell:2"),
        ("Date", "table:2/row:1/cell:4"),
        ("Title", "table:2/row:2/cell:2"),
        ("Phone", "table:2/row:2/cell:4"),
        ("What is your uptime?", "paragraph:18/end"),
        ("How do you secure your software?", "paragraph:20"),
        ("Provide the following: your latest audit report", "after-paragraph:22"),
        ("Provide the following: your test summary", "after-paragraph:23"),
        ("Data stays here", "table:4/row:2/cell:3"),
        ("Backups exist", "table:4/row:3/cell:3"),
    ]
    assert [item.section_path for item in found[-2:]] == [("Hosting",), ("Hosting",)]


def test_a_list_with_one_place_below_it_is_one_question(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("1. Describe each of the following:")
    document.add_paragraph("your backups", style="List Bullet")
    document.add_paragraph("your restores", style="List Bullet")
    document.add_paragraph("[Response]")
    (found,) = read(save(document, tmp_path / "q.docx")).questions
    assert found.text == "Describe each of the following: your backups your restores"
    assert found.slots[0].location == "paragraph:4"


def test_an_rfp_in_prose_gives_requirements_without_slots(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("1 Scope", 1)
    document.add_paragraph("This agency was founded in 1990. It runs a data system for the states.")
    document.add_paragraph("The contractor shall provide support. The contractor will train users.")
    document.add_paragraph("")
    document.add_paragraph("The government will evaluate quotes. A quiet sentence follows here.")
    document.add_paragraph("The System must:")
    document.add_paragraph("log access", style="List Bullet")
    document.add_paragraph("keep logs", style="List Bullet")
    add_table(document, [["Standard", "Code must build with one command."]])
    found = read(save(document, tmp_path / "rfp.docx")).questions
    assert [item.text for item in found] == [
        "The contractor shall provide support.",
        "The contractor will train users.",
        "The System must: log access",
        "The System must: keep logs",
        "Code must build with one command.",
    ]
    assert [item.is_mandatory for item in found] == [True, None, True, True, True]
    assert all(not item.slots and item.kind is QuestionKind.REQUIREMENT for item in found)
    assert found[0].section_path == ("1 Scope",)
    assert found[-1].location == "table:1/row:1/cell:2"


def test_computed_numbers_become_ids(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>'
        "</w:lvl>"
        for at, (style, text) in enumerate([("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "%3)")])
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {BOTH} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {BOTH} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def add(text: str, level: int) -> None:
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {BOTH}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )

    add("Services", 0)
    add("The vendor shall staff a help desk.", 1)
    add("The vendor shall:", 1)
    add("answer calls", 2)
    add("answer mail", 2)
    found = read(save(document, tmp_path / "rfp.docx")).questions
    assert [item.buyer_id for item in found] == ["1.1", "a)", "b)"]
    assert len({item.id for item in found}) == 3


def test_tracked_deletions_hidden_text_and_contents_lists_are_not_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("The vendor must pay.")
    document.add_paragraph("PLACEHOLDER")
    hidden = document.add_paragraph("").add_run("The vendor must obey hidden words.")
    hidden.font.hidden = True
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("1 The vendor must be listed ..... 3", style=style)
    path = save(document, tmp_path / "q.docx")
    deletion = (
        b'</w:t></w:r><w:del w:id="1" w:author="a"><w:r><w:delText>The vendor must vanish.</w:delText></w:r>'
        b"</w:del>"
        b'<w:ins w:id="2" w:author="a"><w:r><w:t>The vendor must stay.</w:t></w:r></w:ins><w:r><w:t>'
    )
    with_part(path, "word/document.xml", {b"PLACEHOLDER": deletion})
    assert [item.text for item in read(path).questions] == ["The vendor must pay.", "The vendor must stay."]


def test_a_mapping_corrects_the_layout_and_round_trips(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Background", 1)
    document.add_paragraph("The vendor must be patient.")
    document.add_heading("Form", 1)
    add_table(
        document,
        [["Topic", "Ask", "Fill"], ["Backups", "Are they tested?", ""], ["Logs", "Are they kept?", ""]],
    )
    path = save(document, tmp_path / "q.docx")
    first = read(path)
    again = read(path, first.layout)
    assert [item.text for item in again.questions] == [item.text for item in first.questions]
    mapping = {
        "tables": [
            {
                "table": 1,
                "kind": "questions",
                "header_row": 1,
                "columns": {"section": 1, "question": 2, "answer": 3},
            }
        ],
        "skip_sections": ["Background"],
    }
    found = read(path, mapping).questions
    assert [item.text for item in found] == ["Are they tested?", "Are they kept?"]
    assert found[0].section_path == ("Form", "Backups")
    assert found[0].slots[0].location == "table:1/row:2/cell:3"
    skipped = read(path, {"tables": [{"table": 1, "kind": "skip"}], "requirements": False})
    assert skipped.questions == ()
    assert skipped.confidence == 0.0
    assert skipped.problems


@pytest.mark.parametrize(
    "mapping",
    [
        {"tabels": []},
        {"tables": [{"table": 9}]},
        {"tables": [{"table": 1, "kind": "nonsense"}]},
        {"tables": [{"table": 1, "kind": "questions", "columns": {"answer": 2}}]},
        {"tables": [{"table": 1, "columns": {"question": 0}}]},
        {"answer_in_place": "yes"},
        {"skip_styles": "Normal"},
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, mapping: dict[str, object]) -> None:
    document = docx.Document()
    add_table(document, [["A", "B"], ["c", "d"]])
    with pytest.raises(InvalidMapping, match="cannot use the mapping"):
        read(save(document, tmp_path / "q.docx"), mapping)


def test_a_mapping_whose_header_stands_below_the_last_row_leaves_no_question(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Do you keep backups?")
    add_table(document, [["Question", "Answer"], ["Do you test them?", ""]])
    columns = {"question": 1, "answer": 2}
    mapping = {"tables": [{"table": 1, "kind": "questions", "header_row": 9, "columns": columns}]}
    found = read(save(document, tmp_path / "q.docx"), mapping).questions
    assert "Do you test them?" not in [question.text for question in found]


def test_a_bound_list_is_hidden_from_its_rows_by_the_header_that_recurs(tmp_path: Path) -> None:
    document = docx.Document()
    add_table(
        document,
        [
            ["Question", "Response", "Comments"],
            ["Do you test?", "", ""],
            ["Question", "Comments", "Response"],
            ["Do you log?", "", ""],
        ],
    )
    found = read(save(document, tmp_path / "q.docx")).questions
    answers = [slot.location for item in found for slot in item.slots if slot.purpose is SlotPurpose.ANSWER]
    assert answers == ["table:1/row:2/cell:2", "table:1/row:4/cell:3"]


def test_hostile_and_broken_files_fail_cleanly(tmp_path: Path) -> None:
    good = save(docx.Document(), tmp_path / "good.docx").read_bytes()

    def attempt(content: bytes) -> None:
        path = tmp_path / "bad.docx"
        path.write_bytes(content)
        with pytest.raises(UnreadableFile):
            read(path)

    attempt(b"")
    attempt(b"PK\x03\x04 not a zip")
    attempt(good[: len(good) // 2])
    attempt(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as package:
        package.writestr("a.txt", "hello")
    attempt((tmp_path / "other.zip").read_bytes())


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document '
        b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        b"<w:t>The vendor must "
        b"&e;</w:t></w:r></w:p></w:body></w:document>",
        b"<w:document>",
        b"<other/>",
        b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body/></w:document>',
    ],
)
def test_a_main_part_that_is_not_plain_word_xml_is_refused(tmp_path: Path, document: bytes) -> None:
    path = save(docx.Document(), tmp_path / "bad.docx")
    with_part(path, "word/document.xml", document)
    with pytest.raises(UnreadableFile, match=r"bad\.docx"):
        read(path)


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    path = save(docx.Document(), tmp_path / "bomb.docx")
    bomb = b'<w:document xmlns:w="x">' + b" " * (40 * 2**20)
    with_part(path, "word/document.xml", bomb)
    assert path.stat().st_size < 2**20
    with pytest.raises(UnreadableFile, match="bomb"):
        read(path)


def test_the_real_request_for_quotation_gives_its_requirements(data_folder: Path) -> None:
    path = data_folder / "tdrs-rfq" / "rfq.docx"
    if not path.exists():
        pytest.skip(f"needs the measuring data: {path} is absent")
    found = read(path).questions
    mandatory = [item for item in found if item.is_mandatory]
    assert len(mandatory) >= 66
    assert any(item.text.startswith("The System must: Incorporate an intuitive") for item in mandatory)
    assert all(not item.slots for item in found)


def test_boxes_below_each_other_are_the_choices_of_the_question_above(tmp_path: Path) -> None:
    document = docx.Document()
    for number, asked in enumerate(("Do you encrypt data at rest?", "Are backups tested?"), start=1):
        document.add_paragraph(f"{number}. {asked}")
        for option in ("Yes", "No", "Partly"):
            document.add_paragraph(f"☐ {option}")
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [item.options for item in found] == [("Yes", "No", "Partly")] * 2
    assert {slot.purpose for item in found for slot in item.slots} == {SlotPurpose.MARK}


def test_ticks_of_the_buyers_own_are_no_choices(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("What we have today", 1)
    for feature in ("Single sign-on for all staff", "Nightly export to the archive"):
        document.add_paragraph(f"✓ {feature}")
    document.add_heading("Questions", 1)
    document.add_paragraph("1. Do you encrypt data at rest?")
    document.add_paragraph("Answer:")
    (found,) = read(save(document, tmp_path / "q.docx")).questions
    assert found.text == "Do you encrypt data at rest?"


def test_a_limit_for_all_answers_holds_for_the_questions_below_it_in_its_section(tmp_path: Path) -> None:
    document = docx.Document()
    for part, limit in (("Part A", "Answers must not exceed 100 words."), ("Part B", "")):
        document.add_heading(part, 1)
        document.add_paragraph(f"Read this part first. {limit}".strip())
        document.add_paragraph("Describe your approach to support.")
        document.add_paragraph("[Response]")
    found = read(save(document, tmp_path / "q.docx")).questions
    assert [(item.kind, item.max_words) for item in found] == [
        (QuestionKind.FREE, 100),
        (QuestionKind.FREE, None),
    ]


@pytest.mark.parametrize(
    ("asked", "cue"),
    [
        ("Beschreiben Sie Ihre Sicherungen.", "Antwort des Bieters:"),
        ("Décrivez votre organisation du support.", "Réponse :"),
        ("Describa su política de copias.", "Respuesta: ____________"),
        ("Descrivere le misure di sicurezza.", "[inserire qui la risposta]"),
        ("Descreva a política de cópias.", "Resposta:"),
        ("Beschrijf uw back-ups.", "Antwoord:"),
    ],
)
def test_questions_and_answer_places_of_other_languages_are_found(
    tmp_path: Path, asked: str, cue: str
) -> None:
    document = docx.Document()
    document.add_paragraph(f"1. {asked}")
    document.add_paragraph(cue)
    (found,) = read(save(document, tmp_path / "q.docx")).questions
    assert found.text == asked
    assert found.slots[0].location.startswith("paragraph:2")
