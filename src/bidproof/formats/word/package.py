"""Open a Word package without trusting it, and copy one with some parts exchanged."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml names the type of its elements with an underscore; it is public under this name here.
# pyright: reportPrivateUsage=false
# The stubs of a parsed document's facts lack its document type.
# pyright: reportAttributeAccessIssue=false

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import write_whole
from bidproof.formats.zip.package import Package, replace_parts
from bidproof.formats.zip.package import open_package as open_zip

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
XML = "http://www.w3.org/XML/1998/namespace"

_STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_TYPES = ("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")
_CLEAN_COPY = "ask the sender for a clean copy; nothing of this file was used"
_SAVE_AGAIN = "open it in Word and save it again as .docx without a password, or ask for a new copy"

XmlElement = etree._Element
"""An element of a parsed part."""


def w(name: str) -> str:
    """A WordprocessingML tag or attribute in lxml's notation."""
    return f"{{{W}}}{name}"


def w14(name: str) -> str:
    """A Word 2010 tag or attribute in lxml's notation."""
    return f"{{{W14}}}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocxPackage:
    """The parts of a Word file that reading and writing need, as bytes; None where absent."""

    path: Path
    zip: Package
    document_name: str
    document: bytes
    numbering: bytes | None
    styles: bytes | None

    @property
    def raw(self) -> bytes:
        """The whole file."""
        return self.zip.raw


def open_package(path: Path) -> DocxPackage:
    """Read a Word package's parts, each within fixed limits.

    Raises:
        UnreadableFile: Not a Word document, encrypted, damaged, or over a limit.
    """
    try:
        package = open_zip(path)
        name = _document_name(path, package)
        folder = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
        return DocxPackage(
            path=path,
            zip=package,
            document_name=name,
            document=package.read(name),
            numbering=_optional(package, f"{folder}numbering.xml"),
            styles=_optional(package, f"{folder}styles.xml"),
        )
    except UnreadableFile as error:
        if _starts_with(path, _OLE_MAGIC):
            raise _unreadable(path, "found an encrypted or old binary Word file, expected .docx") from error
        message = error.message.replace("a whole workbook", "a whole Word document")
        hint = error.hint.replace("in a spreadsheet program", "in Word").replace(".xlsx", ".docx")
        raise UnreadableFile(message, hint=hint, code=error.code) from error


def _starts_with(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(magic)) == magic
    except OSError:
        return False


def parse_part(data: bytes, *, path: Path, part: str) -> XmlElement:
    """Parse one XML part without entities, network or oversized trees.

    Raises:
        UnreadableFile: The part is not well-formed or declares entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(path, f"{part} is not well-formed XML ({error})") from error
    if root.getroottree().docinfo.doctype:
        raise _unreadable(path, f"{part} declares a document type, expected plain XML", _CLEAN_COPY)
    return root


def parse_document(package: DocxPackage) -> XmlElement:
    """Parse the main part of a package and check that it is a transitional Word document.

    Raises:
        UnreadableFile: The part is not one that this program reads.
    """
    root = parse_part(package.document, path=package.path, part=package.document_name)
    if root.tag == f"{{{_STRICT_W}}}document":
        raise _unreadable(package.path, "found Strict Open XML", "save it in Word as 'Word Document (.docx)'")
    if root.tag != w("document") or root.find(w("body")) is None:
        raise _unreadable(
            package.path, f"found no document body in {package.document_name}", "save it again as .docx"
        )
    return root


def save_package(package: DocxPackage, *, document: bytes, out: Path) -> None:
    """Write a copy with another main part; every other entry keeps its compressed bytes.

    A full disk or a kill leaves whatever stood at ``out`` before.

    Raises:
        WriteFailed: The output cannot be written.
    """
    changed: Mapping[str, bytes] = {package.document_name: document}
    write_whole(out, replace_parts(package.zip, changed, {}))


def _optional(package: Package, name: str) -> bytes | None:
    found = package.find(name)
    return None if found is None else package.read(found)


def _document_name(path: Path, package: Package) -> str:
    """The entry of the main part: by content type, since its name is free."""
    types = _optional(package, "[Content_Types].xml")
    if types is None:
        raise _unreadable(path, "found a zip without content types, expected a Word document")
    for item in parse_part(types, path=path, part="[Content_Types].xml"):
        found = package.find(item.get("PartName", ""))
        if found is not None and item.get("ContentType", "").endswith(_MAIN_TYPES):
            return found
    named = package.find("word/document.xml")
    if named is None:
        raise _unreadable(path, "found no Word document inside")
    return named


def _unreadable(path: Path, found: str, hint: str = _SAVE_AGAIN) -> UnreadableFile:
    return UnreadableFile(f"cannot read {path.name!r}: {found}", hint=hint)
