"""Bytes to text for the formats that are text."""

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """A text and how its bytes stood: ``mark + text.encode(encoding)`` gives them back.

    ``mark`` is the byte order mark in front, empty without one. ``problem`` says what was broken
    and is replaced in ``text``; empty when nothing was.
    """

    text: str
    encoding: str
    mark: bytes
    problem: str = ""


def decode(data: bytes, *, declared: str = "") -> DecodedText:
    """Decode by byte order mark, else as declared, else as UTF-8, Windows-1252 or Latin-1; never fails.

    Args:
        data: The whole file.
        declared: An encoding that the file names, such as an HTML page's; taken where it fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], mark, encoding)
    for encoding in filter(None, (declared, "utf-8", "cp1252")):
        try:
            return DecodedText(text=data.decode(encoding), encoding=encoding, mark=b"")
        except (LookupError, UnicodeDecodeError):
            continue
    return DecodedText(text=data.decode("latin-1"), encoding="latin-1", mark=b"")


def decode_text(data: bytes, *, declared: str = "") -> str:
    """The text alone of :func:`decode`."""
    return decode(data, declared=declared).text


def _marked(data: bytes, mark: bytes, encoding: str) -> DecodedText:
    try:
        return DecodedText(text=data.decode(encoding), encoding=encoding, mark=mark)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        return DecodedText(text=text, encoding=encoding, mark=mark, problem=error.reason)
