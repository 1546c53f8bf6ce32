"""The report: one HTML file that shows every answer beside the words and the page it rests on.

It needs nothing else: no script, no font, no picture from elsewhere, and its
own policy forbids them. Everything from documents and questionnaires is text
in it, never markup.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bidproof.core.files import write_text
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Document, Draft, Questionnaire
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.versions import AmendReport
from bidproof.reports.answers.evidence import EvidenceRoom
from bidproof.reports.answers.pages import MAX_PAGES, GuardedArtist, PageAlbum
from bidproof.reports.answers.summary import STATE_LABELS, group_sections, summarise
from bidproof.reports.templates import render_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """The report as written.

    Attributes:
        path: Where it is.
        questions: Questions shown.
        citations: Distinct citations shown, counted once a question.
        page_images: Distinct pages pictured.
        pages_left_out: Cited pages without a picture because the report was full.
        size_bytes: Size of the file.
    """

    path: Path
    questions: int
    citations: int
    page_images: int
    pages_left_out: int
    size_bytes: int


def write_report(
    *,
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    documents: Callable[[DocumentId], Document],
    out: Path,
    title: str,
    written: WriteReport,
    amended: AmendReport | None = None,
    now: datetime | None = None,
    max_page_images: int = MAX_PAGES,
) -> ReportFile:
    """Write the report of one answering run, whole or not at all.

    Args:
        questionnaire: As read; a question without a draft is shown as left alone.
        drafts: By question id.
        documents: Loads a document by id; a ``BidproofError`` from it means that
            the workspace no longer has it, and the report says so.
        out: The HTML file; what stands there is replaced.
        title: The heading, usually the name of the buyer's file.
        written: What the same run wrote into the questionnaire, and which files.
        amended: How the questionnaire lies to an earlier version, where one was named.
        now: The time stated in the report; None means the present.
        max_page_images: Distinct pages pictured at most; the report says how many are left out.

    Raises:
        WriteFailed: Disk full, no permission or no such folder; what stood there still does.
    """
    with GuardedArtist() as artist:
        album = PageAlbum(artist, max_pages=max_page_images)
        room = EvidenceRoom(documents=documents, album=album)
        views = [
            room.view(question, drafts.get(question.id), index=index)
            for index, question in enumerate(questionnaire.questions, start=1)
        ]
    summary = summarise(questionnaire, drafts, views=views, room=room)
    text = render_page(
        "answers.html",
        now=now,
        title=title,
        questionnaire=questionnaire,
        outputs=[path.name for path in written.files],
        written=written,
        amended=amended,
        summary=summary,
        sections=group_sections(views),
        images=album.images,
        pages_left_out=len(album.left_out),
        labels=STATE_LABELS,
        amount=_amount,
    )
    write_text(out, text)
    return ReportFile(
        path=out,
        questions=len(views),
        citations=summary.citations,
        page_images=len(album.images),
        pages_left_out=len(album.left_out),
        size_bytes=len(text.encode("utf-8")),
    )


def _amount(value: float) -> str:
    """A count with commas; a cost or time with the digits that matter."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4f}" if 0 < value < 1 else f"{value:,.2f}"
