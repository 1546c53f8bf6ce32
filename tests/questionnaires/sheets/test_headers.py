"""Which header wording means which column."""

import pytest

from bidproof.questionnaires.sheets.headers import Role, is_mark_word, options_in_header, read_header, role_of


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Question ID", Role.ID), ("#", Role.ID), ("S. No", Role.ID), ("Ref", Role.ID), ("CID", Role.ID),
        ("Question", Role.QUESTION), ("Consensus Assessment Questions", Role.QUESTION),
        ("Requirement", Role.TOPIC), ("Control Specification", Role.TOPIC),
        ("CSP CAIQ Answer", Role.ANSWER), ("Vendor Response", Role.ANSWER),
        ("Bidder's Response", Role.ANSWER),
        ("Answer_True", Role.ANSWER), ("VendorAnswer", Role.ANSWER), ("Question Response", Role.ANSWER),
        ("Compliant (Y/N)", Role.CHOICE), ("Yes/No", Role.CHOICE),
        ("SSRM Control Ownership", Role.OWNERSHIP), ("CSC Responsibilities (Optional)", Role.CUSTOMER),
        ("CSP Implementation Description (Optional/Recommended)", Role.COMMENT),
        ("Comments and Notes", Role.COMMENT), ("If no, please explain", Role.COMMENT),
        ("Supporting Documents", Role.EVIDENCE), ("Evidence / document reference", Role.EVIDENCE),
        ("Guidance", Role.GUIDANCE), ("Mandatory?", Role.MANDATORY), ("Word limit", Role.LIMIT),
        ("CCM Domain Title", Role.SECTION), ("Category", Role.SECTION),
        ("Analyst Notes", Role.IGNORE), ("Buyer comments", Role.IGNORE), ("ISO 27001 Mapping", Role.IGNORE),
        ("Paris", None), ("", None),
    ],
)  # fmt: skip
def test_wording_names_the_role(text: str, role: Role | None) -> None:
    assert role_of(text) is role


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Compliant? (Yes/No/NA)", ("Yes", "No", "NA")),
        ("Response (Y/N)", ("Y", "N")),
        ("Yes / No / N/A", ("Yes", "No", "N/A")),
        ("Vendor Response (Yes/No/Partial)", ("Yes", "No", "Partial")),
        ("Comments / Evidence", ()),
        ("Evidence (file/link)", ()),
        ("Response", ()),
    ],
)
def test_options_spelled_out_in_a_header(text: str, options: tuple[str, ...]) -> None:
    assert options_in_header(text) == options


def test_lowest_header_cell_speaks_first_and_the_group_above_helps_out() -> None:
    assert read_header(("Assessment Answers", "Notes")).role is Role.COMMENT
    assert read_header(("Assessment Answers", "2026")).role is Role.ANSWER
    assert read_header(("Question", "Question", "Question")).text == "Question"


def test_option_words() -> None:
    assert all(map(is_mark_word, ("Yes", "NO", "N/A", "Not Applicable", "Fully-Compliant", "Partial")))
    assert not any(map(is_mark_word, ("Notes", "Answer", "Question", "")))
