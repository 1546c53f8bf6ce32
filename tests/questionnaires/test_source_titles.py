"""What a buyer reads of a document's name: its own title, never what it is called inside the company."""

from datetime import date

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Block, BlockKind, Citation, Claim, Document, Draft, DraftState
from bidproof.documents.media_types import MediaType
from bidproof.questionnaires.evidence_text import name_sources
from bidproof.questionnaires.source_titles import SourceTitles

TEXT = "Backup policy\nSchedule\nBackups are kept for 35 days."
QUOTE = "Backups are kept for 35 days."


def document(title: str, *, path: str = "internal/bkp_v3.md", kind: str = MediaType.MARKDOWN) -> Document:
    headings = [(0, 13, 1), (14, 22, 2)]
    blocks = [Block(kind=BlockKind.HEADING, start=a, end=b, level=level) for a, b, level in headings]
    return Document(
        id=DocumentId("d"),
        path=path,
        source=path,
        content_hash="0",
        media_type=kind,
        title=title,
        text=TEXT,
        blocks=(*blocks, Block(kind=BlockKind.PARAGRAPH, start=23, end=len(TEXT))),
        written=date(2026, 1, 1),
    )


def named(found: Document | None, *, title: str = "(anonymous)", pages: tuple[int, ...] = (2,)) -> str:
    def load(key: DocumentId) -> Document:
        if found is None:
            raise WorkspaceError("no document", hint="ingest it")
        return found

    cited = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path=found.path if found else "internal/bkp_v3.md",
        title=title,
        quote=QUOTE,
        start=23,
        end=len(TEXT),
        pages=pages,
    )
    claims = (Claim(text=QUOTE, citations=(cited,)),)
    draft = Draft(question_id=QuestionId("1"), state=DraftState.DRAFTED, claims=claims)
    return name_sources(SourceTitles(documents=load).rename(draft))


def test_title_section_and_page_are_named() -> None:
    shown = named(document("Continuity handbook"))
    assert shown == "Continuity handbook, section “Schedule”, page 2"


@pytest.mark.parametrize(
    "title", ["(anonymous)", "untitled", "Microsoft Word - bkp_v3.docx", "bkp_v3", "bkp v3", "bkp_v3.md", ""]
)
def test_a_name_that_says_nothing_gives_way_to_the_first_heading(title: str) -> None:
    assert named(document(title)) == "Backup policy, section “Schedule”, page 2"


def test_a_workbook_names_its_sheet_and_is_never_called_by_it() -> None:
    sheet = document("Control register", path="ctl.xlsx", kind=MediaType.XLSX)
    assert named(sheet, pages=()) == "Control register, sheet “Backup policy”"
    assert named(document("ctl", path="ctl.xlsx", kind=MediaType.XLSX)) == ""


def test_a_document_that_is_gone_keeps_a_title_fit_to_show() -> None:
    assert named(None, title="Continuity handbook") == "Continuity handbook, page 2"
    assert named(None, title="bkp_v3") == ""
