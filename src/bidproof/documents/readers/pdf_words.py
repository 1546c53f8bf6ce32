"""Words of a PDF page with their boxes and fonts, in the order of the page's content.

The only place that talks to pdfium about text. Boxes are points from the top
left of the page as displayed, rotation and crop box applied.
"""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bidproof.documents.clean import clean_line

_WORD = re.compile("[^\\s\ufffe\x02\u00ad]+[\ufffe\x02\u00ad]?")
_BOLD = re.compile(r"bold|black|heavy|demi|[-,]bd\b", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique|[-,]it\b", re.IGNORECASE)
_PLAIN = re.compile(r"regular|roman|book|light", re.IGNORECASE)
_NAME = ctypes.create_string_buffer(128)
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6
_BOLD_WEIGHT = 600
_MIN_SIZE = 1.5
_MAX_COORDINATE = 20_000.0
_HYPHENS = ("\ufffe", "\x02", "\u00ad")
LINE_END_HYPHEN = "\ufffe"


class Word(NamedTuple):
    """One word on a page; a tuple because there are hundreds of thousands of them.

    ``size`` is the height of the font's line in points. ``text`` may end in
    ``LINE_END_HYPHEN`` where the word goes on in the next line.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    is_bold: bool
    is_italic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How page coordinates become points from the top left of the page as displayed."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Map a page rectangle to (left, top, right, bottom) as displayed."""
        x0, y0 = self.a * left + self.c * bottom + self.e, self.b * left + self.d * bottom + self.f
        x1, y1 = self.a * right + self.c * top + self.e, self.b * right + self.d * top + self.f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def page_words(page: pdfium.PdfPage) -> list[Word]:
    """Every word that could be seen, in content order; words under 1.5 points are dropped."""
    text_page = page.get_textpage()
    try:
        place = display_place(page)
        words = [
            word
            for match in _WORD.finditer(_characters(text_page))
            for word in _words(text_page, match, place)
        ]
    finally:
        text_page.close()
    return words


def _characters(text_page: pdfium.PdfTextPage) -> str:
    """The page's characters, exactly one for each index that pdfium uses."""
    count = text_page.count_chars()
    if count <= 0:
        return ""
    text = text_page.get_text_range(0, count, errors="replace")
    if len(text) == count:
        return text
    codes = (raw.FPDFText_GetUnicode(text_page.raw, index) for index in range(count))
    return "".join(
        chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " " for code in codes
    )


def display_place(page: pdfium.PdfPage) -> Place:
    """How page coordinates become displayed points, measured at three points."""
    width, height = page.get_size()
    scale = 100.0
    size_x, size_y = max(1, int(width * scale)), max(1, int(height * scale))

    def show(x: float, y: float) -> tuple[float, float]:
        device_x, device_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page.raw, 0, 0, size_x, size_y, 0, x, y, ctypes.byref(device_x), ctypes.byref(device_y)
        )
        return device_x.value / scale, device_y.value / scale

    span = 1000.0
    (x0, y0), (x1, y1), (x2, y2) = show(0, 0), show(span, 0), show(0, span)
    return Place(a=(x1 - x0) / span, b=(y1 - y0) / span, c=(x2 - x0) / span, d=(y2 - y0) / span, e=x0, f=y0)


def _words(text_page: pdfium.PdfTextPage, match: re.Match[str], place: Place) -> Iterator[Word]:
    text = match[0]
    is_broken = text.endswith(_HYPHENS)
    cleaned = text if text.isascii() and text.isprintable() else clean_line(text)
    if not cleaned:
        return
    first = _box(text_page, match.start())
    last = _box(text_page, match.end() - 1 - is_broken)
    left, top, right, bottom = place.box(
        min(first.left, last.left),
        min(first.bottom, last.bottom),
        max(first.right, last.right),
        max(first.top, last.top),
    )
    size = min(abs(bottom - top), abs(first.top - first.bottom) or abs(bottom - top))
    if size < _MIN_SIZE or max(abs(left), abs(right), abs(top), abs(bottom)) > _MAX_COORDINATE:
        return
    is_bold, is_italic = _font(text_page, match.start())
    yield Word(
        cleaned + (LINE_END_HYPHEN if is_broken else ""), left, top, right, bottom, size, is_bold, is_italic
    )


def _box(text_page: pdfium.PdfTextPage, index: int) -> raw.FS_RECTF:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page.raw, index, ctypes.byref(box))
    return box


def _font(text_page: pdfium.PdfTextPage, index: int) -> tuple[bool, bool]:
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page.raw, index, _NAME, len(_NAME), ctypes.byref(flags))
    is_bold, is_italic, is_plain = _font_style(_NAME.value, flags.value)
    if not is_bold and not is_plain:
        is_bold = raw.FPDFText_GetFontWeight(text_page.raw, index) >= _BOLD_WEIGHT
    return is_bold, is_italic


@lru_cache(maxsize=512)
def _font_style(name: bytes, flags: int) -> tuple[bool, bool, bool]:
    """Bold, italic, and whether the name itself says that it is neither."""
    text = name.decode("utf-8", "replace")
    is_bold = bool(_BOLD.search(text)) or bool(flags & _FORCE_BOLD)
    is_italic = bool(_ITALIC.search(text)) or bool(flags & _ITALIC_FLAG)
    return is_bold, is_italic, bool(_PLAIN.search(text)) or is_italic
