"""Cuts where the topic changes: where neighbouring sentences are least alike."""

# Vectors come from any embedder: arrays are untyped here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bidproof.core.records import BlockKind, Document
from bidproof.documents.splitting.chunks import Chunk, Unit, split_span, units
from bidproof.language.tokens import count_tokens_many

_SENTENCE_TOKENS = 48
_SHARE_OF_BREAKS = 0.2


def cut_semantic(
    document: Document, *, max_tokens: int, embed: Callable[[Sequence[str]], Any]
) -> Iterator[Chunk]:
    """Cut at the lowest fifth of the cosine similarities of neighbouring sentences.

    Sentences are stretches of at most 48 tokens; tables, lists and code stay
    whole up to the cap, and a heading stays with what follows it.
    """
    units = list(_sentence_units(document, max_tokens))
    if not units:
        return
    vectors = np.asarray(embed([document.text[unit.start : unit.end] for unit in units]), dtype=np.float32)
    alike = np.einsum("ij,ij->i", vectors[:-1], vectors[1:])
    floor = float(np.quantile(alike, _SHARE_OF_BREAKS)) if len(alike) else 0.0
    run = [units[0]]
    for index, unit in enumerate(units[1:]):
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
    return Chunk(start=run[0].start, end=run[-1].end, table_header=run[0].table_header)


def _sentence_units(document: Document, max_tokens: int) -> Iterator[Unit]:
    for unit in units(document, max_tokens=max_tokens):
        if unit.kind is not BlockKind.PARAGRAPH or unit.tokens <= _SENTENCE_TOKENS:
            yield unit
            continue
        spans = list(split_span(document.text, unit.start, unit.end, min(_SENTENCE_TOKENS, max_tokens)))
        counts = count_tokens_many([document.text[start:end] for start, end in spans])
        for (start, end), tokens in zip(spans, counts, strict=True):
            yield Unit(start=start, end=end, tokens=tokens, kind=unit.kind)
