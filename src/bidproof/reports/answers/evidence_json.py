"""The evidence of one answering run as one JSON file, for other programs to read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bidproof.core.errors import BidproofError
from bidproof.core.files import write_pieces
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.jsonable import to_json
from bidproof.core.records import Citation, Document, Draft, Question, Questionnaire
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.versions import AmendReport
from bidproof.reports.answers.passages import heading_path, is_in_place

SCHEMA = "bidproof-evidence/1"


def write_evidence_json(
    *,
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    documents: Callable[[DocumentId], Document],
    out: Path,
    title: str = "",
    written: WriteReport | None = None,
    amended: AmendReport | None = None,
) -> Path:
    """Write questions, drafts, citations and usage, whole or not at all.

    The same run gives the same bytes: the file holds no time of its own. Each
    ``draft`` is the whole record as ``core.jsonable`` writes it, so
    ``from_json(Draft, …)`` reads it back.

    Args:
        questionnaire: As read; a question without a draft has ``"draft": null``.
        drafts: By question id.
        documents: Loads a document by id; a ``BidproofError`` from it means that
            the workspace no longer has it.
        out: The JSON file; what stands there is replaced.
        title: The questionnaire's name; its path when empty.
        written: What the same run wrote into the questionnaire, and which files.
        amended: How the questionnaire lies to an earlier version, where one was named.

    Returns:
        ``out``.

    Raises:
        WriteFailed: Disk full, no permission or no such folder; what stood there still does.
    """
    loaded = _load_cited(drafts, documents)
    content = {
        "schema": SCHEMA,
        "title": title or questionnaire.path,
        "questionnaire": {
            "path": questionnaire.path,
            "content_hash": questionnaire.content_hash,
            "format": questionnaire.format,
            "confidence": questionnaire.confidence,
            "problems": list(questionnaire.problems),
            "cells": dict(questionnaire.cells),
        },
        "outputs": [path.name for path in written.files] if written else [],
        "written": to_json(replace(written, files=())) if written else None,
        "amended": to_json(amended),
        "documents": [_document(key, loaded[key]) for key in sorted(loaded)],
    }
    questions = (_question(question, drafts.get(question.id), loaded) for question in questionnaire.questions)
    write_pieces(out, _pieces(content, "questions", questions))
    return out


def _pieces(content: Mapping[str, object], name: str, items: Iterable[object]) -> Iterator[bytes]:
    """An object with a list behind its other members, one item at a time: thousands would fill the memory."""
    yield json.dumps(content, indent=1).removesuffix("\n}").encode() + f',\n "{name}": ['.encode()
    mark = ""
    for item in items:
        text = json.dumps(item, indent=1).replace("\n", "\n  ")
        yield f"{mark}\n  {text}".encode()
        mark = ","
    yield (("\n ]" if mark else "]") + "\n}\n").encode()


def _load_cited(
    drafts: Mapping[QuestionId, Draft], documents: Callable[[DocumentId], Document]
) -> dict[DocumentId, Document | None]:
    cited = {
        citation.document_id
        for draft in drafts.values()
        for claim in draft.claims
        for citation in claim.citations
    }
    return {key: _load(key, documents) for key in cited}


def _load(key: DocumentId, documents: Callable[[DocumentId], Document]) -> Document | None:
    try:
        return documents(key)
    except BidproofError:
        return None


def _document(key: DocumentId, document: Document | None) -> dict[str, object]:
    if document is None:
        return {"id": key, "is_known": False}
    return {
        "id": key,
        "is_known": True,
        "path": document.path,
        "title": document.title,
        "media_type": document.media_type,
        "content_hash": document.content_hash,
        "pages": len(document.pages),
        "written": to_json(document.written),
        "expires": to_json(document.expires),
        "trust": to_json(document.trust),
    }


def _question(
    question: Question, draft: Draft | None, loaded: Mapping[DocumentId, Document | None]
) -> dict[str, object]:
    citations = [citation for claim in draft.claims for citation in claim.citations] if draft else []
    return {
        "question": to_json(question),
        "draft": to_json(draft),
        "citations": [_citation(item, loaded[item.document_id]) for item in dict.fromkeys(citations)],
    }


def _citation(citation: Citation, document: Document | None) -> dict[str, object]:
    """A citation with what was checked about it while this file was written."""
    in_place = document is not None and is_in_place(citation, document)
    return {
        **to_json(citation),
        "heading_path": list(heading_path(document, citation.start)) if document and in_place else [],
        "is_in_place": in_place,
    }
