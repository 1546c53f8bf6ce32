"""The interval that every share in the benchmarks is printed with."""

from math import sqrt


def wilson(hits: int, trials: int, *, z: float = 1.959964) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927); from 0 to 1 where nothing was tried."""
    if not trials:
        return (0.0, 1.0)
    rate, spread = hits / trials, z * z / trials
    middle = (rate + spread / 2) / (1 + spread)
    half = z * sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return (max(0.0, middle - half), min(1.0, middle + half))
