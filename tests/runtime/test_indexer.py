"""Carrying documents into the index: one that cannot be indexed is set aside, the others are found."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest

from bidproof.flows import ingest as ingesting
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.retrieval.protocol import Query
from bidproof.runtime import index_parts, indexer
from bidproof.runtime.index_parts import borrow_parts
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.session import Session, SessionRequest, open_session
from placing import place_document, search_by_words
from wordvectors import WordEmbedder


class Choking(WordEmbedder):
    """Fails on every batch that holds a certain word."""

    def embed_passages(self, texts: Sequence[str]) -> object:
        if any("poison" in text for text in texts):
            raise TypeError("cannot embed this")
        return super().embed_passages(texts)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    search_by_words(monkeypatch)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        yield session


def found(session: Session, text: str) -> list[str]:
    retriever = borrow_parts(session).retriever(session.settings.retrieval)
    return [item.passage.path for item in retriever.search(Query(text=text))]


def test_a_document_that_cannot_be_embedded_costs_itself_alone(session, tmp_path, monkeypatch):
    monkeypatch.setattr(index_parts, "open_embedder", lambda *_, **__: Choking())
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in (("a", "Backups run."), ("b", "This is poison."), ("c", "Keys are rotated.")):
        (folder / f"{name}.md").write_text(text)
    first = ingest(IngestRequest(roots=(folder,)), session=session)
    again = ingest(IngestRequest(roots=(folder,)), session=session)

    assert (first.added, again.unchanged) == (2, 2)
    assert [problem.code for problem in (*first.problems, *again.problems)] == ["not-indexed"] * 2
    assert "cannot index 'b.md': TypeError: cannot embed this" in first.problems[0].message
    assert set(found(session, "backups keys")) == {"a.md", "c.md"}


def test_a_pending_document_that_cannot_be_split_is_no_gate(session, monkeypatch):
    place_document(session, "bad.md", "Poison.")
    place_document(session, "good.md", "Backups run every night.")
    split = indexer.split_document

    def refuse(document, **options):
        if document.path == "bad.md":
            raise ValueError("no sentence ends")
        return split(document, **options)

    monkeypatch.setattr(indexer, "split_document", refuse)
    assert open_index_parts(session).lack == ""
    assert found(session, "backups") == ["good.md"]
    assert [row.path for row in session.workspace.documents.failures()] == ["bad.md"]


def test_a_name_that_is_no_utf8_is_kept_and_shown_escaped(session, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    raw = bytes(folder) + b"/Sicherheits\xfcbersicht.txt"
    Path(raw.decode("utf-8", "surrogateescape")).write_text("Backups run every night.")
    request = IngestRequest(roots=(folder,))
    assert ingest(request, session=session).added == 1
    assert found(session, "backups") == ["Sicherheits\\xfcbersicht.txt"]
    assert ingest(request, session=session).unchanged == 1

    Path(raw.decode("utf-8", "surrogateescape")).unlink()
    assert ingest(request, session=session).removed == 1


def test_documents_that_a_newer_version_reads_again_are_indexed_once(session, tmp_path, monkeypatch):
    monkeypatch.setattr(index_parts, "open_embedder", lambda *_, **__: WordEmbedder())
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"Backups of {name} run.")
    ingest(IngestRequest(roots=(folder,)), session=session)
    for module in (ingesting, index_parts):
        monkeypatch.setattr(module, "PARSER_VERSION", "newer", raising=False)
    again = ingest(IngestRequest(roots=(folder,)), session=session)

    assert (again.changed, again.passages) == (2, 2)


def test_batches_grow_while_the_embedder_is_busy(session, monkeypatch):
    sizes: list[int] = []
    is_read, finish = Event(), indexer.Indexer.finish

    class Slow(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> object:
            assert is_read.wait(30)
            sizes.append(len(texts))
            return super().embed_passages(texts)

    def finish_then(self: indexer.Indexer, **options: object) -> None:
        is_read.set()
        finish(self, **options)

    monkeypatch.setattr(index_parts, "open_embedder", lambda *_, **__: Slow())
    monkeypatch.setattr(indexer.Indexer, "finish", finish_then)
    for number in range(16):
        place_document(session, f"{number}.md", "Backups run every night. " * 800)
    assert open_index_parts(session).lack == ""
    first, second, third = sizes
    assert first == second >= 64
    assert third > 3 * first
