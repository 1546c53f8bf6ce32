"""Properties of paragraphs and runs: their own first, their styles' next."""

import pytest
from lxml import etree

from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.xml import w
from bidproof.formats.xml import XmlElement

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def style(name: str, content: str, *, kind: str = "paragraph", shown: str = "", extra: str = "") -> str:
    names = f'<w:name w:val="{shown or name}"/>'
    return f'<w:style w:type="{kind}" w:styleId="{name}" {extra}>{names}{content}</w:style>'


def sheet(*styles: str) -> StyleSheet:
    return StyleSheet(etree.fromstring(f'<w:styles xmlns:w="{W}">{"".join(styles)}</w:styles>'))


def paragraph(content: str) -> XmlElement:
    return etree.fromstring(f'<w:p xmlns:w="{W}">{content}</w:p>')


@pytest.mark.parametrize(
    ("properties", "level"),
    [
        ('<w:pStyle w:val="Clause"/>', 2),
        ('<w:pStyle w:val="Clause"/><w:outlineLvl w:val="4"/>', 5),
        ('<w:pStyle w:val="Clause"/><w:outlineLvl w:val="9"/>', None),
        ('<w:pStyle w:val="Cover"/>', 0),
        ('<w:pStyle w:val="Unknown"/>', None),
        ("", None),
    ],
)
def test_a_heading_is_told_by_its_outline_or_by_the_style_that_its_own_is_based_on(
    properties: str, level: int | None
) -> None:
    styles = sheet(
        style("H2", "", shown="heading 2"),
        style("Clause", '<w:basedOn w:val="H2"/>'),
        style("Cover", "", shown="Title"),
    )
    assert styles.heading_level(paragraph(f"<w:pPr>{properties}</w:pPr>")) == level


def test_a_ring_of_styles_ends_where_it_closes() -> None:
    styles = sheet(style("A", '<w:basedOn w:val="B"/>'), style("B", '<w:basedOn w:val="A"/>'))
    assert styles.heading_level(paragraph('<w:pPr><w:pStyle w:val="A"/></w:pPr>')) is None


@pytest.mark.parametrize(
    ("paragraph_style", "run_properties", "is_hidden"),
    [
        ("", "<w:vanish/>", True),
        ("", '<w:vanish w:val="0"/>', False),
        ("", '<w:rStyle w:val="Away"/>', True),
        ("Gone", "", True),
        ("Gone", '<w:vanish w:val="false"/>', False),
        ("Gone", '<w:rStyle w:val="Away"/>', False),
        ("Back", "", False),
        ("", "<w:webHidden/>", False),
    ],
)
def test_hidden_text(paragraph_style: str, run_properties: str, is_hidden: bool) -> None:
    hide = "<w:rPr><w:vanish/></w:rPr>"
    styles = sheet(
        style("Gone", hide),
        style("Back", '<w:basedOn w:val="Gone"/><w:rPr><w:vanish w:val="0"/></w:rPr>'),
        style("Away", hide, kind="character"),
    )
    item = paragraph(
        f'<w:pPr><w:pStyle w:val="{paragraph_style}"/></w:pPr><w:r><w:rPr>{run_properties}</w:rPr></w:r>'
    )
    run = item.find(w("r"))
    assert run is not None
    assert styles.is_hidden(run) is is_hidden


def test_bold_may_come_from_the_default_style() -> None:
    bold = sheet(style("Normal", "<w:rPr><w:b/></w:rPr>", extra='w:default="1"'))
    run = "<w:r><w:t>Scope</w:t></w:r>"
    assert bold.is_all_bold(paragraph(run))
    assert not bold.is_all_bold(paragraph('<w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t>Scope</w:t></w:r>' + run))
    assert not bold.is_all_bold(paragraph(""))
    assert not StyleSheet(None).is_all_bold(paragraph(run))
