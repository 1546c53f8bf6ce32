"""Hybrid search speed at 20,000 and 200,000 passages beside other embedded stores, in one run.

Every store holds the same made-up passages and vectors, answers the same queries
with the same filter-free hybrid (words and vectors, top 10), and is warmed first.
The time to embed the query is left out for all. Bidproof runs its whole retriever
(a dozen signals, document evidence, near-duplicate removal), once in two stages and once
weighing every passage; the other stores run their two halves and reciprocal-rank fusion.
How many threads each may take is set by ``OMP_NUM_THREADS``, ``RAYON_NUM_THREADS`` and
``LANCE_CPU_THREADS``, and printed.
"""

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bidproof.core.ids import document_id, passage_id
from bidproof.core.records import Passage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.candidates import Breadth
from bidproof.retrieval.open import open_index
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever

DIMENSION = 384
WORDS_PER_PASSAGE = 150
LIMIT = 100
TOP = 10
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "LANCE_CPU_THREADS")
_BLOCK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySpeed:
    """Milliseconds a query, by the clock and of processor time; ``ratio`` is p50 over Bidproof's."""

    store: str
    passages: int
    queries: int
    p50_ms: float
    p95_ms: float
    cpu_p50_ms: float
    ratio: float
    build_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Passages with unit vectors, and queries that are near some of them."""

    passages: tuple[Passage, ...]
    vectors: np.ndarray
    questions: tuple[str, ...]
    query_vectors: np.ndarray


def make_corpus(size: int, *, queries: int, seed: int = 5) -> Corpus:
    """Make passages with a natural spread of word frequencies and clustered vectors."""
    source, numbers = random.Random(seed), np.random.default_rng(seed)
    words = [f"{a}{b}{c}" for a in "bcdfglmnprst" for b in "aeiou" for c in _ENDINGS]
    weights = 1 / (np.arange(len(words)) + 3)
    spelled = np.array(words)
    centres = numbers.standard_normal((400, DIMENSION)).astype(np.float32)
    vectors = centres[numbers.integers(0, 400, size)] + 0.9 * numbers.standard_normal(
        (size, DIMENSION)
    ).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages: list[Passage] = []
    block: list[list[str]] = []
    for number in range(size):
        if number % _BLOCK == 0:
            shape = (min(_BLOCK, size - number), WORDS_PER_PASSAGE)
            block = spelled[numbers.choice(len(words), size=shape, p=weights / weights.sum())].tolist()
        text = " ".join(block[number % _BLOCK])
        path = f"doc-{number // 20:05}.md"
        owner = document_id(path)
        start = (number % 20) * 2000
        passages.append(
            Passage(
                id=passage_id(owner, content_hash="0", start=start, end=start + len(text)),
                document_id=owner,
                path=path,
                title=f"Document {number // 20}",
                start=start,
                end=start + len(text),
                text=text,
                written=date(2026, 1, 1),
            )
        )
    chosen = numbers.integers(0, size, queries)
    noisy = vectors[chosen] + 0.4 * numbers.standard_normal((queries, DIMENSION)).astype(np.float32) / 20
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    questions = tuple(" ".join(source.sample(passages[at].text.split(), 8)) for at in chosen)
    return Corpus(passages=tuple(passages), vectors=vectors, questions=questions, query_vectors=noisy)


_ENDINGS = tuple(
    f"{a}{b}" for a in ("ck", "lt", "nd", "rn", "st", "x", "zz") for b in ("", "a", "er", "ing", "ly")
)


class FixedEmbedder:
    """Hands out the prepared vector of a question, so that no model's time is measured."""

    name = "fixed"
    dimension = DIMENSION

    def __init__(self, corpus: Corpus) -> None:
        self._vectors = dict(zip(corpus.questions, corpus.query_vectors, strict=True))

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        default = next(iter(self._vectors.values()))
        return np.stack([self._vectors.get(text, default) for text in texts])

    def embed_documents(self, passages: Sequence[Passage]) -> np.ndarray:
        return self.embed_queries([passage.text for passage in passages])

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_queries(texts)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


Search = Callable[[str, np.ndarray], object]


def measure(size: int, *, queries: int = 100) -> list[QuerySpeed]:
    """Build every store at one size and time the same queries on each in turn."""
    corpus = make_corpus(size, queries=queries)
    rows: list[QuerySpeed] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for store, build in (
            ("bidproof", _bidproof_search),
            ("bidproof, every passage", _bidproof_everything),
            *OTHERS.items(),
        ):
            started = time.perf_counter()
            search = build(corpus, folder)
            built = time.perf_counter() - started
            taken = timed(search, corpus)
            clock, cpu = np.array(taken).T
            p50 = float(np.percentile(clock, 50))
            rows.append(
                QuerySpeed(
                    store=store,
                    passages=size,
                    queries=len(taken),
                    p50_ms=p50,
                    p95_ms=float(np.percentile(clock, 95)),
                    cpu_p50_ms=float(np.percentile(cpu, 50)),
                    ratio=p50 / rows[0].p50_ms if rows else 1.0,
                    build_s=built,
                )
            )
    return rows


def timed(search: Search, corpus: Corpus) -> list[tuple[float, float]]:
    """By the clock and of processor time, in milliseconds."""
    taken: list[tuple[float, float]] = []
    for at, (question, vector) in enumerate(zip(corpus.questions, corpus.query_vectors, strict=True)):
        started, began = time.perf_counter(), time.process_time()
        search(question, vector)
        if at >= 5:  # the first few warm caches
            taken.append(((time.perf_counter() - started) * 1000, (time.process_time() - began) * 1000))
        if sum(clock for clock, _ in taken) > 60_000:
            break
    return taken


def _filled_index(corpus: Corpus, folder: Path) -> Any:
    index = open_index(folder / "bidproof", embedder_name="fixed", dimension=DIMENSION)
    if index.count() == 0:
        step = 10_000
        for start in range(0, len(corpus.passages), step):
            part = corpus.passages[start : start + step]
            index.replace({item.document_id for item in part}, part, corpus.vectors[start : start + step])
        index.compact()
    return index


def _bidproof_search(corpus: Corpus, folder: Path) -> Search:
    retriever = Retriever(_filled_index(corpus, folder), FixedEmbedder(corpus), RetrievalSettings(top_k=TOP))
    return lambda question, vector: retriever.search(Query(text=question))


def _bidproof_everything(corpus: Corpus, folder: Path) -> Search:
    index, breadth = _filled_index(corpus, folder), Breadth(everything_below=len(corpus.passages))
    retriever = Retriever(index, FixedEmbedder(corpus), RetrievalSettings(top_k=TOP), breadth=breadth)
    return lambda question, vector: retriever.search(Query(text=question))


def _lancedb(corpus: Corpus, folder: Path) -> Search:
    import lancedb
    import pyarrow as pa
    from lancedb.index import FTS, IvfRq
    from lancedb.query import MatchQuery
    from lancedb.rerankers import RRFReranker

    flat = pa.array(corpus.vectors.reshape(-1), type=pa.float32())
    rows = pa.table(
        {
            "row": np.arange(len(corpus.passages)),
            "body": [passage.text for passage in corpus.passages],
            "vector": pa.FixedSizeListArray.from_arrays(flat, DIMENSION),
        }
    )
    table = lancedb.connect(folder / "lancedb").create_table("passages", rows)
    table.create_index("body", config=FTS(stem=False, remove_stop_words=False))
    table.create_index("vector", config=IvfRq(distance_type="dot"))
    fusion = RRFReranker()

    def search(question: str, vector: np.ndarray) -> object:
        found = table.search(query_type="hybrid").vector(vector).text(MatchQuery(question, "body"))
        found = found.distance_type("dot").nprobes(40).refine_factor(4).rerank(fusion)
        return found.limit(LIMIT).select(["row"]).to_arrow()

    return search


def _usearch_tantivy(corpus: Corpus, folder: Path) -> Search:
    import tantivy
    from usearch.index import Index

    dense = Index(ndim=DIMENSION, metric="ip", dtype="f16")
    dense.add(np.arange(len(corpus.passages)), corpus.vectors)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body")
    builder.add_integer_field("row", stored=True)
    place = folder / "tantivy"
    place.mkdir()
    words = tantivy.Index(builder.build(), path=str(place))
    writer = words.writer()
    for row, passage in enumerate(corpus.passages):
        writer.add_document(tantivy.Document(body=passage.text, row=row))
    writer.commit()
    writer.wait_merging_threads()
    words.reload()
    searcher = words.searcher()

    def search(question: str, vector: np.ndarray) -> object:
        query = words.parse_query(question, ["body"])
        by_words = [searcher.doc(address)["row"][0] for _, address in searcher.search(query, LIMIT).hits]
        return _fuse(by_words, dense.search(vector, LIMIT).keys.tolist())

    return search


def _sqlite(corpus: Corpus, folder: Path) -> Search:
    import apsw
    import sqlite_vec

    database = apsw.Connection(str(folder / "sqlite.db"))
    database.enable_load_extension(True)
    database.load_extension(sqlite_vec.loadable_path())
    database.execute("begin")
    database.execute(f"create virtual table dense using vec0(vector float[{DIMENSION}])")
    database.execute("create virtual table words using fts5(body)")
    database.executemany(
        "insert into dense(rowid, vector) values (?, ?)",
        ((row, vector.tobytes()) for row, vector in enumerate(corpus.vectors)),
    )
    database.executemany(
        "insert into words(rowid, body) values (?, ?)",
        ((row, passage.text) for row, passage in enumerate(corpus.passages)),
    )
    database.execute("commit")

    def search(question: str, vector: np.ndarray) -> object:
        match = " OR ".join(f'"{word}"' for word in question.split())
        by_words = database.execute(
            "select rowid from words where words match ? order by rank limit ?", (match, LIMIT)
        ).fetchall()
        by_meaning = database.execute(
            "select rowid from dense where vector match ? and k = ? order by distance",
            (vector.astype(np.float32).tobytes(), LIMIT),
        ).fetchall()
        return _fuse([row for (row,) in by_words], [row for (row,) in by_meaning])

    return search


OTHERS = {
    "LanceDB hybrid": _lancedb,
    "usearch + tantivy": _usearch_tantivy,
    "sqlite-vec + FTS5": _sqlite,
}


def _fuse(*rankings: Sequence[Any]) -> list[Any]:
    """Reciprocal-rank fusion, the same for every store."""
    scores: dict[Any, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking):
            scores[item] = scores.get(item, 0.0) + 1 / (60 + rank)
    return sorted(scores, key=lambda item: -scores[item])[:TOP]
