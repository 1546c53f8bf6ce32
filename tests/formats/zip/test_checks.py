import zipfile
from io import BytesIO

import pytest

from bidproof.core.errors import UnreadableFile
from bidproof.formats.zip import checks as archives
from bidproof.formats.zip.checks import check_archive


def package(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def refused(parts: dict[str, bytes]) -> str:
    with pytest.raises(UnreadableFile) as caught:
        check_archive("a.docx", package(parts))
    return caught.value.code


def test_a_plain_package_passes_without_warning():
    assert check_archive("a.docx", package({"word/document.xml": b"<x/>"})) == ()


def test_small_parts_may_pack_well():
    assert check_archive("a.docx", package({"word/document.xml": b"a" * 100_000})) == ()


def test_ratio_entries_and_paths_are_limited(monkeypatch):
    assert refused({"a.xml": b"\x00" * 5_000_000}) == "archive-bomb"
    assert refused({"../../etc/passwd": b"x"}) == "archive-unsafe-path"
    assert refused({"/abs.xml": b"x"}) == "archive-unsafe-path"
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    assert refused({f"{number}.xml": b"x" for number in range(4)}) == "archive-bomb"


def test_document_type_declarations_are_refused():
    assert refused({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}) == "unsafe-xml"
    declared = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    assert refused({"word/document.xml": declared}) == "unsafe-xml"


def test_macros_are_named():
    assert check_archive("a.docm", package({"word/vbaProject.bin": b"x"})) == (
        "holds macros, which were not run",
    )


def test_damage_is_named():
    whole = package({"word/document.xml": bytes(range(256)) * 50})
    with pytest.raises(UnreadableFile) as caught:
        check_archive("a.docx", whole[:40] + b"\xff" * 20 + whole[60:])

    assert caught.value.code == "corrupt-file"
