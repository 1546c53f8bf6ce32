"""An embedder whose meaning is in the words."""

import hashlib
from collections.abc import Sequence

import numpy as np

from bidproof.core.records import Passage
from bidproof.language.terms import index_terms
from bidproof.retrieval.passage_text import embedding_text


class WordEmbedder:
    """A bag of hashed words as a unit vector: similar words, similar vectors; deterministic."""

    name = "words/1"
    dimension = 64

    def embed_documents(self, passages: Sequence[Passage]) -> np.ndarray:
        return self.embed_passages([embedding_text(passage) for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.full((len(texts), self.dimension), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for term in index_terms(text):
                slot = int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "big") % self.dimension
                vectors[row, slot] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count_tokens(self, text: str) -> int:
        return len(text.split())
