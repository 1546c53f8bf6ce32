"""Each row of the fault table: questions end as they have to, nothing is lost, invented or unbooked."""

import os
from dataclasses import replace

import pytest

from fault_rows import ROWS, Row, inject

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
