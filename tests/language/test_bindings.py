"""Names and numbers that stand in each other's places."""

import pytest

from bidproof.language.bindings import exchanged_details


@pytest.mark.parametrize(
    ("claim", "statement"),
    [
        ("Frankfurt sends mail to Azure.", "Azure sends mail to Frankfurt."),
        ("Level 3 tickets take 2 hours.", "Level 2 tickets take 3 hours."),
        ("The Cloud Native key is held by Acme Vault.", "The Acme Vault key is held by Cloud Native."),
    ],
)
def test_two_names_in_each_others_places_are_seen(claim: str, statement: str) -> None:
    assert list(exchanged_details(claim, statement))


@pytest.mark.parametrize(
    ("claim", "statement"),
    [
        ("Azure and AWS are used.", "AWS and Azure are used."),
        ("Azure sends mail to Frankfurt.", "Azure sends mail to Frankfurt."),
        ("Mail from Azure goes to Frankfurt.", "Frankfurt gets mail that Azure sends."),
        ("data is sent to staff", "staff is sent to data"),
    ],
)
def test_lists_copies_and_free_wordings_are_left_alone(claim: str, statement: str) -> None:
    assert not list(exchanged_details(claim, statement))
