"""DeepEval: its own faithfulness, answer relevancy and contextual precision, prompts and formulas unchanged.

Import only through ``open.open_bridge``, which switches its telemetry off first.
"""

# deepeval has partial types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false, reportMissingParameterType=false
# pyright: reportIncompatibleMethodOverride=false

from typing import Any

from deepeval.metrics import AnswerRelevancyMetric, ContextualPrecisionMetric, FaithfulnessMetric
from deepeval.models import DeepEvalBaseLLM
from deepeval.test_case import LLMTestCase
from pydantic import BaseModel

from bidproof.evaluation.bridges.asking import CaseAsking
from bidproof.evaluation.bridges.open import BridgeParts
from bidproof.evaluation.metrics.registry import FunctionMetric, judged_metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome


class _Judge(DeepEvalBaseLLM):
    """Our gateway, as deepeval sees it."""

    def __init__(self, asking: CaseAsking) -> None:
        self._asking = asking
        super().__init__(asking.model.name)

    def load_model(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def get_model_name(self, *args: Any, **kwargs: Any) -> str:
        return self._asking.model.name

    def generate(self, prompt: str, schema: type[BaseModel] | None = None) -> Any:
        raise NotImplementedError("metrics are run asynchronously")

    async def a_generate(self, prompt: str, schema: type[BaseModel] | None = None) -> Any:
        if schema is None:
            return await self._asking.ask_text(prompt)
        return await self._asking.ask(prompt, schema)


def bridge_metrics(parts: BridgeParts) -> tuple[FunctionMetric, ...]:
    """Three metrics; where deepeval finds nothing to judge it says 1, which is no value here."""

    async def faithfulness(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        """Share of claims, cut by the judge, that the contexts do not contradict."""
        return await _measure(FaithfulnessMetric(**_options(parts, case)), case, outcome)

    async def answer_relevancy(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        """Share of the answer's statements that the judge finds relevant to the question."""
        return await _measure(AnswerRelevancyMetric(**_options(parts, case)), case, outcome)

    async def context_precision(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
        """Average precision of contexts that the judge finds useful for the reference."""
        return await _measure(ContextualPrecisionMetric(**_options(parts, case)), case, outcome)

    return (
        judged_metric("deepeval_faithfulness", faithfulness, "answer", "passages"),
        judged_metric("deepeval_answer_relevancy", answer_relevancy, "answer"),
        judged_metric("deepeval_context_precision", context_precision, "reference", "passages", "answer"),
    )


def _options(parts: BridgeParts, case: GoldCase) -> dict[str, Any]:
    # Its reasons in words would cost one more call a metric and change no score.
    return {"model": _Judge(parts.asking.for_case(case.id)), "include_reason": False}


async def _measure(metric: Any, case: GoldCase, outcome: Outcome) -> Score:
    test_case = LLMTestCase(
        input=case.question,
        actual_output=outcome.draft.text,
        expected_output=case.reference or None,
        retrieval_context=[item.passage.located_text for item in outcome.context],
    )
    value = await metric.a_measure(test_case, _show_indicator=False)
    if not metric.verdicts:
        return Score(state=CellState.UNSCORABLE, reason=f"deepeval found nothing to judge (and says {value})")
    return Score(state=CellState.SCORED, value=min(1.0, max(0.0, float(value))))
