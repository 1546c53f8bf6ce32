"""What an answer costs: money, tokens, calls, seconds."""

from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Scoring
from bidproof.evaluation.records import GoldCase, Outcome


@metric(name="latency_s", kind="amount", higher_is_better=False, needs=())
def latency_s(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
    """Wall-clock seconds of answering, waiting included."""
    return outcome.seconds


@metric(name="cost_usd", kind="amount", higher_is_better=False, needs=())
def cost_usd(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
    """US dollars of the answer's model calls, failed ones included; the judge's are not."""
    return outcome.draft.usage.cost_usd


@metric(name="tokens", kind="amount", higher_is_better=False, needs=())
def tokens(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
    """Prompt and completion tokens of the answer's model calls."""
    return float(outcome.draft.usage.prompt_tokens + outcome.draft.usage.completion_tokens)


@metric(name="model_calls", kind="amount", higher_is_better=False, needs=())
def model_calls(case: GoldCase, outcome: Outcome, scoring: Scoring) -> float:
    """Calls to the model, failed ones included."""
    return float(outcome.draft.usage.calls)
