"""Open a Word package without trusting it, and copy one with its main part exchanged."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass

from bidproof.core.errors import UnreadableFile
from bidproof.formats.word.xml import w
from bidproof.formats.xml import XmlElement, parse_xml
from bidproof.formats.zip.package import Package, damaged

_STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MAIN_TYPES = ("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPackage:
    """A Word file's zip and the name of the part that holds its text."""

    zip: Package
    main: str

    def part(self, name: str) -> XmlElement | None:
        """Parse a part that stands beside the main one, such as ``styles.xml``; None when absent.

        Raises:
            UnreadableFile: The part is damaged or declares entities.
        """
        folder = self.main.rpartition("/")[0]
        found = self.zip.find(f"{folder}/{name}")
        return None if found is None else parse_xml(self.zip, found)

    def document(self) -> XmlElement:
        """Parse the main part; it has a ``w:body``.

        Raises:
            UnreadableFile: It is damaged, or not transitional Open XML.
        """
        root = parse_xml(self.zip, self.main)
        if root.tag == f"{{{_STRICT_W}}}document":
            raise UnreadableFile(
                f"cannot read {self.zip.name!r}: found Strict Open XML, expected the usual kind",
                hint="save it in Word as 'Word Document (.docx)'",
                code="unsupported-type",
            )
        if root.tag != w("document") or root.find(w("body")) is None:
            raise damaged(self.zip.name, f"no document body in {self.main}")
        return root


def open_word(package: Package) -> WordPackage:
    """Find the main part of a Word file: by content type, since its name is free.

    Raises:
        UnreadableFile: The zip holds no Word document.
    """
    types = package.find("[Content_Types].xml")
    for item in () if types is None else parse_xml(package, types):
        found = package.find(item.get("PartName", ""))
        if found is not None and item.get("ContentType", "").endswith(_MAIN_TYPES):
            return WordPackage(zip=package, main=found)
    named = package.find("word/document.xml")
    if types is None or named is None:
        raise damaged(package.name, "no Word document inside")
    return WordPackage(zip=package, main=named)
