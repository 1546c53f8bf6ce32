import pytest

from bidproof.language.numbers import find_quantities, missing_quantities, missing_repeats


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("1,250 users", "1250 users"),
        ("ten days", "10 days"),
        ("twenty-one servers", "21 servers"),
        ("24 hours", "1 day"),
        ("2 years", "24 months"),
        ("one year", "12 months"),
        ("$1.5 million", "$1,500,000"),
        ("5 million dollars", "$5 million"),
        ("10k requests", "10,000 requests"),
        ("99.90%", "99.9 percent"),
        ("30-day window", "a window of 30 days"),
        ("quarterly", "every quarter"),
        ("once a year", "annually"),
        ("twice a year", "semi-annually"),
        ("every six months", "semi-annual"),
        ("03/04/2024", "4 March 2024"),
        ("03/04/2024", "3 April 2024"),
        ("in 2024", "on 5 March 2024"),
        ("v1.2.3", "version 1.2.3"),
        ("the 3rd review", "the third review"),
        ("one of the teams", "a team"),
        ("365-day log", "logs for 365 days"),
    ],
)
def test_equal_quantities_are_not_missing(text: str, evidence: str) -> None:
    assert missing_quantities(text, evidence=evidence) == ()


@pytest.mark.parametrize(
    ("text", "evidence", "missing"),
    [
        ("11 days", "10 days", "11 days"),
        ("10 hours", "10 days", "10 hours"),
        ("5 GB", "5 TB", "5 GB"),
        ("€10", "$10", "€10"),
        ("1.10", "1.1", "1.10"),
        ("monthly", "weekly", "monthly"),
        ("6 March 2024", "5 March 2024", "6 March 2024"),
        ("March 2023", "March 2024", "March 2023"),
        ("99.9%", "99.99%", "99.9%"),
        ("three sites", "two sites", "three"),
    ],
)
def test_different_quantities_are_missing(text: str, evidence: str, missing: str) -> None:
    assert missing_quantities(text, evidence=evidence) == (missing,)


def test_numbers_inside_identifiers_are_not_quantities() -> None:
    assert find_quantities("AES-256 on EC2 and SHA512") == ()


def test_offsets_point_at_the_words() -> None:
    text = "kept for 30 days until 5 March 2024"
    assert {text[item.start : item.end].strip() for item in find_quantities(text)} == {
        "30 days",
        "5 March 2024",
    }


def test_impossible_date_is_no_date() -> None:
    assert all(item.unit != "date" for item in find_quantities("99/99/2024"))


@pytest.mark.parametrize(
    ("text", "evidence", "missing"),
    [
        ("It runs every week.", "It runs every night.", ("every week",)),
        ("It runs every day.", "It runs each night.", ()),
        ("It runs once a year.", "It runs annually.", ()),
        ("It reports once a minute.", "It reports every hour.", ("once a minute",)),
        ("It runs.", "It runs every night.", ()),
    ],
)
def test_what_comes_again_has_to_come_again_as_often(
    text: str, evidence: str, missing: tuple[str, ...]
) -> None:
    assert missing_repeats(text, evidence=evidence) == missing
