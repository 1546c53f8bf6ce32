"""RAGAS: its own faithfulness, answer relevancy and context precision, prompts and formulas unchanged.

Import only through ``open.open_bridge``, which switches its telemetry off first.
"""

# ragas and what it imports have partial types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false, reportMissingParameterType=false

from typing import Any, TypeVar

from pydantic import BaseModel
from ragas.embeddings.base import BaseRagasEmbedding
from ragas.llms.base import InstructorBaseRagasLLM
from ragas.metrics.collections import AnswerRelevancy, ContextPrecisionWithReference, Faithfulness

from bidproof.evaluation.bridges.asking import CaseAsking
from bidproof.evaluation.bridges.open import BridgeParts
from bidproof.evaluation.metrics.registry import FunctionMetric, judged_metric
from bidproof.evaluation.protocol import Scoring
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.evaluation.running.scoring import TextEmbedder

Reply = TypeVar("Reply", bound=BaseModel)


class _Judge(InstructorBaseRagasLLM):
    """Our gateway, as ragas sees it."""

    def __init__(self, asking: CaseAsking) -> None:
        self._asking = asking

    def generate(self, prompt: str, response_model: type[Reply]) -> Reply:
        raise NotImplementedError("metrics are run asynchronously")

    async def agenerate(self, prompt: str, response_model: type[Reply]) -> Reply:
        return await self._asking.ask(prompt, response_model)


class _Embedder(BaseRagasEmbedding):
    """The workspace's embedder, as ragas sees it."""

    def __init__(self, embedder: TextEmbedder) -> None:
        super().__init__()
        self._embedder = embedder

    def embed_text(self, text: str, **kwargs: Any) -> list[float]:
        return [float(value) for value in self._embedder.embed_queries([text])[0]]

    async def aembed_text(self, text: str, **kwargs: Any) -> list[float]:
        return self.embed_text(text)


def bridge_metrics(parts: BridgeParts) -> tuple[FunctionMetric, ...]:
    """Three metrics; ragas gives NaN where it finds no statement, which is no value here."""

    async def faithfulness(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
        """Share of statements, cut by the judge, that the contexts together hold."""
        metric = Faithfulness(llm=_judge(parts, case))
        result = await metric.ascore(
            user_input=case.question, response=outcome.draft.text, retrieved_contexts=_contexts(outcome)
        )
        return _value(result)

    async def answer_relevancy(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
        """Mean cosine of the question with three questions made from the answer."""
        metric = AnswerRelevancy(llm=_judge(parts, case), embeddings=_Embedder(parts.embedder))
        return _value(await metric.ascore(user_input=case.question, response=outcome.draft.text))

    async def context_precision(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
        """Average precision of contexts that the judge finds useful for the reference."""
        metric = ContextPrecisionWithReference(llm=_judge(parts, case))
        result = await metric.ascore(
            user_input=case.question, reference=case.reference, retrieved_contexts=_contexts(outcome)
        )
        return _value(result)

    return (
        judged_metric("ragas_faithfulness", faithfulness, "answer", "passages"),
        judged_metric("ragas_answer_relevancy", answer_relevancy, "answer"),
        judged_metric("ragas_context_precision", context_precision, "reference", "passages"),
    )


def _judge(parts: BridgeParts, case: GoldCase) -> _Judge:
    return _Judge(parts.asking.for_case(case.id))


def _contexts(outcome: Outcome) -> list[str]:
    return [item.passage.located_text for item in outcome.context]


def _value(result: Any) -> float:
    """A cosine may be a little out of 0 to 1; NaN is kept, and is no value."""
    value = float(result.value)
    return value if value != value else min(1.0, max(0.0, value))
