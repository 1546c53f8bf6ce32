"""Embed the texts of an outcome while the judge is being waited for, so that scoring never waits for them."""

import threading
from collections.abc import Sequence
from typing import Any

from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.evaluation.scoring import TextEmbedder


class PrefetchedEmbedder:
    """An embedder that remembers, filled from a thread ahead of the metrics.

    Every metric asks on the event loop; computing there would hold up every other
    case. Texts that were not foreseen are embedded when they are asked for.

    Args:
        embedder: The one that computes.
    """

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Any] = {}
        self._computing = threading.Lock()

    def embed_queries(self, texts: Sequence[str]) -> Any:
        """Unit vectors in order, computed at most once a text; safe from any thread."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            with self._computing:
                left = [text for text in missing if text not in self._known]
                if left:
                    self._known.update(zip(left, self._embedder.embed_queries(left), strict=True))
        return [self._known[text] for text in texts]

    def prepare(self, case: GoldCase, outcome: Outcome) -> None:
        """Embed what similarity metrics ask about: question, answer and reference."""
        texts = (case.question, outcome.draft.text, case.reference)
        self.embed_queries([text for text in texts if text.strip()])
