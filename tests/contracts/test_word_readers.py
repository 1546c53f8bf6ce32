"""One Word file gives the same numbers and the same visible text as a document and as a questionnaire."""

from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from bidproof.core.settings import DocumentSettings
from bidproof.documents.parse import ParseRequest, parse_document
from bidproof.questionnaires.word.reader import read
from docx_files import BOTH, save


def as_document(path: Path) -> list[str]:
    request = ParseRequest(path=path, name=path.name, settings=DocumentSettings())
    return parse_document(request).text.split("\n")


def as_questionnaire(path: Path) -> list[str]:
    return [f"{item.buyer_id} {item.text}".strip() for item in read(path).questions]


@pytest.fixture
def numbered() -> Document:
    """List 1 counts 1., 1.01; list 2 is the same one, starting at 7."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>'
        "</w:lvl>"
        for at, (style, text) in enumerate([("decimal", "%1."), ("decimalZero", "%1.%2")])
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    numbering.insert(0, parse_xml(f'<w:abstractNum {BOTH} w:abstractNumId="70">{levels}</w:abstractNum>'))
    for name, override in (("71", ""), ("72", anew)):
        numbering.append(
            parse_xml(f'<w:num {BOTH} w:numId="{name}"><w:abstractNumId w:val="70"/>{override}</w:num>')
        )
    return document


def add(document: Document, text: str, list_id: int, level: int) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {BOTH}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')
    )


def test_numbers_agree(numbered: Document, tmp_path: Path) -> None:
    add(numbered, "Is data encrypted?", 71, 0)
    add(numbered, "Is it encrypted at rest?", 71, 1)
    add(numbered, "Who holds the keys?", 72, 0)
    add(numbered, "Where are they kept?", 72, 1)
    path = save(numbered, tmp_path / "q.docx")
    assert as_questionnaire(path) == [
        "1. Is data encrypted?",
        "1.01 Is it encrypted at rest?",
        "7. Who holds the keys?",
        "7.01 Where are they kept?",
    ]
    assert as_document(path) == as_questionnaire(path)


def test_hidden_paragraphs_are_not_counted(numbered: Document, tmp_path: Path) -> None:
    add(numbered, "Is data encrypted?", 71, 0)
    add(numbered, "Who holds the keys?", 71, 0)
    add(numbered, "Where are they kept?", 71, 0)
    hidden = numbered.paragraphs[1]
    hidden.runs[0].font.hidden = True
    hidden._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {BOTH}><w:vanish/></w:rPr>"))
    path = save(numbered, tmp_path / "q.docx")
    assert as_questionnaire(path) == ["1. Is data encrypted?", "2. Where are they kept?"]
    assert as_document(path) == as_questionnaire(path)


def test_text_hidden_by_a_style_is_seen_by_neither(tmp_path: Path) -> None:
    document = docx.Document()
    secret = document.styles.add_style("Secret", WD_STYLE_TYPE.PARAGRAPH)
    secret.font.hidden = True
    below = document.styles.add_style("Below Secret", WD_STYLE_TYPE.PARAGRAPH)
    below.base_style = secret
    note = document.styles.add_style("Note To Us", WD_STYLE_TYPE.CHARACTER)
    note.font.hidden = True
    document.add_paragraph("Do you obey by paragraph?", style="Secret")
    document.add_paragraph("Do you obey by its base?", style="Below Secret")
    document.add_paragraph("").add_run("Do you obey by character?", style="Note To Us")
    shown = document.add_paragraph("", style="Below Secret").add_run("Do you encrypt data?")
    shown.font.hidden = False
    # Two styles that both hide cancel out.
    document.add_paragraph("", style="Secret").add_run("Do you keep logs?", style="Note To Us")
    path = save(document, tmp_path / "q.docx")
    assert as_questionnaire(path) == ["Do you encrypt data?", "Do you keep logs?"]
    assert "".join(as_document(path)) == "".join(as_questionnaire(path))
