"""Many tests at once: p-values that hold for the whole family.

Written out, since statsmodels collects garbage at every call: a tenth of a second for ten values.
"""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values so that the chance of any false alarm stays at the level (Holm 1979).

    Returns:
        Adjusted p-values in the order given, at most 1; compare each with the level as it is.
    """
    order = np.argsort(p_values)
    steps = np.asarray(p_values)[order] * np.arange(len(p_values), 0, -1)
    return _put_back(np.maximum.accumulate(steps), order)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values so that the expected share of false alarms stays at the level (1995).

    Weaker than :func:`holm`; for exploring many slices, not for deciding a release.
    """
    count, order = len(p_values), np.argsort(p_values)
    steps = np.asarray(p_values)[order] * count / np.arange(1, count + 1)
    return _put_back(np.minimum.accumulate(steps[::-1])[::-1], order)


def _put_back(adjusted: np.ndarray, order: np.ndarray) -> tuple[float, ...]:
    """Adjusted values, in the order of the values they come from."""
    found = np.empty(len(order))
    found[order] = np.minimum(1.0, adjusted)
    return tuple(found.tolist())
