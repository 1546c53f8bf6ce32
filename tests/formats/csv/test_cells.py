"""No cell runs, and what was guarded comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.formats.csv.cells import guard_cell, unguard_cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("＝1", "'＝1"),
        ("\n=1", "'\n=1"),
        ("'=1", "''=1"),
        ("it's = 1", "it's = 1"),
        ("", ""),
    ],
)
def test_formulas_are_guarded(text: str, cell: str) -> None:
    assert guard_cell(text) == cell


@given(st.text(st.sampled_from("'=+-@\t\r\n＝a"), max_size=6))
def test_a_guarded_cell_comes_back(text: str) -> None:
    assert unguard_cell(guard_cell(text)) == text
