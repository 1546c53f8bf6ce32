"""Embeddings from any OpenAI-compatible endpoint."""

import random
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bidproof.core.errors import InvalidSetting, ModelGarbled, ModelRefused, ModelTimeout, ModelUnavailable
from bidproof.core.records import Passage
from bidproof.language.tokens import count_tokens
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_BATCH = 64
_ATTEMPTS = 4
_TIMEOUT_S = 60.0
_LONGEST_WAIT_S = 20.0


class EndpointEmbedder:
    """Sends texts to an embeddings endpoint, in batches, with one retry loop of our own.

    Passage caps are counted with the local word pieces: near enough for sizing.

    Args:
        model: Model name at the endpoint.
        base_url: Address of the endpoint, ``…/v1``.
        api_key: Secret; None where the endpoint asks for none.
        timeout_s: Deadline of one request, in seconds.
        first_wait_s: Pause before the first retry; it doubles with each.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str,
        api_key: str | None,
        timeout_s: float = _TIMEOUT_S,
        first_wait_s: float = 0.5,
    ) -> None:
        for name, value in (("embedder_model", model), ("embedder_base_url", base_url)):
            if not value:
                raise InvalidSetting(
                    f"cannot open the endpoint embedder: found no retrieval.{name}, expected one",
                    hint=f'set retrieval.{name} in bidproof.toml, or retrieval.embedder = "minilm"',
                )
        self._model, self._base_url, self._api_key = model, base_url.rstrip("/"), api_key
        self._timeout_s, self._first_wait_s = timeout_s, first_wait_s
        self._client: Any = None
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
        """
        import numpy as np

        batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        parts = [self._checked(self._ask(list(batch)), len(batch)) for batch in batches]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float32)

    def _checked(self, rows: list[list[float]], count: int) -> "Vectors":
        import numpy as np

        lengths = {len(row) for row in rows}
        vectors = np.asarray(rows, dtype=np.float32) if len(lengths) == 1 else np.zeros((0, 0), np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        expected = self._dimension or vectors.shape[1]
        if vectors.shape != (count, expected) or not np.isfinite(vectors).all() or not (norms > 0).all():
            raise ModelGarbled(
                f"cannot use embeddings of {self._model!r}: found {vectors.shape[0]} vectors of lengths "
                f"{sorted(lengths)}, expected {count} finite ones of one length",
                hint="check that retrieval.embedder_model is an embedding model",
            )
        self._dimension = int(vectors.shape[1])
        return vectors / norms

    def _ask(self, texts: list[str]) -> list[list[float]]:
        import openai

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                reply = self._open_client().embeddings.create(
                    model=self._model, input=texts, encoding_format="float"
                )
                return _rows(reply)
            except openai.APIStatusError as error:
                if error.status_code != 429 and error.status_code < 500:
                    raise self._refused(error) from error
                if attempt == _ATTEMPTS:
                    raise self._unavailable(f"status {error.status_code}") from error
                self._wait(attempt, error.response.headers.get("retry-after"))
            except openai.APITimeoutError as error:
                if attempt == _ATTEMPTS:
                    raise ModelTimeout(
                        f"embedding with {self._model!r} timed out: no reply within {self._timeout_s:g} s, "
                        f"{_ATTEMPTS} times",
                        hint="check the endpoint's load",
                    ) from error
                self._wait(attempt, None)
            except openai.APIConnectionError as error:
                if attempt == _ATTEMPTS:
                    raise self._unavailable("no connection") from error
                self._wait(attempt, None)
            except ValueError as error:
                raise self._garbled() from error
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, attempt: int, retry_after: str | None) -> None:
        wait = self._first_wait_s * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter
        if retry_after is not None and retry_after.replace(".", "", 1).isdigit():
            wait = max(wait, float(retry_after))
        time.sleep(min(wait, _LONGEST_WAIT_S))

    def _refused(self, error: Any) -> ModelRefused:
        return ModelRefused(
            f"embedding with {self._model!r} was refused: status {error.status_code}, "
            f"{str(error.message)[:200]}",
            hint="check retrieval.embedder_model, retrieval.embedder_base_url and the API key",
        )

    def _unavailable(self, found: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"cannot reach embeddings of {self._model!r} at {self._base_url!r}: {found}, {_ATTEMPTS} times",
            hint='check the address, or set retrieval.embedder = "minilm"',
        )

    def _garbled(self) -> ModelGarbled:
        return ModelGarbled(
            f"cannot read the reply of {self._base_url!r}: found something else than embeddings as JSON",
            hint="check that retrieval.embedder_base_url ends in the API's path, such as /v1",
        )

    def _open_client(self) -> Any:
        if self._client is None:
            import openai

            self._client = openai.OpenAI(
                api_key=self._api_key or "none",
                base_url=self._base_url,
                timeout=self._timeout_s,
                max_retries=0,
            )
        return self._client


def _rows(reply: Any) -> list[list[float]]:
    """Vectors in the order of the texts; a reply of another shape raises ValueError."""
    try:
        items = sorted(reply.data, key=lambda item: item.index)
        return [[float(value) for value in item.embedding] for item in items]
    except (AttributeError, TypeError) as error:
        raise ValueError("not a list of embeddings") from error
