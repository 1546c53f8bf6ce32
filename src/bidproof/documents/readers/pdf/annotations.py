"""What lies on a PDF page beside its text: filled-in fields, targets of links, typed notes and comments.

Values and targets become words among the page's own: a value behind its label, a target behind
the words that are the link.
"""

# pypdfium2 ships no types, and pypdfium2.raw is generated ctypes.
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bidproof.core.records import Box
from bidproof.documents.clean import clean_line, clean_lines
from bidproof.documents.notes import link_suffix
from bidproof.documents.readers.pdf.values import Value, place_values
from bidproof.documents.readers.pdf.words import Place, Word, display_place

_HIDDEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD = 1 << 13
_BOXES = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
_TYPED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
_COMMENTS = (
    raw.FPDF_ANNOT_TEXT,
    raw.FPDF_ANNOT_HIGHLIGHT,
    raw.FPDF_ANNOT_UNDERLINE,
    raw.FPDF_ANNOT_STRIKEOUT,
    raw.FPDF_ANNOT_SQUIGGLY,
    raw.FPDF_ANNOT_CARET,
)
_MAX_ANNOTATIONS, _MAX_BYTES = 5_000, 1 << 16

Rect = tuple[float, float, float, float]
"""Left, top, right and bottom in points from the top left of the page as displayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A reader's remark on a page, with its label, and where it is pinned."""

    text: str
    box: Box


@dataclass(slots=True, kw_only=True)
class PageAnnotations:
    """What was found on one page; links are (rectangle, target) in the file's order."""

    values: list[Value]
    links: list[tuple[Rect, str]]
    comments: list[Comment]
    hidden: list[str]

    def words(self, words: Sequence[Word]) -> list[Word]:
        """The page's words with values and targets among them."""
        return place_values(_with_targets(words, self.links), self.values)


def page_annotations(pdf: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> PageAnnotations:
    """Look at the fields, links and comments of a page; the file's forms are open."""
    found = PageAnnotations(values=[], links=[], comments=[], hidden=[])
    count = min(raw.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)
    if count <= 0:
        return found
    look = _Look(pdf, display_place(page))
    for index in range(count):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            look.add(annotation, found, number)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return found


class _Look:
    """Reads single annotations of one page."""

    def __init__(self, pdf: pdfium.PdfDocument, place: Place) -> None:
        self._pdf = pdf
        self._form = pdf.formenv.raw if pdf.formenv else None
        self._place = place

    def add(self, annotation: Any, found: PageAnnotations, number: int) -> None:
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        is_hidden = bool(raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN)
        rect = self._rect(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET and self._form is not None:
            for value in self._values(annotation, rect):
                if is_hidden:
                    found.hidden.append(value.text)
                else:
                    found.values.append(value)
        elif is_hidden:
            return
        elif kind == raw.FPDF_ANNOT_LINK:
            found.links += [(rect, target) for target in self._targets(annotation)]
        elif kind == raw.FPDF_ANNOT_FREETEXT:
            text = clean_lines(_string(annotation, b"Contents"))
            found.values += [Value(text=text, rect=rect)] if text else []
        elif kind in _COMMENTS and (text := clean_line(_string(annotation, b"Contents"))):
            author = clean_line(_string(annotation, b"T"))
            label = f"Comment ({author})" if author else "Comment"
            left, top, right, bottom = (round(side, 1) for side in rect)
            box = Box(page=number, left=left, top=top, right=right, bottom=bottom)
            found.comments.append(Comment(text=f"{label}: {text}", box=box))

    def _rect(self, annotation: Any) -> Rect:
        box = raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
        low, high = sorted((box.bottom, box.top))
        return self._place.box(box.left, low, box.right, high)

    def _values(self, annotation: Any, rect: Rect) -> Iterator[Value]:
        kind = raw.FPDFAnnot_GetFormFieldType(self._form, annotation)
        label = clean_line(self._field_text(raw.FPDFAnnot_GetFormFieldAlternateName, annotation))
        if kind in _BOXES:
            mark = "☒" if raw.FPDFAnnot_IsChecked(self._form, annotation) else "☐"
            yield Value(text=mark, rect=rect, label=label, is_mark=True)
        elif kind in _TYPED:
            is_secret = kind == raw.FPDF_FORMFIELD_TEXTFIELD and (
                raw.FPDFAnnot_GetFormFieldFlags(self._form, annotation) & _PASSWORD
            )
            text = clean_lines(self._field_text(raw.FPDFAnnot_GetFormFieldValue, annotation))
            if text and not is_secret:
                yield Value(text=text, rect=rect, label=label)

    def _field_text(self, read: Callable[..., int], annotation: Any) -> str:
        return _utf16(lambda buffer, length: read(self._form, annotation, buffer, length))

    def _targets(self, annotation: Any) -> Iterator[str]:
        link = raw.FPDFAnnot_GetLink(annotation)
        action = raw.FPDFLink_GetAction(link) if link else None
        if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
            return
        buffer = ctypes.create_string_buffer(_MAX_BYTES)
        length = raw.FPDFAction_GetURIPath(self._pdf.raw, action, buffer, _MAX_BYTES)
        if 0 < length <= _MAX_BYTES:
            yield buffer.raw[: length - 1].decode("utf-8", "replace")


def _string(annotation: Any, key: bytes) -> str:
    return _utf16(lambda buffer, length: raw.FPDFAnnot_GetStringValue(annotation, key, buffer, length))


def _utf16(read: Callable[[Any, int], int]) -> str:
    """What a function of pdfium writes as UTF-16 with a zero at its end, sizes in bytes."""
    length = read(None, 0)
    if not 2 < length <= _MAX_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(length)
    read(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")


def _with_targets(words: Sequence[Word], links: Sequence[tuple[Rect, str]]) -> list[Word]:
    """The words with the target of each link behind its last word; a link may run over several lines."""
    held: dict[str, list[int]] = {}
    for rect, target in links:
        inside = [index for index, word in enumerate(words) if _is_inside(word, rect)]
        if inside:
            held.setdefault(target, []).extend(inside)
    behind: dict[int, str] = {}
    for target, places in held.items():
        suffix = link_suffix(" ".join(words[place].text for place in sorted(set(places))), target)
        if suffix:
            behind[max(places)] = suffix.strip()
    shown: list[Word] = []
    for index, word in enumerate(words):
        shown.append(word)
        if index in behind:
            shown.append(word._replace(text=behind[index], left=word.right))
    return shown


def _is_inside(word: Word, rect: Rect) -> bool:
    left, top, right, bottom = rect
    return left <= (word.left + word.right) / 2 <= right and top <= (word.top + word.bottom) / 2 <= bottom
