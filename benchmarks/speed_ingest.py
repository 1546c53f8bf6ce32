"""Ingest speed beside LlamaIndex and beside the bare embedding model, in one run.

LlamaIndex reads with its usual loader (``SimpleDirectoryReader``: pypdf for PDF),
splits with its ``TokenTextSplitter`` to passages of at most the same number of
tokens, and keeps its in-memory vector store. Bidproof also finds headings and
tables, guards each parser, builds its keyword index and writes everything to disk.

LlamaIndex ships no model; its user brings one, behind ``BaseEmbedding``, which
hands over ten texts at a time in reading order. Two such users are measured:

- *published model*: the weights package's ``model.onnx`` as it is shipped, run by
  ONNX Runtime with its default settings, each ten texts padded to the longest. Who
  installs that package and follows its file gets this.
- *our model*: Bidproof's own embedder (the same weights, prepared, quantised and
  batched by length) behind the same interface. What is left of the ratio is the
  work around the model.

The bare embedder is Bidproof's own over Bidproof's own passages in one call,
opening it included. Run in turn, twice, the better time counts. Processor time is measured beside
the clock, children's included: on a machine that others use it alone can be compared.
"""

import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidproof.core.settings import DocumentSettings, RetrievalSettings

Embed = Callable[[Sequence[str]], list[list[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSpeed:
    """Pages and passages per second of one set; a Markdown file counts as one page."""

    set: str
    pages: int
    bidproof_pages_per_s: float
    llamaindex_published_pages_per_s: float
    llamaindex_our_model_pages_per_s: float
    ratio_to_llamaindex_published: float
    ratio_to_llamaindex_our_model: float
    bidproof_passages_per_s: float
    bare_embedder_passages_per_s: float
    share_of_bare_embedder: float
    cpu_ratio_to_llamaindex_published: float
    cpu_ratio_to_llamaindex_our_model: float
    cpu_share_of_bare_embedder: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Took:
    """Seconds by the clock, and of processors."""

    seconds: float
    cpu_s: float


def measure(name: str, files: Sequence[Path], *, rounds: int = 2) -> IngestSpeed:
    """Measure one set of files."""
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs"
        docs.mkdir()
        for number, file in enumerate(files):
            shutil.copy(file, docs / f"{number:04}-{file.name}")
        ours = [_bidproof(docs, Path(folder) / f"ws{round_}") for round_ in range(rounds)]
        theirs = [_timed(lambda: _llamaindex(docs, _published_model())) for _ in range(rounds)]
        shared = [_timed(lambda: _llamaindex(docs, _our_model())) for _ in range(rounds)]
        texts = ours[0].texts
        bare = [_timed(lambda: _bare(texts)) for _ in range(rounds)]
    pages, passages = ours[0].pages, len(texts)
    best = min(run.took.seconds for run in ours)
    cpu = min(run.took.cpu_s for run in ours)
    return IngestSpeed(
        set=name,
        pages=pages,
        bidproof_pages_per_s=pages / best,
        llamaindex_published_pages_per_s=pages / _seconds(theirs),
        llamaindex_our_model_pages_per_s=pages / _seconds(shared),
        ratio_to_llamaindex_published=_seconds(theirs) / best,
        ratio_to_llamaindex_our_model=_seconds(shared) / best,
        bidproof_passages_per_s=passages / best,
        bare_embedder_passages_per_s=passages / _seconds(bare),
        share_of_bare_embedder=_seconds(bare) / best,
        cpu_ratio_to_llamaindex_published=_cpu_s(theirs) / cpu,
        cpu_ratio_to_llamaindex_our_model=_cpu_s(shared) / cpu,
        cpu_share_of_bare_embedder=_cpu_s(bare) / cpu,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    took: _Took
    pages: int
    texts: tuple[str, ...]


def _timed(work: Callable[[], object]) -> _Took:
    started, cpu_s = time.perf_counter(), _used_s()
    work()
    return _Took(seconds=time.perf_counter() - started, cpu_s=_used_s() - cpu_s)


def _used_s() -> float:
    """Processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


def _seconds(runs: Sequence[_Took]) -> float:
    return min(run.seconds for run in runs)


def _cpu_s(runs: Sequence[_Took]) -> float:
    return min(run.cpu_s for run in runs)


def _bidproof(docs: Path, workspace: Path) -> _Run:
    from bidproof.documents.passages import split_document
    from bidproof.flows.ingest import ingest
    from bidproof.flows.requests.answering import IngestRequest
    from bidproof.retrieval.passage_text import embedding_text
    from bidproof.runtime.session import SessionRequest, open_session

    started, cpu_s = time.perf_counter(), _used_s()
    with open_session(SessionRequest(workspace=workspace)) as session:
        report = ingest(IngestRequest(roots=(docs,)), session=session)
        took = _Took(seconds=time.perf_counter() - started, cpu_s=_used_s() - cpu_s)
        texts = tuple(
            embedding_text(passage)
            for document in report.documents
            for passage in split_document(
                session.workspace.documents.load(document), settings=session.settings.documents
            )
        )
    return _Run(took=took, pages=report.pages, texts=texts)


def _bare(texts: Sequence[str]) -> None:
    from bidproof.retrieval.open import open_embedder

    open_embedder(RetrievalSettings()).embed_passages(texts)


def _our_model() -> Embed:
    from bidproof.retrieval.open import open_embedder

    embedder = open_embedder(RetrievalSettings())
    return lambda texts: embedder.embed_passages(texts).tolist()


def _published_model() -> Embed:
    """The published graph with mean pooling, as its card describes it."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    from bidproof.language.packaged_files import TOKENIZER, WEIGHTS, read_packaged_file

    tokenizer = Tokenizer.from_buffer(read_packaged_file(TOKENIZER))
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(read_packaged_file(WEIGHTS), providers=["CPUExecutionProvider"])

    def embed(texts: Sequence[str]) -> list[list[float]]:
        encodings = tokenizer.encode_batch(list(texts))
        ids = np.array([item.ids for item in encodings], dtype=np.int64)
        mask = np.array([item.attention_mask for item in encodings], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states: Any = session.run(None, feed)[0]
        means = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).tolist()

    return embed


def _llamaindex(docs: Path, embed: Embed) -> None:
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import TokenTextSplitter

    from bidproof.language.tokens import count_tokens

    class Brought(BaseEmbedding):
        """A model behind LlamaIndex's interface, with its default batch of ten."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return embed([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embed(texts)

    def tokenizer(text: str) -> list[Any]:
        return [None] * count_tokens(text)

    splitter = TokenTextSplitter(
        chunk_size=DocumentSettings().max_tokens, chunk_overlap=0, tokenizer=tokenizer, include_metadata=False
    )
    documents = SimpleDirectoryReader(str(docs), recursive=True).load_data()
    VectorStoreIndex.from_documents(documents, transformations=[splitter], embed_model=Brought())
