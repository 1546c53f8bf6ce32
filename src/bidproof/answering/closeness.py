"""How near two texts are in meaning: the cosine of their plain vectors, without title and headings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bidproof.answering.past.search import TextEmbedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORDS = 60
_KEPT = 4096


class Closeness:
    """Compares questions with statements; vectors are kept, since a questionnaire meets the same ones again.

    Args:
        embedder: Of the same space for both sides.
    """

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, NDArray[np.float32]] = {}

    def to(self, question: str, statements: Sequence[str]) -> tuple[float, ...]:
        """Cosine of the question and each statement's first 60 words, -1 to 1, in order."""
        if not statements:
            return ()
        texts = [" ".join(text.split()[:_WORDS]) for text in (question, *statements)]
        kept = self._kept  # another thread may begin a new one meanwhile
        known = {text: kept[text] for text in texts if text in kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            made = dict(zip(new, self._embedder.embed_passages(new), strict=True))
            self._kept = {**kept, **made} if len(kept) + len(made) <= _KEPT else made
            known |= made
        asked, *others = (known[text] for text in texts)
        return tuple(float(asked @ other) for other in others)
