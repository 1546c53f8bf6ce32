"""Which way a question asks."""

import pytest

from bidproof.answering.past.direction import asks_for_harm, is_opposite, opposite_choice


@pytest.mark.parametrize(
    ("question", "past"),
    [
        ("Are passwords kept in plain text?", "Are passwords hashed?"),
        ("Do test and production run on the same servers?", "Are test and production separated?"),
        ("Are changes ever released without review?", "Is every change reviewed before release?"),
    ],
)
def test_a_question_for_the_bad_state_is_the_opposite_of_one_for_the_good(question: str, past: str) -> None:
    assert is_opposite(question, past)


@pytest.mark.parametrize(
    ("question", "past"),
    [
        ("Is unauthorised access prevented?", "Is access restricted to authorised staff?"),
        ("Have you been fined since 2020?", "Has the company been the subject of enforcement actions?"),
    ],
)
def test_two_questions_for_the_same_state_are_not(question: str, past: str) -> None:
    assert not is_opposite(question, past)


def test_keeping_harm_away_is_no_harm() -> None:
    assert asks_for_harm("Can changes bypass the review?")
    assert not asks_for_harm("Do you prevent changes that bypass the review?")


def test_only_yes_and_no_have_an_opposite() -> None:
    assert [opposite_choice(choice) for choice in ("Yes", "N", "n/a", "Partly")] == ["No", "Yes", None, None]


@pytest.mark.parametrize(
    "question",
    [
        "Is there a user manual?",
        "Can we export data without extra cost?",
        "Has the plan ever been tested?",
        "Are lost devices wiped?",
        "Are deleted records permanently destroyed?",
        "Can any user export their data?",
        "Is access granted by authorised staff only?",
        "Are unattended screens locked?",
    ],
)
def test_harmless_words_are_no_harm(question: str) -> None:
    assert not asks_for_harm(question)
