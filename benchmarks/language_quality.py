"""How often a question in German, French or Spanish finds its document, in its own language and in English.

    python benchmarks/language_quality.py

Twenty facts, each a document of one sentence, written by us in four languages
(`language_sets.csv`), with a question in other words for each language but
English. Everything goes down the product's own road with default settings; a
hit is a first (or one of the first three) passages of the right document.
``words`` is the word index alone, without vectors.
"""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bidproof.core.records import Passage
from bidproof.core.settings import DocumentSettings, RetrievalSettings
from bidproof.documents.files import find_files
from bidproof.documents.parse import parse_files
from bidproof.documents.passages import split_document
from bidproof.language.terms import query_terms
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.protocol import Embedder, Query
from bidproof.retrieval.search import Retriever

SETS = Path(__file__).with_name("language_sets.csv")


def passages_of(texts: Sequence[str], folder: Path) -> list[Passage]:
    """Each text as a document of its own; the file's name is its number."""
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:02}.md").write_text(f"{text}\n", encoding="utf-8")
    settings = DocumentSettings()
    outcomes = parse_files(find_files([folder]).files, settings=settings)
    documents = [outcome.document for outcome in outcomes if outcome.document is not None]
    return [passage for document in documents for passage in split_document(document, settings=settings)]


def places(
    texts: Sequence[str], questions: Sequence[str], folder: Path, embedder: Embedder
) -> list[list[str]]:
    """Ranks of the right document, by the product and by words alone; 0 where it is not found."""
    passages = passages_of(texts, folder / "docs")
    index = open_index(folder / "index", embedder_name=embedder.name, dimension=embedder.dimension)
    index.replace({passage.document_id for passage in passages}, passages, embedder.embed_documents(passages))
    retriever = Retriever(index, embedder, RetrievalSettings())
    found = retriever.search_many([Query(text=question, top_k=3) for question in questions])
    pool = index.pool()
    by_words: list[list[str]] = []
    for question in questions:
        scores = pool.body.match(dict.fromkeys(query_terms(question), 1.0)).scores()
        order = [at for at in np.argsort(-scores, kind="stable")[:3] if scores[at] > 0]
        by_words.append([passage.path for passage in pool.passages(np.array(order, dtype=int))])
    return [[hit.passage.path for hit in hits] for hits in found] + by_words


def hits(found: Sequence[Sequence[str]], depth: int) -> int:
    """How many questions have their document among the first."""
    return sum(f"{number:02}.md" in paths[:depth] for number, paths in enumerate(found))


def main() -> None:
    """Print hits of twenty, per language of question and documents."""
    with SETS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="|"))
    embedder = open_embedder(RetrievalSettings())
    print(f"{len(rows)} questions each; question, documents: hit@1, hit@3 (words alone: hit@1, hit@3)")
    for language in ("de", "fr", "es"):
        questions = [row[f"question_{language}"] for row in rows]
        for spoken in (language, "en"):
            with tempfile.TemporaryDirectory() as folder:
                both = places([row[spoken] for row in rows], questions, Path(folder), embedder)
            ours, words = both[: len(rows)], both[len(rows) :]
            print(
                f"{language}, {spoken}: {hits(ours, 1)}, {hits(ours, 3)} ({hits(words, 1)}, {hits(words, 3)})"
            )


if __name__ == "__main__":
    main()
