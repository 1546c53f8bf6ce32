"""Sentences that limit all answers below them, in several languages."""

import pytest

from bidproof.questionnaires.requirements.limits import answer_limits
from bidproof.questionnaires.wording import TextLimits


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Answers must not exceed 100 words.", 100),
        ("Maximum 250 words per answer.", 250),
        ("Please limit each answer to 300 words.", 300),
        ("Each question has a limit of 150 words.", 150),
        ("No answer may exceed 1,200 words.", 1200),
        ("A maximum of 400 words is allowed for each response.", 400),
        ("Antworten dürfen höchstens 100 Wörter umfassen.", 100),
        ("Les réponses ne doivent pas dépasser 150 mots.", 150),
        ("Las respuestas no deben superar las 200 palabras.", 200),
    ],
)
def test_a_limit_for_all_answers_is_read(sentence: str, words: int) -> None:
    assert answer_limits(sentence) == TextLimits(max_words=words)


def test_a_limit_may_count_characters() -> None:
    assert answer_limits("Your answers should be no longer than 500 characters.") == TextLimits(max_chars=500)


@pytest.mark.parametrize(
    "sentence",
    [
        "Describe your plan for each question in no more than 200 words.",
        "The executive summary must not exceed 500 words.",
        "Responses to this section must not exceed two pages.",
        "Answers have at least 100 words.",
        "Can each answer exceed 100 words?",
    ],
)
def test_other_sentences_limit_no_answers(sentence: str) -> None:
    assert answer_limits(sentence) is None
