from io import BytesIO

import pptx
from pptx.util import Inches


def test_slides_are_pages_with_titles_tables_and_notes(read, shown):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Security overview"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1))
    box.text_frame.text = "SOC 2 Type II"
    box.text_frame.add_paragraph().text = "ISO 27001"
    cells = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for place, text in enumerate(["Region", "Site", "EU", "Dublin"]):
        cells.cell(place // 2, place % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Renewed yearly."
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "Hidden"
    hidden.element.set("show", "0")
    stream = BytesIO()
    deck.save(stream)
    document = read("deck.pptx", stream.getvalue())

    assert shown(document) == [
        ("heading 1", "Security overview"),
        ("list", "SOC 2 Type II\nISO 27001"),
        ("table", "Region | Site\nEU | Dublin"),
        ("paragraph", "Renewed yearly."),
    ]
    assert [page.page for page in document.pages] == [1, 2]
    assert document.pages[1].start == document.pages[1].end
    assert document.title == "Security overview"
