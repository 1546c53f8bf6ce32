"""Re-ranking by any endpoint with the common ``/rerank`` form, through the gateway like every paid call.

Cohere, Jina, Voyage, vLLM and llama.cpp take ``documents``; Hugging Face's server takes ``texts`` and
says so. The question and its passages travel as the messages of a request, and scores as
the text of its reply, so that one gateway journals, limits and repeats them.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bidproof.core.errors import ModelGarbled
from bidproof.core.settings import ModelSettings
from bidproof.llm.adaptations import today
from bidproof.llm.blocking import open_blocking, priced_by_tokens
from bidproof.llm.budget import counted
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.endpoint_errors import Response
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import ChatRequest, Completion, Journal, Message
from bidproof.llm.wires.openai import OpenAIWire

_DOCUMENTS, _TEXTS = "documents", "texts"
_REFUSALS = (400, 422)


class RerankWire(OpenAIWire):
    """``POST …/rerank``."""

    optional: Mapping[str, str] = {_DOCUMENTS: _TEXTS}

    def path(self, model: str) -> str:
        """The same for every model."""
        del model
        return "rerank"

    def payload(self, request: ChatRequest, *, model: str, refused: Collection[str]) -> dict[str, Any]:
        """The question, and the passages under the name that the server knows them by."""
        query, *texts = [item.content for item in request.messages]
        named = {"model": model} if model else {}
        if _DOCUMENTS in refused:
            return {**named, "query": query, _TEXTS: texts, "truncate": True}
        return {**named, "query": query, _DOCUMENTS: texts}


class RerankModel(EndpointModel):
    """A re-ranking endpoint as the gateway drives it: one attempt at one question."""

    refusal_hint = "check retrieval.reranker_base_url, retrieval.reranker_model and the API key"

    def _read(self, reply: object, request: ChatRequest, *, seconds: float) -> Completion:
        count = len(request.messages) - 1
        tokens = _tokens(reply)
        try:
            scores = _scores(reply, count)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            garbled = ModelGarbled(
                f"cannot read the reply of {self.name!r}: {error}, expected one finite score for each of "
                f"{count} passages",
                hint="check that retrieval.reranker_base_url is a re-ranker's, such as https://host/v1",
            )
            raise with_notes(garbled, FailureNotes(maybe_paid=True, prompt_tokens=tokens)) from error
        read = Completion(text=json.dumps(scores), model=self.model, prompt_tokens=tokens, seconds=seconds)
        return replace(counted(read, request), completion_tokens=0)

    def _adapt(self, response: Response, request: ChatRequest, sent: Mapping[str, Any]) -> bool:
        """Send ``texts`` to a server that misses them."""
        del request
        is_missing = response.status in _REFUSALS and _TEXTS in response.message and _TEXTS not in sent
        if is_missing:
            self.adaptations[_DOCUMENTS] = today()
        return is_missing


class RerankGateway:
    """Scores passages for a question, for callers without an event loop; safe to use from any thread.

    An endpoint that is down is not waited for: the search has an order without it.

    Args:
        model: Model name at the endpoint; empty where it serves one alone.
        base_url: Address of the endpoint, up to what stands before ``/rerank``.
        api_key: Who gives out keys by address, or the one for this address; None where it asks for none.
        settings: Attempts, deadline, ``reranking_price`` and limits are read here.
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
        priced = priced_by_tokens(
            settings, model or base_url, price=settings.reranking_price, name="model.reranking_price"
        )
        self._settings = replace(priced, patience_s=0)
        self._gateway = open_blocking(
            RerankModel,
            model=model,
            base_url=base_url,
            api_key=api_key,
            settings=self._settings,
            journal=journal,
            label=f"{model or 'the re-ranker'} at {base_url}",
            wire=RerankWire(),
        )

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, in the endpoint's own measure; the higher the better.

        The same question about the same texts is kept in the journal and not paid again.

        Raises:
            ModelError: As of :meth:`Gateway.complete`.
        """
        messages = tuple(Message(role="user", content=text) for text in (question, *texts))
        reply = self._gateway.complete(ChatRequest(messages=messages, settings=self._settings))
        return cast("list[float]", json.loads(reply.text))


def _scores(reply: object, count: int) -> list[float]:
    """Scores in the order of the passages.

    Raises:
        ValueError: A passage has none or two, a score is no finite number, or a place is out of range.
    """
    is_list = isinstance(reply, list)
    body = cast("dict[str, Any]", {"results": reply} if is_list else reply)
    items = cast("list[Any]", body["data"] if "data" in body else body["results"])
    scores: dict[int, float] = {}
    for item in items:
        place, score = item["index"], item.get("relevance_score", item.get("score"))
        if type(place) is not int or not 0 <= place < count or place in scores:
            raise ValueError(f"found the place {place!r}")
        if isinstance(score, bool) or not math.isfinite(score):
            raise ValueError(f"found the score {score!r}")
        scores[place] = float(score)
    if len(scores) != count:
        raise ValueError(f"found {len(scores)} scores")
    return [scores[place] for place in range(count)]


def _tokens(reply: object) -> int:
    """Tokens that the endpoint says it read; 0 where it does not say."""
    usage = cast("dict[str, Any]", reply).get("usage") if isinstance(reply, dict) else None
    said = cast("dict[str, Any]", usage) if isinstance(usage, dict) else {}
    count = said.get("total_tokens") or said.get("prompt_tokens")
    return count if type(count) is int and count > 0 else 0
