"""What stops a past answer from being written, and what does not."""

from datetime import date

import pytest

from bidproof.answering.past.flags import flags, slot_flag
from bidproof.workspace.rows import LibraryEntry


def past(question: str, answer: str) -> LibraryEntry:
    return LibraryEntry(
        question=question, answer=answer, choice="Yes", approver="Ann", approved=date(2026, 1, 1)
    )


BACKUPS = past("Is data backed up?", "Backups run on managed storage and are encrypted.")
DAILY = past("Is data backed up?", "Backups run every night and are kept for thirty days.")
TRAINING = past("Do you train employees in security?", "All staff are trained by Secura Ltd.")


@pytest.mark.parametrize(
    ("question", "entry", "reason"),
    [
        ("How often is data backed up?", BACKUPS, "asks for a frequency"),
        ("For how many days are backups kept?", BACKUPS, "asks for a duration"),
        ("How soon are backups restored?", past("Are backups restored?", "4"), "asks for a duration"),
        ("Which tool makes the backups?", BACKUPS, "asks for a name"),
        ("Are backups stored in Frankfurt?", BACKUPS, "does not speak of Frankfurt"),
        ("Are backups kept for 90 days?", DAILY, "does not speak of 90 days"),
        ("Do you train our administrators in security?", TRAINING, "the buyer's side ('our')"),
        ("Do your suppliers train staff in security?", TRAINING, "a third party's side"),
    ],
)
def test_a_past_answer_to_something_else_is_flagged_with_the_reason(
    question: str, entry: LibraryEntry, reason: str
) -> None:
    assert any(reason in flag for flag in flags(question, entry))


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("How often is data backed up?", DAILY),
        ("For how long are backups kept?", DAILY),
        ("Is our data backed up?", BACKUPS),
        ("Are employees trained in security, e.g. against Phishing?", TRAINING),
        ("Who trains the employees?", TRAINING),
        ("State the recovery time of backups in hours.", past("Is data backed up?", "4")),
        ("How often is data backed up?", past("Is data backed up?", "Every 12 hours.")),
    ],
)
def test_a_past_answer_that_holds_what_is_asked_is_not(question: str, entry: LibraryEntry) -> None:
    assert flags(question, entry) == ()


def test_a_short_form_is_the_words_that_it_stands_for() -> None:
    plan = past("Is there a business continuity plan?", "Yes, it is tested each spring.")
    assert flags("Do you have a BCP?", plan) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Are systems audited with a frequency proportional to the risk?",
        "Is a retention period defined for backups?",
        "Is the date of each review recorded?",
    ],
)
def test_a_value_that_is_only_spoken_of_is_not_asked_for(question: str) -> None:
    assert slot_flag(question, BACKUPS) == ""


@pytest.mark.parametrize(
    "question",
    [
        "State the frequency of backups.",
        "What is your retention period?",
        "Please give the date of the last restore.",
        "What is the RTO?",
    ],
)
def test_a_value_that_is_to_be_told_is(question: str) -> None:
    assert slot_flag(question, BACKUPS) != ""
