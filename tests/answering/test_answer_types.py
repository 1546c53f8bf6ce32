import pytest

from bidproof.answering.answer_types import counts_another


@pytest.mark.parametrize(
    ("question", "text", "is_another"),
    [
        ("How many regions can I use?", "The maximum number of accounts is 5.", True),
        ("What is the maximum number of account groups?", "Number of accounts in a group: 3.", True),
        ("What is the number of accounts per region?", "Number of managed accounts: 3.", False),
        ("What is the accounts limit?", "Number of accounts: 3.", False),
        ("How many accounts can I use?", "You can use 3 accounts.", False),
    ],
)
def test_a_number_of_something_else_is_told_apart(question: str, text: str, is_another: bool) -> None:
    assert counts_another(question, text) is is_another
