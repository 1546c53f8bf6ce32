"""Which questions of two versions of a questionnaire are the same, changed, new, gone."""

from dataclasses import replace

import pytest

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question
from bidproof.questionnaires.versions import compare_versions

BACKUP = "Are backups kept for at least 30 days?"
STAFF = "Do all employees complete security training once a year?"
LOGS = "How are audit logs protected from change?"


def ask(name: str, text: str, *, options: tuple[str, ...] = (), section: str = "") -> Question:
    return Question(
        id=QuestionId(name),
        buyer_id=name,
        text=text,
        options=options,
        section_path=(section,) if section else (),
    )


OLD = [ask("1", BACKUP), ask("2", STAFF), ask("3", LOGS)]


def test_moved_ids_another_order_and_other_writing_change_nothing() -> None:
    new = [ask("9", LOGS.upper()), ask("8", f"  {STAFF} "), ask("7", f"7. {BACKUP}")]
    found = compare_versions(OLD, new)
    assert found.unchanged == {"9": "3", "8": "2", "7": "1"}
    assert (found.changed, found.new, found.removed) == ({}, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "Are backups kept for at least 35 days?",
        "Are backups not kept for at least 30 days?",
        "Are backups kept for at least 30 weeks?",
        "Are backups kept for at least 3.0 days?",
        "Are encrypted backups kept for at least 30 days?",
    ],
)
def test_another_number_period_or_negation_is_a_change(text: str) -> None:
    found = compare_versions(OLD, [ask("1", text), *OLD[1:]])
    assert found.changed == {"1": "1"}
    assert set(found.unchanged) == {"2", "3"}


def test_other_options_are_a_change() -> None:
    old = ask("1", BACKUP, options=("Yes", "No"))
    assert compare_versions([old], [replace(old, options=("yes", "no"))]).unchanged == {"1": "1"}
    assert compare_versions([old], [replace(old, options=("Yes", "No", "Partly"))]).changed == {"1": "1"}


def test_another_question_under_an_old_id_is_new() -> None:
    found = compare_versions(OLD, [ask("1", "Where is your head office?"), *OLD[1:]])
    assert (found.changed, found.new, found.removed) == ({}, ("1",), ("1",))


def test_a_question_asked_in_two_sections_keeps_each_its_own() -> None:
    old = [ask("1", BACKUP, section="A"), ask("2", BACKUP, section="B")]
    new = [ask("5", BACKUP, section="B"), ask("6", BACKUP, section="A"), ask("7", BACKUP, section="C")]
    found = compare_versions(old, new)
    assert found.unchanged == {"5": "2", "6": "1"}
    assert found.new == ("7",)
