from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.core.ids import document_id
from bidproof.core.records import BlockKind, Passage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.protocol import Filters, Query
from bidproof.retrieval.search import Retriever
from passages import make_passage
from wordvectors import WordEmbedder

OpenRetriever = Callable[[tuple[Passage, ...]], Retriever]

LIBRARY = (
    make_passage("Backups are encrypted with AES-256 and kept for ninety days.", path="backup.md", start=0),
    make_passage("Restores are tested every quarter.", path="backup.md", start=100),
    make_passage("Access is reviewed every quarter by the security team.", path="access.md"),
    make_passage("Requirement REQ-004217 is met by design.", path="requirements.md", start=0),
    make_passage("Requirement REQ-004218 is met by contract.", path="requirements.md", start=100),
    make_passage("Sales rose to 81,797 million.", path="2023 Q3 ACME.pdf", title="Quarterly report"),
    make_passage("Sales rose to 94,836 million.", path="2023 Q2 ACME.pdf", title="Quarterly report"),
    make_passage("Lunch is served at noon.", path="cafeteria.md", written=date(2020, 1, 1), tags=("staff",)),
)


@pytest.fixture
def open_retriever(tmp_path: Path) -> OpenRetriever:
    def build(passages: tuple[Passage, ...]) -> Retriever:
        embedder = WordEmbedder()
        index = LanceIndex(tmp_path, embedder_name=embedder.name, dimension=embedder.dimension)
        documents = {passage.document_id for passage in passages}
        index.replace(documents, passages, embedder.embed_documents(passages))
        return Retriever(index, embedder, RetrievalSettings())

    return build


@pytest.fixture
def retriever(open_retriever: OpenRetriever) -> Retriever:
    return open_retriever(LIBRARY)


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("Are backups encrypted?", "backup.md"),
        ("Please describe how access is reviewed.", "access.md"),
        ("Is REQ-004217 met?", "requirements.md"),
        ("How much did ACME sell in Q2 2023?", "2023 Q2 ACME.pdf"),
        ("How much did ACME sell in Q3 2023?", "2023 Q3 ACME.pdf"),
    ],
)
def test_the_answering_document_comes_first(retriever: Retriever, question: str, path: str) -> None:
    assert retriever.search(Query(text=question))[0].passage.path == path
    assert retriever.search_documents(Query(text=question), top_k=2)[0].path == path


def test_a_code_finds_its_own_passage(retriever: Retriever) -> None:
    best = retriever.search(Query(text="How is REQ-004218 fulfilled?"))[0]
    assert "REQ-004218" in best.passage.text


def test_boilerplate_comes_behind_all_others(open_retriever: OpenRetriever) -> None:
    footer = make_passage("Access and backups: who reviews them.", path="a.html", kind=BlockKind.BOILERPLATE)
    best = open_retriever((*LIBRARY, footer)).search(Query(text="who reviews access and backups", top_k=20))
    assert best[0].passage.path != "a.html"
    assert best[-1].passage.path == "a.html"


def test_ranks_count_from_one_and_scores_fall(retriever: Retriever) -> None:
    found = retriever.search(Query(text="quarter", top_k=6))
    assert [item.rank for item in found] == [1, 2, 3, 4, 5, 6]
    assert [item.score for item in found] != []
    assert {"dense", "keyword", "coverage", "document"} <= set(found[0].parts)


def test_top_k_comes_from_the_question_then_from_the_settings(retriever: Retriever) -> None:
    assert len(retriever.search(Query(text="quarter"))) == RetrievalSettings().top_k
    assert len(retriever.search(Query(text="quarter", top_k=5))) == 5
    assert retriever.search(Query(text="quarter", top_k=0)) == ()


def test_many_questions_find_what_each_finds_alone(retriever: Retriever) -> None:
    queries = [Query(text="Are backups encrypted?"), Query(text="Who reviews access?"), Query(text="")]
    assert retriever.search_many(queries) == [retriever.search(query) for query in queries]
    assert retriever.search_many([]) == []


def test_filters_hold_for_passages_and_documents(retriever: Retriever) -> None:
    query = Query(text="Are backups encrypted?", filters=Filters(tags=("staff",)), top_k=10)
    assert [item.passage.path for item in retriever.search(query)] == ["cafeteria.md"]
    assert [item.path for item in retriever.search_documents(query, top_k=5)] == ["cafeteria.md"]
    nothing = Query(text="backups", filters=Filters(document_ids=(document_id("absent.md"),)))
    assert retriever.search(nothing) == ()
    assert retriever.search_documents(nothing, top_k=5) == ()


def test_equal_passages_are_found_once(
    open_retriever: OpenRetriever,
) -> None:
    text = "Penetration tests are done yearly by an independent firm."
    places = ("security.md", "old/security.md", "archive/security.md")
    copies = tuple(make_passage(text, path=path, title="Security") for path in places)
    found = open_retriever((*copies, *LIBRARY)).search(Query(text="penetration tests", top_k=5))
    assert [item.passage.text for item in found].count(text) == 1


def test_one_document_does_not_crowd_out_the_others(
    open_retriever: OpenRetriever,
) -> None:
    crowd = tuple(
        make_passage(f"Incident number {n}: phishing was reported and handled.", path="log.md", start=100 * n)
        for n in range(30)
    )
    policy = make_passage("Phishing incidents are handled by the security team.", path="incidents.md")
    found = open_retriever((*crowd, policy)).search(Query(text="How are phishing incidents handled?"))
    assert "incidents.md" in [item.passage.path for item in found]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = LanceIndex(tmp_path, embedder_name="words/1", dimension=64)
    retriever = Retriever(index, WordEmbedder(), RetrievalSettings())
    assert retriever.search(Query(text="anything")) == ()
    assert retriever.search_documents(Query(text="anything"), top_k=3) == ()


@pytest.mark.parametrize(
    "text", ["", "?", "'; DROP TABLE passages; --", 'a "b" (c AND d)', "\x00", "暗号化", "é" * 5000]
)
def test_odd_questions_are_no_errors(retriever: Retriever, text: str) -> None:
    assert len(retriever.search(Query(text=text))) <= RetrievalSettings().top_k


def test_an_unknown_reranker_is_refused(tmp_path: Path) -> None:
    index = LanceIndex(tmp_path, embedder_name="words/1", dimension=64)
    with pytest.raises(InvalidSetting, match="cross-encoder"):
        Retriever(index, WordEmbedder(), RetrievalSettings(reranker="cross-encoder"))
