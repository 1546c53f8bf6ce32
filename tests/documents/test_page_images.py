from io import BytesIO

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import Span
from bidproof.documents.locations import span_boxes, span_pages
from bidproof.documents.page_images import render_page


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "two.pdf"
    canvas = Canvas(str(path), pagesize=(300, 200))
    canvas.drawString(50, 150, "Nothing here")
    canvas.showPage()
    canvas.drawString(50, 150, "We keep backups for")
    canvas.drawString(50, 138, "ninety days in two regions.")
    canvas.save()
    return path


def test_a_quote_is_marked_where_it_stands(read, source):
    document = read("two.pdf", source.read_bytes())
    start = document.text.index("backups")
    span = Span(start=start, end=document.text.index("days") + 4)
    boxes = span_boxes(document, span)

    assert span_pages(document, span) == (2,)
    assert [box.page for box in boxes] == [2, 2]
    assert boxes[0].left > 80
    assert boxes[1].left == pytest.approx(50, abs=1)
    picture = Image.open(BytesIO(render_page(source, page=2, highlights=boxes, scale=2.0)))
    assert picture.size == (600, 400)
    middle = (boxes[0].top + boxes[0].bottom) / 2
    colours = {picture.getpixel((int(x * 2), int(middle * 2))) for x in range(100, 150)}
    assert (255, 236, 128) in colours
    assert picture.getpixel((500, 350)) == (255, 255, 255)


def test_marks_of_other_pages_are_left_out(read, source):
    document = read("two.pdf", source.read_bytes())
    boxes = span_boxes(document, Span(start=0, end=len(document.text)))
    plain = render_page(source, page=1, highlights=[box for box in boxes if box.page == 2], scale=1.0)

    assert plain == render_page(source, page=1, highlights=[], scale=1.0)


@pytest.mark.parametrize("page", [0, 3])
def test_a_page_that_is_not_there_is_an_error(source, page):
    with pytest.raises(UnreadableFile) as caught:
        render_page(source, page=page, highlights=[], scale=1.0)

    assert caught.value.code == "no-such-page"


def test_a_file_that_is_no_pdf_is_an_error(tmp_path):
    (tmp_path / "a.pdf").write_text("no")
    with pytest.raises(UnreadableFile):
        render_page(tmp_path / "a.pdf", page=1, highlights=[], scale=1.0)
