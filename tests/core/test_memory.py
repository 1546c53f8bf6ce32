"""Giving freed memory back: it really shrinks the process, and is harmless where it cannot."""

import ctypes
import subprocess
import sys

import pytest

from bidproof.core import memory

_FRAGMENTED = """
import sys
from pathlib import Path
from bidproof.core.memory import release_freed
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
blocks = [bytearray(60_000) for _ in range(2_000)]
last = bytearray(60_000)
del blocks[:]
before = resident()
release_freed()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the resident memory that Linux tells")
def test_freed_blocks_below_a_living_one_leave_the_process() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("this C library keeps nothing that could be asked back")
    done = subprocess.run([sys.executable, "-c", _FRAGMENTED], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100_000_000


def test_a_library_without_the_call_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", lambda: None)
    memory.release_freed()
