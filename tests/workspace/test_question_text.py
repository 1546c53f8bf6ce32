"""Ids, case and punctuation go; whatever makes it another question stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.workspace.question_text import normalize_question

PLAIN = "do you encrypt data"


@pytest.mark.parametrize(
    "text",
    [
        "Do you encrypt data?",
        "  do\tyou\n ENCRYPT   data … ",
        "1. Do you encrypt data?",
        "1.2 Do you encrypt data?",
        "1.2.3 Do you encrypt data?",
        "12) Do you encrypt data?",
        "(a) Do you encrypt data?",
        "b) Do you encrypt data?",
        "(12) Do you encrypt data?",
        "Q12: Do you encrypt data?",
        "Q 12 - Do you encrypt data?",
        "Question 4.1: Do you encrypt data?",
        "No. 7: Do you encrypt data?",
        "A&A-01.1 Do you encrypt data?",
        "DSP-07.2: Do you encrypt data?",
        "REQ-004217 Do you encrypt data?",
        "Ｄo you encrypt data?",
    ],
)
def test_the_same_question(text: str) -> None:
    assert normalize_question(text) == PLAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AES-256 supported?", "AES-128 supported?"),
        ("AES-256: supported?", "AES-128: supported?"),
        ("SOC 2 Report available?", "SOC 1 Report available?"),
        ("TLS 1.2 Do you support it?", "TLS 1.3 Do you support it?"),
        ("TLS-1.2 supported?", "TLS-1.3 supported?"),
        ("3 years of experience?", "5 years of experience?"),
        ("24/7 support?", "8/5 support?"),
        ("99.9 % uptime?", "99.5 % uptime?"),
        ("99.9% uptime?", "99.5% uptime?"),
        ("Q4 revenue?", "Q3 revenue?"),
        ("Requirement 8 of PCI DSS met?", "Requirement 3 of PCI DSS met?"),
        ("Is RTO < 4 h?", "Is RTO > 4 h?"),
        ("Written in C++?", "Written in C#?"),
        ("Version 1.2 supported?", "Version 12 supported?"),
        ("Do you store data in the EU?", "Do you not store data in the EU?"),
        ("ISO 27001 certified?", "ISO 9001 certified?"),
    ],
)
def test_another_question(one: str, other: str) -> None:
    assert normalize_question(one) != normalize_question(other)


@pytest.mark.parametrize("text", ["Don't you log?", "Don’t you log?", "Dont you log?"])
def test_apostrophes_do_not_matter(text: str) -> None:
    assert normalize_question(text) == "dont you log"


@settings(deadline=None)
@given(st.text())
def test_any_text_is_reduced_to_single_spaced_words(text: str) -> None:
    reduced = normalize_question(text)
    assert reduced == " ".join(reduced.split())
    assert normalize_question(text.replace(" ", "  ")) == reduced
