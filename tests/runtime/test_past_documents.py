"""With a model, a past answer that is likely is evidence like any passage; without one it is not."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.records import DraftState, Trust
from bidproof.flows.ask import ask
from bidproof.flows.library import edit_entry
from bidproof.flows.requests.answering import AskRequest
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
