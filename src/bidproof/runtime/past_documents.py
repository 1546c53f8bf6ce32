"""Approved answers as documents, so that a model's draft can quote them like any passage."""

import hashlib

from bidproof.core.ids import DocumentId, passage_id
from bidproof.core.records import Block, BlockKind, Document, Passage, ScoredPassage, Trust
from bidproof.workspace.library import AnswerLibrary
from bidproof.workspace.rows import LibraryEntry

_PREFIX = "approved-answer-"


def past_document(entry: LibraryEntry) -> Document:
    """An entry as a document: its choice, then its text; titled by the question of then."""
    choice = f"{entry.choice}. " if entry.choice and entry.answer else entry.choice or ""
    text = f"{choice}{entry.answer}"
    return Document(
        id=DocumentId(f"{_PREFIX}{entry.id}"),
        path=f"answer library/{entry.id}",
        source="",
        content_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        media_type="text/plain",
        title=f"Approved answer of {entry.approved.isoformat()}: {entry.question}",
        text=text,
        blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text)),) if text else (),
        written=entry.approved,
        expires=entry.expires,
        trust=Trust.APPROVED_ANSWER,
    )


def load_past(name: DocumentId, library: AnswerLibrary) -> Document | None:
    """The document of an entry that the library still holds; None for any other name."""
    number = str(name).removeprefix(_PREFIX)
    entry = library.get(int(number)) if name.startswith(_PREFIX) and number.isdecimal() else None
    return None if entry is None else past_document(entry)


def past_passage(entry: LibraryEntry, *, rank: int, score: float) -> ScoredPassage:
    """The whole of an entry as one passage of a ranking."""
    document = past_document(entry)
    passage = Passage(
        id=passage_id(document.id, content_hash=document.content_hash, start=0, end=len(document.text)),
        document_id=document.id,
        path=document.path,
        title=document.title,
        start=0,
        end=len(document.text),
        text=document.text,
        written=document.written,
        trust=document.trust,
    )
    return ScoredPassage(passage=passage, score=score, rank=rank, parts={"past answer": score})
