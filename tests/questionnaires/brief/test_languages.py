"""The same brief of RFPs in other languages, with questions in the file's own."""

from pathlib import Path

import pytest

from bidproof.language.rules import read_data
from bidproof.questionnaires.brief.cues import LANGUAGES, ROOM, cues_for
from bidproof.questionnaires.brief.records import Topic
from briefing import brief_text, labelled, values

GERMAN = """
# Ausschreibung Reinigungsleistungen

Die Angebote sind bis zum 14. Mai 2026, 12:00 Uhr MESZ elektronisch über die Vergabeplattform
https://vergabe.example.de einzureichen.

Bieterfragen sind bis spätestens 30. April 2026 schriftlich zu stellen.

Das Konzept darf höchstens 20 Seiten umfassen. Dem Angebot ist ein Nachweis der
Haftpflichtversicherung beizufügen. Verspätete Angebote werden ausgeschlossen.

## Zuschlagskriterien

| Kriterium | Gewichtung |
| --- | --- |
| Preis | 40 % |
| Qualität | 60 % |

Die Vertragslaufzeit beträgt 24 Monate.

Ansprechpartner: Petra Schulz, petra.schulz@example.de, Telefon +49 30 1234567
"""

FRENCH = """
# Règlement de la consultation

La date limite de remise des offres est fixée au 1er juin 2026 à 16h00 (heure de Paris).
Les offres sont transmises par voie électronique sur la plateforme https://marches.example.fr pour le marché.
Les questions sont adressées par écrit au plus tard le 20 mai 2026.

Le mémoire technique ne doit pas dépasser 30 pages. Les candidats doivent fournir une
attestation d'assurance et des références. Les offres tardives seront rejetées.

## Critères de jugement

- Prix : 40 %
- Valeur technique : 50 %

La durée du marché est de 3 ans.

Contact : Marie Dupont, marie.dupont@example.fr
"""

SPANISH = """
# Pliego de condiciones

El plazo de presentación de las ofertas termina el 3 de junio de 2026 a las 14:00 horas, hora peninsular.
Las ofertas se presentarán por la plataforma de los contratos en https://contratos.example.es con la firma.
Las consultas se podrán enviar hasta el 20 de mayo de 2026 por correo electrónico a consultas@example.es.

La memoria técnica no podrá superar las 25 páginas. Los licitadores deberán aportar un certificado de seguro.
Las ofertas fuera de plazo serán excluidas.

## Criterios de adjudicación

- Precio: 60 puntos
- Calidad técnica: 40 puntos

La duración del contrato es de dos años. Persona de contacto: Ana García, ana.garcia@example.es
"""


def test_a_german_tender(tmp_path: Path) -> None:
    found = brief_text(tmp_path, GERMAN)
    assert values(found, Topic.DEADLINE) == ["Thu 14 May 2026, 12:00 Uhr MESZ"]
    assert values(found, Topic.QUESTIONS_DUE) == ["Thu 30 Apr 2026"]
    assert values(found, Topic.SUBMIT_TO) == ["https://vergabe.example.de"]
    assert values(found, Topic.LIMIT) == ["20 Seiten"]
    assert labelled(found, Topic.CRITERION) == {"Preis": "40 %", "Qualität": "60 %"}
    assert values(found, Topic.TERM) == ["24 Monate"]
    assert [item.quote for item in found.of(Topic.KNOCK_OUT)] == [
        "Verspätete Angebote werden ausgeschlossen."
    ]
    assert "Haftpflichtversicherung" in found.of(Topic.ATTACHMENT)[0].quote
    assert values(found, Topic.CONTACT) == ["Petra Schulz, petra.schulz@example.de, +49 30 1234567"]
    assert found.open_points == ()


def test_a_french_tender_whose_weights_do_not_add_up(tmp_path: Path) -> None:
    found = brief_text(tmp_path, FRENCH)
    assert values(found, Topic.DEADLINE) == ["Mon 1 Jun 2026, 16h00 heure de Paris"]
    assert values(found, Topic.QUESTIONS_DUE) == ["Wed 20 May 2026"]
    assert values(found, Topic.SUBMIT_TO) == ["https://marches.example.fr"]
    assert values(found, Topic.LIMIT) == ["30 pages"]
    assert labelled(found, Topic.CRITERION) == {"Prix": "40 %", "Valeur technique": "50 %"}
    assert values(found, Topic.TERM) == ["3 ans"]
    assert values(found, Topic.CONTACT) == ["Marie Dupont, marie.dupont@example.fr"]
    assert [point.question for point in found.open_points] == [
        "Les pondérations de Prix 40 %, Valeur technique 50 % font 90 %. Lesquelles sont exactes ?"
    ]


def test_a_spanish_tender(tmp_path: Path) -> None:
    found = brief_text(tmp_path, SPANISH)
    assert values(found, Topic.DEADLINE) == ["Wed 3 Jun 2026, 14:00 horas hora peninsular"]
    assert values(found, Topic.QUESTIONS_DUE) == ["Wed 20 May 2026"]
    assert values(found, Topic.SUBMIT_TO) == ["https://contratos.example.es"]
    assert values(found, Topic.QUESTIONS_TO) == ["consultas@example.es"]
    assert values(found, Topic.LIMIT) == ["25 páginas"]
    assert labelled(found, Topic.CRITERION) == {"Precio": "60 points", "Calidad técnica": "40 points"}
    assert values(found, Topic.TERM) == ["dos años"]
    assert values(found, Topic.CONTACT) == ["Ana García, ana.garcia@example.es"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Le offerte devono pervenire entro le ore 12:00 del 14 maggio 2026 per la gara e i servizi."),
        (
            "nl",
            "De inschrijvingen zijn uiterlijk 14 mei 2026 om 12.00 uur ingediend voor de opdracht.",
        ),
        (
            "pt",
            "As propostas devem ser apresentadas até 14 de maio de 2026, às 12h00, para a execução.",
        ),
    ],
)
def test_a_deadline_in_other_languages(tmp_path: Path, language: str, text: str) -> None:
    found = brief_text(tmp_path, text)
    (deadline,) = found.of(Topic.DEADLINE)
    assert str(deadline.day) == "2026-05-14"
    assert deadline.time[:2] == "12"


def test_a_file_without_anything_is_asked_about_in_its_own_language(tmp_path: Path) -> None:
    found = brief_text(tmp_path, "Die Behörde ist für die Schulen und die Straßen der Stadt zuständig.")
    assert "Bis wann (Datum, Uhrzeit) sind die Angebote einzureichen?" in {
        p.question for p in found.open_points
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_language_are_patterns_and_its_questions_have_english_twins(language: str) -> None:
    cues = cues_for(["der die das und ist", "the of and to in"])
    assert cues.languages == ("de", "en")
    assert set(read_data(ROOM, language)["ask"]) <= set(read_data(ROOM, "en")["ask"])
    assert set(read_data(ROOM, language)["patterns"]) <= {*read_data(ROOM, "en")["patterns"], "presentation"}
