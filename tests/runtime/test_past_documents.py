"""With a model, a past answer that is likely is evidence like any passage; without one it is not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.ids import PassageId, QuestionId
from bidproof.core.records import Citation, DraftState, Support, Tier, Trust
from bidproof.flows.answer import answer
from bidproof.flows.ask import ask
from bidproof.flows.ingest import ingest
from bidproof.flows.library import edit_entry
from bidproof.flows.requests.answering import AnswerRequest, AskRequest, IngestRequest
from bidproof.flows.requests.library import LibraryEditRequest
from bidproof.runtime import past_answers
from bidproof.runtime.citations import document_loader, stands
from bidproof.runtime.session import Session, SessionRequest, open_session
from bidproof.workspace.rows import LibraryEntry
from drafting import reply
from wordvectors import WordEmbedder

PAST = "Keys are rotated by the platform team."
ENTRY = LibraryEntry(
    question="Are encryption keys rotated by a named team?",
    answer=PAST,
    choice="Yes",
    approver="Ann",
    approved=date(2026, 1, 5),
)
ASKED = "Does a named team rotate encryption keys?"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "food.md").write_text("# Food\n\nOur cook makes soup on Mondays.\n")
    return folder


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(past_answers, "open_embedder", lambda settings: WordEmbedder())
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"when": PAST, "reply": reply((PAST, [1]), quotes=[(1, PAST)])}))
    flags: dict[str, object] = {"model.model": f"fake:{script}", "model.attempts": 1}
    with open_session(SessionRequest(workspace=tmp_path / "ws", flags=flags)) as opened:
        opened.workspace.library.add(ENTRY)
        yield opened


def test_a_models_draft_may_quote_it_and_the_quote_stands(session: Session, docs: Path) -> None:
    draft = ask(AskRequest(text=ASKED, docs=(docs,)), session=session)
    assert (draft.state, draft.text) == (DraftState.DRAFTED, PAST)
    (citation,) = draft.claims[0].citations
    assert citation.title == f"Approved answer of 2026-01-05: {ENTRY.question}"
    load = document_loader(session.workspace)
    assert stands(citation, load)
    assert load(citation.document_id).trust is Trust.APPROVED_ANSWER
    edit_entry(LibraryEditRequest(entry=1, answer="Nobody rotates keys.", approver="Eve"), session=session)
    assert not stands(citation, document_loader(session.workspace))


def test_without_a_model_it_is_only_offered(session: Session, docs: Path, tmp_path: Path) -> None:
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as plain:
        draft = ask(AskRequest(text=ASKED, docs=(docs,)), session=plain)
    assert draft.state is not DraftState.DRAFTED
    assert [item.text for item in draft.suggestions] == [PAST]


def test_a_models_draft_may_quote_it_and_a_document_together(
    session: Session, docs: Path, tmp_path: Path
) -> None:
    rule = "Encryption keys are rotated each quarter."
    (docs / "keys.md").write_text(f"# Keys\n\n{rule}\n")
    both = reply((PAST, [1]), (rule, [2]), quotes=[(1, PAST), (2, rule)])
    (tmp_path / "script.jsonl").write_text(json.dumps({"when": PAST, "reply": both}))
    draft = ask(AskRequest(text=ASKED, docs=(docs,)), session=session)
    paths = [citation.path for claim in draft.claims for citation in claim.citations]
    assert (draft.state, paths) == (DraftState.DRAFTED, ["answer library/1", "keys.md"])


def test_an_answer_whose_evidence_changed_goes_to_an_expert_in_the_next_form(
    session: Session, docs: Path, tmp_path: Path
) -> None:
    form = tmp_path / "form.csv"
    form.write_text("Id,Question,Response\n1,When is there soup?,\n2,Who makes it?,\n3,Is it warm?,\n")
    soup = "Our cook makes soup on Mondays."
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as plain:
        ingest(IngestRequest(roots=(docs,)), session=plain)
        (row,) = plain.workspace.documents.known().values()
        document = plain.workspace.documents.load(row.id)
        start = document.text.index(soup)
        proof = Citation(
            passage_id=PassageId("p"),
            document_id=row.id,
            path=document.path,
            title=document.title,
            quote=soup,
            start=start,
            end=start + len(soup),
        )
        plain.workspace.library.add(
            replace(
                ENTRY, question="When is there soup?", answer="On Mondays.", choice=None, citations=(proof,)
            )
        )
        request = AnswerRequest(questionnaire=form, docs=(docs,), out=tmp_path / "out.csv")
        before = answer(request, session=plain).drafts[QuestionId("1")]
        (docs / "food.md").write_text("# Food\n\nOur cook makes soup on Fridays.\n")
        after = answer(request, session=plain).drafts[QuestionId("1")]
    assert (before.support, before.tier) == (Support.SUPPORTED, Tier.REVIEW)
    assert (after.support, after.tier) == (Support.PARTIAL, Tier.EXPERT)
    assert any("its evidence" in reason for reason in after.reasons)
