"""Documents come back whole; failures stay until they are cured."""

import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import DocumentId
from bidproof.core.records import Document, Trust
from bidproof.workspace.store import Workspace

Make = Callable[..., Document]


def save(workspace: Workspace, document: Document) -> None:
    workspace.documents.save(document, size_bytes=1234, modified_ns=1_700_000_000_123_456_789)


def test_a_document_comes_back_whole(workspace: Workspace, make_document: Make) -> None:
    document = make_document()
    save(workspace, document)
    assert workspace.documents.load(document.id) == document


@pytest.mark.parametrize("path", ["caf\udce9/π.pdf", "nul\x00.pdf", "\ufffeodd.pdf", "a" * 3000])
def test_any_path_and_text_comes_back(workspace: Workspace, make_document: Make, path: str) -> None:
    document = make_document(path, text="Security\n\x00 lone \ud800 surrogate, 😀 and \u2028")
    save(workspace, document)
    assert workspace.documents.load(document.id) == document
    assert list(workspace.documents.known()) == [path]


def test_the_row_says_what_is_known_without_the_text(workspace: Workspace, make_document: Make) -> None:
    document = make_document()
    save(workspace, document)
    row = workspace.documents.known()[document.path]
    assert (row.id, row.source, row.content_hash) == (document.id, document.source, document.content_hash)
    assert (row.title, row.media_type, row.page_count) == ("Security policy", "application/pdf", 1)
    assert (row.size_bytes, row.modified_ns) == (1234, 1_700_000_000_123_456_789)
    assert (row.tags, row.warnings) == (("security", "public"), ("page 2 is empty",))
    assert row.trust is Trust.THIRD_PARTY
    assert (row.written, row.expires) == (document.written, document.expires)
    assert (row.is_indexed, row.passage_count) == (False, 0)


def test_a_changed_document_takes_the_place_of_the_old_and_is_not_indexed(
    workspace: Workspace, make_document: Make
) -> None:
    document = make_document()
    save(workspace, document)
    workspace.documents.mark_indexed({document.id: 7})
    row = workspace.documents.known()[document.path]
    assert (row.is_indexed, row.passage_count) == (True, 7)
    changed = replace(document, text=document.text + " And in transit.", content_hash="d" * 64)
    save(workspace, changed)
    assert workspace.documents.load(document.id) == changed
    row = workspace.documents.known()[document.path]
    assert (row.is_indexed, row.content_hash) == (False, "d" * 64)
    assert len(workspace.documents.known()) == 1


def test_another_id_for_the_same_path_takes_its_place(workspace: Workspace, make_document: Make) -> None:
    document = make_document()
    save(workspace, document)
    save(workspace, replace(document, id=DocumentId("another")))
    assert [row.id for row in workspace.documents.known().values()] == ["another"]


def test_all_can_be_marked_as_not_indexed(workspace: Workspace, make_document: Make) -> None:
    for path in ("a.pdf", "b.pdf"):
        document = make_document(path)
        save(workspace, document)
        workspace.documents.mark_indexed({document.id: 1})
    workspace.documents.mark_all_unindexed()
    assert [row.is_indexed for row in workspace.documents.known().values()] == [False, False]


def test_removed_documents_are_gone_with_their_text(workspace: Workspace, make_document: Make) -> None:
    documents = [make_document(f"{number:04}.pdf") for number in range(5)]
    for document in documents:
        save(workspace, document)
    unknown = [DocumentId(f"unknown {number}") for number in range(2000)]
    workspace.documents.remove([document.id for document in documents[1:]] + unknown)
    assert list(workspace.documents.known()) == ["0000.pdf"]
    with pytest.raises(WorkspaceError, match="no such document") as raised:
        workspace.documents.load(documents[1].id)
    assert raised.value.code == "unknown-document"


def test_a_damaged_text_is_an_error_in_words(workspace: Workspace, make_document: Make) -> None:
    document = make_document()
    save(workspace, document)
    from bidproof.workspace.app.ready import models

    bodies = models.DocumentBody.objects.using(workspace._database.alias)
    for packed in (b"no zlib", zlib.compress(b"no json"), zlib.compress(b'{"id": "x"}')):
        workspace._database.write(lambda packed=packed: bodies.update(packed=packed))
        with pytest.raises(WorkspaceError, match=document.id) as raised:
            workspace.documents.load(document.id)
        assert raised.value.code == "workspace-damaged"


def test_a_failure_stays_until_cured(workspace: Workspace, make_document: Make) -> None:
    table = workspace.documents
    table.save_failure("a.pdf", "h1", "unreadable-file", "cannot read 'a.pdf'", "open it")
    table.save_failure("a.pdf", "h2", "no-text", "cannot read 'a.pdf': page 1", "use OCR")
    table.save_failure("b.pdf", "h3", "unreadable-file", "cannot read 'b.pdf'", "open it")
    first, second = table.failures()
    assert (first.path, first.content_hash, first.code, first.hint) == ("a.pdf", "h2", "no-text", "use OCR")
    assert second.path == "b.pdf"
    assert first.at.tzinfo is not None
    save(workspace, make_document("a.pdf"))
    assert [failure.path for failure in table.failures()] == ["b.pdf"]
    table.clear_failure("b.pdf")
    table.clear_failure("b.pdf")
    assert table.failures() == ()
