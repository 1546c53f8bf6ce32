"""PDF requests give whole sentences with their page, whatever the line and page breaks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bidproof.core.errors import InvalidMapping, UnreadableFile
from bidproof.core.records import QuestionKind
from bidproof.questionnaires.pdf.reader import read
from bidproof.questionnaires.pdf.tables import ruled_tables

STYLES = getSampleStyleSheet()
FILLER = "This paragraph only fills the page with words that bind nobody and ask nothing of anyone at all. "


def build(path: Path, story: Sequence[Any], *, header: str = "Acme County – RFP 2026-17") -> Path:
    def furniture(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 810, header)
        canvas.drawCentredString(297, 24, f"Page {document.page}")

    SimpleDocTemplate(str(path), pagesize=A4).build(
        list(story), onFirstPage=furniture, onLaterPages=furniture
    )
    return path


def text(words: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(words, STYLES[style])


def grid(rows: list[list[str]], widths: list[int]) -> Table:
    cells = [[Paragraph(cell, STYLES["BodyText"]) for cell in row] for row in rows]
    table = Table(cells, colWidths=widths, repeatRows=1)
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )
    return table


def pages_of_lines(path: Path, pages: list[list[str]]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for number, lines in enumerate(pages, start=1):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 810, "Acme County RFP")
        for at, line in enumerate(lines):
            canvas.drawString(72, 770 - 14 * at, line)
        canvas.drawString(290, 24, str(number))
        canvas.showPage()
    canvas.save()
    return path


def test_requirements_come_with_section_number_and_page(tmp_path: Path) -> None:
    story = [
        text("1 Scope", "Heading1"),
        text(FILLER * 4),
        text("1.1 Services", "Heading2"),
        text("The contractor shall provide support. " + FILLER + "The contractor will train all users."),
        PageBreak(),
        text("2 Security", "Heading1"),
        text("The System must:"),
        text("• log all access by every person and every program;"),
        text("• keep the logs for at least one year."),
        text("The county will evaluate the bids."),
    ]
    found = read(build(tmp_path / "rfp.pdf", story)).questions
    assert [(item.text, item.page) for item in found] == [
        ("The contractor shall provide support.", 1),
        ("The contractor will train all users.", 1),
        ("The System must: log all access by every person and every program;", 2),
        ("The System must: keep the logs for at least one year.", 2),
    ]
    assert found[0].section_path == ("1 Scope", "1.1 Services")
    assert found[2].section_path == ("2 Security",)
    assert [item.is_mandatory for item in found] == [True, None, True, True]
    assert all(item.kind is QuestionKind.REQUIREMENT and not item.slots for item in found)
    assert len({item.id for item in found}) == 4


def test_a_sentence_over_a_page_break_and_a_hyphen_is_whole(tmp_path: Path) -> None:
    filler = ["Nothing in these lines binds anybody, they are long enough to run to the right edge."] * 12
    first = [*filler, "The contractor shall hand over all source code, including build scripts and configu-"]
    second = ["ration files, within ten days of the end of the contract.", "", *filler[:6]]
    third = filler[:8]
    found = read(pages_of_lines(tmp_path / "rfp.pdf", [first, second, third])).questions
    assert len(found) == 1
    assert found[0].text.replace("configu-ration", "configuration") == (
        "The contractor shall hand over all source code, including build scripts and configuration files, "
        "within ten days of the end of the contract."
    )
    assert found[0].page == 1


def test_running_headers_and_page_numbers_are_no_requirements(tmp_path: Path) -> None:
    story: list[Any] = []
    for _ in range(4):
        story += [text(FILLER * 3), Spacer(1, 200), text(FILLER), PageBreak()]
    header = "Acme County – Vendors must read every page"
    assert read(build(tmp_path / "rfp.pdf", story, header=header)).questions == ()


def test_numbered_questions_are_questions(tmp_path: Path) -> None:
    story = [
        text("Questionnaire", "Heading1"),
        text("1. Do you encrypt data at rest? If yes, describe the algorithms and where the keys are kept."),
        text("2. Describe your incident response process in no more than 200 words."),
        text("3. How many employees do you have?"),
    ]
    found = read(build(tmp_path / "q.pdf", story)).questions
    assert [item.buyer_id for item in found] == ["1.", "2.", "3."]
    assert [item.kind for item in found] == [QuestionKind.YES_NO, QuestionKind.FREE, QuestionKind.NUMBER]
    assert found[0].text.endswith("where the keys are kept.")
    assert found[1].max_words == 200


def test_decimal_numbers_part_lines_that_are_set_without_space(tmp_path: Path) -> None:
    lines = [
        "4.1 Are databases encrypted with a key of at least 256 bits, and is it changed each",
        "4.5 years? Which standard applies?",
        "4.2 How often are backups made?",
        "4.3 Is a restore tested every quarter?",
    ]
    found = read(pages_of_lines(tmp_path / "q.pdf", [lines])).questions
    assert [item.buyer_id for item in found][-2:] == ["4.2", "4.3"]
    assert found[-2].text == "How often are backups made?"


def test_a_ruled_question_table_gives_its_rows_over_pages(tmp_path: Path) -> None:
    rows = [["Ref", "Question", "Response"]]
    rows += [
        [f"Q{n}", f"Do you operate control number {n} in all of your data centres and offices?", ""]
        for n in range(1, 40)
    ]
    found = read(build(tmp_path / "q.pdf", [grid(rows, [50, 250, 150])])).questions
    assert [item.buyer_id for item in found] == [f"Q{n}" for n in range(1, 40)]
    assert found[0].page == 1
    assert found[-1].page == 2
    assert found[0].text == "Do you operate control number 1 in all of your data centres and offices?"


def test_a_sentence_inside_a_narrow_cell_is_whole(tmp_path: Path) -> None:
    rows = [
        ["Deliverable", "Standard", "Method"],
        [
            "Tested code",
            "Code delivered under the order must have substantial test coverage.",
            "Manual review of all of it",
        ],
    ]
    found = read(build(tmp_path / "rfp.pdf", [text(FILLER * 2), grid(rows, [90, 90, 90])])).questions
    assert [item.text for item in found] == [
        "Code delivered under the order must have substantial test coverage."
    ]


def test_the_search_for_tables_gives_up_in_time(tmp_path: Path) -> None:
    path = build(tmp_path / "q.pdf", [grid([["Question", "Response"], ["Do you log?", ""]], [200, 200])])
    assert len(ruled_tables(path.read_bytes(), {1}).tables) == 1
    late = ruled_tables(path.read_bytes(), {1}, max_seconds=-1)
    assert (late.tables, late.unread_from) == ((), 1)
    assert ruled_tables(b"no pdf at all", {1}).tables == ()


def test_a_mapping_leaves_things_out(tmp_path: Path) -> None:
    story = [
        text("1 Background", "Heading1"),
        text("The agency must obey the law. " + FILLER * 2),
        text("2 Duties", "Heading1"),
        text("The vendor must deliver. Do you agree?"),
    ]
    path = build(tmp_path / "rfp.pdf", story)
    whole = read(path)
    assert [item.text for item in read(path, whole.layout).questions] == [
        item.text for item in whole.questions
    ]
    assert [
        item.text for item in read(path, {"skip_sections": ["1 Back"], "questions": False}).questions
    ] == ["The vendor must deliver."]
    assert read(path, {"skip_pages": [1]}).questions == ()
    for wrong in ({"pages": []}, {"skip_pages": ["1"]}, {"requirements": "no"}, {"skip_sections": "x"}):
        with pytest.raises(InvalidMapping):
            read(path, wrong)


def test_files_that_are_no_pdf_fail_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    for content in (b"%PDF-1.7 nothing else", b"", b"hello"):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile):
            read(path)
    with pytest.raises(UnreadableFile):
        read(tmp_path / "absent.pdf")


def test_pages_without_text_are_reported(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 300), "white").save(tmp_path / "scan.png")
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4)
    canvas.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 842)
    canvas.showPage()
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 700, "The vendor must deliver everything on this page and the next.")
    canvas.showPage()
    canvas.save()
    found = read(tmp_path / "scan.pdf")
    assert any("page 1" in problem for problem in found.problems)
    assert [item.page for item in found.questions] == [2]
    assert found.confidence < 0.85


def test_the_real_draft_request_gives_its_requirements(data_folder: Path) -> None:
    path = data_folder / "tdrs-rfq" / "draft-rfq.pdf"
    if not path.exists():
        pytest.skip(f"needs the measuring data: {path} is absent")
    found = read(path).questions
    assert sum(1 for item in found if item.is_mandatory) >= 100
    assert all(item.page for item in found)
    assert any("must promptly disclose to OFA in writing" in item.text for item in found)


def test_a_question_says_what_the_page_shows_without_targets_of_links(tmp_path: Path) -> None:
    linked = 'Bidders must use this <link href="https://example.org/form?id=7">form</link> for all questions.'
    found = read(build(tmp_path / "linked.pdf", [text(linked)]), None)
    assert [item.text for item in found.questions] == ["Bidders must use this form for all questions."]
