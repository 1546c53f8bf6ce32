"""Text comes out of bytes by their mark, by what the file declares, or by what fits, and goes back."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.formats.decoding import decode


@pytest.mark.parametrize(
    ("data", "declared", "text", "encoding"),
    [
        ("é".encode(), "", "é", "utf-8"),
        ("é".encode("utf-8-sig"), "", "é", "utf-8"),
        ("é".encode("utf-16"), "", "é", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "", "é", "utf-16-be"),
        ("é".encode("utf-32"), "", "é", "utf-32-le"),
        (b"\x93\xe9\x94", "", "“é”", "cp1252"),
        (b"\x81\xe9", "", "\x81é", "latin-1"),
        ("жук".encode("koi8-r"), "koi8-r", "жук", "koi8-r"),
        ("é".encode(), "no-such-encoding", "é", "utf-8"),
        ("é".encode("utf-8-sig"), "koi8-r", "é", "utf-8"),
    ],
)
def test_encodings(data: bytes, declared: str, text: str, encoding: str) -> None:
    found = decode(data, declared=declared)
    assert (found.text, found.encoding, found.problem) == (text, encoding, "")


@given(st.binary(max_size=40))
def test_whole_text_goes_back_to_its_bytes(data: bytes) -> None:
    found = decode(data)
    assert found.problem or found.mark + found.text.encode(found.encoding) == data


def test_what_a_mark_promises_and_the_bytes_break_is_named() -> None:
    found = decode(codecs.BOM_UTF8 + b"a\xff")
    assert found.text == "a�"
    assert found.problem == "invalid start byte"
