"""Each row of the fault tables: questions end as they have to, nothing is lost, invented or unbooked."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from fault_rows import ROWS, Row, inject
from machine_faults import MACHINE_FAULTS

REPOSITORY = Path(__file__).resolve().parents[2]

REPEATS = int(os.environ.get("BIDPROOF_REPEATS", "0"))
ON_THE_CLOCK = ("21", "22", "23")
"""How many requests an outage takes depends on the load: that bound is held in the long run alone."""


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_fault_ends_as_it_has_to(row: Row) -> None:
    if not REPEATS and row.name.startswith(ON_THE_CLOCK):
        row = replace(row, most_requests=20.0)
    for _ in range(max(1, REPEATS)):
        found = inject(row)
        assert found.is_as_it_should_be, found


@pytest.mark.parametrize("name", [row.name for row in (*ROWS, *MACHINE_FAULTS)])
def test_a_fault_has_its_figures_on_the_page(name: str) -> None:
    assert f"\n| {name} |" in (REPOSITORY / "docs" / "reliability.md").read_text("utf-8")


@pytest.mark.parametrize("test", [test for fault in MACHINE_FAULTS for test in fault.tests])
def test_a_fault_of_the_machine_is_injected_by_a_test(test: str) -> None:
    file, _, function = test.partition("::")
    assert f"\ndef {function}(" in (REPOSITORY / file).read_text("utf-8")
