"""Stage one with inverted lists and blocks, as in an index too large to weigh every passage of."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.records import Passage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval import candidates, inverted_lists, segment
from bidproof.retrieval.candidates import Breadth
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.protocol import Filters, Query
from bidproof.retrieval.search import Retriever
from passages import make_passage
from wordvectors import WordEmbedder

EMBEDDER = WordEmbedder()
STAGES = Breadth(by_words=40, by_meaning=40, documents=10, short_documents=10, inside=40, everything_below=50)
EVERYTHING = replace(STAGES, everything_below=10_000)
SUBJECTS = ("access", "audit", "backup", "encryption", "incident", "key", "log", "network", "policy", "staff")
DOCUMENTS, PASSAGES = 120, 5


def passages() -> tuple[Passage, ...]:
    source = random.Random(7)
    return tuple(
        make_passage(
            f"{' '.join(source.choices(SUBJECTS, k=9))} {source.randrange(9999)}",
            path=f"{number:03}.md",
            start=1000 * part,
            tags=("rare",) if number % 20 == 0 else (),
        )
        for number in range(DOCUMENTS)
        for part in range(PASSAGES)
    )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LanceIndex:
    monkeypatch.setattr(segment, "LISTS_FROM", 100)
    monkeypatch.setattr(inverted_lists, "_LEAST_PROBED", 12)
    monkeypatch.setattr(candidates, "_BLOCK", 64)
    index = LanceIndex(tmp_path, embedder_name=EMBEDDER.name, dimension=EMBEDDER.dimension)
    known = passages()
    index.replace({item.document_id for item in known}, known, EMBEDDER.embed_documents(known))
    return index


def ask(
    index: LanceIndex, text: str, *, breadth: Breadth = STAGES, filters: Filters | None = None
) -> list[Passage]:
    retriever = Retriever(index, EMBEDDER, RetrievalSettings(), breadth=breadth)
    query = Query(text=text, top_k=10, filters=filters or Filters())
    return [hit.passage for hit in retriever.search(query)]


def test_the_best_of_two_stages_are_those_of_weighing_everything(index: LanceIndex) -> None:
    shared = total = 0
    for first in SUBJECTS:
        for second in SUBJECTS:
            text = f"How are {first} and {second} handled?"
            best = {item.id for item in ask(index, text, breadth=EVERYTHING)}
            shared += len(best & {item.id for item in ask(index, text)})
            total += len(best)
    assert shared >= 0.98 * total


def test_a_filter_is_met_by_all_that_is_found_and_leaves_none_out(index: LanceIndex) -> None:
    text, filters = "How are backup and key handled?", Filters(tags=("rare",))
    found = ask(index, text, breadth=replace(STAGES, everything_below=5), filters=filters)
    assert len(found) == 10
    assert all(item.tags == ("rare",) for item in found)
    assert found == ask(index, text, breadth=EVERYTHING, filters=filters)


def test_a_removed_document_is_found_no_more(index: LanceIndex) -> None:
    text = "How are access and log handled?"
    first = ask(index, text)[0]
    index.remove({first.document_id})
    found = ask(index, text)
    assert len(found) == 10
    assert first.document_id not in {item.document_id for item in found}
    assert {item.id for item in found} == {item.id for item in ask(index, text, breadth=EVERYTHING)}
