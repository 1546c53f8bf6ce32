"""Calendar days, with the ends of months and of time."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.answering.date_arithmetic import BadDate, date_arithmetic


@pytest.mark.parametrize(
    ("day", "operation", "value", "result"),
    [
        ("2024-01-31", "add_months", "1", "2024-02-29"),
        ("2023-01-31", "add_months", "1", "2023-02-28"),
        ("2024-03-31", "add_months", "-1", "2024-02-29"),
        ("2024-11-15", "add_months", "14 months", "2026-01-15"),
        ("2024-02-28", "add_days", "2", "2024-03-01"),
        ("2024-1-5", "add_days", "-5 days", "2023-12-31"),
        ("2024-01-01", "difference", "2024-12-31", "365 days from 2024-01-01 to 2024-12-31"),
        ("2024-01-02", "difference", "2024-01-01", "-1 days from 2024-01-02 to 2024-01-01"),
        ("2024-01-01", "compare", "2024-06-01", "2024-01-01 is earlier than 2024-06-01"),
        ("2024-06-01", "compare", "2024-01-01", "2024-06-01 is later than 2024-01-01"),
        ("2024-06-01", "compare", "2024-6-1", "2024-06-01 is the same day as 2024-06-01"),
    ],
)
def test_dates(day: str, operation: str, value: str, result: str) -> None:
    assert date_arithmetic(day, operation, value) == result  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "operation", "value"),
    [
        ("2023-02-29", "add_days", "1"),
        ("soon", "add_days", "1"),
        ("2024-01-01", "add_days", "many"),
        ("2024-01-01", "add_days", "2024-01-02"),
        ("2024-01-01", "difference", "7"),
        ("9999-12-31", "add_days", "1"),
        ("0001-01-01", "add_months", "-1"),
        ("2024-01-01", "add_months", "999999"),
    ],
)
def test_what_is_no_date_or_number_is_refused(day: str, operation: str, value: str) -> None:
    with pytest.raises(BadDate):
        date_arithmetic(day, operation, value)  # type: ignore[arg-type]


@given(st.dates(), st.integers(-2000, 2000))
def test_adding_days_is_undone_by_taking_them_away(day: date, count: int) -> None:
    try:
        later = date_arithmetic(day.isoformat(), "add_days", str(count))
    except BadDate:
        return
    assert date_arithmetic(later, "add_days", str(-count)) == day.isoformat()
    assert date_arithmetic(day.isoformat(), "difference", later).startswith(f"{count} days")


@given(
    st.text(max_size=20),
    st.sampled_from(["difference", "add_days", "add_months", "compare"]),
    st.text(max_size=20),
)
def test_no_text_does_anything_else(day: str, operation: str, value: str) -> None:
    with suppress(BadDate):
        assert date_arithmetic(day, operation, value)  # type: ignore[arg-type]
