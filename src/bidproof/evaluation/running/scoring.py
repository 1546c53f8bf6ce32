"""What metrics share while a run is scored: each matrix made once, each text embedded once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from bidproof.evaluation.protocol import ClaimMatrix, MatrixMaker
from bidproof.evaluation.records import GoldCase, Outcome

Key = tuple[str, int]


class TextEmbedder(Protocol):
    """The part of an embedder that similarity needs; every ``retrieval`` embedder has it."""

    def embed_passages(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 [n, d]."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 [n, d]."""
        ...


class RunScoring:
    """Gives every metric of a run the same matrices; concurrent askers wait for one making.

    Args:
        matrix_maker: Fills the matrices: offline, or a judge.
        embedder: For cosine similarity; None where the run has none.
        known: Matrices already made, by case id and repeat, e.g. of a stored run
            that is scored again: they are not made anew.
        concurrency: Matrices being made at once; None leaves it to the model's gateway.

    Attributes:
        matrices: Every matrix made so far, by case id and repeat; failed ones are not among them.
    """

    def __init__(
        self,
        matrix_maker: MatrixMaker,
        embedder: TextEmbedder | None = None,
        *,
        known: Mapping[Key, ClaimMatrix] | None = None,
        concurrency: int | None = None,
    ) -> None:
        self._maker = matrix_maker
        self._embedder = embedder
        self._slots = asyncio.Semaphore(concurrency) if concurrency else None
        self.matrices: dict[Key, ClaimMatrix] = dict(known or {})
        self._making: dict[Key, asyncio.Task[ClaimMatrix]] = {}
        self._offline: dict[Key, ClaimMatrix] = {}
        self._vectors: dict[str, Any] = {}

    async def matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix of one outcome, by the run's matrix maker.

        Raises:
            ModelError: The judge failed; every metric that asked gets the same error.
        """
        key = (outcome.case_id, outcome.repeat)
        if key in self.matrices:
            return self.matrices[key]
        task = self._making.get(key)
        if task is None:
            task = asyncio.ensure_future(self._make(key, lambda: self._maker.make(case, outcome)))
            self._making[key] = task
        # One metric that is cancelled must not cancel the matrix of the others.
        return await asyncio.shield(task)

    async def offline_matrix(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The claim matrix by code alone, also where a model judges the run."""
        from bidproof.evaluation.judging.matrix_offline import OfflineMatrix

        if not self._maker.is_model:
            return await self.matrix(case, outcome)
        key = (outcome.case_id, outcome.repeat)
        if key not in self._offline:
            self._offline[key] = await OfflineMatrix(self._embedder).make(case, outcome)
        return self._offline[key]

    def similarity(self, one: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity of a text with others, -1 to 1; empty without an embedder."""
        if self._embedder is None or not others:
            return []
        missing = [text for text in dict.fromkeys((one, *others)) if text not in self._vectors]
        if missing:
            vectors = self._embedder.embed_queries(missing)
            self._vectors.update(zip(missing, vectors, strict=True))
        mine = self._vectors[one]
        return [max(-1.0, min(1.0, float(mine @ self._vectors[text]))) for text in others]

    async def _make(self, key: Key, make: Callable[[], Awaitable[ClaimMatrix]]) -> ClaimMatrix:
        if self._slots is None:
            matrix = await make()
        else:
            async with self._slots:
                matrix = await make()
        self.matrices[key] = matrix
        return matrix
