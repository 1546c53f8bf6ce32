import pytest

from bidproof.language.terms import index_terms, query_terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REQ-004217", "req-004217"),
        ("CO-01a", "co-01a"),
        ("TLS 1.2", "1.2"),
        ("v1.2.3", "v1.2.3"),
        ("1,003 million", "1,003"),
        ("R&D", "r&d"),
        ("C++", "c++"),
        ("docs/intro.md", "docs/intro.md"),
    ],
)
def test_codes_are_kept_whole(text: str, expected: str) -> None:
    assert expected in index_terms(text)


def test_compounds_also_give_their_parts() -> None:
    assert {"key", "rotat"} <= set(index_terms("KeyRotation"))
    assert {"http", "server"} <= set(index_terms("HTTPServer"))
    assert {"incid", "runbook"} <= set(index_terms("INCIDENT_RUNBOOK.md"))


def test_endings_and_possessives_do_not_matter() -> None:
    assert index_terms("encrypts") == index_terms("encrypted") == index_terms("encryption")
    assert index_terms("company's") == index_terms("companies") == ["compani"]


def test_words_of_other_scripts_are_searchable() -> None:
    assert index_terms("Überprüfung") == index_terms("überprüfung")
    assert set(index_terms("暗号化")) & set(index_terms("通信の暗号"))


def test_questions_drop_small_words_and_repeats() -> None:
    assert query_terms("Is the data encrypted, and is the data backed up?") == ["data", "encrypt", "back"]


def test_a_question_of_small_words_alone_keeps_them() -> None:
    assert query_terms("Is it?") == ["is", "it"]


def test_nothing_gives_nothing() -> None:
    assert index_terms("") == index_terms(" –— … ") == []
    assert query_terms("") == []
