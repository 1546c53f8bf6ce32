import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.choices import Decision, decide_choice
from bidproof.answering.ranking import rank_evidence
from bidproof.core.records import ScoredPassage
from passages import make_passage


def decide(question: str, *texts: str, options: tuple[str, ...] = ("Yes", "No", "N/A")) -> Decision:
    passages = [
        ScoredPassage(
            passage=make_passage(text, path=f"doc{rank}.md", title="Handbook"),
            score=1 / rank,
            rank=rank,
        )
        for rank, text in enumerate(texts, start=1)
    ]
    return decide_choice(question, options=options, ranked=rank_evidence(read_asked(question), passages))


@pytest.mark.parametrize(
    ("question", "text", "choice"),
    [
        ("Is data encrypted at rest?", "All data at rest is encrypted with AES-256.", "Yes"),
        ("Is data encrypted at rest?", "Data is not encrypted at rest.", "No"),
        ("Is data encrypted at rest?", "Data at rest is unencrypted.", "No"),
        ("Do you support single sign-on?", "The portal does not support single sign-on.", "No"),
        ("Are backups encrypted?", "Backups are encrypted.", "Yes"),
        ("Is remote access disabled?", "Remote access is enabled.", "No"),
        ("Are penetration tests performed annually?", "Penetration tests are performed annually.", "Yes"),
        ("Is root access supported?", "Feature | Status\nRoot access supported | No", "No"),
    ],
)
def test_evidence_that_says_so_decides(question: str, text: str, choice: str) -> None:
    decision = decide(question, text)
    assert decision.choice == choice
    assert decision.evidence is not None


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is data encrypted at rest?", "Data may be encrypted at rest."),
        ("Is data encrypted at rest?", "Data is encrypted at rest in some regions."),
        ("Is data encrypted at rest?", "We plan to have data encrypted at rest."),
        ("Is data encrypted at rest?", "Data is encrypted at rest unless exported."),
        ("Is data encrypted at rest?", "Data is encrypted in transit."),
        ("Is all data encrypted at rest?", "Data is encrypted at rest."),
        ("Are penetration tests performed annually?", "Penetration tests are performed."),
        ("Are penetration tests performed annually?", "Penetration tests are performed monthly."),
        ("Is TLS 1.3 used for traffic?", "TLS 1.2 is used for traffic."),
        ("Are passwords required to be rotated?", "Passwords are rotated."),
        ("Do you hold a SOC 2 report?", "Our offices are in Lisbon."),
        ("Is data encrypted at rest?", "n/a"),
    ],
)
def test_hedges_gaps_and_silence_are_left_to_a_person(question: str, text: str) -> None:
    decision = decide(question, text)
    assert decision.choice is None
    assert decision.reason


def test_documents_that_disagree_decide_nothing() -> None:
    decision = decide(
        "Is data encrypted at rest?", "Data is encrypted at rest.", "Data is not encrypted at rest."
    )
    assert decision.choice is None
    assert "disagree" in decision.reason


def test_choice_is_spelled_as_the_option() -> None:
    assert decide("Are backups encrypted?", "Backups are encrypted.", options=("Y", "N")).choice == "Y"


def test_yes_is_not_forced_on_options_without_one() -> None:
    decision = decide(
        "Are backups encrypted?", "Backups are encrypted.", options=("Fully", "Partly", "Not at all")
    )
    assert decision.choice is None


def test_named_option_is_picked() -> None:
    decision = decide(
        "Which cipher encrypts data?", "The cipher that encrypts data is AES.", options=("AES", "DES")
    )
    assert decision.choice == "AES"


def test_two_named_options_decide_nothing() -> None:
    text = "The cipher that encrypts data is AES, never DES."
    assert decide("Which cipher encrypts data?", text, options=("AES", "DES")).choice in (None, "AES")
    both = "The ciphers that encrypt data are AES and DES."
    assert decide("Which cipher encrypts data?", both, options=("AES", "DES")).choice is None


def test_longer_option_is_not_read_as_the_shorter() -> None:
    text = "The product is non-compliant with the standard."
    decision = decide(
        "Is the product compliant with the standard: level?", text, options=("Compliant", "Non-compliant")
    )
    assert decision.choice != "Compliant"


def test_not_applicable_is_never_chosen() -> None:
    decision = decide("Are data centres guarded?", "Data centres guarded: not applicable.")
    assert decision.choice != "N/A"
