"""Words that carry meaning, in any script."""

import pytest

from bidproof.language.words import asked_stems, content_stems, count_words


@pytest.mark.parametrize(
    ("language", "question", "statement"),
    [
        ("de", "Wie lange bewahren Sie Sicherungen auf?", "Jede Sicherung wird aufbewahrt."),
        ("fr", "Comment l'accès est-il revu ?", "Les accès sont revus."),
        ("sv", "Hur länge sparas säkerhetskopior?", "Säkerhetskopiorna sparas i 35 dagar."),
        ("pl", "Jak długo są przechowywane kopie?", "Kopie są przechowywane przez 35 dni."),
        ("ru", "Как долго хранятся копии?", "Копия хранится 35 дней."),
        ("he", "כמה זמן נשמרים הגיבויים?", "גיבויים נשמרים 35 ימים."),
        ("ja", "バックアップはどのくらい保存されますか？", "バックアップは35日間保存されます。"),
        ("zh", "备份保存多长时间？", "备份在苏黎世保存35天。"),
    ],
)
def test_a_question_shares_words_with_its_answer(language: str, question: str, statement: str) -> None:
    asked = asked_stems(question, language)
    shared = set(asked) & set(content_stems(statement, language))
    assert shared
    assert 2 * len(shared) >= len(set(asked))


def test_scripts_without_blanks_have_pairs_and_no_particles() -> None:
    assert content_stems("データセンターはどこにありますか", "ja") == tuple(
        pair for pair in ("デー", "ータ", "タセ", "セン", "ンタ", "ター", "ーは")
    )
    assert content_stems("您的密码", "zh") == ("密码",)


def test_length_counts_two_letters_a_word_where_there_are_no_blanks() -> None:
    assert count_words("Keys are rotated.") == 3
    assert count_words("密码至少包含字符") == 1 + 4
