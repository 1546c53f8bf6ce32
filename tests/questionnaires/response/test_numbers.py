"""A response names each requirement by the buyer's own number."""

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question
from bidproof.questionnaires.response.numbers import response_numbers


def test_numbers_are_those_of_the_buyer_or_of_his_section() -> None:
    asked = [
        ("R-01", ("4 Functions",)),
        ("", ("3 General", "3.2 Access")),
        ("", ("3 General", "3.2 Access")),
        ("(a)", ("3 General", "3.2 Access")),
        ("3.2.1", ("3 General", "3.2 Access")),
        ("1.", ("Annex",)),
        ("", ("Annex",)),
    ]
    questions = [
        Question(id=QuestionId(f"q{at}"), text="x", buyer_id=printed, section_path=path)
        for at, (printed, path) in enumerate(asked)
    ]
    assert list(response_numbers(questions).values()) == [
        "R-01",
        "3.2 (1)",
        "3.2 (2)",
        "3.2 (a)",
        "3.2.1",
        "1.",
        "(1)",
    ]
