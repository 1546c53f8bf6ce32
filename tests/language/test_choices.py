"""A drafted choice meets the wording of the cell's own list."""

import pytest

from bidproof.language.choices import is_yes_no, match_option


@pytest.mark.parametrize(
    ("choice", "options", "found"),
    [
        ("Yes", ("Yes", "No", "NA"), "Yes"),
        ("NA", ("Yes", "No", "Not Applicable"), "Not Applicable"),
        ("Not applicable", ("Y", "N", "N/A"), "N/A"),
        ("No", ("Y", "N "), "N "),
        ("yes", ("YES - fully", "NO"), "YES - fully"),
        ("Yes", ("Yes, in full", "Yes, in part", "No"), None),
        ("Maybe", ("Yes", "No"), None),
        ("NA", ("Yes", "No"), None),
        ("No", ("Not applicable", "Yes"), None),
        ("Partially compliant", ("Fully Compliant", "Partially Compliant"), "Partially Compliant"),
    ],
)
def test_match(choice: str, options: tuple[str, ...], found: str | None) -> None:
    assert match_option(choice, options) == found


def test_yes_no_lists() -> None:
    assert is_yes_no(("Yes", "No", "NA"))
    assert is_yes_no(("Y - met", "N - not met"))
    assert not is_yes_no(("Full", "Partial", "None"))
    assert not is_yes_no(("Not applicable", "Yes"))
