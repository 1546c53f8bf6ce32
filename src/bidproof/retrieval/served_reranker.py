"""A second look at the first passages by a model behind an endpoint."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from bidproof.core.errors import BudgetSpent, InvalidSetting, ModelError
from bidproof.core.records import ScoredPassage
from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import Journal
from bidproof.llm.reranking import RerankGateway
from bidproof.retrieval.passage_text import embedding_text
from bidproof.retrieval.reranker import FAILED, in_new_order

_log = logging.getLogger(__name__)


class ServedReranker:
    """Puts the first passages in the order of an endpoint's scores.

    Where the endpoint fails, passages keep the order of the search, each with ``FAILED`` among its
    parts; the first failure is logged. Only a spent budget is raised.

    Args:
        gateway: Asks the endpoint.
    """

    def __init__(self, gateway: RerankGateway) -> None:
        self._gateway = gateway
        self._has_warned = False

    def rerank(
        self, question: str, ranked: Sequence[ScoredPassage], *, depth: int
    ) -> tuple[ScoredPassage, ...]:
        """Put the first ``depth`` passages in a new order; see :meth:`Reranker.rerank`.

        Raises:
            BudgetSpent: A cost limit leaves no room for the call.
        """
        first = ranked[:depth]
        try:
            scores = self._gateway.score(question, [embedding_text(item.passage) for item in first])
        except BudgetSpent:
            raise
        except ModelError as error:
            self._warn(error)
            return tuple(replace(item, parts={**item.parts, FAILED: 1.0}) for item in ranked)
        return in_new_order(ranked, scores)

    def _warn(self, error: ModelError) -> None:
        if not self._has_warned:
            self._has_warned = True
            _log.warning("passages keep the order of the search: %s (%s)", error.message, error.hint)


def open_served_reranker(
    settings: RetrievalSettings,
    *,
    model: ModelSettings,
    api_key: Keys | str | None,
    journal: Journal | None,
) -> ServedReranker:
    """Open the re-ranker behind ``retrieval.reranker_base_url``.

    Raises:
        InvalidSetting: The address is missing, or a cost limit is set and no price.
    """
    if not settings.reranker_base_url:
        raise InvalidSetting(
            "cannot open the endpoint re-ranker: found no retrieval.reranker_base_url, expected one",
            hint='set retrieval.reranker_base_url in bidproof.toml, or retrieval.reranker = "none"',
        )
    gateway = RerankGateway(
        model=settings.reranker_model,
        base_url=settings.reranker_base_url.rstrip("/"),
        api_key=api_key,
        settings=model,
        journal=journal,
    )
    return ServedReranker(gateway)
