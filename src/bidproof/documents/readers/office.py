"""What Office files of every kind say about themselves."""

from dataclasses import dataclass
from datetime import date

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from bidproof.documents.dates import parse_date
from bidproof.documents.protocol import SourceFile
from bidproof.formats.zip.package import package_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeProperties:
    """A file's stated title, empty when it has none, and the day it was last saved."""

    title: str = ""
    written: date | None = None


def read_properties(file: SourceFile) -> OfficeProperties:
    """Read the core properties of a Word, PowerPoint or Excel file; empty where they are missing or broken.

    Raises:
        UnreadableFile: The package around them is damaged.
    """
    package = package_of(file.name, file.data)
    part = package.find("docProps/core.xml")
    if part is None:
        return OfficeProperties()
    try:
        root = ElementTree.fromstring(package.read(part))
    except (ElementTree.ParseError, DefusedXmlException):
        return OfficeProperties()
    texts = {item.tag.rsplit("}", 1)[-1]: item.text or "" for item in root}
    written = parse_date(texts.get("modified", "")) or parse_date(texts.get("created", ""))
    return OfficeProperties(title=texts.get("title", ""), written=written)
