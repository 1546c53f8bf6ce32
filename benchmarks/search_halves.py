"""The two halves of stage one, words and vectors, beside bm25s and usearch over the same passages.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/search_halves.py [--sizes 20000 200000]

Passages and questions are those of ``speed_search.py``. Each half writes its files, is opened by a fresh
process that asks all questions for their 200 best, and takes in one more document. All figures are
processor time; memory is what the asking process has to itself. bm25s is in no group of this project:
install it beside usearch by hand.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from speed_search import grow, write_questions

from bidproof.retrieval.array_file import map_arrays, write_arrays
from bidproof.retrieval.inverted_lists import build_lists, dot, narrow, widen
from bidproof.retrieval.postings import Counts, Postings, count_terms, hashes, join_counts
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.question import question_views
from bidproof.retrieval.segment import Segment
from bidproof.retrieval.similarities import Similarities, best

COUNT = 200
_PARTS = ("terms", "starts", "rows", "counts", "lengths")
Ask = Callable[[dict[str, float], np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One more document, and what it is added to."""

    grown: Path
    words: Counts
    vectors: np.ndarray


class OurWords:
    """Counted words, mapped."""

    def build(self, grown: Path, folder: Path) -> None:
        tokens, lengths, words = _tokens(Segment.open(grown).body)
        write_arrays(folder / "words", _named(count_terms(tokens, lengths, words)))

    def open(self, folder: Path) -> Ask:
        words = Postings([Counts(**map_arrays(folder / "words"))])
        return lambda terms, vector: best(words.match(terms).scores(), COUNT)

    def add(self, folder: Path, more: "Document") -> None:
        write_arrays(folder / "one-more", _named(count_terms(*_tokens(more.words))))


class Bm25s:
    """bm25s by its own numpy backend, its files mapped."""

    def build(self, grown: Path, folder: Path) -> None:
        import bm25s

        tokens, lengths, words = _tokens(Segment.open(grown).body)
        rows = [part.tolist() for part in np.split(tokens, np.cumsum(lengths)[:-1])]
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index((rows, {word: at for at, word in enumerate(words)}), show_progress=False)
        index.save(folder)

    def open(self, folder: Path) -> Ask:
        import bm25s

        index = bm25s.BM25.load(folder, mmap=True)
        return lambda terms, vector: index.retrieve(
            [list(terms)], k=COUNT, show_progress=False, n_threads=0
        ).documents[0]

    def add(self, folder: Path, more: "Document") -> None:
        self.build(more.grown, folder)  # it takes no document more


class OurVectors:
    """16-bit vectors, mapped; inverted lists from 50,000."""

    def build(self, grown: Path, folder: Path) -> None:
        segment = Segment.open(grown)
        if segment.lists is not None:
            build_lists([segment.vectors])
        (folder / "segment").symlink_to(grown)

    def open(self, folder: Path) -> Ask:
        segment = Segment.open(folder / "segment")
        return lambda terms, vector: Similarities([segment], None, vector).nearest(COUNT, None)

    def add(self, folder: Path, more: "Document") -> None:
        write_arrays(folder / "one-more", {"vectors": narrow(more.vectors)})


class Usearch:
    """usearch's graph of half-precision vectors, viewed."""

    def build(self, grown: Path, folder: Path) -> None:
        from usearch.index import Index

        index = Index(ndim=384, metric="ip", dtype="f16")
        vectors = widen(Segment.open(grown).vectors)
        index.add(np.arange(len(vectors)), vectors, threads=1)
        index.save(folder / "graph")

    def open(self, folder: Path) -> Ask:
        from usearch.index import Index

        index = Index.restore(folder / "graph", view=True)
        return lambda terms, vector: index.search(vector, COUNT, threads=1).keys

    def add(self, folder: Path, more: "Document") -> None:
        from usearch.index import Index

        index = Index.restore(folder / "graph")
        index.add(np.arange(len(more.vectors)) + len(index), more.vectors, threads=1)
        index.save(folder / "graph")


HALVES = {"words, ours": OurWords, "bm25s": Bm25s, "vectors, ours": OurVectors, "usearch": Usearch}


def main() -> None:
    """Grow, measure each half and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 200_000])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--grown", type=Path, help="keep the passages here between runs")
    parser.add_argument("--halves", nargs="*", default=list(HALVES), choices=HALVES)
    parser.add_argument("--ask", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(_ask(options.ask[0], Path(options.ask[1]), Path(options.ask[2]))))
        return
    print({name: os.environ.get(name, "not set") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")})
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.grown or Path(scratch)
        if not (folder / "questions.npz").exists():
            write_questions(folder, cache=options.cache)
        for size in options.sizes:
            grown = folder / f"{size}.arrays"
            if not grown.exists():
                grow(grown, size, cache=options.cache)
            for name in options.halves:
                print(json.dumps({"half": name, "passages": size, **_measured(name, grown)}), flush=True)


def _measured(name: str, grown: Path) -> dict[str, float]:
    half = HALVES[name]()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        began = time.process_time()
        half.build(grown, folder)
        built = time.process_time()
        command = [sys.executable, __file__, "--ask", name, str(grown), str(folder)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        more = _first_document(grown)
        start = time.process_time()
        half.add(folder, more)
        added = time.process_time() - start
        return {"build_s": round(built - began, 2), **found, "add_s": round(added, 3)}


def _ask(name: str, grown: Path, folder: Path) -> dict[str, float]:
    """Milliseconds a question, recall of the truly nearest, first question and memory of a process."""
    known = np.load(grown.parent / "questions.npz")
    vectors = dict(zip(known["texts"].tolist(), known["vectors"], strict=True))
    asked = [
        ({str(number): 1.0 for number in hashes(list(question_views(Query(text=text)).terms))}, vectors[text])
        for text in known["asked"].tolist()
    ]
    began = time.process_time()
    ask = HALVES[name]().open(folder)
    ask(*asked[0])
    first = time.process_time() - began
    taken: list[float] = []
    for terms, vector in asked:
        rounds: list[float] = []
        for _ in range(4):
            start = time.process_time()
            ask(terms, vector)
            rounds.append(1000 * (time.process_time() - start))
        taken.append(min(rounds))
    status = Path("/proc/self/status").read_text()
    private = int(status.partition("RssAnon:")[2].split()[0]) / 1024
    found = {f"p{at}_ms": round(float(np.percentile(taken, at)), 2) for at in (50, 95)}
    found |= {"first_s": round(first, 3), "private_mb": round(private, 1)}
    if name in ("usearch", "vectors, ours"):
        found["recall"] = round(_recall(ask, [vector for _, vector in asked], grown), 3)
    return found


def _recall(ask: Ask, vectors: list[np.ndarray], grown: Path) -> float:
    """Share of the 200 truly nearest that is found."""
    kept = Segment.open(grown).vectors
    shares = [
        len(np.intersect1d(best(dot(kept, vector), COUNT), ask({}, vector))) / COUNT
        for vector in vectors[:20]
    ]
    return float(np.mean(shares))


def _tokens(counts: Counts) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Term numbers row after row, how many each row has, and a word for each term: its hash, written out."""
    many = counts.counts.astype(np.int64)
    terms = np.repeat(np.repeat(np.arange(len(counts.terms)), np.diff(counts.starts)), many)
    order = np.argsort(np.repeat(counts.rows, many), kind="stable")
    return terms[order], counts.lengths.astype(np.int64), [str(number) for number in counts.terms.tolist()]


def _first_document(grown: Path) -> Document:
    segment = Segment.open(grown)
    rows = np.where(segment.document_rows == 0, np.arange(len(segment.document_rows)), -1)
    vectors = widen(segment.vectors[: segment.starts[1]])
    return Document(grown=grown, words=join_counts([segment.body], [rows]), vectors=vectors)


def _named(counts: Counts) -> dict[str, Any]:
    return {part: getattr(counts, part) for part in _PARTS}


if __name__ == "__main__":
    main()
