"""Names and small readings of WordprocessingML."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from functools import cache

from bidproof.formats.xml import XmlElement

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
XML = "http://www.w3.org/XML/1998/namespace"

_CHECKED = frozenset({"1", "true", "on"})
_OFF = frozenset({"0", "false", "off", "none"})


@cache
def w(name: str) -> str:
    """A WordprocessingML tag or attribute in lxml's notation."""
    return f"{{{W}}}{name}"


def w14(name: str) -> str:
    """A Word 2010 tag or attribute in lxml's notation."""
    return f"{{{W14}}}{name}"


def value_of(parent: XmlElement | None, name: str) -> str | None:
    """The ``w:val`` of a child such as ``w:pStyle``; None without the child, empty without the attribute."""
    child = None if parent is None else parent.find(w(name))
    return None if child is None else child.get(w("val"), "")


def number_of(parent: XmlElement | None, name: str) -> int | None:
    """The ``w:val`` of a child as a whole number; None where there is none."""
    text = value_of(parent, name) or ""
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None


def stated(properties: XmlElement | None, name: str) -> bool | None:
    """An on/off property such as ``w:b``: True or False when stated, None when not."""
    value = value_of(properties, name)
    return None if value is None else value.lower() not in _OFF


def is_checked(control: XmlElement) -> bool:
    """Whether a content control is a box that is ticked."""
    checked = control.find(f"{w('sdtPr')}/{w14('checkbox')}/{w14('checked')}")
    return checked is not None and checked.get(w14("val"), "1").lower() in _CHECKED
