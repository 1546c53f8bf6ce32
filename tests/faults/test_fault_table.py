"""Each row of the fault table: questions end as they have to, nothing is lost, invented or unbooked."""

import os

import pytest

from fault_rows import ROWS, Row, inject

REPEATS = int(os.environ.get("BIDPROOF_REPEATS", "1"))


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_fault_ends_as_it_has_to(row: Row) -> None:
    for _ in range(REPEATS):
        found = inject(row)
        assert found.is_as_it_should_be, found
