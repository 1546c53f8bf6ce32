"""Documents to passages: the units of retrieval, none over the token cap.

Three ways to cut, one record out. In each, ``document.text[start:end]`` is the
passage's text and every block is covered.
"""

from collections.abc import Callable, Iterator, Mapping

from bidproof.core.errors import InvalidSetting
from bidproof.core.ids import passage_id
from bidproof.core.records import Document, Passage
from bidproof.core.settings import DocumentSettings
from bidproof.documents.locations import DocumentPlaces, Place
from bidproof.documents.splitting.chunks import Chunk
from bidproof.documents.splitting.fixed import cut_fixed
from bidproof.documents.splitting.structural import cut_structural
from bidproof.documents.splitting.tokenized import Embed, TokenizedDocument


def _cut_semantic(document: TokenizedDocument, settings: DocumentSettings) -> Iterator[Chunk]:
    from bidproof.documents.splitting.semantic import cut_semantic

    return cut_semantic(document, settings)


_CUTTERS: Mapping[str, Callable[[TokenizedDocument, DocumentSettings], Iterator[Chunk]]] = {
    "structural": cut_structural,
    "fixed": cut_fixed,
    "semantic": _cut_semantic,
}


def split_document(
    document: Document, *, settings: DocumentSettings, embed: Embed | None = None
) -> tuple[Passage, ...]:
    """Cut a document to passages.

    Args:
        document: Its blocks must be ordered and not overlap.
        settings: ``chunking``, ``max_tokens`` and ``overlap_tokens`` are used.
        embed: Texts to unit vectors, float [n, d]; needed by ``semantic`` only.

    Returns:
        Passages in document order; equal input gives equal ids. A passage's
        text, with its ``table_header`` if it has one, is within ``max_tokens``.

    Raises:
        InvalidSetting: The cap is too small, the overlap no smaller than the
            cap, or ``semantic`` without ``embed``.
    """
    _check(settings)
    places = DocumentPlaces(document)
    chunks = _CUTTERS[settings.chunking](TokenizedDocument(document, embed=embed), settings)
    placed = [(chunk, places.find(chunk.span)) for chunk in chunks]
    return tuple(_passage(document, chunk, place) for chunk, place in placed)


def _check(settings: DocumentSettings) -> None:
    if settings.max_tokens < 16:
        raise InvalidSetting(
            f"setting 'documents.max_tokens': found {settings.max_tokens}, expected 16 or more",
            hint="set documents.max_tokens to between 100 and 400",
        )
    if not 0 <= settings.overlap_tokens < settings.max_tokens:
        raise InvalidSetting(
            f"setting 'documents.overlap_tokens': found {settings.overlap_tokens}, expected 0 to "
            f"{settings.max_tokens - 1}",
            hint="set documents.overlap_tokens below documents.max_tokens",
        )


def _passage(document: Document, chunk: Chunk, place: Place) -> Passage:
    start, end = chunk.span.start, chunk.span.end
    return Passage(
        id=passage_id(document.id, content_hash=document.content_hash, start=start, end=end),
        document_id=document.id,
        path=document.path,
        title=document.title,
        start=start,
        end=end,
        text=document.text[start:end],
        heading_path=place.heading_path,
        table_header=chunk.table_header,
        kind=place.kind,
        pages=place.pages,
        boxes=place.boxes,
        written=document.written,
        tags=document.tags,
        trust=document.trust,
    )
