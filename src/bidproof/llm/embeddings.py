"""Embeddings from any OpenAI-compatible endpoint, through the gateway like every other paid call.

Texts travel as the messages of a request and vectors as the text of its reply, so that
one gateway journals, limits and repeats both.
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bidproof.core.errors import InvalidSetting, ModelGarbled
from bidproof.core.settings import ModelSettings
from bidproof.llm.blocking import open_blocking, priced_by_tokens
from bidproof.llm.budget import counted
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import ChatRequest, Completion, Journal, Message
from bidproof.llm.providers import bare_name, provider_of
from bidproof.llm.wires.openai import OpenAIWire, read_usage


class EmbeddingWire(OpenAIWire):
    """``POST …/embeddings``."""

    optional: Mapping[str, str] = {}

    def path(self, model: str) -> str:
        """The same for every model."""
        del model
        return "embeddings"

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """The messages' texts, and nothing that could be refused."""
        del refused
        texts = [item.content for item in request.messages]
        return {"model": model, "input": texts, "encoding_format": "float"}


class EmbeddingModel(EndpointModel):
    """An embeddings endpoint as the gateway drives it: one attempt at one batch."""

    refusal_hint = "check retrieval.embedder_model, retrieval.embedder_base_url and the API key"

    def _read(self, reply: object, request: ChatRequest, *, seconds: float) -> Completion:
        tokens = 0
        try:
            body = cast("dict[str, Any]", reply)
            tokens = read_usage(body).prompt
            items = sorted(body["data"], key=lambda item: item["index"])
            vectors = np.array([item["embedding"] for item in items], dtype=np.float32)
            if vectors.ndim != 2:
                raise ValueError("no vectors")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            garbled = ModelGarbled(
                f"cannot read the reply of {self.name!r}: found something else than embeddings of one "
                "length as JSON",
                hint="check that retrieval.embedder_base_url ends in the API's path, such as /v1",
            )
            raise with_notes(garbled, FailureNotes(maybe_paid=True, prompt_tokens=tokens)) from error
        text = f"{vectors.shape[1]}:{base64.b64encode(vectors.tobytes()).decode()}"
        read = Completion(text=text, model=self.model, prompt_tokens=tokens, seconds=seconds)
        return replace(counted(read, request), completion_tokens=0)


class EmbeddingGateway:
    """Embeds batches of texts for callers without an event loop; safe to use from any thread.

    Args:
        model: Model name at the endpoint.
        base_url: Address of the endpoint, ``…/v1``.
        api_key: Who gives out keys by address, or the one for this address; None where it asks for none.
        settings: Attempts, deadline, concurrency, ``embedding_price`` and limits are read here.
        journal: Where calls are written; None keeps none.

    Raises:
        InvalidSetting: A cost limit is set and no price.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str,
        api_key: Keys | str | None,
        settings: ModelSettings,
        journal: Journal | None,
    ) -> None:
        provider = provider_of(model, base_url)
        if provider.wire != "openai":
            raise InvalidSetting(
                f"cannot embed with {model!r}: found a provider whose embeddings are not supported",
                hint="use an OpenAI-compatible embeddings endpoint, or leave retrieval.embedder as it is",
            )
        self._settings = priced_by_tokens(
            settings, model, price=settings.embedding_price, name="model.embedding_price"
        )
        self._gateway = open_blocking(
            EmbeddingModel,
            model=bare_name(model, base_url),
            base_url=base_url,
            api_key=api_key,
            settings=self._settings,
            journal=journal,
            wire=EmbeddingWire(key_header=provider.key_header),
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed one batch: float32 ``[len(texts), dimension]`` as the endpoint gave them, in order.

        The vector of a single text, a question's, is kept in the journal and not paid again.

        Raises:
            ModelError: As of :meth:`Gateway.complete`.
        """
        request = ChatRequest(
            messages=tuple(Message(role="user", content=text) for text in texts),
            settings=self._settings,
            is_kept=len(texts) == 1,
        )
        reply = self._gateway.complete(request)
        dimension, _, packed = reply.text.partition(":")
        return np.frombuffer(base64.b64decode(packed), dtype=np.float32).reshape(-1, int(dimension))
