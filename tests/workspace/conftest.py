"""An open workspace, and records to put into it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.ids import DocumentId, PassageId, QuestionId, document_id
from bidproof.core.records import (
    Block,
    BlockKind,
    Box,
    Citation,
    Claim,
    Document,
    Draft,
    DraftState,
    PageSpan,
    Passage,
    ScoredPassage,
    Support,
    Tier,
    Trust,
    Usage,
)
from bidproof.workspace.store import Workspace


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, made once: copying it takes no time."""
    folder = tmp_path_factory.mktemp("empty")
    Workspace.open(folder).close()
    return folder / "bidproof.db"


@pytest.fixture
def workspace(tmp_path: Path, empty_database: Path) -> Iterator[Workspace]:
    (tmp_path / "tenant").mkdir()
    shutil.copy(empty_database, tmp_path / "tenant")
    with Workspace.open(tmp_path / "tenant") as opened:
        yield opened


@pytest.fixture
def make_document() -> Callable[..., Document]:
    def make(
        path: str = "policies/security.pdf", text: str = "Security\nWe encrypt data at rest."
    ) -> Document:
        return Document(
            id=document_id(path),
            path=path,
            source=f"/srv/{path}",
            content_hash="c" * 64,
            media_type="application/pdf",
            title="Security policy",
            text=text,
            blocks=(
                Block(kind=BlockKind.HEADING, start=0, end=8, level=1, page=1),
                Block(
                    kind=BlockKind.PARAGRAPH,
                    start=9,
                    end=len(text),
                    page=1,
                    boxes=(Box(page=1, left=1.5, top=2.0, right=3.25, bottom=4.0),),
                ),
            ),
            pages=(PageSpan(page=1, start=0, end=len(text), is_ocr=True),),
            written=date(2024, 2, 29),
            expires=date(2027, 1, 1),
            tags=("security", "public"),
            trust=Trust.THIRD_PARTY,
            warnings=("page 2 is empty",),
        )

    return make


@pytest.fixture
def make_draft() -> Callable[..., Draft]:
    def make(question: str = "1.1", state: DraftState = DraftState.DRAFTED, text: str = "Yes.") -> Draft:
        citation = Citation(
            passage_id=PassageId("p1"),
            document_id=DocumentId("d1"),
            path="security.pdf",
            title="Security policy",
            quote="We encrypt data at rest.",
            start=9,
            end=33,
            pages=(1,),
        )
        passage = Passage(
            id=PassageId("p1"),
            document_id=DocumentId("d1"),
            path="security.pdf",
            title="Security policy",
            start=9,
            end=33,
            text="We encrypt data at rest.",
            heading_path=("Security",),
        )
        return Draft(
            question_id=QuestionId(question),
            state=state,
            text=text,
            choice="Yes",
            claims=(Claim(text=text, citations=(citation,), support=Support.SUPPORTED),),
            support=Support.SUPPORTED,
            confidence=0.75,
            tier=Tier.REVIEW,
            reasons=("quoted verbatim",),
            passages=(ScoredPassage(passage=passage, score=0.5, rank=1, parts={"keyword": 0.25}),),
            usage=Usage(calls=1, prompt_tokens=10, completion_tokens=2, cost_usd=0.01, seconds=0.5),
        )

    return make
