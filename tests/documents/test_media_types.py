import zipfile
from io import BytesIO

import pytest

from bidproof.core.errors import UnreadableFile
from bidproof.documents.media_types import MediaType, detect_media_type


def package(*parts: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", b"%PDF-1.7", MediaType.PDF),
        ("a.docx", package("word/document.xml"), MediaType.DOCX),
        ("a.docx", package("word/document2.xml"), MediaType.DOCX),
        ("a.xlsm", package("xl/workbook.xml"), MediaType.XLSX),
        ("a.md", b"# Hello", MediaType.MARKDOWN),
        ("a.htm", b"<p>x</p>", MediaType.HTML),
        ("a.txt", "x".encode("utf-16"), MediaType.TEXT),
    ],
)
def test_content_and_name_agree(name, data, expected):
    detected = detect_media_type(name, data)

    assert detected.media_type is expected
    assert detected.warning == ""


def test_content_wins_over_the_name_and_says_so():
    detected = detect_media_type("report.docx", b"%PDF-1.7 ...")

    assert detected.media_type is MediaType.PDF
    assert detected.warning == "named .docx but holds PDF: read as PDF"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.md", b"", "empty-file"),
        ("a.txt", b" \n\t", "empty-file"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted-file"),
        ("a.doc", OLE + b"rest", "legacy-format"),
        ("a.msg", OLE + "__substg1.0_0037001F".encode("utf-16-le"), "legacy-format"),
        ("a.docx", b"just text", "corrupt-file"),
        ("a.docx", b"PK\x03\x04 broken", "corrupt-file"),
        ("a.docx", package("something/else.xml"), "unsupported-type"),
        ("a.txt", b"\x00\x01\x02binary", "unsupported-type"),
        ("a.txt", rb"{\rtf1 Hello}", "unsupported-type"),
    ],
)
def test_refusals_say_what_was_found(name, data, code):
    with pytest.raises(UnreadableFile) as caught:
        detect_media_type(name, data)

    assert caught.value.code == code
    assert repr(name) in caught.value.message
    assert caught.value.hint
