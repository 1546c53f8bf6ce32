"""When two questions are the same, and in which words they are compared."""

import pytest

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.past.wording import is_same_wording, topic


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Do you have a BCP?", "Is there a business continuity plan?"),
        ("Do you encrypt data at rest?", "Please confirm that you encrypt data at rest."),
        ("Are keys rotated?", "Are your keys rotated?"),
    ],
)
def test_form_words_and_short_forms_make_no_other_question(one: str, other: str) -> None:
    assert is_same_wording(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is access to the office allowed?", "Is access from the office allowed?"),
        ("Was the plan tested?", "When was the plan tested?"),
        ("Are keys rotated?", "Are our keys rotated?"),
        ("Are keys stored?", "Are keys not stored?"),
        ("Do you support AES-128?", "Do you support AES-256?"),
        ("Do buyers audit suppliers?", "Do suppliers audit buyers?"),
        ("Are you?", "Do you have any?"),
    ],
)
def test_every_other_word_does(one: str, other: str) -> None:
    assert not is_same_wording(one, other)


def test_a_short_form_that_a_text_does_not_speak_of_stays_a_name() -> None:
    assert spell_out("Do you have a BCP?", held_by="A continuity plan exists.") == (
        "Do you have a business continuity plan?"
    )
    assert spell_out("Do you have a BCP?", held_by="Keys are rotated.") == "Do you have a BCP?"


def test_the_topic_leaves_out_what_any_form_repeats() -> None:
    assert "key" in topic("Are processes and procedures defined and implemented for key rotation?")
    assert "procedures" not in topic("Are processes and procedures defined and implemented for key rotation?")
    assert topic("Please describe your approach.") == "Please describe your approach."
