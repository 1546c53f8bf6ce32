"""A sentence obliges, or it does not; and it obliges the right party."""

import pytest

from bidproof.questionnaires.requirements.reader import (
    Party,
    Strength,
    asks_for_information,
    find_obligation,
    is_question,
    states_obligation,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The contractor shall provide support.",
        "Vendors must encrypt data at rest.",
        "The supplier is required to hold ISO 27001.",
        "Bidders are required to attend.",
        "Proof of insurance is mandatory.",
        "A bid bond is required by the closing date.",
        "The vendor may not disclose personal data.",
        "The provider will need to obtain a clearance.",
        "Data must not leave the country.",
        "No paper invoices shall be accepted.",
        "Smoking is prohibited on site.",
        "The respondent agrees to keep prices firm.",
        "MUST support SAML 2.0",
    ],
)
def test_binding_words_make_a_mandatory_requirement(sentence: str) -> None:
    found = find_obligation(sentence)
    assert found is not None
    assert found.strength is Strength.MANDATORY
    assert found.is_mandatory is True


@pytest.mark.parametrize(
    "sentence",
    [
        "The contractor will train the users.",
        "The solution will support 500 users.",
        "The contractor is responsible for backups.",
        "Contractors are expected to attend the meeting.",
        "The agency expects the vendor to staff the desk.",
        "Submit all questions through the portal.",
    ],
)
def test_will_and_instructions_to_the_supplier_are_requirements_of_open_force(sentence: str) -> None:
    found = find_obligation(sentence)
    assert found is not None
    assert found.strength is Strength.EXPECTED
    assert found.is_mandatory is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The vendor should offer training.",
        "Vendors are encouraged to offer discounts.",
        "Passwords should be long.",
    ],
)
def test_should_is_a_requirement_that_is_not_mandatory(sentence: str) -> None:
    found = find_obligation(sentence)
    assert found is not None
    assert found.is_mandatory is False


@pytest.mark.parametrize(
    "sentence",
    [
        "The government will evaluate the quotes.",
        "Proposals will be evaluated on price.",
        "The period of performance will include one year.",
        "The contractor may sign up for training.",
        "The vendor is not required to work on site.",
        "The contractor need not provide equipment.",
        "The agency will decide which controls are required.",
        "The agency was founded in 1990.",
        "State law applies to this contract.",
        "A description of the required services follows.",
        "",
    ],
)
def test_what_obliges_nobody_is_left_out(sentence: str) -> None:
    assert find_obligation(sentence) is None


def test_a_duty_of_the_buyer_is_kept_but_not_mandatory_for_the_supplier() -> None:
    found = find_obligation("The contracting officer shall respond in writing within 30 days.")
    assert found is not None
    assert found.party is Party.BUYER
    assert found.is_mandatory is None


def test_the_head_of_a_noun_phrase_is_the_party_bound() -> None:
    found = find_obligation("The contractor of the agency shall report weekly.")
    assert found is not None
    assert found.party is Party.SUPPLIER


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Do you encrypt backups?", True),
        ("Describe your incident process.", True),
        ("Please list all subprocessors.", True),
        ("Is it tested? (max 100 words)", True),
        ("Please complete all sections.", False),
        ("State law applies.", False),
        ("We were founded in 1990.", False),
    ],
)
def test_asking_is_told_by_the_mark_or_an_imperative(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def test_an_instruction_is_no_statement_of_an_obligation() -> None:
    assert states_obligation("Describe how you encrypt data.") is None
    assert states_obligation("The vendor must encrypt data.") is not None
    assert asks_for_information("Describe how you encrypt data.")
    assert not asks_for_information("Submit the bond with your bid.")
