"""Completed questionnaires among documents: their answers belong into the answer library."""

from collections.abc import Collection
from pathlib import Path

from bidproof.core.errors import BidproofError
from bidproof.core.ids import DocumentId
from bidproof.documents.media_types import MediaType
from bidproof.questionnaires.read import read_questionnaire
from bidproof.runtime.session import Session

_FORMS = frozenset({MediaType.XLSX, MediaType.CSV, MediaType.DOCX})
_LEAST_ANSWERS = 5
_LEAST_SHARE = 0.5


def completed_questionnaires(documents: Collection[DocumentId], *, session: Session) -> dict[str, int]:
    """Which of these documents are completed questionnaires: each one's file, with its count of answers.

    Workbooks, CSV and Word files that ask at least five questions are read as forms; one is
    completed where five of its questions and half of all hold an answer.
    """
    found: dict[str, int] = {}
    known = session.workspace.documents.known().values()
    for row in sorted(known, key=lambda item: item.path):
        if row.id in documents and row.media_type in _FORMS:
            answers = _answers(Path(row.source)) if _asks(row.id, session) else 0
            found |= {row.source: answers} if answers else {}
    return found


def _asks(name: DocumentId, session: Session) -> bool:
    return session.workspace.documents.load(name).text.count("?") >= _LEAST_ANSWERS


def _answers(path: Path) -> int:
    """Answered questions of a completed questionnaire; 0 for any other file."""
    try:
        questions = read_questionnaire(path).questions
    except BidproofError:
        return 0  # no form, or one that has to be mapped by hand
    answered = sum(question.is_answered for question in questions)
    return answered if answered >= max(_LEAST_ANSWERS, _LEAST_SHARE * len(questions)) else 0
