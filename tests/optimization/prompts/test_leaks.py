"""Gold answers stay out of instructions, and what is measured on stays out of examples."""

from dataclasses import replace

import pytest

from bidproof.evaluation.records import GoldCase
from bidproof.optimization.prompts.leaks import LeakCheck
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.program import Example

TRAIN = GoldCase(
    id="t1",
    question="How long are backups kept before they are deleted for good?",
    reference="Backups are kept for thirty days in two regions and are then deleted for good.",
)
DEV = GoldCase(
    id="d1",
    question="Which cipher protects customer records while they are stored on your disks?",
    reference="Customer records are encrypted at rest with a cipher of 256 bits in every region.",
)
SEALED = GoldCase(id="s1", question="Which standard are you certified for?", reference="ISO 27001")
CHECK = LeakCheck(train=(TRAIN,), dev=(DEV,), held_out=(SEALED,))

EXAMPLE = Example(
    passages=(
        Excerpt(text="Backups are kept for thirty days in two regions and are then deleted for good."),
    ),
    question=TRAIN.question,
    reply={
        "answerable": True,
        "quotes": [{"passage": 1, "text": "Backups are kept for thirty days in two regions"}],
        "sentences": [{"text": "Backups are kept for thirty days.", "quotes": [1]}],
    },
)


@pytest.mark.parametrize("case", [TRAIN, DEV])
def test_an_instruction_may_not_repeat_eight_words_of_any_answer(case: GoldCase) -> None:
    words = case.reference.split()

    assert "right answer" in CHECK.in_instruction(f"If asked, say: {' '.join(words[2:10])}.")
    assert CHECK.in_instruction(f"If asked, say: {' '.join(words[2:9])}.") == ""


def test_case_and_marks_hide_nothing() -> None:
    shouted = TRAIN.reference.upper().replace(" ", ", ")

    assert CHECK.in_instruction(shouted)


def test_a_short_answer_counts_where_it_holds_a_figure() -> None:
    assert CHECK.in_instruction("Always say that we have ISO-27001 when asked.")
    plain = replace(SEALED, reference="Yes we do")

    assert (
        LeakCheck(train=(), dev=(), held_out=(plain,)).in_instruction("Say yes we do where it holds.") == ""
    )


def test_words_that_the_program_says_already_are_no_leak() -> None:
    said = "Keep numbers, dates, versions, units and names exactly as quoted."
    check = LeakCheck(train=(replace(TRAIN, reference=said),), dev=(), allowed=(f"Hello. {said}",))

    assert check.in_instruction(said) == ""


def test_an_example_may_hold_its_own_answer() -> None:
    assert CHECK.in_example(EXAMPLE) == ""


def test_an_example_may_not_hold_an_answer_that_is_measured_on() -> None:
    passage = Excerpt(text=f"Storage. {DEV.reference} Keys are rotated.")

    assert "answer" in CHECK.in_example(replace(EXAMPLE, passages=(*EXAMPLE.passages, passage)))


def test_an_example_may_not_ask_a_question_that_is_measured_on() -> None:
    assert "question" in CHECK.in_example(replace(EXAMPLE, question=DEV.question))


def test_a_short_figure_in_a_passage_is_no_leak_but_in_a_reply_it_is() -> None:
    passage = Excerpt(text="Our certificate for ISO 27001 hangs in the lobby.")
    shown = replace(EXAMPLE, passages=(*EXAMPLE.passages, passage))

    assert CHECK.in_example(shown) == ""
    said = {**EXAMPLE.reply, "sentences": [{"text": "It is ISO 27001.", "quotes": [1]}]}
    assert CHECK.in_example(replace(shown, reply=said))


def test_wording_that_all_questions_share_is_no_leak() -> None:
    asking = "Please describe in detail how your organisation makes sure that {} is done."
    cases = [replace(DEV, id=f"d{name}", question=asking.format(name)) for name in ("one", "two", "three")]
    check = LeakCheck(train=(TRAIN,), dev=cases)

    assert check.in_example(replace(EXAMPLE, question=asking.format("backup"))) == ""
