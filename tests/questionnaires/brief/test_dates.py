"""Dates as people write them."""

from datetime import date

import pytest

from bidproof.questionnaires.brief.dates import find_moments


@pytest.mark.parametrize(
    ("text", "day", "time", "zone"),
    [
        ("Closing date: 14 May 2026, 14:00 BST", date(2026, 5, 14), "14:00", "BST"),
        ("April 30, 2020 at noon, eastern", date(2020, 4, 30), "noon", "eastern"),
        ("by 2:00 p.m. EST on Tuesday, March 17, 2026", date(2026, 3, 17), "2:00 p.m.", "EST"),
        ("2026-05-14T14:00Z", date(2026, 5, 14), "14:00", "Z"),
        ("14-May-2026", date(2026, 5, 14), "", ""),
        ("bis zum 14. Mai 2026, 12:00 Uhr MEZ", date(2026, 5, 14), "12:00 Uhr", "MEZ"),
        ("le 1er juin 2026 à 16h00 (heure de Paris)", date(2026, 6, 1), "16h00", "heure de Paris"),
        ("antes del 3 de junio de 2026 a las 14:00 horas", date(2026, 6, 3), "14:00 horas", ""),
        ("entro le ore 12:00 del 14 maggio 2026", date(2026, 5, 14), "12:00", ""),
        ("uiterlijk vrijdag 15 mei 2026 om 17.00 uur", date(2026, 5, 15), "17.00 uur", ""),
        ("até 14 de maio de 2026, às 17h00", date(2026, 5, 14), "17h00", ""),
        ("17.03.2026 10 Uhr", date(2026, 3, 17), "10 Uhr", ""),
    ],
)
def test_a_date_is_read_with_its_time_and_zone(text: str, day: date, time: str, zone: str) -> None:
    (found,) = find_moments(text)
    assert (found.day, found.time, found.zone) == (day, time, zone)


def test_a_weekday_that_does_not_fit_is_noticed() -> None:
    assert find_moments("Friday, 14 May 2026")[0].has_wrong_weekday
    assert not find_moments("Thursday, 14 May 2026")[0].has_wrong_weekday


def test_a_date_of_two_readings_keeps_both_until_the_order_is_known() -> None:
    assert find_moments("03/04/2026")[0].days == (date(2026, 4, 3), date(2026, 3, 4))
    assert find_moments("03/04/2026", day_first=True)[0].day == date(2026, 4, 3)
    assert find_moments("05/17/2026")[0].day == date(2026, 5, 17)


def test_a_term_counts_from_something_and_is_no_day() -> None:
    (found,) = find_moments("Answers follow within ten working days after the site visit.")
    assert found.is_relative
    assert found.day is None


@pytest.mark.parametrize("text", ["version 1.2.34", "FAR 52.204-24", "31.02.2026", "ISO 27001:2022"])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_moments(text) == ()
