from datetime import date, datetime, time, timedelta

import pytest

from bidproof.formats.excel.display import show_moment, show_number


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.9995, "0.00%", "99.95%"),
        (0.125, "0%", "13%"),
        (12500, "[$€-2] #,##0", "€ 12,500"),
        (12500, '"€"#,##0', "€12,500"),
        (12500.5, '#,##0.00\\ "EUR"', "12,500.50 EUR"),
        (-7, '"$"#,##0_);("$"#,##0)', "($7)"),
        (-7, '"$"#,##0_);[Red]("$"#,##0)', "($7)"),
        (-7.25, "#,##0.0", "-7.3"),
        (0, "#,##0;(#,##0);-", "-"),
        (2_500_000, '0.0,,"M"', "2.5M"),
        (7, "000", "007"),
        (0.5, "#.##", ".5"),
        (3, '0" days"', "3 days"),
        (1.5, "0.##", "1.5"),
        (1e20, "#,##0", "100,000,000,000,000,000,000"),
    ],
)
def test_a_number_is_shown_as_its_format_says(value, code, shown):
    assert show_number(value, code) == shown


@pytest.mark.parametrize("code", ["General", "# ?/?", "[<1000]0;0.0", "0.00E+00", "@", "", "yyyy-mm-dd"])
def test_a_format_that_is_not_known_gives_nothing(code):
    assert show_number(12.5, code) is None


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (date(2024, 3, 5), "dd/mm/yyyy", "05/03/2024"),
        (date(2024, 3, 5), "d-mmm-yy", "5-Mar-24"),
        (date(2024, 3, 5), "[$-409]dddd, mmmm d, yyyy", "Tuesday, March 5, 2024"),
        (date(2024, 3, 5), 'd. mmmm yyyy" (agreed)"', "5. March 2024 (agreed)"),
        (datetime(2024, 3, 5, 16, 7), "yyyy-mm-dd hh:mm", "2024-03-05 16:07"),
        (time(16, 7, 9), "h:mm:ss AM/PM", "4:07:09 PM"),
        (timedelta(hours=49, minutes=5), "[h]:mm", "49:05"),
        (date(2024, 3, 5), "d-mmm", None),
        (date(2024, 3, 5), "General", None),
    ],
)
def test_a_moment_is_shown_as_its_format_says(value, code, shown):
    assert show_moment(value, code) == shown
