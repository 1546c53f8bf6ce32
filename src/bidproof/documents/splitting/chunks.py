"""What the three ways of cutting share: chunks, and the units that they are packed from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bidproof.core.records import Block, BlockKind, Span
from bidproof.documents.splitting.tokenized import TokenizedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Document characters that make a passage, and the column names above them."""

    span: Span
    table_header: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A block, or a part of one that is too long; never cut further.

    ``table_header`` is set on a part of a table that starts below its header, or goes on over a page.
    """

    start: int
    end: int
    tokens: int
    kind: BlockKind
    level: int | None = None
    table_header: str = ""


def units(document: TokenizedDocument, *, max_tokens: int) -> Iterator[Unit]:
    """Blocks in order, those over the cap cut: tables by row, the rest by sentence."""
    counts = document.count(Span(start=block.start, end=block.end) for block in document.blocks)
    for block, tokens in zip(document.blocks, counts, strict=True):
        if tokens <= max_tokens and block.names is None:
            yield Unit(start=block.start, end=block.end, tokens=tokens, kind=block.kind, level=block.level)
        elif block.kind in (BlockKind.TABLE, BlockKind.LIST, BlockKind.CODE):
            yield from _cut_lines(document, block, max_tokens)
        else:
            yield from _cut_prose(document, block, max_tokens)


def _cut_prose(document: TokenizedDocument, block: Block, max_tokens: int) -> Iterator[Unit]:
    spans = document.cut(Span(start=block.start, end=block.end), max_tokens=max_tokens)
    level = block.level
    for span, tokens in zip(spans, document.count(spans), strict=True):
        yield Unit(start=span.start, end=span.end, tokens=tokens, kind=block.kind, level=level)
        level = None


def _cut_lines(document: TokenizedDocument, block: Block, max_tokens: int) -> Iterator[Unit]:
    """Lines packed to the cap; a table's lines below its header carry the header."""
    lines = _lines(document.text, block)
    counts = document.count(lines)
    names = block.names
    if block.header_rows:
        names = Span(start=block.start, end=lines[: block.header_rows][-1].end)
    carried = sum(document.count([names])) if names else 0
    header = document.text[names.start : names.end] if names and carried * 2 <= max_tokens else ""
    carried = carried if header else 0
    below = names.end if names and header else block.start

    def unit(run: Sequence[tuple[Span, int]]) -> Unit:
        is_below = run[0][0].start > below
        tokens = sum(tokens for _, tokens in run) + (carried if is_below else 0)
        own_header = header if is_below else ""
        return Unit(
            start=run[0][0].start, end=run[-1][0].end, tokens=tokens, kind=block.kind, table_header=own_header
        )

    run: list[tuple[Span, int]] = []
    held = 0
    for line, tokens in zip(lines, counts, strict=True):
        if run and held + (carried if run[0][0].start > below else 0) + tokens > max_tokens:
            yield unit(run)
            run, held = [], 0
        cap = max_tokens - (carried if line.start > below else 0)
        if tokens > cap:
            parts = document.cut(line, max_tokens=cap)
            for part in zip(parts, document.count(parts), strict=True):
                yield unit([part])
            run, held = [], 0
        elif document.text[line.start : line.end].strip():
            run.append((line, tokens))
            held += tokens
    if run:
        yield unit(run)


def _lines(text: str, block: Block) -> list[Span]:
    spans: list[Span] = []
    start = block.start
    for line in text[block.start : block.end].split("\n"):
        spans.append(Span(start=start, end=start + len(line)))
        start += len(line) + 1
    return spans
