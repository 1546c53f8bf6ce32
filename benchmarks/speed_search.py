"""One search by size, from 20,000 passages to a million: two stages beside weighing every passage, and cold.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/speed_search.py [--sizes 20000 200000 1000000]

The passages are those of the product manuals (``BIDPROOF_DATA``), repeated with moved vectors and other
document names until there are enough; the questions are the manuals' own. Times are processor time of the
whole retriever, the embedding of the question left out, each question's least of four. The cold part
starts a process that opens the arrays and asks one question; memory is what this process has to itself.
With ``--beside`` other stores (``speed_query.py``) search the same passages for the same questions' words
and vectors; their threads are limited by ``RAYON_NUM_THREADS`` and ``LANCE_CPU_THREADS``, too.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import speed_query

from bidproof.core.records import ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.language.terms import query_terms
from bidproof.retrieval.array_file import map_arrays, write_arrays
from bidproof.retrieval.candidates import Breadth
from bidproof.retrieval.inverted_lists import narrow, widen
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.question import question_views
from bidproof.retrieval.search import Retriever
from bidproof.retrieval.segment import Segment, join_segments

_WORD = re.compile(r"\w+")
RESULTS = Path(__file__).parent / "results" / "speed-search.json"
_MOVED = 0.02  # standard deviation of what is added to each number of a repeated vector
_ALL_WEIGHED_TO = 200_000  # above, weighing every passage takes minutes and proves nothing


class FixedEmbedder:
    """Hands out prepared vectors, so that no model's time is measured."""

    name = "fixed"

    def __init__(self, vectors: dict[str, np.ndarray]) -> None:
        self._vectors = vectors
        self.dimension = len(next(iter(vectors.values())))

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._vectors[text] for text in texts])


class FixedIndex:
    """An index of one segment that nobody writes to."""

    def __init__(self, path: Path) -> None:
        self._pool = Pool([Segment.open(path)])

    def pool(self) -> Pool:
        return self._pool


def main() -> None:
    """Grow, measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 200_000, 1_000_000])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--beside", action="store_true", help="other stores, too, by each one's median")
    parser.add_argument("--cold", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold is not None:
        print(json.dumps(_ask_once(options.cold)))
        return
    threads = {name: os.environ.get(name, "not set") for name in speed_query.THREADS}
    print(f"threads {threads}", flush=True)
    found: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_questions(folder, cache=options.cache)
        for size in options.sizes:
            path = folder / f"{size}.arrays"
            began = time.process_time()
            grow(path, size, cache=options.cache)
            row: dict[str, object] = {"passages": size, "joined_cpu_s": round(time.process_time() - began, 1)}
            row |= {"file_mb": path.stat().st_size >> 20, **_warm(path, size), **_cold(path)}
            if options.beside:
                row |= {f"{store}_p50_ms": median for store, median in beside(path)}
            print(json.dumps(row), flush=True)
            found.append(row)
            path.unlink()
    RESULTS.write_text(json.dumps({"threads": threads, "sizes": found}, indent=2) + "\n")


def write_questions(folder: Path, *, cache: Path) -> None:
    from measuring_sets import gold_questions
    from retrieval_corpus import open_corpus

    corpus = open_corpus("aws", cache=cache)
    if corpus is None:
        raise SystemExit("the product manuals are not there: set BIDPROOF_DATA")
    corpus.index.pool()  # makes the arrays that are repeated
    asked = [Query(text=item.text, context=item.context) for item in gold_questions("aws", corpus.passages)]
    texts = sorted({text for query in asked for text in question_views(query).wordings})
    vectors = corpus.embedder.embed_queries(texts)
    np.savez(folder / "questions.npz", vectors=vectors, texts=texts, asked=[query.text for query in asked])


def grow(path: Path, size: int, *, cache: Path) -> None:
    """Write a segment of so many passages."""
    sources = sorted((cache / "aws-index-384").glob("*.arrays/segment-*"))
    random = np.random.default_rng(5)
    parts: list[Segment] = []
    live: list[np.ndarray] = []
    left, is_full = size, False
    while not is_full:
        for source in sources:
            part = _moved(map_arrays(source), len(parts), random)
            sizes = np.diff(part.starts, append=len(part.ids))
            own = np.cumsum(sizes) <= left
            parts.append(part)
            live.append(own)
            left -= int(sizes[own].sum())
            is_full = not own.all()
    write_arrays(path, join_segments(parts, live))


def _moved(arrays: dict[str, np.ndarray], turn: int, random: np.random.Generator) -> Segment:
    """The arrays as of other documents near by; as they are on the first turn."""
    if turn:
        names = np.array([b"%04x" % turn + name[4:] for name in arrays["documents"].tolist()])
        arrays |= {"documents": names}
        for name, wide in (("vectors", widen(arrays["vectors"])), ("centres", widen(arrays["centres"]))):
            near = wide + _MOVED * random.standard_normal(wide.shape, dtype=np.float32)
            near /= np.linalg.norm(near, axis=1, keepdims=True)
            arrays[name] = narrow(near)
    return Segment({name: array for name, array in arrays.items() if not name.startswith("list_")})


def _retriever(path: Path, breadth: Breadth) -> tuple[Retriever, list[Query]]:
    known = np.load(path.parent / "questions.npz")
    embedder = FixedEmbedder(dict(zip(known["texts"].tolist(), known["vectors"], strict=True)))
    retriever = Retriever(FixedIndex(path), embedder, RetrievalSettings(top_k=10), breadth=breadth)
    return retriever, [Query(text=text) for text in known["asked"].tolist()]


def _warm(path: Path, size: int) -> dict[str, float]:
    """Milliseconds of processor time a search, and how many of the ten first are those of weighing all."""
    found: dict[str, float] = {}
    rankings: list[list[list[str]]] = []
    ways = {"two_stages": Breadth(), "all_weighed": replace(Breadth(), everything_below=size)}
    for name, breadth in ways.items():
        retriever, queries = _retriever(path, breadth)
        if name == "all_weighed" and size > _ALL_WEIGHED_TO:
            break
        for query in queries[:20]:
            retriever.search(query)
        taken: list[float] = []
        rankings.append([])
        for query in queries:
            hits, least = _least(retriever, query)
            taken.append(least)
            rankings[-1].append([hit.passage.text for hit in hits])
        found |= {f"{name}_p{at}_ms": round(float(np.percentile(taken, at)), 2) for at in (50, 95)}
    if len(rankings) == 2:
        same = [len(set(a) & set(b)) / max(len(set(b)), 1) for a, b in zip(*rankings, strict=True)]
        found["overlap_at_10"] = round(float(np.mean(same)), 4)
    return found


def _least(retriever: Retriever, query: Query) -> tuple[Sequence[ScoredPassage], float]:
    """What is found, and milliseconds of the quickest of four searches: the others met other programs."""
    taken: list[float] = []
    hits: Sequence[ScoredPassage] = ()
    for _ in range(4):
        began = time.process_time()
        hits = retriever.search(query)
        taken.append(1000 * (time.process_time() - began))
    return hits, min(taken)


def beside(path: Path, *, questions: int = 40) -> Iterator[tuple[str, float]]:
    """Milliseconds of processor time of other stores over the same passages, one store after another."""
    known = np.load(path.parent / "questions.npz")
    vectors = dict(zip(known["texts"].tolist(), known["vectors"], strict=True))
    asked = known["asked"].tolist()[:questions]
    pool = FixedIndex(path).pool()
    everything = np.arange(pool.size)
    corpus = speed_query.Corpus(
        passages=tuple(pool.passages(everything)),
        vectors=pool.vectors(everything),
        questions=tuple(
            " ".join(word for word in _WORD.findall(text) if query_terms(word)) for text in asked
        ),
        query_vectors=np.stack([vectors[text] for text in asked]),
    )
    for store, build in speed_query.OTHERS.items():
        with tempfile.TemporaryDirectory() as folder:
            taken = speed_query.timed(build(corpus, Path(folder)), corpus)
            yield store, round(float(np.median([processor for _, processor in taken])), 2)


def _cold(path: Path) -> dict[str, float]:
    """The median of three processes that ask one question."""
    command = [sys.executable, __file__, "--cold", str(path)]
    rows = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(3)]
    return {name: round(float(np.median([row[name] for row in rows])), 3) for name in rows[0]}


def _ask_once(path: Path) -> dict[str, float]:
    imported = time.process_time()
    retriever, queries = _retriever(path, Breadth())
    retriever.search(queries[0])
    first = time.process_time()
    for query in queries:
        retriever.search(query)
    status = Path("/proc/self/status").read_text()
    private = int(status.partition("RssAnon:")[2].split()[0]) / 1024
    return {"cold_cpu_s": first, "cold_beyond_imports_cpu_s": first - imported, "private_mb": private}


if __name__ == "__main__":
    main()
