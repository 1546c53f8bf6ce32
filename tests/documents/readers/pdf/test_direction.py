from importlib.resources import files
from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bidproof.documents.readers.pdf.direction import direct
from bidproof.documents.readers.pdf.words import Word

WIDTH = 500.0


def row(*placed, top=100.0):
    """Words by (left edge, text), ten points a letter high and five wide."""
    return [
        Word(text, left, top, left + 5 * len(text), top + 10, 10, is_bold=False, is_italic=False)
        for left, text in placed
    ]


def read_off(words):
    return [word.text for word in sorted(words, key=lambda word: (word.top, word.left))]


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (
            [(400, "גיבויים"), (372, "נשמרים"), (357, "35"), (330, "ימים")],
            ["גיבויים", "נשמרים", "35", "ימים"],
        ),
        # Latin words keep their order, with the number behind them.
        ([(400, "תקן"), (340, "ISO"), (360, "27001"), (310, "בתוקף")], ["תקן", "ISO", "27001", "בתוקף"]),
        # Two numbers side by side are read like the words around them.
        ([(400, "שנים"), (380, "10"), (365, "20")], ["שנים", "10", "20"]),
    ],
)
def test_a_page_written_from_the_right_is_read_in_its_order(seen, read):
    shown = direct(row(*seen), width=WIDTH)
    assert shown.is_mirrored
    assert read_off(shown.words) == read


def test_a_name_of_the_other_script_keeps_its_order_on_a_page_written_from_the_left():
    words = row(
        (100, "Registered"), (155, "as"), (200, "גיבוי"), (170, "מדיניות"), (230, "in"), (245, "Haifa")
    )
    shown = direct(words, width=WIDTH)
    assert not shown.is_mirrored
    assert read_off(shown.words) == ["Registered", "as", "גיבוי", "מדיניות", "in", "Haifa"]


def test_cells_that_stand_apart_are_not_one_run():
    shown = direct(row((100, "שם"), (300, "עיר"), (20, "Long English words here")), width=WIDTH)
    assert read_off(shown.words) == ["Long English words here", "שם", "עיר"]


def test_a_page_without_right_to_left_script_stays_as_it_is():
    words = row((100, "Größe"), (160, "35"))
    assert direct(words, width=WIDTH) == (words, False)


def test_lines_read_as_in_their_script_and_boxes_stay_where_they_are_shown(read, shown):
    font = files("matplotlib") / "mpl-data/fonts/ttf/DejaVuSans.ttf"
    pdfmetrics.registerFont(TTFont("DejaVu", str(font)))
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    for y, line in ((100, "הגיבויים נשמרים 35 ימים באתר"), (112, "בציריך, לפי ISO 27001 בלבד.")):
        canvas.setFont("DejaVu", 10)
        x = 500.0
        for word in line.replace("ISO 27001", "ISO\u00a027001").split():
            drawn = word.replace("\u00a0", " ")
            drawn = drawn if drawn.isascii() else drawn[::-1]
            x -= canvas.stringWidth(drawn)
            canvas.drawString(x, A4[1] - y, drawn)
            x -= canvas.stringWidth(" ")
    canvas.save()
    document = read("hebrew.pdf", stream.getvalue())

    assert shown(document) == [("paragraph", "הגיבויים נשמרים 35 ימים באתר\nבציריך, לפי ISO 27001 בלבד.")]
    assert [round(box.right) for box in document.blocks[0].boxes] == [500, 500]
