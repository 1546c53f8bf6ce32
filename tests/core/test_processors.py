"""How many threads are worth starting."""

import os
from pathlib import Path

import pytest

from bidproof.core.processors import usable_processors


@pytest.fixture
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)


@pytest.mark.usefixtures("eight_processors")
@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000\n", 8),
        ("200000 100000\n", 2),
        ("250000 100000\n", 3),
        ("10000 100000\n", 1),
        ("6400000 100000\n", 8),
        ("not a quota", 8),
    ],
)
def test_a_containers_quota_and_a_pinned_process_count(tmp_path: Path, quota: str, expected: int) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(quota, "ascii")
    assert usable_processors(file) == expected


@pytest.mark.usefixtures("eight_processors")
def test_without_a_quota_the_pinned_processors_count(tmp_path: Path) -> None:
    assert usable_processors(tmp_path / "none") == 8


def test_a_system_that_tells_no_affinity_has_all_its_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert usable_processors(tmp_path / "none") == 4
