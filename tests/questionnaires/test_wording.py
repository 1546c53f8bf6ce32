"""What a question's own words say about it."""

import pytest

from bidproof.core.records import QuestionKind
from bidproof.questionnaires.wording import (
    IdentifiedText,
    TextLimits,
    is_asking,
    is_id,
    is_placeholder,
    kind_of,
    limits_in,
    mandatory_in,
    split_leading_id,
    split_numbered,
)


@pytest.mark.parametrize(
    ("text", "buyer_id", "rest"),
    [
        ("CO-01a - Do you produce reports?\n", "CO-01a", "Do you produce reports?"),
        ("06b. Are keys rotated?", "06b", "Are keys rotated?"),
        ("1.2.3 Do you log?", "1.2.3", "Do you log?"),
        ("AIS-01.1\nDo you test?", "AIS-01.1", "Do you test?"),
        ("A&A-01.1: Is it audited?", "A&A-01.1", "Is it audited?"),
        ("Q12) How many staff?", "Q12", "How many staff?"),
        ("24/7 support?", "", "24/7 support?"),
        ("SOC 2 report available?", "", "SOC 2 report available?"),
        ("AES-256 encryption in use?", "", "AES-256 encryption in use?"),
        ("5 years of experience?", "", "5 years of experience?"),
    ],
)
def test_id_in_front_of_the_text(text: str, buyer_id: str, rest: str) -> None:
    assert split_leading_id(text) == IdentifiedText(buyer_id=buyer_id, text=rest)


@pytest.mark.parametrize("text", ["1", "1.2", "AC-03b", "Q7", "06b\n", "A&A-01.1", "GNRL-01"])
def test_whole_cell_ids(text: str) -> None:
    assert is_id(text)
    assert not is_id(f"{text} Access control")


@pytest.mark.parametrize(
    "text",
    ["", "  ", "{{answer}}", "<enter response>", "[Insert answer]", "____", "Please select",
     "Choose an item.",
     "-- Select --", "Click or tap here to enter text.", "TBD", "…"],
)  # fmt: skip
def test_placeholders_are_blank(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "n/a",
        "[see SOC 2 report]",
        "<10 ms",
        "We select vendors yearly.",
        "No",
        "x",
        "[1]",
        "Vendor Answers",
    ],
)
def test_answers_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Answer (max 200 words)", TextLimits(max_words=200)),
        ("no more than 1,500 characters", TextLimits(max_chars=1500)),
        ("Describe it in 300 words or less.", TextLimits(max_words=300)),
        ("(500 chars)", TextLimits(max_chars=500)),
        ("Word limit: 150", TextLimits(max_words=150)),
        ("max. 100 words or 700 characters max", TextLimits(max_words=100, max_chars=700)),
        ("Passwords of 12 characters are required", TextLimits()),
    ],
)
def test_limits(text: str, limits: TextLimits) -> None:
    assert limits_in(text) == limits


@pytest.mark.parametrize(
    ("text", "options", "kind"),
    [
        ("Do you encrypt data?", (), QuestionKind.YES_NO),
        ("If you store cards, are they encrypted?", (), QuestionKind.YES_NO),
        ("How many employees do you have?", (), QuestionKind.NUMBER),
        ("When was the last audit?", (), QuestionKind.DATE),
        ("The vendor shall notify us of breaches.", (), QuestionKind.REQUIREMENT),
        ("Describe how the vendor will train staff.", (), QuestionKind.FREE),
        ("Describe it.", ("Yes", "No", "NA"), QuestionKind.YES_NO),
        ("Do you comply?", ("Fully", "Partly", "Not at all"), QuestionKind.CHOICE),
    ],
)
def test_kind(text: str, options: tuple[str, ...], kind: QuestionKind) -> None:
    assert kind_of(text, options) is kind


def test_asking() -> None:
    assert is_asking("Describe your backup process.")
    assert is_asking("The system must support single sign-on.")
    assert not is_asking("Access Control")
    assert not is_asking("Requirement")


def test_mandatory() -> None:
    assert mandatory_in("Do you?", "M") is True
    assert mandatory_in("Do you?", "Optional") is False
    assert mandatory_in("Do you? (mandatory)") is True
    assert mandatory_in("Do you?") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Werden Sicherungen verschlüsselt?", QuestionKind.YES_NO),
        ("Chaque image a-t-elle une alternative textuelle ?", QuestionKind.YES_NO),
        ("¿Disponen de un plan de continuidad?", QuestionKind.YES_NO),
        ("I dati sono cifrati a riposo?", QuestionKind.YES_NO),
        ("Heeft u een functionaris gegevensbescherming aangesteld?", QuestionKind.YES_NO),
        ("Os dados são cifrados em repouso?", QuestionKind.YES_NO),
        ("Wie viele Mitarbeiter haben Sie?", QuestionKind.NUMBER),
        ("¿Cuántos empleados tienen?", QuestionKind.NUMBER),
        ("Quando foi feito o último teste?", QuestionKind.DATE),
        ("Der Auftragnehmer muss ein ISMS betreiben.", QuestionKind.REQUIREMENT),
        ("Le titulaire doit chiffrer les données.", QuestionKind.REQUIREMENT),
        ("De leverancier dient incidenten te melden.", QuestionKind.REQUIREMENT),
        ("Come vengono custodite le chiavi?", QuestionKind.FREE),
        ("¿Dónde se guardan las copias?", QuestionKind.FREE),
        ("Décrivez votre processus de gestion des changements.", QuestionKind.FREE),
    ],
)
def test_kinds_in_other_languages(text: str, kind: QuestionKind) -> None:
    assert kind_of(text) is kind
    assert is_asking(text)


@pytest.mark.parametrize("text", ["Datensicherung", "Gestion des accès", "Seguridad de la red", "Einde"])
def test_titles_in_other_languages_do_not_ask(text: str) -> None:
    assert not is_asking(text)


def test_numbered_questions_of_one_cell() -> None:
    several = split_numbered("Zu Sicherungen:\n1. Wie oft sichern Sie?\n2. Wo liegen die Sicherungen?")
    assert [(item.buyer_id, item.text) for item in several] == [
        ("1", "Zu Sicherungen:\nWie oft sichern Sie?"),
        ("2", "Zu Sicherungen:\nWo liegen die Sicherungen?"),
    ]
    assert split_numbered("Describe your controls:\n1. policies\n2. logs") == ()
