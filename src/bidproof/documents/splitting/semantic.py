"""Cuts where the topic changes: where neighbouring sentences are least alike."""

# Vectors come from any embedder: arrays are untyped here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import Iterator, Sequence

import numpy as np

from bidproof.core.records import BlockKind, Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.splitting.chunks import Chunk, Unit, units
from bidproof.documents.splitting.tokenized import TokenizedDocument

_SENTENCE_TOKENS = 48
_SHARE_OF_BREAKS = 0.2


def cut_semantic(document: TokenizedDocument, settings: DocumentSettings) -> Iterator[Chunk]:
    """Cut at the lowest fifth of the cosine similarities of neighbouring sentences.

    Sentences are stretches of at most 48 tokens; tables, lists and code stay
    whole up to the cap, and a heading stays with what follows it.
    """
    max_tokens = settings.max_tokens
    cut = list(_sentence_units(document, max_tokens))
    if not cut:
        return
    spans = (Span(start=unit.start, end=unit.end) for unit in cut)
    vectors = np.asarray(document.vectors(spans), dtype=np.float32)
    alike = np.einsum("ij,ij->i", vectors[:-1], vectors[1:])
    floor = float(np.quantile(alike, _SHARE_OF_BREAKS)) if len(alike) else 0.0
    run = [cut[0]]
    for index, unit in enumerate(cut[1:]):
        tokens = sum(item.tokens for item in run)
        is_topic_change = float(alike[index]) < floor and bool(run) and run[-1].kind is not BlockKind.HEADING
        if tokens + unit.tokens > max_tokens or is_topic_change or unit.table_header:
            if run:
                yield _chunk(run)
            run = []
        run.append(unit)
        if unit.table_header:
            yield _chunk(run)
            run = []
    if run:
        yield _chunk(run)


def _chunk(run: Sequence[Unit]) -> Chunk:
    return Chunk(span=Span(start=run[0].start, end=run[-1].end), table_header=run[0].table_header)


def _sentence_units(document: TokenizedDocument, max_tokens: int) -> Iterator[Unit]:
    for unit in units(document, max_tokens=max_tokens):
        if unit.kind is not BlockKind.PARAGRAPH or unit.tokens <= _SENTENCE_TOKENS:
            yield unit
            continue
        whole = Span(start=unit.start, end=unit.end)
        spans = document.cut(whole, max_tokens=min(_SENTENCE_TOKENS, max_tokens))
        for span, tokens in zip(spans, document.count(spans), strict=True):
            yield Unit(start=span.start, end=span.end, tokens=tokens, kind=unit.kind)
