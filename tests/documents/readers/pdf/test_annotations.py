from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

TOP = A4[1]


@pytest.fixture
def page():
    return Page()


class Page:
    def __init__(self):
        self.stream = BytesIO()
        self.canvas = Canvas(self.stream, pagesize=A4, invariant=1)

    def line(self, y, text, x=60):
        self.canvas.setFont("Helvetica", 10)
        self.canvas.drawString(x, TOP - y, text)
        return self

    def field(self, y, value, x=200, *, height=14, **more):
        options = {"name": f"field{y}-{x}", "width": 180, "fontSize": 9, **more}
        self.canvas.acroForm.textfield(value=value, x=x, y=TOP - y - 3, height=height, **options)
        return self

    def box(self, y, x, *, checked):
        self.canvas.acroForm.checkbox(name=f"box{y}-{x}", checked=checked, x=x, y=TOP - y - 2, size=12)
        return self

    def bytes(self):
        self.canvas.save()
        return self.stream.getvalue()


def test_a_typed_value_stands_behind_its_label(read, page):
    page.line(100, "Data protection officer:").field(100, "Lotte Verhaege")
    page.line(140, "Employees:").field(140, "212").line(180, "Homepage:").field(180, "")
    document = read("form.pdf", page.bytes())

    assert document.text == "Data protection officer: Lotte Verhaege\n\nEmployees: 212\n\nHomepage:"
    assert document.blocks[0].boxes[0].right == pytest.approx(380, abs=1)


def test_labels_without_a_colon_and_their_values_are_rows_of_a_table(read, shown, page):
    page.line(100, "Legal name").field(100, "Larkspur NV")
    page.line(115, "Town").field(115, "Ghent")

    assert shown(read("form.pdf", page.bytes())) == [("table", "Legal name | Larkspur NV\nTown | Ghent")]


def test_two_values_on_a_line_go_to_their_own_labels(read, page):
    page.line(100, "Name:").field(100, "Ann", x=100, width=80)
    page.line(100, "Town:", x=200).field(100, "Ghent", x=240, width=80)

    assert read("form.pdf", page.bytes()).text.split() == ["Name:", "Ann", "Town:", "Ghent"]


def test_a_value_below_its_label_follows_it_and_one_alone_takes_the_fields_name(read, page):
    page.line(100, "Describe your backups").field(115, "Daily, to Porto.", x=60)
    page.field(300, "Ann", x=60, tooltip="Signed by")

    assert read("form.pdf", page.bytes()).text == "Describe your backups\nDaily, to Porto.\n\nSigned by: Ann"


def test_boxes_show_what_is_ticked(read, page):
    page.line(100, "Certified to ISO 27001?")
    page.box(100, 200, checked=True).line(100, "Yes", x=216).box(100, 250, checked=False).line(
        100, "No", x=266
    )

    words = read("form.pdf", page.bytes()).text.split("27001?")[1]
    assert words.replace("|", "").split() == ["☒", "Yes", "☐", "No"]


def test_a_password_is_not_read(read, page):
    page.line(100, "Key:").field(100, "s3cret", fieldFlags="password")

    assert read("form.pdf", page.bytes()).text == "Key:"


def test_the_target_of_a_link_stands_behind_its_words(read, page):
    page.line(100, "Report to the security desk within a day.")
    page.canvas.linkURL("mailto:psirt@example.com", (106, TOP - 104, 182, TOP - 90))
    page.line(140, "See www.example.com.")
    page.canvas.linkURL("https://www.example.com/", (80, TOP - 144, 200, TOP - 130))

    assert read("links.pdf", page.bytes()).text == (
        "Report to the security desk (e-mail: psirt@example.com) within a day.\n\nSee www.example.com."
    )


def test_remarks_stand_below_the_page_as_comments(read, page):
    page.line(100, "Backups are kept for 90 days.")
    page.canvas.textAnnotation("14 days in Porto", Rect=[300, TOP - 110, 320, TOP - 90])

    assert read("remarks.pdf", page.bytes()).text == (
        "Backups are kept for 90 days.\n\nComment: 14 days in Porto"
    )
