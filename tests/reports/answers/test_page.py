import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.errors import WorkspaceError, WriteFailed
from bidproof.core.ids import DocumentId, PassageId, QuestionId, document_id
from bidproof.core.records import (
    AnswerSlot,
    Block,
    BlockKind,
    Box,
    Citation,
    Claim,
    Document,
    Draft,
    DraftState,
    Likeness,
    PageSpan,
    Passage,
    Question,
    Questionnaire,
    ScoredPassage,
    SlotPurpose,
    Suggestion,
    Support,
    Tier,
    Usage,
)
from bidproof.questionnaires.protocol import WriteReport
from bidproof.reports.answers.page import ReportFile, write_report

SENTENCE = "Backups are kept for 35 days."
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """Documents by id, as the workspace would load them."""

    documents: dict[DocumentId, Document]

    def load(self, key: DocumentId) -> Document:
        if key not in self.documents:
            raise WorkspaceError(f"cannot load document {key!r}", hint="ingest again")
        return self.documents[key]


class Page(HTMLParser):
    """What a reader of the report would meet: text, tags, and every reference."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.words: list[str] = []
        self.marked: list[str] = []
        self.labels: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "action", "data", "poster", "srcset", "xlink:href", "background"}:
                self.references.append(value or "")
            if name == "aria-label":
                self.labels.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            assert not name.startswith("on")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "mark":
            self.marked.append(data)
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def make_pdf(folder: Path) -> Document:
    path = folder / "plan.pdf"
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(72, A4[1] - 100, "Continuity plan")
    canvas.drawString(72, A4[1] - 140, f"{SENTENCE} They are encrypted.")
    canvas.showPage()
    canvas.save()
    text = f"Continuity plan\n\n{SENTENCE} They are encrypted."
    return Document(
        id=document_id("plan.pdf"),
        path="plan.pdf",
        source=str(path),
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        media_type="application/pdf",
        title="Continuity plan",
        text=text,
        blocks=(
            Block(
                kind=BlockKind.HEADING,
                start=0,
                end=15,
                level=1,
                page=1,
                boxes=(Box(page=1, left=72, top=90, right=160, bottom=104),),
            ),
            Block(
                kind=BlockKind.PARAGRAPH,
                start=17,
                end=len(text),
                page=1,
                boxes=(Box(page=1, left=72, top=130, right=340, bottom=144),),
            ),
        ),
        pages=(PageSpan(page=1, start=0, end=len(text)),),
    )


def make_text(folder: Path, text: str, *, name: str = "notes.md") -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Document(
        id=document_id(name),
        path=name,
        source=str(path),
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        media_type="text/markdown",
        title=name,
        text=text,
        blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text)),),
    )


def cite(document: Document, quote: str, *, pages: tuple[int, ...] = ()) -> Citation:
    start = document.text.index(quote)
    return Citation(
        passage_id=PassageId("p1"),
        document_id=document.id,
        path=document.path,
        title=document.title,
        quote=quote,
        start=start,
        end=start + len(quote),
        pages=pages,
    )


def drafted(name: str, *citations: Citation, text: str = SENTENCE) -> Draft:
    return Draft(
        question_id=QuestionId(name),
        state=DraftState.DRAFTED,
        text=text,
        claims=(Claim(text=text, citations=citations, support=Support.SUPPORTED),),
        support=Support.SUPPORTED,
        tier=Tier.REVIEW,
        engine="extractive",
        program_digest="abc123",
        usage=Usage(seconds=0.5),
    )


def asked(name: str, text: str = "How long are backups kept?", *, section: str = "Continuity") -> Question:
    return Question(id=QuestionId(name), text=text, buyer_id=name, section_path=("Sheet", section))


Writer = Callable[..., ReportFile]

WRITTEN = WriteReport(
    files=(Path("/somewhere/bid.answered.xlsx"),),
    filled=3,
    partly=81,
    left_blank=2,
    slots={"comment": 84},
    skipped=("Q9: choice left blank",),
    clipped=("'S'!D5: 4 of 12 lines show",),
)


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def run(
        questions: list[Question], drafts: list[Draft], shelf: Shelf, title: str = "bid.xlsx", **more: object
    ) -> ReportFile:
        return write_report(
            questionnaire=Questionnaire(
                path="bid.xlsx",
                content_hash="0" * 64,
                format="xlsx",
                questions=tuple(questions),
                confidence=1.0,
            ),
            drafts={draft.question_id: draft for draft in drafts},
            documents=shelf.load,
            out=tmp_path / "report.html",
            title=title,
            written=WRITTEN,
            now=NOON,
            **more,  # type: ignore[arg-type]
        )

    return run


def test_a_quote_from_a_pdf_is_marked_in_its_text_and_on_its_page(write: Writer, tmp_path: Path) -> None:
    document = make_pdf(tmp_path)
    made = write(
        [asked("Q1")], [drafted("Q1", cite(document, SENTENCE, pages=(1,)))], Shelf({document.id: document})
    )
    html = made.path.read_text("utf-8")
    page = Page(html)
    assert page.marked == [SENTENCE]
    assert "They are encrypted." in page.text
    pictures = [item for item in page.references if item.startswith("data:")]
    assert len(pictures) == made.page_images == 1
    assert pictures[0].startswith("data:image/png;base64,iVBORw0KGgo")
    assert "Page 1 of Continuity plan, the quote highlighted" in page.labels
    box = re.search(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', html)
    assert box
    assert [float(value) for value in box.groups()[:2]] == [70.5, 129.0]
    assert 150 < float(box.group(3)) < 200


def test_a_page_cited_twice_is_pictured_once(write: Writer, tmp_path: Path) -> None:
    document = make_pdf(tmp_path)
    citation = cite(document, SENTENCE, pages=(1,))
    made = write(
        [asked("Q1"), asked("Q2")],
        [drafted("Q1", citation), drafted("Q2", citation)],
        Shelf({document.id: document}),
    )
    page = Page(made.path.read_text("utf-8"))
    assert sum(item.startswith("data:") for item in page.references) == 1
    assert page.references.count("#page-1") == 4


def test_pages_beyond_the_limit_are_left_out_and_counted(write: Writer, tmp_path: Path) -> None:
    document = make_pdf(tmp_path)
    made = write(
        [asked("Q1")],
        [drafted("Q1", cite(document, SENTENCE, pages=(1,)))],
        Shelf({document.id: document}),
        max_page_images=0,
    )
    page = Page(made.path.read_text("utf-8"))
    assert (made.page_images, made.pages_left_out) == (0, 1)
    assert "Pictures of 1 cited page are left out" in page.text
    assert page.marked == [SENTENCE]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("vanish", "The file is no longer where it was read"),
        ("edit", "The file has changed since it was read"),
    ],
)
def test_a_source_that_is_not_what_was_read_gets_a_note_and_no_picture(
    write: Writer, tmp_path: Path, change: str, said: str
) -> None:
    document = make_pdf(tmp_path)
    if change == "vanish":
        Path(document.source).unlink()
    else:
        Path(document.source).write_bytes(b"%PDF-1.4 another file")
    made = write(
        [asked("Q1")], [drafted("Q1", cite(document, SENTENCE, pages=(1,)))], Shelf({document.id: document})
    )
    page = Page(made.path.read_text("utf-8"))
    assert said in page.text
    assert made.page_images == 0
    assert page.marked == [SENTENCE]


def test_a_document_that_left_the_workspace_keeps_its_quote(write: Writer, tmp_path: Path) -> None:
    document = make_text(tmp_path, SENTENCE)
    made = write([asked("Q1")], [drafted("Q1", cite(document, SENTENCE))], Shelf({}))
    page = Page(made.path.read_text("utf-8"))
    assert "no longer in the workspace" in page.text
    assert page.marked == [SENTENCE]
    assert "0 / 1" in page.text


def test_a_quote_that_is_not_at_its_place_is_counted_and_said(write: Writer, tmp_path: Path) -> None:
    document = make_text(tmp_path, SENTENCE)
    newer = replace(document, text="Backups are kept for 14 days.")
    made = write([asked("Q1")], [drafted("Q1", cite(document, SENTENCE))], Shelf({document.id: newer}))
    page = Page(made.path.read_text("utf-8"))
    assert "was read anew since" in page.text
    assert "0 / 1" in page.text
    assert "14 days" not in page.text


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \"quoted\" 'single' & {{ 7*7 }} </style></mark>"
)


def test_everything_from_outside_is_text(write: Writer, tmp_path: Path) -> None:
    body = f"{HOSTILE} [link](javascript:alert(3)) https://evil.example/x"
    document = replace(make_text(tmp_path, body), title=HOSTILE)
    question = replace(
        asked("Q1", HOSTILE, section=HOSTILE),
        buyer_id=HOSTILE,
        guidance=HOSTILE,
        options=(HOSTILE,),
    )
    draft = replace(
        drafted("Q1", cite(document, body), text=body),
        choice=HOSTILE,
        reasons=(HOSTILE,),
        error=HOSTILE,
        engine=HOSTILE,
        program_digest=HOSTILE,
    )
    made = write([question], [draft], Shelf({document.id: document}), title=HOSTILE)
    page = Page(made.path.read_text("utf-8"))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "49" not in page.text
    assert page.marked == [body]
    assert page.text.count("<script>alert(1)</script>") >= 8
    assert not any("javascript:" in item for item in page.references)


def test_nothing_is_loaded_from_elsewhere(write: Writer, tmp_path: Path) -> None:
    document = make_pdf(tmp_path)
    made = write(
        [asked("Q1"), asked("Q2")],
        [drafted("Q1", cite(document, SENTENCE, pages=(1,)))],
        Shelf({document.id: document}),
    )
    html = made.path.read_text("utf-8")
    page = Page(html)
    assert {item[:1] if item.startswith("#") else item[:10] for item in page.references} == {
        "#",
        "data:image",
    }
    assert {item[1:] for item in page.references if item.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in html
    assert "url(" not in html
    assert "@import" not in html


def test_control_and_direction_characters_are_dropped(write: Writer, tmp_path: Path) -> None:
    document = make_text(tmp_path, SENTENCE)
    draft = drafted("Q1", cite(document, SENTENCE))
    made = write(
        [asked("Q1", "safe\u202eexe\x00.txt \ud800")], [draft], Shelf({document.id: document}), title="a\x08b"
    )
    html = made.path.read_text("utf-8")
    assert "safeexe.txt" in html
    assert "<h1>ab</h1>" in html


def test_every_state_is_counted_and_shown(write: Writer, tmp_path: Path) -> None:
    document = make_text(tmp_path, SENTENCE)
    passage = Passage(
        id=PassageId("p1"),
        document_id=document.id,
        path=document.path,
        title=document.title,
        start=0,
        end=len(SENTENCE),
        text=SENTENCE,
    )
    drafts = [
        drafted("Q1", cite(document, SENTENCE)),
        Draft(
            question_id=QuestionId("Q2"),
            state=DraftState.NOT_FOUND,
            reasons=("no passage says it",),
            passages=(ScoredPassage(passage=passage, score=0.1, rank=1),),
        ),
        Draft(question_id=QuestionId("Q3"), state=DraftState.FAILED, error="error[model-timeout]: no reply"),
    ]
    kept = replace(
        asked("Q4"), slots=(AnswerSlot(purpose=SlotPurpose.ANSWER, location="C9", current="As agreed"),)
    )
    drafts.append(replace(drafted("Q5", cite(document, SENTENCE)), state=DraftState.SUGGESTED))
    made = write(
        [asked("Q1"), asked("Q2"), asked("Q3"), kept, asked("Q5")],
        drafts,
        Shelf({document.id: document}),
        title="bid.xlsx",
    )
    page = Page(made.path.read_text("utf-8"))
    assert "1 drafted, 1 suggested, 1 not found, 1 failed, 1 left as it was" in page.labels
    assert "1 of 4 questions drafted from evidence" in page.text
    assert "25%" in page.text
    for words in ("no passage says it", "error[model-timeout]: no reply", "As agreed", "Uncalibrated."):
        assert words in page.text
    assert "bid.answered.xlsx" in page.text
    assert "4 May 2026, 12:00 UTC" in page.text


def test_a_past_answer_that_comes_near_is_shown_with_what_speaks_against_it(write: Writer) -> None:
    near = Suggestion(
        library_id=1,
        question="Are <b>copies</b> kept?",
        text="Thirty days.",
        choice="Yes",
        likeness=Likeness.LIKELY,
        reasons=("check: opposite wording",),
        approver="Ann",
        approved=date(2026, 1, 5),
        source="caiq.xlsx",
    )
    made = write([asked("Q1")], [replace(drafted("Q1"), suggestions=(near,))], Shelf({}))
    card = Page(made.path.read_text("utf-8")).text.split("Past answers that come near")[1]
    for words in (
        "likely",
        "Are <b>copies</b> kept?",
        "Yes",
        "Thirty days.",
        "caiq.xlsx",
        "opposite wording",
    ):
        assert words in card


def test_a_calibrated_run_is_not_called_uncalibrated(write: Writer, tmp_path: Path) -> None:
    document = make_text(tmp_path, SENTENCE)
    draft = replace(drafted("Q1", cite(document, SENTENCE)), confidence=0.93, tier=Tier.READY)
    page = Page(write([asked("Q1")], [draft], Shelf({document.id: document})).path.read_text("utf-8"))
    assert "Uncalibrated." not in page.text
    assert "Ready, 93%" in page.text


def test_what_was_written_is_counted_and_what_is_clipped_named(write: Writer) -> None:
    made = write([asked("Q1")], [], Shelf({}))
    text = Page(made.path.read_text("utf-8")).text
    assert "3 filled, 81 filled in part, 2 left blank" in text
    assert "84 comment" in text
    assert "'S'!D5: 4 of 12 lines show" in text
    assert "Q9: choice left blank" in text


def test_an_empty_questionnaire_gives_a_report(write: Writer) -> None:
    made = write([], [], Shelf({}))
    assert "No document is cited." in Page(made.path.read_text("utf-8")).text


def test_sentences_carry_the_number_of_their_evidence(write: Writer, tmp_path: Path) -> None:
    first, second = make_text(tmp_path, SENTENCE), make_text(tmp_path, "Keys rotate yearly.", name="keys.md")
    draft = replace(
        drafted("Q1", text=f"{SENTENCE} Keys rotate yearly."),
        claims=(
            Claim(text=SENTENCE, citations=(cite(first, SENTENCE),)),
            Claim(text="Keys rotate yearly.", citations=(cite(second, "Keys rotate yearly."),)),
        ),
    )
    made = write([asked("Q1")], [draft], Shelf({first.id: first, second.id: second}))
    html = made.path.read_text("utf-8")
    assert re.search(r"35 days\.<sup><a[^>]*>1</a></sup> Keys rotate yearly\.<sup><a[^>]*>2</a></sup>", html)


def test_a_disk_error_leaves_the_old_report(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_text(tmp_path, SENTENCE)
    shelf = Shelf({document.id: document})
    made = write([asked("Q1")], [drafted("Q1", cite(document, SENTENCE))], shelf)
    before = made.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteFailed, match="No space left"):
        write([asked("Q1")], [drafted("Q1", cite(document, SENTENCE))], shelf, title="other")
    assert made.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".md"] == ["report.html"]


def test_a_damaged_pdf_costs_its_picture_only(write: Writer, tmp_path: Path) -> None:
    document = make_pdf(tmp_path)
    broken = b"%PDF-1.4 not really"
    Path(document.source).write_bytes(broken)
    document = replace(document, content_hash=hashlib.sha256(broken).hexdigest())
    made = write(
        [asked("Q1")], [drafted("Q1", cite(document, SENTENCE, pages=(1,)))], Shelf({document.id: document})
    )
    page = Page(made.path.read_text("utf-8"))
    assert "could not be drawn" in page.text
    assert page.marked == [SENTENCE]
