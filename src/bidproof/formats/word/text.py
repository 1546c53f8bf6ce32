"""What a Word paragraph shows: tracked insertions in; deletions, hidden runs and field codes out."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator

from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.xml import MC, stated, w
from bidproof.formats.xml import XmlElement

_FALLBACK = f"{{{MC}}}Fallback"
_SKIPPED = frozenset(
    {
        *map(w, ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent", "p", "tbl")),
        _FALLBACK,
    }
)
_BREAKS = {
    w("tab"): "\t",
    w("ptab"): "\t",
    w("br"): "\n",
    w("cr"): "\n",
    w("noBreakHyphen"): "-",
    w("softHyphen"): "",
}
_SHOWING = frozenset({*_BREAKS, w("t"), w("sym")})
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_SYMBOLS = {"a8": "☐", "6f": "☐", "fe": "☒", "fd": "☒", "78": "☒", "fc": "✓", "b7": "•"}
"""By the last two digits of the code, what private-use symbols of the Wingdings fonts stand for."""


def visible_text(element: XmlElement, styles: StyleSheet) -> str:
    """The text of one paragraph or control as a reader sees it; nested paragraphs are left out."""
    return _INVISIBLE.sub("", "".join(map(piece_text, shown_pieces(element, styles))))


def unseen_texts(element: XmlElement, styles: StyleSheet) -> Iterator[str]:
    """The texts below an element that :func:`visible_text` leaves out as unseen, by paragraph."""
    for paragraph in element.iter(w("p")):
        runs = [run for run in paragraph.iter(w("r")) if run.find(w("t")) is not None]
        hidden = [run for run in runs if styles.is_hidden(run) and _belongs(run, paragraph)]
        if hidden:
            yield "".join(text.text or "" for run in hidden for text in run.iter(w("t")))


def _belongs(run: XmlElement, paragraph: XmlElement) -> bool:
    return next(run.iterancestors(w("p"), _FALLBACK, w("del"))) is paragraph


def shown_pieces(element: XmlElement, styles: StyleSheet) -> Iterator[XmlElement]:
    """The elements that show text below one, in order: ``w:t``, breaks, symbols and boxes of old forms."""
    for child in element:
        if child.tag in _SHOWING or (child.tag == w("fldChar") and piece_text(child)):
            yield child
        elif child.tag not in _SKIPPED and not (child.tag == w("r") and styles.is_hidden(child)):
            yield from shown_pieces(child, styles)


def piece_text(piece: XmlElement) -> str:
    """What one of :func:`shown_pieces` shows."""
    if piece.tag == w("t"):
        return piece.text or ""
    if piece.tag == w("fldChar"):
        return _form_box(piece)
    if piece.tag == w("sym"):
        return _SYMBOLS.get(piece.get(w("char"), "").lower()[-2:], "")
    return _BREAKS.get(str(piece.tag), "")


def _form_box(field: XmlElement) -> str:
    """The box that a ``w:fldChar`` of an old form field shows; empty for other fields."""
    box = field.find(f"{w('ffData')}/{w('checkBox')}")
    if box is None:
        return ""
    checked = stated(box, "checked")
    return "☒" if (stated(box, "default") if checked is None else checked) else "☐"
