"""Words of a PDF page with their boxes and fonts, in the order of the page's content.

The only place that talks to pdfium about text. Boxes are points from the top
left of the page as displayed, rotation and crop box applied.
"""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import ctypes
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bidproof.documents.clean import clean_line
from bidproof.documents.readers.pdf.pictures import Pictures
from bidproof.documents.readers.pdf.unseen import PlacedText, has_page_image, look_at

_WORD = re.compile("[^\\s\ufffe\x02\u00ad]+[\ufffe\x02\u00ad]?")
_BOLD = re.compile(r"bold|black|heavy|demi|[-,]bd\b", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique|[-,]it\b", re.IGNORECASE)
_PLAIN = re.compile(r"regular|roman|book|light", re.IGNORECASE)
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6
_BOLD_WEIGHT = 600
_MIN_SIZE = 1.5
_LAYER_SHARE = 0.9
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


@dataclass(slots=True, kw_only=True)
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
        if self.b == 0 and self.c == 0 and self.a > 0 > self.d:
            return (
                self.a * left + self.e,
                self.d * top + self.f,
                self.a * right + self.e,
                self.d * bottom + self.f,
            )
        x0, y0 = self.a * left + self.c * bottom + self.e, self.b * left + self.d * bottom + self.f
        x1, y1 = self.a * right + self.c * top + self.e, self.b * right + self.d * top + self.f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class PageWords(NamedTuple):
    """The words of a page in content order.

    ``unseen`` are those that nobody sees, left out of ``words``. ``is_layer`` says that ``words`` are not
    seen either: they are what a scanner's software read from the picture that covers the page.
    ``pictures`` are those of a page that is no such scan.
    """

    words: list[Word]
    unseen: str = ""
    is_layer: bool = False
    pictures: Pictures = Pictures()


def page_words(page: pdfium.PdfPage) -> PageWords:
    """Every word of a page that is seen, and what is not."""
    text_page = page.get_textpage()
    try:
        pen = _Pen(text_page.raw, display_place(page))
        found = [pen.word(match[0], match.start()) for match in _WORD.finditer(_characters(text_page))]
    finally:
        text_page.close()
    placed = [(word, text) for word, text in found if word.text]
    look = look_at(page, [text for _, text in placed])
    unseen = {
        place for place in look.unseen if any(map(str.isalnum, placed[place][0].text))
    }  # signs lack fonts
    unseen |= {place for place, (word, _) in enumerate(placed) if word.size < _MIN_SIZE}
    if len(unseen) > _LAYER_SHARE * len(placed) and has_page_image(page):
        return PageWords([word for word, _ in placed if word.size >= _MIN_SIZE], is_layer=True)
    return PageWords(
        [word for place, (word, _) in enumerate(placed) if place not in unseen],
        " ".join(placed[place][0].text for place in sorted(unseen)),
        pictures=look.pictures,
    )


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


class _Pen:
    """Looks up words of one page; its buffers are reused, since this is where the time goes."""

    def __init__(self, handle: object, place: Place) -> None:
        self._handle = handle
        self._place = place
        self._first, self._last = raw.FS_RECTF(), raw.FS_RECTF()
        self._first_at, self._last_at = ctypes.byref(self._first), ctypes.byref(self._last)
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._flags_at = ctypes.byref(self._flags)

    def word(self, text: str, start: int) -> tuple[Word, PlacedText]:
        """The word whose characters begin at index ``start``, and where it is painted."""
        is_broken = text[-1] in _HYPHENS
        cleaned = text if text.isascii() and text.isprintable() else clean_line(text)
        first, last = self._first, self._last
        raw.FPDFText_GetLooseCharBox(self._handle, start, self._first_at)
        raw.FPDFText_GetLooseCharBox(self._handle, start + len(text) - 1 - is_broken, self._last_at)
        box = (
            min(first.left, last.left),
            min(first.bottom, last.bottom),
            max(first.right, last.right),
            max(first.top, last.top),
        )
        left, top, right, bottom = self._place.box(*box)
        size = min(bottom - top, abs(first.top - first.bottom) or bottom - top)
        is_bold, is_italic = self._font(start)
        if is_broken and cleaned:
            cleaned += LINE_END_HYPHEN
        painter = raw.FPDFText_GetTextObject(self._handle, start)
        text_at = PlacedText(box, ctypes.addressof(painter.contents) if painter else 0)
        return Word(cleaned, left, top, right, bottom, size, is_bold, is_italic), text_at

    def _font(self, index: int) -> tuple[bool, bool]:
        raw.FPDFText_GetFontInfo(self._handle, index, self._name, 128, self._flags_at)
        is_bold, is_italic, is_plain = _font_style(self._name.value, self._flags.value)
        if not is_bold and not is_plain:
            is_bold = raw.FPDFText_GetFontWeight(self._handle, index) >= _BOLD_WEIGHT
        return is_bold, is_italic


@lru_cache(maxsize=512)
def _font_style(name: bytes, flags: int) -> tuple[bool, bool, bool]:
    """Bold, italic, and whether the name itself says that it is neither."""
    text = name.decode("utf-8", "replace")
    is_bold = bool(_BOLD.search(text)) or bool(flags & _FORCE_BOLD)
    is_italic = bool(_ITALIC.search(text)) or bool(flags & _ITALIC_FLAG)
    return is_bold, is_italic, bool(_PLAIN.search(text)) or is_italic
