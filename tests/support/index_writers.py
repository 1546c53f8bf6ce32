"""What child processes do to an index, to be killed at it or to meet each other."""

import os
from pathlib import Path
from unittest import mock

from bidproof.core.ids import document_id
from bidproof.retrieval.lance_index import LanceIndex
from passages import make_passage
from wordvectors import WordEmbedder

EMBEDDER = WordEmbedder()


def open_index(folder: str) -> LanceIndex:
    return LanceIndex(Path(folder) / "index", embedder_name=EMBEDDER.name, dimension=EMBEDDER.dimension)


def put(index: LanceIndex, name: str, text: str = "Keys are kept.") -> None:
    passages = [
        make_passage(f"{text} Part {part}.", path=f"{name}.md", start=100 * part) for part in range(3)
    ]
    index.replace({document_id(f"{name}.md")}, passages, EMBEDDER.embed_documents(passages))


def put_first(folder: str) -> None:
    put(open_index(folder), "first")
    put(open_index(folder), "second", "Logs are read.")


def change_and_die(folder: str, step: str) -> None:
    """Replace a document and put another in, and die on the way."""
    index = open_index(folder)
    put(index, "first", "Keys are turned.")
    with mock.patch(step, side_effect=lambda *_, **__: os._exit(9)):
        if step.endswith("compact"):
            index.compact()
        put(index, "second", "Logs are signed.")


def put_many(folder: str, writer: str) -> None:
    index = open_index(folder)
    for number in range(6):
        put(index, f"{writer}-{number}")
        put(index, "shared", f"Written by {writer}, {number}.")


def compact_often(folder: str) -> None:
    index = open_index(folder)
    for _ in range(5):
        index.compact()
