"""Embeddings from any OpenAI-compatible endpoint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bidproof.core.errors import InvalidSetting, ModelGarbled
from bidproof.core.records import Passage
from bidproof.core.settings import ModelSettings
from bidproof.language.tokens import count_tokens
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import Journal
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_BATCH = 64


class EndpointEmbedder:
    """Sends texts to an embeddings endpoint, in batches, through the model gateway.

    Passage caps are counted with the local word pieces: near enough for sizing.

    Args:
        model: Model name at the endpoint.
        base_url: Address of the endpoint, ``…/v1``.
        api_key: Who gives out keys by address, or the one for this address; None where it asks for none.
        settings: Attempts, deadline, price and cost limits.
        journal: Where calls are written; None keeps none.

    Raises:
        InvalidSetting: Model or address is missing, or a cost limit is set and no price.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str,
        api_key: Keys | str | None,
        settings: ModelSettings | None = None,
        journal: Journal | None = None,
    ) -> None:
        for name, value in (("embedder_model", model), ("embedder_base_url", base_url)):
            if not value:
                raise InvalidSetting(
                    f"cannot open the endpoint embedder: found no retrieval.{name}, expected one",
                    hint=f'set retrieval.{name} in bidproof.toml, or retrieval.embedder = "minilm"',
                )
        from bidproof.llm.embeddings import EmbeddingGateway

        self._model, self._base_url = model, base_url.rstrip("/")
        self._gateway = EmbeddingGateway(
            model=model,
            base_url=self._base_url,
            api_key=api_key,
            settings=settings or ModelSettings(),
            journal=journal,
        )
        self._dimension = 0

    @property
    def name(self) -> str:
        """Identity of the vector space: address, model, and what of a passage is embedded."""
        return f"endpoint/{self._base_url}/{self._model}/{TEXT_RECIPE}"

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the endpoint once."""
        if not self._dimension:
            self._dimension = int(self.embed_queries(["dimension"]).shape[1])
        return self._dimension

    def count_tokens(self, text: str) -> int:
        """Count the local model's word pieces."""
        return count_tokens(text)

    def embed_documents(self, passages: Sequence[Passage]) -> "Vectors":
        """Embed passages with their title and headings: float32 ``[n, dimension]``, unit norm."""
        return self.embed_passages([embedding_text(passage) for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with; the endpoint treats both sides alike."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: float32 ``[n, dimension]``, unit norm, in the order given.

        Raises:
            ModelRefused: 4xx: wrong key, model or text.
            ModelUnavailable: 429 or 5xx after all retries, or no connection.
            ModelTimeout: A request ran past its deadline, each time.
            ModelGarbled: The reply is not one finite vector per text.
            BudgetSpent: The next batch could pass a cost limit; it was not sent.
        """
        import numpy as np

        batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        parts = [self._checked(self._gateway.embed(batch), len(batch)) for batch in batches]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float32)

    def _checked(self, vectors: "Vectors", count: int) -> "Vectors":
        import numpy as np

        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        expected = self._dimension or vectors.shape[1]
        if vectors.shape != (count, expected) or not np.isfinite(vectors).all() or not (norms > 0).all():
            raise ModelGarbled(
                f"cannot use embeddings of {self._model!r}: found {vectors.shape[0]} vectors of length "
                f"{vectors.shape[1]}, expected {count} finite ones of length {expected}",
                hint="check that retrieval.embedder_model is an embedding model",
            )
        self._dimension = int(vectors.shape[1])
        return vectors / norms
