"""Embed the texts of an outcome while the judge is being waited for, so that scoring never waits for them."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.evaluation.running.scoring import TextEmbedder

_QUESTION, _ANSWER, _REFERENCE = "question", "answer", "reference"
_ASKED = {
    "question_similarity": (_QUESTION, _ANSWER),
    "reference_similarity": (_ANSWER, _REFERENCE),
    "answer_correctness": (_ANSWER, _REFERENCE),
    "answer_relevance": (_QUESTION,),
    "ragas_answer_relevancy": (_QUESTION,),
}
"""What each metric compares; a metric that is not here has its texts embedded when it asks."""


class PrefetchedEmbedder:
    """An embedder that remembers, filled from a thread ahead of the metrics.

    Every metric asks on the event loop; computing there would hold up every other
    case. Texts that were not foreseen are embedded when they are asked for.

    Args:
        embedder: The one that computes.
        metrics: Names of the run's metrics: only what they compare is embedded ahead.
    """

    def __init__(self, embedder: TextEmbedder, *, metrics: Iterable[str]) -> None:
        self._embedder = embedder
        self._wanted = {part for name in metrics for part in _ASKED.get(name, ())}
        self._known: dict[str, Any] = {}
        self._computing = threading.Lock()

    def embed_passages(self, texts: Sequence[str]) -> Any:
        """Unit vectors in order; who asks for these remembers them."""
        return self._embedder.embed_passages(texts)

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
        """Embed what the run's metrics are going to compare of this outcome."""
        texts = {_QUESTION: case.question, _ANSWER: outcome.draft.text, _REFERENCE: case.reference}
        self.embed_queries([text for part, text in texts.items() if part in self._wanted and text.strip()])
