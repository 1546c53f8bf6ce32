"""A learned second look: what it reads, how it orders, and which file it may be read from."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.answering.extractive import extractive_program
from bidproof.core.errors import InvalidSetting, UnreadableFile
from bidproof.core.records import ScoredPassage
from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.prompts.program import default_program
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.reranker import (
    RERANKER_FILE,
    RERANKERS_FOLDER,
    Feature,
    LearnedReranker,
    candidate_features,
    dump_reranker,
    load_reranker,
    open_reranker,
)
from bidproof.retrieval.search import Retriever
from passages import make_passage
from wordvectors import WordEmbedder

TEXTS = ("Backups are kept for ninety days.", "Backups are kept.", "Keys are kept.", "Lunch is at noon.")
RANKED = tuple(
    ScoredPassage(
        passage=make_passage(text, path=f"{rank % 3}.md", start=rank * 100),
        score=1 / rank,
        rank=rank,
        parts={"dense": 0.5 - rank / 10, "keyword": 0.2},
    )
    for rank, text in enumerate(TEXTS, start=1)
)
BACKWARDS = LearnedReranker(
    features=(Feature(name="fused", mean=0.0, scale=1.0, weight=-3.0),),
    intercept=0.5,
    embedder=WordEmbedder.name,
    index="i",
)


def test_features_are_centred_and_leave_out_what_all_share() -> None:
    rows = candidate_features("How long are backups kept?", RANKED)
    assert all(sum(row[name] for row in rows) == pytest.approx(0) for name in rows[0])
    assert [row["keyword"] for row in rows] == pytest.approx([0.0] * 4)
    assert rows[0]["pairs"] == rows[1]["pairs"] > rows[3]["pairs"]
    assert rows[0]["length"] > rows[1]["length"]
    assert rows[3]["repeats"] > rows[0]["repeats"]
    assert candidate_features("?", ()) == []


def test_the_first_are_put_in_order_and_the_others_stay() -> None:
    ranked = BACKWARDS.rerank("backups", RANKED, depth=3)
    assert [item.passage.text for item in ranked] == [TEXTS[2], TEXTS[1], TEXTS[0], TEXTS[3]]
    assert [item.rank for item in ranked] == [1, 2, 3, 4]
    assert [item.score for item in ranked] == sorted((item.score for item in RANKED), reverse=True)
    chances = [item.parts["reranker"] for item in ranked[:3]]
    assert chances == sorted(chances, reverse=True)
    assert "reranker" not in ranked[3].parts
    assert BACKWARDS.rerank("backups", (), depth=3) == ()
    even = replace(BACKWARDS, features=())
    assert [item.passage for item in even.rerank("x", RANKED, depth=9)] == [item.passage for item in RANKED]


def test_a_wild_number_is_no_overflow() -> None:
    wild = replace(BACKWARDS, features=(replace(BACKWARDS.features[0], weight=1e9),))
    assert all(math.isfinite(chance) for chance in wild.probabilities("x", RANKED))


def test_a_retriever_reranks_what_it_found_before_it_cuts(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    index = LanceIndex(tmp_path, embedder_name=embedder.name, dimension=embedder.dimension)
    passages = [item.passage for item in RANKED]
    index.replace({item.document_id for item in passages}, passages, embedder.embed_documents(passages))
    plain = Retriever(index, embedder, RetrievalSettings())
    settings = RetrievalSettings(reranker="learned:x", rerank_depth=4)
    learned = Retriever(index, embedder, settings, reranker=BACKWARDS)
    query = Query(text="How long are backups kept?", top_k=4)
    before = [item.passage.id for item in plain.search(query)]
    assert [item.passage.id for item in learned.search(query)] == before[::-1]
    assert [item.passage.id for item in learned.search(replace(query, top_k=1))] == [before[-1]]
    assert learned.search_documents(query, top_k=2) == plain.search_documents(query, top_k=2)
    with pytest.raises(InvalidSetting) as caught:
        Retriever(index, embedder, settings)
    assert caught.value.code == "reranker-missing"
    off = Retriever(index, embedder, RetrievalSettings(), reranker=BACKWARDS)
    assert [item.passage.id for item in off.search(query)] == before


def test_a_file_comes_back_whole_and_is_named_by_what_it_does(tmp_path: Path) -> None:
    told = replace(BACKWARDS, trained={"questions": 3}, proof={"verdict": "better"})
    path = tmp_path / "r.json"
    path.write_text(dump_reranker(told), "utf-8")
    assert load_reranker(path) == told
    assert told.digest() == BACKWARDS.digest()
    assert replace(told, intercept=0.6).digest() != told.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"intercept": 0.75},
        {"format": "other"},
        {"features": [{"name": "fused", "mean": 0, "scale": 0, "weight": 1}]},
        {"features": "none"},
        {"embedder": None},
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps({**json.loads(dump_reranker(BACKWARDS)), **change}), "utf-8")
    with pytest.raises(UnreadableFile) as caught:
        load_reranker(path)
    assert caught.value.code == "reranker-damaged"
    path.write_text(dump_reranker(BACKWARDS)[:40], "utf-8")
    with pytest.raises(UnreadableFile):
        load_reranker(path)


def test_a_setting_names_the_proven_one_or_one_by_its_digest(tmp_path: Path) -> None:
    def opened(name: str, embedder: str = BACKWARDS.embedder, index: str = "i") -> LearnedReranker | None:
        return open_reranker(name, folder=tmp_path, embedder=embedder, index=index)

    (tmp_path / RERANKERS_FOLDER).mkdir()
    digest = BACKWARDS.digest()
    (tmp_path / RERANKERS_FOLDER / f"{digest}.json").write_text(dump_reranker(BACKWARDS), "utf-8")
    assert opened("none") is None
    assert opened(f"learned:{digest}") == BACKWARDS
    for name in ("learned", "learned:abc", "learned:../x", "learned:", "cross-encoder"):
        with pytest.raises(InvalidSetting) as caught:
            opened(name)
        assert caught.value.code == "reranker-missing"
    (tmp_path / RERANKER_FILE).write_text(dump_reranker(BACKWARDS), "utf-8")
    assert opened("learned") == BACKWARDS
    for other in ({"embedder": "e5"}, {"index": "other passages"}):
        with pytest.raises(InvalidSetting) as caught:
            opened("learned", **other)
        assert caught.value.code == "reranker-other"


def test_programs_are_named_by_their_reranker_and_old_ones_as_before() -> None:
    for make in (default_program, extractive_program):
        plain = make(Settings())
        deep = make(Settings(retrieval=RetrievalSettings(rerank_depth=50)))
        assert deep.digest() == plain.digest()
        learned = [
            make(Settings(retrieval=RetrievalSettings(reranker=name, rerank_depth=depth))).digest()
            for name, depth in (("learned:a", 20), ("learned:b", 20), ("learned:a", 50))
        ]
        assert len({*learned, plain.digest()}) == 4
