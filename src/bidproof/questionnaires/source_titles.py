"""Name the documents that an answer rests on in words that a buyer may read: title, section, sheet.

What a document is called inside the company (its file's name, "untitled", the name that a program
gave it) is nobody else's business. A document without a title of its own is called by its first
heading; where it has none, the citation stays without a name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from bidproof.core.errors import BidproofError
from bidproof.core.ids import DocumentId
from bidproof.core.records import BlockKind, Citation, Claim, Document, Draft, Span
from bidproof.documents.locations import DocumentPlaces
from bidproof.documents.media_types import MediaType
from bidproof.documents.titles import first_meaningful, title_from_name

_MAX_SECTION_CHARS = 120


@dataclass(kw_only=True)
class SourceTitles:
    """Renames what drafts cite; each document is looked through once.

    ``documents`` raises ``BidproofError`` for one that is not in the workspace.
    """

    documents: Callable[[DocumentId], Document]
    _places: dict[DocumentId, DocumentPlaces | None] = field(
        default_factory=dict[DocumentId, DocumentPlaces | None]
    )
    _titles: dict[DocumentId, str] = field(default_factory=dict[DocumentId, str])

    def rename(self, draft: Draft) -> Draft:
        """The draft with citations titled for the buyer; a title is empty where there is none to show."""
        return replace(draft, claims=tuple(map(self._renamed, draft.claims)))

    def _renamed(self, claim: Claim) -> Claim:
        citations = (replace(item, title=self._name(item)) for item in claim.citations)
        return replace(claim, citations=tuple(citations))

    def _name(self, citation: Citation) -> str:
        key = citation.document_id
        if key not in self._places:
            document = self._load(key)
            self._places[key] = DocumentPlaces(document) if document else None
            self._titles[key] = _title(citation, document)
        places, title = self._places[key], self._titles[key]
        if places is None or not title:
            return title
        path = places.find(Span(start=citation.start, end=citation.end)).heading_path
        is_sheet = places.document.media_type == MediaType.XLSX
        section = path[0] if is_sheet and path else next(reversed(path), "")
        if not section or section.casefold() == title.casefold() or len(section) > _MAX_SECTION_CHARS:
            return title
        return f"{title}, {'sheet' if is_sheet else 'section'} “{section}”"

    def _load(self, key: DocumentId) -> Document | None:
        try:
            return self.documents(key)
        except BidproofError:
            return None


def _title(citation: Citation, document: Document | None) -> str:
    """The document's own title, else its first heading; a workbook's headings only name its sheets."""
    path = PurePosixPath(citation.path)
    named = {path.stem.casefold(), path.name.casefold(), title_from_name(citation.path).casefold()}
    own = first_meaningful((document.title if document else citation.title).strip("()"))
    if own and own.casefold() not in named:
        return own
    if document is None or document.media_type == MediaType.XLSX:
        return ""
    headings = (
        document.text[block.start : block.end] for block in document.blocks if block.kind is BlockKind.HEADING
    )
    return first_meaningful(next(headings, ""))
