"""Threads that search one index while another thread replaces, removes and folds together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bidproof.core.ids import document_id
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.open import open_index
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever
from passages import make_passage
from wordvectors import WordEmbedder

TURNS = 30
SITES = ("amber", "basalt", "cedar", "dahlia", "ember", "fjord", "garnet", "hazel")


def test_searches_find_whole_documents_while_they_are_replaced(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    index = open_index(tmp_path / "index", embedder_name=embedder.name, dimension=embedder.dimension)
    retriever = Retriever(index, embedder, RetrievalSettings())

    def put(site: str, turn: int) -> None:
        passages = [
            make_passage(f"{site} {site} turn{turn} part{part}", path=f"{site}.md", start=90 * part)
            for part in range(3)
        ]
        index.replace({passages[0].document_id}, passages, embedder.embed_documents(passages))

    for site in SITES:
        put(site, 0)
    is_over = threading.Event()

    def search(first: int) -> int:
        done = 0
        while not is_over.is_set():
            site = SITES[(first + done) % len(SITES)]
            assert retriever.search(Query(text=site))[0].passage.path == f"{site}.md"
            done += 1
        return done

    threads = ThreadPoolExecutor(8)
    searches = [threads.submit(search, number) for number in range(8)]
    for turn in range(1, TURNS + 1):
        put(SITES[turn % len(SITES)], turn)
        if turn % 10 == 0:
            index.remove([document_id("gone.md")])
            index.compact()
    is_over.set()
    threads.shutdown()
    assert all(item.result() for item in searches)
    index.compact()
    best = retriever.search(Query(text=f"turn{TURNS}"))[0]
    assert f"turn{TURNS} " in best.passage.text


def test_what_another_writer_puts_in_is_found_soon(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    reader, writer = (
        open_index(tmp_path / "index", embedder_name=embedder.name, dimension=embedder.dimension)
        for _ in range(2)
    )
    retriever = Retriever(reader, embedder, RetrievalSettings())
    assert retriever.search(Query(text="zebra")) == ()
    for text in ("zebra one", "zebra two"):
        passage = make_passage(text, path=f"{text}.md")
        writer.replace({passage.document_id}, [passage], embedder.embed_documents([passage]))
        deadline = time.monotonic() + 30
        while not any(item.passage.text == text for item in retriever.search(Query(text=text))):
            assert time.monotonic() < deadline, f"{text!r} is not found"
            time.sleep(0.05)
