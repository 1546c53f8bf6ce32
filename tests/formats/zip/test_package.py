"""Hostile zips are refused, whoever reads them."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from bidproof.core.errors import UnreadableFile
from bidproof.formats.zip import package as packages
from bidproof.formats.zip.package import open_package, package_of


def _zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def refused(parts: dict[str, bytes]) -> str:
    with pytest.raises(UnreadableFile) as caught:
        package_of("a.docx", zipped(parts)).check()
    return caught.value.code


@pytest.mark.parametrize(
    ("part", "size"),
    [("word/document.xml", 10), ("word/document.xml", 100_000), ("xl/media/a.emf", 2_000_000)],
)
def test_plain_packages_pass_though_small_parts_and_pictures_pack_well(part: str, size: int) -> None:
    found = package_of("a.docx", zipped({part: b"a" * size})).check()
    assert not found.has_macros


def test_ratio_entries_and_paths_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused({"a.xml": b"\x00" * 5_000_000}) == "archive-bomb"
    assert refused({"../../etc/passwd": b"x"}) == "archive-unsafe-path"
    assert refused({"/abs.xml": b"x"}) == "archive-unsafe-path"
    monkeypatch.setattr(packages, "MAX_ENTRIES", 3)
    assert refused({f"{number}.xml": b"x" for number in range(4)}) == "archive-bomb"


def test_document_type_declarations_are_refused() -> None:
    assert refused({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}) == "unsafe-xml"
    declared = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    assert refused({"word/document.xml": declared}) == "unsafe-xml"


def test_macros_are_seen() -> None:
    assert package_of("a.docm", zipped({"word/vbaProject.bin": b"x"})).has_macros


def test_all_parts_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_TOTAL_MB", 1)
    assert refused({f"{number}.png": bytes(400_000) for number in range(3)}) == "archive-bomb"


def test_a_part_that_inflates_like_a_bomb_is_refused(tmp_path: Path) -> None:
    package = open_package(_zip(tmp_path / "a.xlsx", {"bomb": b"\0" * 50_000_000}))
    with pytest.raises(UnreadableFile, match="zip bomb"):
        package.read("bomb")


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("A", b"2")
    with pytest.raises(UnreadableFile, match="one name"):
        open_package(path)


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.xlsx", {"part": bytes(range(256)) * 20})
    raw = bytearray(path.read_bytes())
    raw[60:90] = b"\xff" * 30
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match="'part'"):
        open_package(path).read("part")


def test_part_names_ignore_case(tmp_path: Path) -> None:
    package = open_package(_zip(tmp_path / "a.xlsx", {"xl/Workbook.xml": b"1"}))
    assert package.find("/XL/workbook.xml") == "xl/Workbook.xml"
    assert package.find("xl/none.xml") is None


def test_an_empty_package_and_one_of_countless_parts_are_refused_unlisted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = zipped({f"part{number}": b"" for number in range(10_001)})
    assert refused({}) == "corrupt-file"

    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(UnreadableFile, match="found 10001 parts, as in a zip bomb, expected at most 10000"):
        package_of("a.docx", many)
