"""Opening documents for searching: alone, beside a writer, and after one that was killed."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.records import DraftState
from bidproof.flows.answer import answer
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.retrieval.protocol import Query
from bidproof.runtime.index_parts import borrow_parts
from bidproof.runtime.indexer import Indexer, reindex_pending
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.progress import Step
from bidproof.runtime.session import Session, SessionRequest, open_session
from placing import place_document, search_by_words

LACK = "1 of 2 documents are not indexed yet; another bidproof is writing"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    search_by_words(monkeypatch)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        yield session


def found(session: Session, text: str) -> list[str]:
    retriever = borrow_parts(session).retriever(session.settings.retrieval)
    return [item.passage.path for item in retriever.search(Query(text=text))]


def test_what_a_killed_writer_left_is_finished(session: Session) -> None:
    place_document(session, "backup.md", "Backups run every night.")
    assert open_index_parts(session).lack == ""
    assert found(session, "backups") == ["backup.md"]


def test_beside_a_writer_what_is_indexed_is_searched_and_the_rest_is_named(session: Session) -> None:
    place_document(session, "backup.md", "Backups run every night.")
    open_index_parts(session)
    place_document(session, "keys.md", "Keys are rotated.")
    steps = list[Step]()
    with session.workspace.writing():
        parts = open_index_parts(session, progress=steps.append)
        assert found(session, "backups") == ["backup.md"]
    assert parts.lack == LACK
    assert [step.note for step in steps] == [LACK]
    assert open_index_parts(session).lack == ""
    assert found(session, "keys")[0] == "keys.md"


def test_where_nothing_is_indexed_yet_the_first_passages_are_waited_for(session: Session) -> None:
    is_waiting = threading.Event()
    with session.workspace.writing():
        reader = threading.Thread(
            target=open_index_parts, args=(session,), kwargs={"progress": lambda _: is_waiting.set()}
        )
        reader.start()
        assert is_waiting.wait(30), "a reader waits even before the first document is stored"
        place_document(session, "backup.md", "Backups run every night.")
        reindex_pending(session, Indexer(session, borrow_parts(session)))
        reader.join(30)
        assert not reader.is_alive()
    assert found(session, "backups") == ["backup.md"]


def test_a_writer_that_ends_without_a_document_leaves_nothing_to_answer_from(session: Session) -> None:
    with pytest.raises(WorkspaceError, match="found no documents") as raised:
        open_index_parts(session)
    assert raised.value.code == "no-documents"


def test_other_settings_beside_a_writer_change_nothing_of_his(session: Session, tmp_path: Path) -> None:
    place_document(session, "backup.md", "Backups run every night.")
    open_index_parts(session)
    request = SessionRequest(workspace=tmp_path / "ws", flags={"documents.max_tokens": 64})
    is_waiting, is_done = threading.Event(), threading.Event()

    def read() -> None:
        with open_session(request) as other:
            open_index_parts(other, progress=lambda _: is_waiting.set())
            is_done.set()

    with session.workspace.writing():
        reader = threading.Thread(target=read)
        reader.start()
        assert is_waiting.wait(30)
        assert session.workspace.documents.tally().waiting == 0
        assert not is_done.is_set()
    reader.join(30)
    assert is_done.is_set()


def test_indexing_reports_each_batch(session: Session) -> None:
    for number in range(200):
        place_document(session, f"{number}.md", f"Site {number} keeps backups.")
    steps = list[Step]()
    with session.workspace.writing():
        reindex_pending(session, Indexer(session, borrow_parts(session)), progress=steps.append)
    done = [step.done for step in steps if step.stage == "indexing"]
    assert len(done) >= 3
    assert done == sorted(set(done))
    assert {step.total for step in steps if step.stage == "indexing"} == {200}
    assert done[-1] == 200


def test_a_run_beside_a_writer_is_not_taken_for_one_over_all_documents(
    session: Session, tmp_path: Path
) -> None:
    place_document(session, "backup.md", "Backups run every night.")
    open_index_parts(session)
    place_document(session, "keys.md", "Encryption keys are rotated every 90 days.")
    (tmp_path / "questions.csv").write_text("Id,Question,Answer\n1,How often are encryption keys rotated?,\n")
    request = AnswerRequest(questionnaire=tmp_path / "questions.csv", out=tmp_path / "filled.csv")
    with session.workspace.writing():
        beside = answer(request, session=session)
    afterwards = answer(request, session=session)
    assert DraftState.DRAFTED not in beside.states
    assert LACK in beside.problems
    assert LACK not in afterwards.problems
    assert (afterwards.resumed, dict(afterwards.states)) == (0, {DraftState.DRAFTED: 1})
