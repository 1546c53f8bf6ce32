"""A measuring set carried down the product's own road, with slow steps kept between runs.

Files are found, parsed, split, embedded and indexed by the product with its
default settings. Parsed passages and vectors are kept in the cache folder: the
vectors by model and text, so an interrupted run goes on where it stopped.
"""

import hashlib
import json
import pickle
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from embedders import CoarseEmbedder
from measuring_sets import documents_folder

from bidproof.core.ids import DocumentId
from bidproof.core.records import Passage
from bidproof.core.settings import DocumentSettings, RetrievalSettings
from bidproof.documents.files import find_files
from bidproof.documents.parse import parse_files
from bidproof.documents.passages import split_document
from bidproof.documents.version import PARSER_VERSION
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text
from bidproof.retrieval.protocol import Embedder, Index

_PART = 500


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """An indexed set; ``path_of`` gives each passage's document."""

    name: str
    passages: tuple[Passage, ...]
    index: Index
    embedder: Embedder

    @property
    def paths(self) -> frozenset[str]:
        """Paths of the documents."""
        return frozenset(passage.path for passage in self.passages)


def open_corpus(name: str, *, cache: Path, embedder: Embedder | None = None) -> Corpus | None:
    """Parse, split, embed and index a set, with the default embedder unless told; None when it is absent."""
    folder = documents_folder(name, cache)
    if folder is None:
        return None
    passages = _passages(name, folder, cache)
    embedder = embedder or open_embedder(RetrievalSettings())
    is_coarse = isinstance(embedder, CoarseEmbedder)
    vectors = _vectors(passages, embedder.base if is_coarse else embedder, cache / f"{name}-vectors")
    vectors = embedder.coarser(vectors) if is_coarse else vectors
    place = cache / f"{name}-index-{embedder.dimension}"
    index = _index(place, passages, vectors)
    return Corpus(name=name, passages=passages, index=index, embedder=embedder)


def document_texts(name: str, *, cache: Path) -> dict[DocumentId, str]:
    """Every document's whole text by id, empty when the set is absent."""
    folder = documents_folder(name, cache)
    if folder is None:
        return {}
    kept = cache / f"{name}-{PARSER_VERSION}-texts.json"
    if not kept.exists():
        outcomes = parse_files(find_files([folder]).files, settings=DocumentSettings())
        documents = [outcome.document for outcome in outcomes if outcome.document is not None]
        kept.write_text(json.dumps({document.id: document.text for document in documents}), encoding="utf-8")
    return {DocumentId(key): text for key, text in json.loads(kept.read_text(encoding="utf-8")).items()}


def _index(place: Path, passages: Sequence[Passage], vectors: np.ndarray) -> Index:
    """The set's index, built again when a passage, a vector or the words of a passage have changed."""
    content = hashlib.sha256(np.ascontiguousarray(vectors).tobytes())
    content.update("\0".join([TEXT_RECIPE, *(passage.id for passage in passages)]).encode())
    stamp = content.hexdigest()[:24]
    stamped = place.with_name(f"{place.name}.stamp")
    is_built = stamped.exists() and stamped.read_text() == stamp
    if not is_built:
        shutil.rmtree(place, ignore_errors=True)
    index = open_index(place, embedder_name=stamp, dimension=vectors.shape[1])
    if not is_built:
        index.replace({passage.document_id for passage in passages}, passages, vectors)
        index.compact()
        stamped.write_text(stamp)
    return index


def _passages(name: str, folder: Path, cache: Path) -> tuple[Passage, ...]:
    settings = DocumentSettings()
    kept = cache / f"{name}-{PARSER_VERSION}-{settings.chunking}-{settings.max_tokens}.passages"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    found = find_files([folder])
    passages: list[Passage] = []
    for outcome in parse_files(found.files, settings=settings):
        if outcome.document is not None:
            passages += split_document(outcome.document, settings=settings)
        elif outcome.failure is not None:
            print(f"not read: {outcome.failure.message}", flush=True)
    passages.sort(key=lambda passage: (passage.path, passage.start))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(tuple(passages)))
    return tuple(passages)


def _vectors(passages: Sequence[Passage], embedder: Embedder, folder: Path) -> np.ndarray:
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[np.ndarray] = []
    for start in range(0, len(passages), _PART):
        own = passages[start : start + _PART]
        # The last part of the name says what is embedded; the texts themselves say it better.
        model = embedder.name.rpartition("/")[0]
        text = "\0".join([model, *(embedding_text(passage) for passage in own)])
        kept = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.npy"
        if not kept.exists():
            aside = folder / "writing.npy"
            np.save(aside, embedder.embed_documents(own))
            aside.rename(kept)
            print(f"embedded {start + len(own)} of {len(passages)} passages", flush=True)
        parts.append(np.load(kept))
    return np.concatenate(parts)
