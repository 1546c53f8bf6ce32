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


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "Wie lange bewahren Sie Sicherungen auf?",
            "Die Sicherung wird für jeden Kunden neunzig Tage und eine Nacht aufbewahrt.",
        ),
        (
            "Comment gérez-vous l'accès des visiteurs ?",
            "Un visiteur est accompagné dans nos locaux par un salarié.",
        ),
        (
            "¿Con qué frecuencia realizan pruebas?",
            "Una empresa realiza la prueba de la plataforma dos veces al año.",
        ),
        (
            "Quali sono le procedure per i fornitori?",
            "Ogni fornitore è valutato con una scheda dal responsabile.",
        ),
        (
            "Quais são os prazos para os incidentes?",
            "Um incidente é comunicado com urgência para os clientes.",
        ),
        (
            "Hoe worden de wachtwoorden opgeslagen?",
            "Een wachtwoord is met een sleutel en van de rest gescheiden.",
        ),
    ],
)
def test_endings_of_other_languages_do_not_matter(asked: str, said: str) -> None:
    assert set(query_terms(asked)) & set(index_terms(said))


def test_a_question_of_another_language_drops_the_words_it_asks_with() -> None:
    asked = query_terms("Bitte beschreiben Sie, wie Sie die Protokolle aufbewahren.")
    assert asked == ["protokoll", "aufbewahr", "aufbewahren"]


def test_an_article_before_a_vowel_is_no_part_of_its_word() -> None:
    assert set(index_terms("Nous gérons l'accès et la clé des clients")) >= set(query_terms("accès"))
