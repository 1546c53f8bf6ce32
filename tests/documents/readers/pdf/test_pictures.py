from io import BytesIO

import pytest
from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PICTURE = ImageReader(Image.new("RGB", (40, 20), (200, 10, 10)))


def pdf_of(*pages):
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    for number, draw in enumerate(pages, start=1):
        canvas.drawString(60, 780, f"Page {number} says more than three words.")
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def chart(kind, data):
    def draw(canvas):
        drawing = Drawing(300, 200)
        plot = kind()
        plot.data = data
        drawing.add(plot)
        renderPDF.draw(drawing, canvas, 60, 400)

    return draw


def image(x, y, width, height):
    return lambda canvas: canvas.drawImage(PICTURE, x, y, width=width, height=height)


def table_and_frames(canvas):
    for row, width in enumerate((200, 160, 120, 80)):
        canvas.setFillColorRGB(0.8, 0.9, 1)
        canvas.rect(60, 600 - 16 * row, width, 16, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(64, 604 - 16 * row, "shaded")
    canvas.roundRect(60, 300, 200, 60, 8)
    canvas.drawString(70, 320, "In a frame")


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([image(60, 500, 200, 100)], "not read: 1 image"),
        ([lambda canvas: [image(60, 500 - 20 * n, 200, 20)(canvas) for n in range(5)]], "not read: 1 image"),
        ([chart(VerticalBarChart, [(3, 5, 9, 2), (4, 6, 2, 1)])], "not read: 1 drawing"),
        ([chart(Pie, [3, 5, 9]), chart(HorizontalLineChart, [(3, 5, 9, 2)])], "not read: 2 drawings"),
    ],
    ids=["image", "image_in_tiles", "bars", "pie_and_line"],
)
def test_what_a_page_shows_beside_its_text_is_counted(read, pages, said):
    assert read("shown.pdf", pdf_of(*pages)).warnings == (said,)


@pytest.mark.parametrize(
    "pages",
    [[image(400, 760, 120, 60)] * 3, [image(300, 500, 16, 16)], [table_and_frames]],
    ids=["logo_on_every_page", "icon", "shades_and_frames"],
)
def test_what_says_nothing_is_not_counted(read, pages):
    assert read("plain.pdf", pdf_of(*pages)).warnings == ()
