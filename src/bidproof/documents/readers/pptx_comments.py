"""Comments on slides, of the older kind and the threaded one."""

# python-pptx ships without complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import Iterator
from typing import Any

from bidproof.documents.clean import clean_line
from bidproof.formats.xml import parse_xml
from bidproof.formats.zip.package import Package


class SlideComments:
    """The comments of one presentation, each with who wrote it."""

    def __init__(self, package: Package) -> None:
        self._package = package
        names = (entry.filename for entry in package.entries)
        self._authors = {
            item.get("id", ""): clean_line(item.get("name", ""))
            for name in names
            if name.endswith(("/commentAuthors.xml", "/authors.xml"))
            for item in parse_xml(package, name).iter("{*}cmAuthor", "{*}author")
        }

    def of(self, slide: Any) -> Iterator[str]:
        """The comments on a slide, labelled.

        Raises:
            UnreadableFile: Their part is damaged.
        """
        for relation in slide.part.rels.values():
            if relation.is_external or not relation.reltype.endswith("/comments"):
                continue
            part = str(relation.target_part.partname).lstrip("/")
            for item in parse_xml(self._package, part).iter("{*}cm", "{*}reply"):
                plain, rich = item.findall("{*}text"), item.findall("{*}txBody//{*}t")
                text = clean_line("".join(piece.text or "" for piece in plain or rich))
                author = self._authors.get(item.get("authorId", ""), "")
                if text:
                    yield f"{f'Comment ({author})' if author else 'Comment'}: {text}"
