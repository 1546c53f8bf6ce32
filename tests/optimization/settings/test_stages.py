import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

import numpy as np
import pytest

from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.optimization.settings.stages import BoundedCache, CachedEmbedder, CachedSource, SearchCache
from bidproof.retrieval.protocol import Filters, Query
from passages import make_passage


class CountingSource:
    def __init__(self) -> None:
        self.asked: list[Query] = []

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        self.asked.append(query)
        return tuple(
            ScoredPassage(passage=passage(number), score=1.0 / rank, rank=rank)
            for rank, number in enumerate(range(query.top_k or 0), start=1)
        )


def passage(number: int) -> Passage:
    text = f"Passage {number}."
    return make_passage(text, path="a.md", title="A")


SETTINGS = RetrievalSettings()


def test_candidates_that_search_alike_never_search_twice() -> None:
    cache, made = SearchCache(), CountingSource()
    first = CachedSource(made, settings=SETTINGS, cache=cache)
    second = CachedSource(CountingSource(), settings=replace(SETTINGS, top_k=8), cache=cache)
    query = Query(text="Are backups encrypted?", context=("Backups",), top_k=10)
    assert first.search(query) == second.search(query)
    assert len(made.asked) == 1
    assert (cache.counts.found, cache.counts.made) == (1, 1)


def test_what_decides_a_ranking_keeps_rankings_apart() -> None:
    cache, made = SearchCache(), CountingSource()
    query = Query(text="Backups?", top_k=4)
    CachedSource(made, settings=SETTINGS, cache=cache).search(query)
    others = [
        (SETTINGS, query, "other documents"),
        (replace(SETTINGS, dense_weight=0.6), query, ""),
        (replace(SETTINGS, depth=200), query, ""),
        (SETTINGS, replace(query, context=("Backups",)), ""),
        (SETTINGS, replace(query, filters=Filters(paths=("a",))), ""),
        (SETTINGS, replace(query, rewrites=("Copies?",)), ""),
        (SETTINGS, replace(query, top_k=5), ""),
        (SETTINGS, replace(query, top_k=None), ""),
        (replace(SETTINGS, top_k=7), replace(query, top_k=None), ""),
    ]
    for settings, asked, documents in others:
        CachedSource(made, settings=settings, cache=cache, documents=documents).search(asked)
    assert len(made.asked) == 1 + len(others)
    assert made.asked[-1].top_k == 7


def test_memory_is_bounded_and_the_oldest_unused_goes_first() -> None:
    cache, made = SearchCache(max_passages=12), CountingSource()
    source = CachedSource(made, settings=SETTINGS, cache=cache)
    for text in ("a", "b", "a", "c"):
        source.search(Query(text=text, top_k=4))
    source.search(Query(text="a", top_k=4))
    assert [query.text for query in made.asked] == ["a", "b", "c"]
    source.search(Query(text="b", top_k=4))
    assert [query.text for query in made.asked] == ["a", "b", "c", "b"]


def test_several_who_ask_at_once_wait_for_one_search() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)
    made: list[int] = []
    gate = threading.Barrier(4)

    def make() -> int:
        made.append(1)
        sleep(0.05)
        return 7

    def ask(_: int) -> int:
        gate.wait()
        return cache.get("key", make)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [7] * 4
    assert len(made) == 1


def test_what_failed_is_tried_again() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)

    def fail() -> int:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        cache.get("key", fail)
    assert cache.get("key", lambda: 3) == 3
    assert cache.weight == 1


class CountingEmbedder:
    name, dimension = "counting", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_queries(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), 0.0] for text in texts], dtype=np.float32).reshape(-1, 2)

    def embed_passages(self, texts: list[str]) -> np.ndarray:
        return self.embed_queries(texts)

    def embed_documents(self, passages: list[Passage]) -> np.ndarray:
        return self.embed_queries([item.text for item in passages])

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def test_each_query_is_embedded_once() -> None:
    counting = CountingEmbedder()
    embedder = CachedEmbedder(counting)
    assert embedder.embed_queries(["one", "three"]).tolist() == [[3.0, 0.0], [5.0, 0.0]]
    assert embedder.embed_queries(["three", "four", "three"]).shape == (3, 2)
    assert counting.asked == ["one", "three", "four"]
    assert embedder.embed_queries([]).shape == (0, 2)
    assert embedder.embed_passages(["x"]).shape == (1, 2)
    assert (embedder.name, embedder.dimension, embedder.count_tokens("a b")) == ("counting", 2, 2)
