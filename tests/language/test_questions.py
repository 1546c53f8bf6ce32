"""How questions are worded: each language by its own lists, others by none."""

import pytest

from bidproof.language.questions import asks, pattern, shape_rules, without_formulas


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Bitte beschreiben Sie, wie Änderungen geprüft werden.", "Änderungen geprüft werden"),
        ("Verfügt Ihr Unternehmen über einen Plan für Notfälle?", "Plan für Notfälle"),
        ("Veuillez décrire la gestion des accès.", "gestion des accès"),
        ("¿Dispone su empresa de un plan de continuidad?", "plan de continuidad"),
        ("Descrivete la gestione degli accessi.", "gestione degli accessi"),
        ("Beschrijf hoe wijzigingen worden beoordeeld.", "wijzigingen worden beoordeeld"),
        ("Descreva a gestão de acessos.", "gestão de acessos"),
        ("כמה זמן נשמרים הגיבויים?", "נשמרים הגיבויים"),
        ("Die Richtlinie ist festgelegt, dokumentiert und genehmigt", "Richtlinie ist"),
    ],
)
def test_formulas_are_left_out_in_the_language_of_the_question(text: str, rest: str) -> None:
    assert without_formulas(text) == rest


@pytest.mark.parametrize(
    ("language", "shape", "text"),
    [
        ("en", "frequency", "How often are keys rotated?"),
        ("de", "frequency", "In welchen Abständen werden Schlüssel erneuert?"),
        ("de", "duration", "Wie lange werden Protokolle aufbewahrt?"),
        ("de", "yes/no", "Werden Kundendaten verschlüsselt?"),
        ("de", "person", "Wer ist für den Datenschutz zuständig?"),
        ("fr", "yes/no", "Les données sont-elles chiffrées ?"),
        ("fr", "frequency", "À quelle fréquence les accès sont-ils revus ?"),
        ("fr", "duration", "Dans quel délai signalez-vous un incident ?"),
        ("es", "number", "¿Cuántos empleados tiene su empresa?"),
        ("es", "yes/no", "¿Se cifran los datos?"),
        ("it", "frequency", "Con quale frequenza vengono rivisti gli accessi?"),
        ("it", "yes/no", "È richiesto un secondo fattore?"),
        ("nl", "duration", "Hoe lang worden logboeken bewaard?"),
        ("nl", "yes/no", "Worden de gegevens versleuteld?"),
        ("pt", "person", "Quem é o encarregado da proteção de dados?"),
        ("pt", "yes/no", "Os dados são cifrados?"),
    ],
)
def test_the_shape_of_an_answer_is_told_in_every_language(language: str, shape: str, text: str) -> None:
    assert shape_rules(language).first(text) == shape


def test_a_request_is_no_yes_or_no_question() -> None:
    assert shape_rules("de").first("Können Sie bitte Ihr Vorgehen beschreiben?") is None
    assert shape_rules("es").first("Explique qué ocurre cuando se pierde un dispositivo.") is None


def test_a_question_mark_of_any_script_asks() -> None:
    assert [asks(text, "ja") for text in ("保存されますか？", "保存されます。")] == [True, False]
    assert asks("هل يتم التشفير؟", "ar")


def test_a_language_without_lists_finds_nothing() -> None:
    assert shape_rules("th").first("?") is None
    assert not pattern("th", "quantity").search("how many")
