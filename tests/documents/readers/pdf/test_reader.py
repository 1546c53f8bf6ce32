from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.settings import DocumentSettings
from bidproof.documents.passages import split_document

TOP = A4[1]


@pytest.fixture
def sheet():
    return Pdf()


class Pdf:
    """Places lines by their distance from the top, like a person would."""

    def __init__(self):
        self.stream = BytesIO()
        self.canvas = Canvas(self.stream, pagesize=A4, invariant=1)

    def line(self, y, *cells, bold=False, size=10):
        for x, text in cells:
            self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
            self.canvas.drawString(x, TOP - y, text)
        return self

    def page(self):
        self.canvas.showPage()
        return self

    def bytes(self):
        self.canvas.save()
        return self.stream.getvalue()


LONG = "The company keeps all customer records for ninety days after the end of the contract term and"
SHORT = "then deletes them within thirty days."


def test_headings_rank_by_size_and_weight(read, shown, sheet):
    sheet.line(80, (60, "Security Handbook"), size=20, bold=True)
    sheet.line(130, (60, "1.1 Retention"), bold=True)
    sheet.line(150, (60, LONG)).line(162, (60, SHORT))
    sheet.line(200, (60, "1.1.1 Backups"), bold=True)
    sheet.line(220, (60, LONG)).line(232, (60, SHORT))
    document = read("v2-policy.pdf", sheet.bytes())

    kinds = shown(document)
    assert [kind for kind, _ in kinds] == ["heading 1", "heading 2", "paragraph", "heading 3", "paragraph"]
    assert kinds[2][1] == f"{LONG}\n{SHORT}"
    assert document.title == "v2 policy – Security Handbook"


def test_table_rows_read_label_and_figures_on_one_line(read, shown, sheet):
    sheet.line(80, (60, LONG))
    sheet.line(110, (300, "Three Months Ended"), bold=True)
    sheet.line(122, (280, "June 2022"), (380, "June 2021"), bold=True)
    sheet.line(136, (60, "Current assets:"))
    sheet.line(
        148, (60, "Cash and cash equivalents"), (280, "$"), (295, "27,502"), (380, "$"), (395, "34,940")
    )
    sheet.line(160, (60, "Receivables from customers in the"))
    sheet.line(172, (60, "public sector, net"), (295, "21,803"), (395, "26,278"))
    sheet.line(184, (60, "Inventories"), (395, "5,433"))
    sheet.line(230, (60, LONG))
    document = read("balance.pdf", sheet.bytes())

    assert shown(document)[1] == (
        "table",
        "| Three Months Ended June 2022 | Three Months Ended June 2021\n"
        "Current assets:\n"
        "Cash and cash equivalents | $27,502 | $34,940\n"
        "Receivables from customers in the public sector, net | 21,803 | 26,278\n"
        "Inventories | | 5,433",
    )
    assert document.blocks[1].header_rows == 1


def test_two_columns_of_prose_are_read_one_after_the_other(read, sheet):
    for place in range(12):
        sheet.line(80 + place * 12, (60, f"left line {place} has a number of words"))
    for place in range(12):
        sheet.line(80 + place * 12, (320, f"right line {place} has a number of words"))
    text = read("columns.pdf", sheet.bytes()).text

    assert text.index("left line 11") < text.index("right line 0")


def test_running_headers_and_page_numbers_are_dropped(read, sheet):
    for number in range(1, 7):
        sheet.line(40, (60, "Acme Ltd. Confidential"))
        for place in range(6):
            sheet.line(100 + 30 * place, (60, f"Statement {number} {place} about {'abcdef'[place] * 30}."))
        sheet.line(800, (290, f"Page {number} of 6")).page()
    text = read("report.pdf", sheet.bytes()).text

    assert "Confidential" not in text
    assert "of 6" not in text
    assert text.count("Statement") == 36


def test_boxes_lie_on_the_words(read, sheet):
    document = read("one.pdf", sheet.line(100, (60, "Marked words here")).bytes())
    box = document.blocks[0].boxes[0]

    assert box.page == 1
    assert box.left == pytest.approx(60, abs=2)
    assert 85 < box.top < 100 < box.bottom < 106


def test_lists_and_pages(read, shown, sheet):
    sheet.line(80, (60, "• first item")).line(92, (60, "• second item")).page()
    sheet.line(80, (60, "Other page"))
    document = read("list.pdf", sheet.bytes())

    assert shown(document)[0] == ("list", "• first item\n• second item")
    assert [(page.page, document.text[page.start : page.end].strip()) for page in document.pages] == [
        (1, "• first item\n• second item"),
        (2, "Other page"),
    ]


def test_junk_titles_are_ignored(read, sheet):
    sheet.canvas.setTitle("0000320193-22-000070")
    sheet.canvas.setSubject("Form 10-Q for the quarter")
    document = read("2022 Q3.pdf", sheet.line(80, (60, "Text")).bytes())

    assert document.title == "2022 Q3 – Form 10-Q for the quarter"


def test_a_page_without_text_layer_is_named(read, sheet):
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    sheet.line(80, (60, "A page of text")).page()
    sheet.canvas.drawImage(ImageReader(Image.new("RGB", (200, 200), "gray")), 60, 60)
    document = read("scan.pdf", sheet.bytes(), ocr=False)

    assert document.warnings == ("page 2 without a text layer, not read",)


def test_a_rotated_page_is_boxed_as_it_is_shown(read, sheet):
    sheet.canvas.setPageRotation(90)
    sheet.canvas.rotate(90)
    sheet.canvas.drawString(60, -100, "Turned words")
    document = read("rotated.pdf", sheet.bytes())
    box = document.blocks[0].boxes[0]

    assert document.text == "Turned words"
    assert (box.left, box.bottom) == (pytest.approx(60, abs=2), pytest.approx(100, abs=4))


def test_cells_of_a_drawn_table_come_together(read, shown, sheet):
    for y in (100, 130, 172):
        sheet.canvas.line(60, TOP - y, 500, TOP - y)
    for x in (60, 200, 350, 500):
        sheet.canvas.line(x, TOP - 100, x, TOP - 172)
    sheet.line(118, (65, "Control"), (205, "Requirement"), (355, "Evidence"), bold=True)
    sheet.line(144, (65, "Access")).line(156, (65, "control"))
    sheet.line(144, (205, "Reviewed every")).line(156, (205, "three months by the")).line(168, (205, "owner"))
    sheet.line(144, (355, "Minutes"))
    document = read("controls.pdf", sheet.bytes())

    assert shown(document) == [
        (
            "table",
            "Control | Requirement | Evidence\n"
            "Access control | Reviewed every three months by the owner | Minutes",
        )
    ]
    assert document.blocks[0].header_rows == 1


def test_words_broken_at_a_line_end_are_made_whole(read, sheet):
    sheet.line(100, (60, "Our information security policy covers third-party risk. It asks for infor-"))
    sheet.line(112, (60, "mation about every supplier and for a review of each third-"))
    sheet.line(124, (60, "party once a year."))
    document = read("hyphens.pdf", sheet.bytes())

    assert document.text.split("\n") == [
        "Our information security policy covers third-party risk. It asks for information",
        "about every supplier and for a review of each third-party",
        "once a year.",
    ]
    assert [round(box.bottom - box.top) for box in document.blocks[0].boxes] == [12, 12, 12]


def test_smaller_names_of_columns_belong_to_the_table_over_a_section_label(read, shown, sheet):
    sheet.line(80, (60, LONG))
    sheet.line(110, (60, "(In millions)"), (290, "March 2023"), (385, "March 2022"), bold=True, size=7.5)
    sheet.line(122, (60, "Revenue:"))
    sheet.line(134, (70, "Product"), (295, "15,741"), (395, "16,631"))
    sheet.line(146, (70, "Service"), (295, "34,381"), (395, "28,686"))
    document = read("income.pdf", sheet.bytes())

    assert shown(document)[1] == (
        "table",
        "(In millions) | March 2023 | March 2022\nRevenue:\n"
        "Product | 15,741 | 16,631\nService | 34,381 | 28,686",
    )
    assert document.blocks[1].header_rows == 1


def test_a_table_that_goes_on_over_a_page_keeps_its_column_names(read, sheet):
    def rows(numbers, y):
        for number in numbers:
            y += 12
            sheet.line(y, (60, f"Region {number}"), (295, f"{number},741"), (395, f"{number},631"))

    sheet.line(80, (60, LONG)).line(110, (60, "Region"), (290, "Plan"), (390, "Actual"), bold=True)
    rows(range(1, 6), 110)
    sheet.page()
    rows(range(6, 10), 60)
    sheet.page().line(80, (60, "Other"), (290, "9,000"), (480, "1,000")).line(
        92, (60, "More"), (480, "2,000")
    )
    document = read("regions.pdf", sheet.bytes())
    passages = split_document(document, settings=DocumentSettings())

    names = {passage.pages: passage.table_header for passage in passages}
    assert names[2,] == "Region | Plan | Actual"
    assert names[3,] == ""
    assert next(passage.text for passage in passages if passage.pages == (2,)).startswith("Region 6 | 6,741")


def test_bold_titles_between_the_names_of_columns_and_their_figures_part_no_table(read, sheet):
    sheet.line(68, (200, "Fair value"), (295, "Adjusted"), (395, "Recorded"))
    sheet.line(80, (200, "Level"), (295, "Cost"), (395, "Value"))
    sheet.line(92, (60, "Changes recorded in other comprehensive income, net of tax"), bold=True)
    sheet.line(104, (60, "Debt"), (200, "Level 2"), (295, "6,286"), (395, "6,288"))
    sheet.line(116, (60, "Equity"), (200, "Level 1"), (295, "2,570"), (395, "2,531"))
    document = read("investments.pdf", sheet.bytes())

    (block,) = document.blocks
    assert block.header_rows == 1
    assert document.text.split("\n")[-1] == "Equity | Level 1 | 2,570 | 2,531"


def test_lines_that_do_not_frame_a_table_tear_no_label_from_its_figures(read, sheet):
    sheet.line(100, (60, "Segment"), (290, "Plan"), (390, "Actual"), bold=True)
    for place, name in enumerate(("Hardware", "Software", "Services"), start=1):
        y = 100 + 14 * place
        sheet.line(y, (60, name), (262, "Kept"), (330, "in Porto"), (430, "in Ghent"))
    for y in (104, 118, 132, 146):
        sheet.canvas.line(300, TOP - y, 500, TOP - y)
    for x in (300, 400, 500):
        sheet.canvas.line(x, TOP - 104, x, TOP - 146)

    assert read("segments.pdf", sheet.bytes()).text.split("\n")[1:] == [
        "Hardware | Kept | in Porto | in Ghent",
        "Software | Kept | in Porto | in Ghent",
        "Services | Kept | in Porto | in Ghent",
    ]
