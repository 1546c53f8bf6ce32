"""Hold every citation against the stored document: verbatim at its place, on exactly these pages."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from bidproof.answering.calibrated import with_confidence
from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId
from bidproof.core.records import Citation, Claim, Document, Draft, DraftState, Span, Support, Tier
from bidproof.documents.locations import span_cells, span_pages
from bidproof.runtime.past_documents import load_past
from bidproof.workspace.store import Workspace

Load = Callable[[DocumentId], Document]

_KEPT = 48
_MISPLACED = "the quote does not stand at its place in the stored document"


def document_loader(workspace: Workspace) -> Load:
    """Load documents of a workspace, approved answers among them; the last few dozen stay in memory."""

    @lru_cache(maxsize=_KEPT)
    def load(name: DocumentId) -> Document:
        return load_past(name, workspace.library) or workspace.documents.load(name)

    return load


def check_citations(draft: Draft, *, load: Load) -> Draft:
    """Set the pages or cells of each citation from its document, and refuse a quote that is not there.

    An engine sees passages, which may span pages; the document knows the page of
    every character. A misplaced quote, which only a change of the documents
    during the run can cause, takes the claim's support away and leaves the draft
    to a person.
    """
    claims = tuple(_check(claim, load) for claim in draft.claims)
    draft = replace(draft, claims=claims)
    if not any(_MISPLACED in claim.problems for claim in claims):
        return draft
    refused = replace(
        draft,
        state=DraftState.NEEDS_PERSON,
        support=Support.PARTIAL,
        tier=Tier.EXPERT,
        reasons=(*draft.reasons, f"{_MISPLACED}; run the same command again with --fresh"),
    )
    return replace(with_confidence(refused, None), tier=Tier.EXPERT)


def stands(citation: Citation, load: Load) -> bool:
    """Whether the stored document holds a quote at its place."""
    document = loaded(citation.document_id, load)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def _check(claim: Claim, load: Load) -> Claim:
    placed: list[Citation] = []
    problems = claim.problems
    for citation in claim.citations:
        document = loaded(citation.document_id, load)
        span = Span(start=citation.start, end=citation.end)
        if not stands(citation, load):
            problems = (*problems, _MISPLACED)
        if document is not None:
            pages, cells = span_pages(document, span), span_cells(document, span)
            citation = replace(citation, pages=pages, cells=cells)
        placed.append(citation)
    support = Support.NOT_FOUND if _MISPLACED in problems else claim.support
    return replace(claim, citations=tuple(placed), problems=problems, support=support)


def loaded(name: DocumentId, load: Load) -> Document | None:
    """The document; None where it was taken out since it was searched."""
    try:
        return load(name)
    except WorkspaceError as error:
        if error.code != "unknown-document":
            raise
        return None
