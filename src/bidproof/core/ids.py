"""Identifiers, one type each, so that a mix-up is a type error."""

import hashlib
from typing import NewType

DocumentId = NewType("DocumentId", str)
"""Stable over content changes: derived from the path below the documents folder."""

PassageId = NewType("PassageId", str)
"""Derived from document, content hash and span, so equal input gives equal ids."""

QuestionId = NewType("QuestionId", str)
"""The buyer's own id where the file has one, made unique inside one questionnaire."""


def digest(*parts: str, length: int = 16) -> str:
    """Hash text parts to a short hexadecimal name.

    Args:
        parts: Ordered; each is length-prefixed, so ``("ab", "c")`` differs from ``("a", "bc")``.
        length: Hexadecimal characters kept, at most 64.

    Returns:
        The first ``length`` characters of a SHA-256.
    """
    state = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        state.update(len(raw).to_bytes(8, "big"))
        state.update(raw)
    return state.hexdigest()[:length]


def document_id(path: str) -> DocumentId:
    """Name a document by its posix path below the documents folder."""
    return DocumentId(digest("document", path))


def passage_id(document: DocumentId, *, content_hash: str, start: int, end: int) -> PassageId:
    """Name a passage by the document version and the characters it covers."""
    return PassageId(digest("passage", document, content_hash, str(start), str(end)))
