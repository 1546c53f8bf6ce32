"""Parse the XML of a package's parts without trusting it: no entities, no network, no oversized trees.

A tree serves most; a walk also reports where in the bytes an element stands, which is what
lets a writer change one cell and leave every other byte of a sheet alone.
"""

# lxml's stubs leave parts of the tree API untyped, and lack a parsed document's type.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# lxml names the type of its elements with an underscore; it is public under this name here.
# pyright: reportPrivateUsage=false

import re
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat  # entity declarations are refused below, before any could expand

from lxml import etree

from bidproof.formats.zip.package import Package, damaged, unsafe_xml

XmlElement = etree._Element
"""An element of a parsed part."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDS_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")


def parse_xml(package: Package, part: str) -> XmlElement:
    """Parse one part of a package into a tree.

    Raises:
        UnreadableFile: The part is absent, not well-formed, or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(package.read(part), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(package.name, f"its part {part!r} is not well-formed XML ({error})") from error
    if root.getroottree().docinfo.doctype:
        raise unsafe_xml(package.name, part)
    return root


class XmlListener(Protocol):
    """Receives elements by their local name; attribute names lose their namespace too."""

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        """An element opens; ``position`` is the byte offset of its ``<``."""
        ...

    def end(self, name: str, position: int) -> None:
        """An element closes; ``position`` is the byte offset just behind it."""
        ...

    def text(self, text: str) -> None:
        """Characters, possibly a part of a run."""
        ...


def walk_xml(content: bytes, listener: XmlListener, *, file: str, part: str) -> None:
    """Report every element of a part to a listener, in order.

    Raises:
        UnreadableFile: Not well-formed, or it declares a document type (which
            is how entity bombs and external entities arrive).
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    empty_until: list[int] = []  # for each open element: the end of its tag when that is <a/>, else 0

    def refuse(*_: object) -> None:
        raise unsafe_xml(file, part)

    def start(name: str, attributes: dict[str, str]) -> None:
        position = parser.CurrentByteIndex
        close = tag_end(content, position)
        empty_until.append(close if content[close - 2 : close] == b"/>" else 0)
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        listener.start(name.rpartition(" ")[2], local, position)

    def end(name: str) -> None:
        position = empty_until.pop() or tag_end(content, parser.CurrentByteIndex)
        listener.end(name.rpartition(" ")[2], position)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise damaged(file, f"its part {part!r} is not well-formed XML ({error})") from error


def tag_end(content: bytes, position: int) -> int:
    """The byte offset just behind the tag that starts at ``position``, or ``position`` if none does."""
    match = _TAG.match(content, position)
    return match.end() if match else position


def unescape_text(text: str) -> str:
    """Turn ``_x000D_`` and its like into the characters they stand for (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def legal_text(text: str) -> str:
    """Drop the characters that XML cannot carry, and make every line end a plain line feed."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape_text(text: str) -> str:
    """Escape a cleaned text for element content so that a reader gets it back unchanged."""
    kept = _NEEDS_ESCAPE.sub("_x005F_", text)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
