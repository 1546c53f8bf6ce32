import pytest

from bidproof.core.records import BlockKind
from bidproof.core.settings import DocumentSettings
from bidproof.documents.boilerplate import dateline_end, is_mail_notice
from bidproof.documents.passages import split_document

SAID = "Larkspur opened a second data centre in Porto today."


@pytest.mark.parametrize(
    "line",
    [
        "ZURICH, March 3, 2026 – ",
        "Zürich, 3. März 2026 – ",
        "Paris, le 3 mars 2026 — ",
        "Madrid, 3 de marzo de 2026.- ",
        "Milano, 3 marzo 2026 - ",
        "Lisboa, 3 de março de 2026 – ",
        "SAN FRANCISCO, Calif., March 3, 2026 (GLOBE NEWSWIRE) -- ",
        "NEW YORK--(BUSINESS WIRE)--",
        "LONDON, 3 March 2026 /PRNewswire/ -- ",
        "GHENT (2026-03-03) – ",
    ],
)
def test_place_and_date_before_a_press_release_are_told_from_its_words(line):
    assert dateline_end(f"{line}{SAID}") == len(line)


@pytest.mark.parametrize(
    "text",
    [
        f"March 3, 2026 – {SAID}",
        "Backups taken on March 3, 2026 - the last before the move - are kept in Porto.",
        "On 3 March 2026 – the day of the audit – all systems were in Zurich.",
        "Zurich, Porto and Ghent – our three sites – are certified.",
        "Written by Ann, 2026-03-03 - v2",
        "In the year to March 3, 2026 – our best – we hired 40 people.",
    ],
)
def test_a_sentence_with_a_date_or_a_place_is_no_such_line(text):
    assert dateline_end(text) == 0


def test_a_press_release_is_read_from_its_own_words_on(read, shown):
    document = read("news.md", f"# Larkspur grows\n\nZURICH, March 3, 2026 – {SAID}\n")

    assert shown(document) == [
        ("heading 1", "Larkspur grows"),
        ("boilerplate", "ZURICH, March 3, 2026 –"),
        ("paragraph", SAID),
    ]
    assert len(split_document(document, settings=DocumentSettings())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "If you are not the intended\nrecipient, please delete it.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Ce message est confidentiel et destiné uniquement à son destinataire.",
        "Este mensaje contiene información confidencial.",
        "Questo messaggio contiene informazioni riservate.",
        "Dit bericht is uitsluitend bestemd voor de geadresseerde.",
        "Esta mensagem pode conter informação confidencial.",
    ],
)
def test_a_mails_notice_speaks_of_the_mail(text):
    assert is_mail_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "Customer data is confidential and encrypted at rest.",
        "This message queue keeps data for 7 days. It is confidential.",
        "Backups are intended for recovery alone.",
    ],
)
def test_what_speaks_of_something_else_is_no_notice(text):
    assert not is_mail_notice(text)


def test_boilerplate_makes_passages_of_its_own(read):
    page = (
        "<html><body><ul><li><a href='/'>Home</a></li><li><a href='/docs'>Docs</a></li>"
        "<li><a href='/jobs'>Jobs</a></li></ul><h1>Backups</h1><p>Backups are kept for 35 days.</p>"
        "<footer><p>Larkspur AG, Zurich, company number CHE-123.456.789.</p></footer></body></html>"
    )
    passages = split_document(read("backups.html", page), settings=DocumentSettings())

    assert [(passage.kind, passage.text) for passage in passages] == [
        (BlockKind.BOILERPLATE, "- Home\n- Docs\n- Jobs"),
        (BlockKind.PARAGRAPH, "Backups\n\nBackups are kept for 35 days."),
        (BlockKind.BOILERPLATE, "Larkspur AG, Zurich, company number CHE-123.456.789."),
    ]
