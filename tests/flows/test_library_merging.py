"""Answers to one question from several forms: one stands, and what contradicts it is named."""

from dataclasses import replace
from datetime import date

from bidproof.flows.library_merging import merge_answers
from bidproof.workspace.rows import LibraryEntry

OLD = LibraryEntry(
    question="Do you encrypt data?",
    answer="Planned.",
    choice="No",
    approver="Ann",
    approved=date(2024, 5, 1),
    source="a.csv",
)
NEW = replace(OLD, answer="AES-256.", choice="Yes", approved=date(2026, 3, 2), source="b.csv")


def test_the_newest_of_two_contradicting_answers_stands_and_says_so() -> None:
    merging = merge_answers([], [NEW, OLD])
    (standing,) = merging.added
    assert (standing.choice, standing.answer) == ("Yes", "AES-256.")
    assert standing.contradicts.endswith("2024-05-01 (a.csv): No; 2026-03-02 (b.csv): Yes")
    assert [str(item) for item in merging.contradictions] == [
        "Do you encrypt data?: 2024-05-01 (a.csv): No; 2026-03-02 (b.csv): Yes; the newer stands"
    ]


def test_what_the_library_holds_ends_the_day_before_the_newer_answer() -> None:
    merging = merge_answers([replace(OLD, id=7)], [NEW])
    assert merging.changed[7].expires == date(2026, 3, 1)
    assert [entry.answer for entry in merging.added] == ["AES-256."]


def test_an_older_answer_does_not_take_the_place_of_a_newer_one_in_the_library() -> None:
    merging = merge_answers([replace(NEW, id=7)], [OLD])
    assert merging.added == []
    assert merging.changed[7].answer == "AES-256."
    assert len(merging.contradictions) == 1


def test_the_same_answer_again_only_gets_the_later_day() -> None:
    again = replace(OLD, choice="N", answer="planned. ", approved=date(2025, 1, 1))
    merging = merge_answers([replace(OLD, id=7)], [again])
    assert (merging.added, merging.merged, merging.contradictions) == ([], 1, [])
    assert merging.changed[7].approved == date(2025, 1, 1)
    assert merging.changed[7].answer == "Planned."


def test_other_scopes_and_headings_are_other_questions() -> None:
    merging = merge_answers([], [OLD, replace(NEW, scope=("EU",)), replace(NEW, section="Network")])
    assert len(merging.added) == 3
    assert merging.contradictions == []


def test_bringing_the_same_answers_again_changes_nothing() -> None:
    merging = merge_answers([replace(NEW, id=7)], [NEW])
    assert (merging.added, merging.changed, merging.superseded) == ([], {}, 0)
