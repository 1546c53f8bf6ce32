import datetime

import pytest

from bidproof.documents.dates import parse_date, plausible_date


@pytest.mark.parametrize("text", ["2024-03-05", "2024-03-05T10:00:00Z", "D:20240305100000+01'00'"])
def test_metadata_dates_are_read(text):
    assert parse_date(text) == datetime.date(2024, 3, 5)


@pytest.mark.parametrize("text", ["", "soon", "2024-13-05", "1970-01-01", "9999-01-01", "20240231"])
def test_placeholders_and_nonsense_give_none(text):
    assert parse_date(text) is None


def test_the_day_of_a_time_counts():
    assert plausible_date(datetime.datetime(2020, 1, 2, 3)) == datetime.date(2020, 1, 2)
