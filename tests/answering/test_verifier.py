"""What the offline verifier holds and what it does not, on sentences a user could have written."""

import pytest

from bidproof.evaluation.judging.verifier import verify_claim

TEXT = (
    "Backups are kept for 30 days in the EU region. Logs are kept for 90 days in the US region.\n\n"
    "Access rights are reviewed by managers every quarter. Only the security team may export audit data.\n\n"
    "Acme Vault stores the keys; Acme Relay sends the mails."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Backups are kept for 30 days in the EU region.",
        "Backups are kept for thirty days in the EU.",
        "Managers review access rights quarterly.",
        "Only the security team may export audit data.",
        "Yes. Logs are kept for 90 days in the US region.",
        "Acme Vault stores the keys.",
        "Acme Vault stores the keys and Acme Relay sends the mails.",
        "Access rights are reviewed by managers every quarter, and Acme Vault stores the keys.",
    ],
)
def test_held(claim):
    found = verify_claim(claim, TEXT)
    assert found.is_held, found.problems


@pytest.mark.parametrize(
    "claim",
    [
        "Backups are kept for 31 days in the EU region.",  # number
        "Backups are kept for 90 days in the EU region.",  # a number of the same text
        "Backups are not kept for 30 days in the EU region.",  # negation
        "Backups are kept for 30 days in the US region.",  # a name of the same text
        "Backups are kept for 30 days in the UK region.",  # a name of no text
        "Access rights are reviewed by managers every week.",  # frequency
        "The security team may also export audit data.",  # scope
        "Acme Relay stores the keys.",  # a name of the same sentence
        "Invoices are paid within a month of receipt.",  # another topic
        "Backups are kept for 30 days in the EU region; invoices are paid late.",  # one half of it
    ],
)
def test_not_held(claim):
    found = verify_claim(claim, TEXT)
    assert found.is_held is False
    assert found.problems


def test_title_and_headings_supply_names():
    claim = "Acme Cloud encrypts backups at rest."
    assert not verify_claim(claim, "Backups are encrypted at rest.").is_held
    assert verify_claim(claim, "Backups are encrypted at rest.", title="Acme Cloud guide").is_held


def test_a_claim_without_content_is_not_judged():
    assert verify_claim("Yes.", TEXT).is_held is None


def test_scores_order_held_above_not_held():
    held = verify_claim("Backups are kept for 30 days in the EU region.", TEXT).score
    assert held > verify_claim("Backups are kept for 31 days in the EU region.", TEXT).score
    assert 0 <= verify_claim("Cats like fish.", TEXT).score < held <= 1
