"""What a gold set can resolve: the smallest difference it can prove, the error rate it can certify."""

from math import ceil, log, sqrt

from bidproof.evaluation.statistics.intervals import z_quantile

LEAST_GROUPS = 6
"""Under so many groups, signs flipped group by group can never give a p-value under 5%."""


def minimum_detectable_difference(
    n: int,
    *,
    discordance: float = 0.2,
    power: float = 0.8,
    alpha: float = 0.05,
    design_effect: float = 1.0,
) -> float:
    """Say the smallest difference of two paired rates that McNemar's test would find.

    Connor (1987), Biometrics 43:207: n = (z_a sqrt(d) + z_b sqrt(d - x^2))^2 / x^2, solved for x.

    Args:
        n: Cases that both systems answer.
        discordance: Share of cases on which exactly one of them is right.
        power: Chance of finding it.
        alpha: Level of the two-sided test.
        design_effect: Divides ``n``; above 1 where cases of a group are alike.

    Returns:
        A difference, 0 to 1. Where so few discordant cases could prove nothing even if all fell to
        one side, more of them are assumed, all to one side; 1 where even that proves nothing.
    """
    if not 0 < discordance <= 1 or n < 1:
        return 1.0
    effective = n / max(design_effect, 1e-9)
    z_alpha, z_power = z_quantile(1 - alpha), z_quantile(2 * power - 1)

    def cases_needed(difference: float) -> float:
        differing = max(discordance, difference)
        rest = differing - difference**2
        return (z_alpha * sqrt(differing) + z_power * sqrt(rest)) ** 2 / difference**2

    if cases_needed(1.0) > effective:
        return 1.0
    low, high = 1e-9, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if cases_needed(middle) > effective else (low, middle)
    return high


def certifiable_error_rate(n: int, confidence: float = 0.95) -> float:
    """Say which error rate ``n`` error-free cases rule out: the upper end of the exact one-sided bound."""
    return 1.0 if n < 1 else 1 - (1 - confidence) ** (1 / n)


def items_to_certify(rate: float, confidence: float = 0.95) -> int:
    """Say how many error-free cases certify an error rate of at most ``rate``: 59 for 5%, 29 for 10%.

    Raises:
        ValueError: The rate is not between 0 and 1, both excluded.
    """
    if not 0 < rate < 1:
        raise ValueError(f"cannot certify the error rate {rate!r}: expected between 0 and 1")
    return ceil(log(1 - confidence) / log(1 - rate) - 1e-9)
