"""Small RFPs as documents, and what a brief says of them."""

import textwrap
from pathlib import Path

from bidproof.core.records import Document
from bidproof.core.settings import DocumentSettings
from bidproof.documents.parse import ParseRequest, parse_document
from bidproof.questionnaires.brief.read import brief_of, read_for_brief
from bidproof.questionnaires.brief.records import Brief, Topic


def document_of(path: Path) -> Document:
    return parse_document(ParseRequest(path=path, name=path.name, settings=DocumentSettings()))


def brief_text(folder: Path, *texts: str, suffix: str = ".md") -> Brief:
    """The brief of files with these texts, named ``1.md``, ``2.md``, …."""
    documents: list[Document] = []
    for number, text in enumerate(texts, start=1):
        path = folder / f"{number}{suffix}"
        path.write_text(textwrap.dedent(text), "utf-8")
        documents.append(document_of(path))
    found = brief_of(read_for_brief(documents))
    check_quotes(found, documents)
    return found


def check_quotes(brief: Brief, documents: list[Document]) -> None:
    """Every quote stands word for word at its place."""
    texts = {document.path: document.text for document in documents}
    for item in brief.items:
        stands = texts[item.place.file][item.place.start : item.place.end]
        assert " ".join(stands.split()) == item.quote


def values(brief: Brief, topic: Topic) -> list[str]:
    return [item.value for item in brief.of(topic)]


def labelled(brief: Brief, topic: Topic) -> dict[str, str]:
    return {item.label: item.value for item in brief.of(topic)}


def open_kinds(brief: Brief) -> list[str]:
    return [point.kind for point in brief.open_points]
