"""Ingest speed beside LlamaIndex and beside the bare embedding model, in one run.

All three embed with the same quantised weights and the same tokenizer, passages of
at most the same number of tokens. LlamaIndex reads with its usual loader
(``SimpleDirectoryReader``: pypdf for PDF), splits with its ``TokenTextSplitter``
and keeps its in-memory vector store; Bidproof also builds its keyword index and
writes everything to disk. Run in turn, twice, the better time counts.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidproof.core.settings import DocumentSettings, RetrievalSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSpeed:
    """Pages and passages per second of one set; a Markdown file counts as one page."""

    set: str
    pages: int
    bidproof_pages_per_s: float
    llamaindex_pages_per_s: float
    ratio_to_llamaindex: float
    bidproof_passages_per_s: float
    bare_embedder_passages_per_s: float
    share_of_bare_embedder: float


def measure(name: str, files: Sequence[Path], *, rounds: int = 2) -> IngestSpeed:
    """Measure one set of files."""
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        docs.mkdir()
        for number, file in enumerate(files):
            shutil.copy(file, docs / f"{number:04}-{file.name}")
        ours = [_bidproof(docs, Path(folder) / f"ws{round_}") for round_ in range(rounds)]
        theirs = [_timed(lambda: _llamaindex(docs)) for _ in range(rounds)]
        texts = ours[0].texts
        bare = [_timed(lambda: _bare(texts)) for _ in range(rounds)]
    pages, passages = ours[0].pages, len(texts)
    best = min(run.seconds for run in ours)
    return IngestSpeed(
        set=name,
        pages=pages,
        bidproof_pages_per_s=pages / best,
        llamaindex_pages_per_s=pages / min(theirs),
        ratio_to_llamaindex=min(theirs) / best,
        bidproof_passages_per_s=passages / best,
        bare_embedder_passages_per_s=passages / min(bare),
        share_of_bare_embedder=min(bare) / best,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    seconds: float
    pages: int
    texts: tuple[str, ...]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bidproof(docs: Path, workspace: Path) -> _Run:
    from bidproof.documents.passages import split_document
    from bidproof.flows.ingest import IngestRequest, ingest
    from bidproof.flows.session import SessionRequest, open_session
    from bidproof.retrieval.passage_text import embedding_text

    started = time.perf_counter()
    with open_session(SessionRequest(workspace=workspace)) as session:
        report = ingest(IngestRequest(roots=(docs,)), session=session)
        seconds = time.perf_counter() - started
        texts = tuple(
            embedding_text(passage)
            for document in report.documents
            for passage in split_document(
                session.workspace.documents.load(document), settings=session.settings.documents
            )
        )
    return _Run(seconds=seconds, pages=report.pages, texts=texts)


def _bare(texts: Sequence[str]) -> None:
    from bidproof.retrieval.open import open_embedder

    open_embedder(RetrievalSettings()).embed_passages(texts)


def _llamaindex(docs: Path) -> None:
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import TokenTextSplitter

    from bidproof.retrieval.open import open_embedder

    embedder = open_embedder(RetrievalSettings())

    class SameModel(BaseEmbedding):
        """The same weights behind LlamaIndex's interface, with its default batch of ten."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return embedder.embed_queries([query])[0].tolist()

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embedder.embed_passages(texts).tolist()

    def tokenizer(text: str) -> list[Any]:
        return [None] * embedder.count_tokens(text)

    splitter = TokenTextSplitter(
        chunk_size=DocumentSettings().max_tokens, chunk_overlap=0, tokenizer=tokenizer, include_metadata=False
    )
    documents = SimpleDirectoryReader(str(docs), recursive=True).load_data()
    VectorStoreIndex.from_documents(documents, transformations=[splitter], embed_model=SameModel())
