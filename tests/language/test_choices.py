"""A drafted choice meets the wording of the cell's own list."""

import pytest

from bidproof.language.choices import is_yes_no, match_option, translate_choice


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


@pytest.mark.parametrize(
    ("choice", "options", "expected"),
    [
        ("Yes", ("Y", "N"), "Y"),
        ("Yes", ("Fully compliant", "Partially compliant", "Not compliant"), "Fully compliant"),
        ("No", ("Met", "Not met"), "Not met"),
        ("Partial", ("Fully compliant", "Partially compliant", "Not compliant"), "Partially compliant"),
        ("Fully met", ("Yes", "No"), "Yes"),
        ("Yes", ("1", "2", "3", "4", "5"), "5"),
        ("No", ("0 - none", "1 - planned", "2 - done"), "0 - none"),
        ("Partial", ("1", "2", "3", "4", "5"), None),
        ("Yes", ("Supported", "Available", "No"), None),
        ("Yes", ("2023", "2024", "2025"), None),
        ("On request", ("Yes", "No"), None),
    ],
)
def test_a_past_choice_is_put_in_the_words_of_another_form(
    choice: str, options: tuple[str, ...], expected: str | None
) -> None:
    assert translate_choice(choice, options) == expected
