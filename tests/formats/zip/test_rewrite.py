"""A zip is copied as it stands, save the parts that are replaced."""

import io
import zipfile
from pathlib import Path

from bidproof.formats.zip.package import open_package
from bidproof.formats.zip.rewrite import replace_parts


def _zip(path: Path, entries: dict[str, bytes], *, comment: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = comment
    return path


def test_nothing_replaced_gives_the_same_bytes(tmp_path: Path) -> None:
    package = open_package(_zip(tmp_path / "a.xlsx", {"b": b"1" * 500, "ä/c": b"2"}, comment=b"kept"))
    assert replace_parts(package, {}, {}) == package.raw


def test_parts_are_replaced_in_place_and_added_at_the_end(tmp_path: Path) -> None:
    package = open_package(_zip(tmp_path / "a.xlsx", {"b": b"old", "c": b"kept"}, comment=b"note"))
    content = replace_parts(package, {"b": b"new" * 100}, {"d": b"more"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "b": b"new" * 100, "c": b"kept", "d": b"more"
        }  # fmt: skip
        assert archive.namelist() == ["b", "c", "d"]
        assert archive.comment == b"note"


def test_streamed_entries_with_data_descriptors_survive(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        """A stream that cannot seek, so that sizes come after the data."""

        def __init__(self) -> None:
            self.content = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            raw = bytes(data)  # type: ignore[call-overload]
            self.content += raw
            return len(raw)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b", b"first" * 50)
        archive.writestr("c", b"second" * 50)
    path = tmp_path / "a.xlsx"
    path.write_bytes(pipe.content)
    package = open_package(path)
    assert replace_parts(package, {}, {}) == package.raw
    with zipfile.ZipFile(io.BytesIO(replace_parts(package, {"b": b"x"}, {}))) as archive:
        assert archive.testzip() is None
        assert archive.read("b") == b"x"
        assert archive.read("c") == b"second" * 50
