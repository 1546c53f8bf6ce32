"""Documents to passages: the units of retrieval, none over the token cap.

Three ways to cut, one record out. In each, ``document.text[start:end]`` is the
passage's text and every block is covered.
"""

from collections.abc import Callable, Sequence
from typing import Any

from bidproof.core.errors import InvalidSetting
from bidproof.core.ids import passage_id
from bidproof.core.records import Block, BlockKind, Document, Passage, Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.locations import blocks_in, outline_boxes, span_pages
from bidproof.documents.splitting.chunks import Chunk, heading_paths
from bidproof.documents.splitting.fixed import cut_fixed
from bidproof.documents.splitting.semantic import cut_semantic
from bidproof.documents.splitting.structural import cut_structural

Embed = Callable[[Sequence[str]], Any]


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
    _check(settings, embed)
    match settings.chunking:
        case "structural":
            chunks = cut_structural(document, max_tokens=settings.max_tokens)
        case "fixed":
            chunks = cut_fixed(
                document, max_tokens=settings.max_tokens, overlap_tokens=settings.overlap_tokens
            )
        case "semantic":
            assert embed is not None  # noqa: S101 checked above
            chunks = cut_semantic(document, max_tokens=settings.max_tokens, embed=embed)
    paths = heading_paths(document)
    return tuple(_passage(document, chunk, paths) for chunk in chunks)


def _check(settings: DocumentSettings, embed: Embed | None) -> None:
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
    if settings.chunking == "semantic" and embed is None:
        raise InvalidSetting(
            "setting 'documents.chunking': found 'semantic' without an embedder, expected one",
            hint="set documents.chunking to structural",
        )


def _passage(document: Document, chunk: Chunk, paths: dict[int, tuple[str, ...]]) -> Passage:
    span = Span(start=chunk.start, end=chunk.end)
    blocks = blocks_in(document, span)
    return Passage(
        id=passage_id(document.id, content_hash=document.content_hash, start=chunk.start, end=chunk.end),
        document_id=document.id,
        path=document.path,
        title=document.title,
        start=chunk.start,
        end=chunk.end,
        text=document.text[chunk.start : chunk.end],
        heading_path=_common_path(blocks, paths),
        table_header=chunk.table_header,
        kind=_main_kind(blocks, span),
        pages=span_pages(document, span),
        boxes=outline_boxes(document, span),
        written=document.written,
        tags=document.tags,
        trust=document.trust,
    )


def _common_path(blocks: Sequence[Block], paths: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    """Headings that hold for every block of a passage."""
    found = [paths[block.start] for block in blocks]
    if not found:
        return ()
    common = found[0]
    for path in found[1:]:
        length = 0
        while length < min(len(common), len(path)) and common[length] == path[length]:
            length += 1
        common = common[:length]
    return common


def _main_kind(blocks: Sequence[Block], span: Span) -> BlockKind:
    """The kind that most characters have, headings aside."""
    weights: dict[BlockKind, int] = {}
    for block in blocks:
        length = min(block.end, span.end) - max(block.start, span.start)
        weight = 0 if block.kind is BlockKind.HEADING else length
        weights[block.kind] = weights.get(block.kind, 0) + weight
    return max(weights, key=lambda kind: weights[kind]) if weights else BlockKind.PARAGRAPH
