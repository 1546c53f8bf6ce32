"""What an engine knows about its own draft when it is made: numbers a calibration can learn from."""

from collections.abc import Mapping, Sequence

_HIGHEST = frozenset({"repairs", "problems", "rejected"})
"""More of these is worse; of everything else, less is."""


def join_signals(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The signals of a whole draft: of each, the least promising among its parts.

    Args:
        parts: One mapping a part of the question; a part may lack a signal.
    """
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: (max if name in _HIGHEST else min)(part[name] for part in parts if name in part)
        for name in names
    }
