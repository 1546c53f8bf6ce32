"""Runs as pandas data frames: one row a cell, an outcome, or a metric."""

from typing import TYPE_CHECKING

from bidproof.evaluation.records import Run

if TYPE_CHECKING:
    import pandas as pd


def cells_dataframe(run: Run) -> "pd.DataFrame":
    """One row a case, repeat and metric.

    Columns: ``run``, ``case_id``, ``repeat``, ``metric``, ``state`` (one of five),
    ``value`` (float; missing unless scored), ``group``, ``reason``.
    """
    import pandas as pd

    columns = {
        "run": [run.info.id] * len(run.cells),
        "case_id": [cell.case_id for cell in run.cells],
        "repeat": [cell.repeat for cell in run.cells],
        "metric": [cell.metric for cell in run.cells],
        "state": [str(cell.state) for cell in run.cells],
        "value": pd.array([cell.value for cell in run.cells], dtype="Float64"),
        "group": [cell.group for cell in run.cells],
        "reason": [cell.reason for cell in run.cells],
    }
    return pd.DataFrame(columns)


def outcomes_dataframe(run: Run) -> "pd.DataFrame":
    """One row a case and repeat: question, reference, answer, state, confidence, tokens, cost, seconds."""
    import pandas as pd

    cases = {case.id: case for case in run.cases}
    rows = [
        {
            "run": run.info.id,
            "case_id": outcome.case_id,
            "repeat": outcome.repeat,
            "group": cases[outcome.case_id].group,
            "question": cases[outcome.case_id].question,
            "reference": cases[outcome.case_id].reference,
            "reference_choice": cases[outcome.case_id].choice,
            "answer": outcome.draft.text,
            "choice": outcome.draft.choice,
            "state": str(outcome.draft.state),
            "support": str(outcome.draft.support),
            "confidence": outcome.draft.confidence,
            "citations": sum(len(claim.citations) for claim in outcome.draft.claims),
            "passages": outcome.used,
            "calls": outcome.draft.usage.calls,
            "prompt_tokens": outcome.draft.usage.prompt_tokens,
            "completion_tokens": outcome.draft.usage.completion_tokens,
            "cost_usd": outcome.draft.usage.cost_usd,
            "seconds": outcome.seconds,
            "error": outcome.draft.error,
        }
        for outcome in run.outcomes
    ]
    return pd.DataFrame(rows)


def summaries_dataframe(run: Run) -> "pd.DataFrame":
    """One row a metric: mean, interval, n, groups, coverage, bounds, and cells by state."""
    import pandas as pd

    rows = [
        {
            "run": run.info.id,
            "metric": item.metric,
            "mean": item.estimate.value,
            "low": item.estimate.low,
            "high": item.estimate.high,
            "n": item.estimate.n,
            "groups": item.estimate.clusters,
            "method": item.estimate.method,
            "coverage": item.coverage,
            "worst": item.worst,
            "best": item.best,
            "stamp": item.stamp,
            "higher_is_better": item.higher_is_better,
            **item.counts,
        }
        for item in run.summaries
    ]
    return pd.DataFrame(rows)
