"""How many processors this process may use, which is often fewer than the machine has."""

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_processors(quota: Path = _QUOTA) -> int:
    """Processors that this process may run on, at least one.

    What it is pinned to (``taskset``, cpusets) and a container's quota count, where the
    system tells them: threads beyond that number only wait for each other.

    Args:
        quota: The control group's file, ``QUOTA PERIOD`` or ``max PERIOD`` in microseconds.
    """
    # macOS and Windows do not tell what a process is pinned to.
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        allowed, period = quota.read_text("ascii").split()
        return max(1, min(found, math.ceil(int(allowed) / int(period))))
    except (OSError, ValueError):  # no such group, or no limit: "max"
        return max(1, found)
