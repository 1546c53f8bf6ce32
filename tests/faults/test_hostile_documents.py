"""Hostile and broken documents: each is named with its reason, and its neighbours are still read."""

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.settings import DocumentSettings
from bidproof.documents.files import find_files
from bidproof.documents.parse import ParseOutcome, parse_files
from repeating import REPEATS

FAST = DocumentSettings(workers=2, max_seconds=3, max_memory_mb=700)


def outcomes_of(folder: Path, settings: DocumentSettings = FAST) -> dict[str, ParseOutcome]:
    (folder / "neighbour-a.md").write_text("# First\n\nStill read.\n")
    (folder / "neighbour-z.md").write_text("# Last\n\nStill read.\n")
    found = {
        outcome.file.name: outcome for outcome in parse_files(find_files([folder]).files, settings=settings)
    }
    assert found["neighbour-a.md"].document is not None
    assert found["neighbour-z.md"].document is not None
    return found


def code_of(folder: Path, name: str, data: bytes, settings: DocumentSettings = FAST) -> str:
    (folder / name).write_bytes(data)
    failure = outcomes_of(folder, settings)[name].failure
    assert failure is not None
    assert repr(name) in failure.message
    assert failure.hint
    return failure.code


def pdf(pages: int = 1, **options: object) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, **options)
    for number in range(pages):
        canvas.drawString(72, 720, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def many_pages(count: int) -> bytes:
    """A PDF of so many empty pages; readers rebuild the table that it lacks."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    pages = "".join(
        f"{number} 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>> endobj\n"
        for number in range(3, count + 3)
    )
    head = "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    tree = f"2 0 obj <</Type/Pages/Count {count}/Kids[{kids}]>> endobj\n"
    return f"{head}{tree}{pages}trailer <</Root 1 0 R>>\n%%EOF".encode()


def word(text: str = "Hello from Word") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return stream.getvalue()


def test_damaged_files(tmp_path):
    whole_pdf, whole_word = pdf(), word()
    (tmp_path / "half.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (tmp_path / "half.docx").write_bytes(whole_word[: len(whole_word) // 2])
    (tmp_path / "noise.pdf").write_bytes(whole_pdf[:30] + bytes(range(256)) * 8)
    found = outcomes_of(tmp_path)

    assert {found[name].failure.code for name in ("half.pdf", "half.docx", "noise.pdf")} == {"corrupt-file"}


def test_encrypted_files(tmp_path):
    locked = pdf(encrypt=StandardEncryption("secret", canPrint=0))
    (tmp_path / "locked.pdf").write_bytes(locked)
    (tmp_path / "locked.docx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    )
    found = outcomes_of(tmp_path)

    assert found["locked.pdf"].failure.code == "encrypted-file"
    assert found["locked.docx"].failure.code == "encrypted-file"


def test_a_mislabelled_file_is_read_by_its_content(tmp_path):
    (tmp_path / "really-a-pdf.docx").write_bytes(pdf())
    document = outcomes_of(tmp_path)["really-a-pdf.docx"].document

    assert document.text == "Page 0"
    assert document.warnings == ("named .docx but holds PDF: read as PDF",)


def bomb(megabytes: int) -> bytes:
    """A package of one part that inflates to so many megabytes of zeros, built without inflating it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"\x00" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", block * megabytes + packer.flush())
    raw = bytearray(stream.getvalue())
    central = raw.index(b"PK\x01\x02")
    size = struct.pack("<I", megabytes << 20)
    raw[8:10] = raw[central + 10 : central + 12] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    raw[22:26] = raw[central + 24 : central + 28] = size
    return bytes(raw)


def test_a_zip_bomb_of_four_megabytes_to_four_gigabytes(tmp_path):
    data = bomb(4000)
    assert len(data) < 5 << 20

    assert code_of(tmp_path, "bomb.docx", data) == "archive-bomb"


def test_external_and_recursive_entities(tmp_path):
    secret = tmp_path / "secret.key"
    secret.write_text("TOP-SECRET")
    reading = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><d>&x;</d>'.encode()
    laughs = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'
    (tmp_path / "reading.docx").write_bytes(with_part(word(), "word/document.xml", reading))
    (tmp_path / "laughs.docx").write_bytes(with_part(word(), "word/styles.xml", laughs))
    found = outcomes_of(tmp_path)

    assert found["reading.docx"].failure.code == "unsafe-xml"
    assert found["laughs.docx"].failure.code == "unsafe-xml"


def test_macros_are_read_past_and_named(tmp_path):
    (tmp_path / "macro.docm").write_bytes(with_part(word(), "word/vbaProject.bin", b"Sub AutoOpen()"))
    document = outcomes_of(tmp_path)["macro.docm"].document

    assert document.text == "Hello from Word"
    assert document.warnings == ("holds macros, which were not run",)


def test_too_many_pages(tmp_path):
    assert code_of(tmp_path, "long.pdf", many_pages(10_000)) == "too-many-pages"


def test_old_and_empty_files(tmp_path):
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    (tmp_path / "empty.pdf").write_bytes(b"")
    found = outcomes_of(tmp_path)

    assert found["old.doc"].failure.code == "legacy-format"
    assert found["empty.pdf"].failure.code == "empty-file"


EVIL_READERS = """
import ctypes, time
class Crashing:
    def read(self, file): ctypes.string_at(0)
class Spinning:
    def read(self, file):
        while True: pass
class Hanging:
    def read(self, file): time.sleep(600)
class Hungry:
    def read(self, file): return bytearray(8 << 30)
class Growing:
    def read(self, file):
        held = []
        while True: held.append(bytearray(1 << 20))
class Lying:
    def read(self, file): return "no reading"
"""


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        ("Crashing", "parser-crashed"),
        ("Spinning", "parser-timeout"),
        ("Hanging", "parser-timeout"),
        ("Hungry", "parser-memory"),
        ("Growing", "parser-memory"),
        ("Lying", "parser-failed"),
    ],
)
def test_a_reader_that_misbehaves_costs_its_own_file(tmp_path, monkeypatch, reader, code):
    limits = DocumentSettings(workers=2, max_seconds=1, max_memory_mb=700)
    assert code_of(folder_with(tmp_path, monkeypatch, reader), "bad.txt", b"text", limits) == code


@pytest.mark.parametrize("reader", ["Spinning", "Growing"])
def test_a_pool_whose_parsers_never_end_reads_the_rest(tmp_path, monkeypatch, reader):
    """Row 41: a parser that hangs or grows is ended and named each time, and its place is filled again."""
    folder = folder_with(tmp_path, monkeypatch, reader)
    for number in range(REPEATS):
        (folder / f"{number:02}-bad.txt").write_text("text")
        (folder / f"{number:02}-good.md").write_text("# Good\n\nRead.\n")
    found = outcomes_of(folder, DocumentSettings(workers=2, max_seconds=1, max_memory_mb=700))

    for number in range(REPEATS):
        assert found[f"{number:02}-bad.txt"].failure.code in ("parser-timeout", "parser-memory")
        assert found[f"{number:02}-good.md"].document.text == "Good\n\nRead."


def folder_with(tmp_path, monkeypatch, reader):
    """A folder for documents, while an installed package reads plain text with a reader that misbehaves."""
    plugins = tmp_path / "plugins"
    record = plugins / "evil-1.0.dist-info"
    record.mkdir(parents=True)
    (plugins / "evil_readers.py").write_text(EVIL_READERS)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text(f"[bidproof.reader]\ntext/plain = evil_readers:{reader}\n")
    monkeypatch.syspath_prepend(str(plugins))
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder
