from bidproof.answering.answer_types import AnswerShape
from bidproof.answering.asked import read_asked, read_question
from bidproof.core.ids import QuestionId
from bidproof.core.records import Question

COMPOUND = "Who approves the security policy and how often is it reviewed?"


def question(text: str) -> Question:
    return Question(id=QuestionId("q"), text=text)


def test_terms_are_those_asked_about_and_keep_the_buyers_words() -> None:
    asked = read_asked("Please describe how Backups are tested. Are backups tested?")
    assert asked.stems == ("backup", "test")
    assert dict(asked.written) == {"backups": "backup", "tested": "test"}


def test_the_shape_of_the_answer_is_read_from_the_wording() -> None:
    assert read_asked("How often are backups tested?").shape is AnswerShape.FREQUENCY
    assert read_asked("Describe your backups.").shape is AnswerShape.PROSE


def test_a_compound_question_has_a_part_for_each_thing() -> None:
    parts = read_question(question(COMPOUND)).parts
    assert [part.shape for part in parts] == [AnswerShape.PERSON, AnswerShape.FREQUENCY]


def test_a_question_that_is_not_to_be_split_is_its_own_only_part() -> None:
    (part,) = read_question(question(COMPOUND), is_split=False).parts
    assert part.text == COMPOUND


def test_a_blank_question_asks_for_nothing() -> None:
    (part,) = read_question(question(" ")).parts
    assert (part.stems, part.written) == ((), ())
