"""What Office files of every kind say about themselves."""

from dataclasses import dataclass
from datetime import date

from bidproof.core.errors import UnreadableFile
from bidproof.documents.dates import parse_date
from bidproof.documents.protocol import SourceFile
from bidproof.formats.xml import parse_xml
from bidproof.formats.zip.package import package_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeProperties:
    """A file's stated title, empty when it has none, and the day it was last saved."""

    title: str = ""
    written: date | None = None


def read_properties(file: SourceFile) -> OfficeProperties:
    """Read the core properties of an Office file; empty where they are missing or broken."""
    package = package_of(file.name, file.data)
    part = package.find("docProps/core.xml")
    try:
        found = () if part is None else tuple(parse_xml(package, part))
    except UnreadableFile:
        found = ()
    texts = {str(item.tag).rsplit("}", 1)[-1]: item.text or "" for item in found}
    written = parse_date(texts.get("modified", "")) or parse_date(texts.get("created", ""))
    return OfficeProperties(title=texts.get("title", ""), written=written)
