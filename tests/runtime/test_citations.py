"""Citations are held against the stored document before anything is saved."""

from dataclasses import replace

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, PassageId, QuestionId, document_id
from bidproof.core.records import (
    Block,
    BlockKind,
    Citation,
    Claim,
    Document,
    Draft,
    DraftState,
    PageSpan,
    Support,
    Tier,
)
from bidproof.runtime.citations import check_citations

TEXT = "Backups run nightly.\nRestores are tested each quarter."
DOCUMENT = Document(
    id=document_id("a.pdf"),
    path="a.pdf",
    source="/a.pdf",
    content_hash="0",
    media_type="application/pdf",
    title="A",
    text=TEXT,
    blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(TEXT)),),
    pages=(PageSpan(page=1, start=0, end=20), PageSpan(page=2, start=21, end=len(TEXT))),
)


def draft(quote: str, start: int) -> Draft:
    citation = Citation(
        passage_id=PassageId("p"),
        document_id=DOCUMENT.id,
        path="a.pdf",
        title="A",
        quote=quote,
        start=start,
        end=start + len(quote),
        pages=(1, 2),
    )
    claim = Claim(text=quote, citations=(citation,), support=Support.SUPPORTED)
    return Draft(
        question_id=QuestionId("q"),
        state=DraftState.DRAFTED,
        claims=(claim,),
        support=Support.SUPPORTED,
        tier=Tier.REVIEW,
    )


@pytest.mark.parametrize(("quote", "page"), [("Backups run nightly.", 1), ("Restores are tested", 2)])
def test_pages_are_those_of_the_quote_alone(quote: str, page: int) -> None:
    checked = check_citations(draft(quote, TEXT.index(quote)), load=lambda _: DOCUMENT)
    assert checked.claims[0].citations[0].pages == (page,)
    assert checked == replace(checked, state=DraftState.DRAFTED, support=Support.SUPPORTED)


def test_quote_that_moved_is_left_to_a_person() -> None:
    checked = check_citations(draft("Restores are tested", 3), load=lambda _: DOCUMENT)
    assert checked.state is DraftState.NEEDS_PERSON
    assert checked.tier is Tier.EXPERT
    assert checked.claims[0].support is Support.NOT_FOUND
    assert "does not stand at its place" in checked.claims[0].problems[0]
    assert "--fresh" in checked.reasons[-1]


def test_a_document_taken_out_meanwhile_leaves_the_draft_to_a_person() -> None:
    def gone(name: DocumentId) -> Document:
        raise WorkspaceError(f"no {name}", hint="", code="unknown-document")

    checked = check_citations(draft("Backups run nightly.", 0), load=gone)
    assert checked.state is DraftState.NEEDS_PERSON
    assert checked.claims[0].support is Support.NOT_FOUND
