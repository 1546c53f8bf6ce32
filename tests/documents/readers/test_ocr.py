"""Pages without a text layer, read from their image in the guarded child."""

import importlib.util
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.settings import DocumentSettings
from bidproof.documents import parse
from bidproof.documents.files import find_files
from bidproof.documents.readers.ocr import RecognitionFailed, count_scans
from bidproof.documents.readers.pdf import scans as pdf_scans
from bidproof.documents.readers.pdf.words import Word
from bidproof.documents.scans import limits_for_scans, scans_in
from bidproof.formats.guarded.guard import Limits

WIDTH, HEIGHT = 360, 200
LINES = ("Backups are encrypted with AES-256.", "Restores are tested twice a year.")
needs_models = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="the ocr extra is not installed"
)


def scanned(*pages):
    """A PDF: text of ``str`` pages as text, lines of ``tuple`` pages as an image."""
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1)
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(20, HEIGHT - 40, page)
        else:
            canvas.drawImage(ImageReader(picture(page)), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def picture(lines):
    image = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(30)
    for number, line in enumerate(lines):
        pen.text((60, 100 + 60 * number), line, fill="black", font=font)
    return image


def found_words(page):
    return [Word("Backups", 30.0, 50.0, 90.0, 64.0, 14.0, False, False)] * 5


@needs_models
def test_a_scanned_page_is_read_with_its_place_on_the_page(tmp_path):
    (tmp_path / "policy.pdf").write_bytes(scanned("Incidents are reported within 24 hours.", LINES, ()))
    [outcome] = parse.parse_files(find_files([tmp_path]).files, settings=DocumentSettings())
    document = outcome.document
    assert [page.is_ocr for page in document.pages] == [False, True, False]
    assert document.warnings == (
        "page 2 read from the image: check quotes against the page",
        "page 3 without a text layer: no words found in the image",
    )
    span = document.pages[1]
    read = document.text[span.start : span.end]
    assert [" ".join(line.split()) for line in read.splitlines() if line] == list(LINES)
    boxes = [box for block in document.blocks for box in block.boxes if box.page == 2]
    assert len(boxes) == 2
    for number, box in enumerate(boxes):
        middle = (box.top + box.bottom) / 2
        assert 50 + 30 * number < middle < 70 + 30 * number
        assert 25 < box.left < 35
        assert 200 < box.right < WIDTH


def test_without_the_extra_the_pages_are_named_with_the_way_to_read_them(read, monkeypatch):
    monkeypatch.setattr(pdf_scans, "is_ocr_installed", lambda: False)
    document = read("policy.pdf", scanned("Incidents are reported.", LINES, LINES))
    assert document.warnings == ("pages 2, 3 without a text layer, not read: the ocr extra is not installed",)


def test_a_file_of_scans_alone_says_how_to_have_it_read(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(scanned(LINES))
    settings = DocumentSettings(ocr=False)
    [outcome] = parse.parse_files(find_files([tmp_path]).files, settings=settings)
    assert outcome.failure.code == "no-text"
    assert "page 1 without a text layer, not read" in outcome.failure.message
    assert "documents.ocr" in outcome.failure.hint


def test_pages_past_the_limit_are_named(read, monkeypatch):
    monkeypatch.setattr(pdf_scans, "is_ocr_installed", lambda: True)
    monkeypatch.setattr(pdf_scans, "recognise_words", found_words)
    document = read("policy.pdf", scanned(LINES, LINES, LINES), max_ocr_pages=1)
    assert [page.is_ocr for page in document.pages] == [True, False, False]
    assert any(
        warning.startswith("pages 2, 3") and "documents.max_ocr_pages" in warning
        for warning in document.warnings
    )


def test_an_image_that_breaks_the_models_costs_its_page_alone(read, monkeypatch):
    def fail(page):
        raise RecognitionFailed("ImportError: libGL.so.1")

    monkeypatch.setattr(pdf_scans, "is_ocr_installed", lambda: True)
    monkeypatch.setattr(pdf_scans, "recognise_words", fail)
    document = read("policy.pdf", scanned("Incidents are reported within 24 hours.", LINES))
    assert document.text == "Incidents are reported within 24 hours."
    assert document.warnings == ("page 2 not read from the image (ImportError: libGL.so.1)",)


def test_only_scanned_pages_raise_the_limits(tmp_path):
    pdf, text = tmp_path / "policy.pdf", tmp_path / "notes.md"
    pdf.write_bytes(scanned("Incidents are reported.", LINES, LINES))
    text.write_text("Incidents")
    assert (count_scans(pdf), scans_in(pdf), scans_in(text), scans_in(tmp_path / "gone.pdf")) == (2, 2, 0, 0)
    limits, settings = Limits(), DocumentSettings(max_ocr_pages=3)
    assert limits_for_scans(limits, scans=0, settings=settings) == limits
    two, three, many = (limits_for_scans(limits, scans=n, settings=settings) for n in (2, 3, 5000))
    assert limits.cpu_s < two.cpu_s < three.cpu_s == many.cpu_s
    assert limits.memory_mb < two.memory_mb == many.memory_mb


def test_models_that_kill_their_process_leave_the_text_layer(tmp_path, monkeypatch):
    monkeypatch.setattr(parse, "is_ocr_installed", lambda: True)
    starved = Limits(cpu_s=20, wall_s=0.0, memory_mb=600)
    monkeypatch.setattr(parse, "limits_for_scans", lambda limits, **_: starved)
    (tmp_path / "policy.pdf").write_bytes(scanned("Incidents are reported within 24 hours.", LINES))
    [outcome] = parse.parse_files(find_files([tmp_path]).files, settings=DocumentSettings())
    assert outcome.document.text == "Incidents are reported within 24 hours."
    assert any("images not read" in warning for warning in outcome.document.warnings)
