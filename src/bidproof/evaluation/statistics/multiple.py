"""Many tests at once: p-values that hold for the whole family."""

from collections.abc import Sequence
from typing import Any

# statsmodels ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values so that the chance of any false alarm stays at the level (Holm 1979).

    Returns:
        Adjusted p-values in the order given, at most 1; compare each with the level as it is.
    """
    return _adjust(p_values, "holm")


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values so that the expected share of false alarms stays at the level (1995).

    Weaker than :func:`holm`; for exploring many slices, not for deciding a release.
    """
    return _adjust(p_values, "fdr_bh")


def _adjust(p_values: Sequence[float], method: str) -> tuple[float, ...]:
    if not p_values:
        return ()
    from statsmodels.stats.multitest import multipletests

    found: Any = multipletests(list(p_values), method=method)
    return tuple(float(value) for value in found[1])
