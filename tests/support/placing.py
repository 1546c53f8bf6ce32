"""A workspace with documents put straight into its tables, searched by words: no parser, no model."""

from pathlib import Path

import pytest

from bidproof.core.ids import document_id
from bidproof.core.records import Block, BlockKind, Document
from bidproof.runtime import index_parts
from bidproof.runtime.session import Session
from wordvectors import WordEmbedder


def search_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every search of this test go by words, without loading weights."""
    monkeypatch.setattr(index_parts, "open_embedder", lambda *_, **__: WordEmbedder())


def place_document(session: Session, path: str, text: str, *, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
    """Put a document of one block into a workspace, as if it had been read from a file."""
    document = Document(
        id=document_id(path),
        path=path,
        source=f"/nowhere/{path}",
        content_hash="0" * 64,
        media_type="text/markdown",
        title=Path(path).stem.replace("-", " "),
        text=text,
        blocks=(Block(kind=kind, start=0, end=len(text), header_rows=int(kind is BlockKind.TABLE)),),
    )
    session.workspace.documents.save(document, size_bytes=len(text), modified_ns=1)
