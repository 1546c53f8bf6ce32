"""What the three ways of cutting share: chunks, heading paths, and text under the cap."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from semantic_text_splitter import TextSplitter

from bidproof.core.records import Block, BlockKind, Document
from bidproof.documents.clean import clean_line
from bidproof.language.tokens import count_tokens, count_tokens_many, local_tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Document characters ``[start, end)`` that make a passage, and the column names above them."""

    start: int
    end: int
    table_header: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A block, or a part of one that is too long; never cut further.

    ``table_header`` is set on a part of a table that starts below its header.
    """

    start: int
    end: int
    tokens: int
    kind: BlockKind
    level: int | None = None
    table_header: str = ""


def heading_paths(document: Document) -> dict[int, tuple[str, ...]]:
    """Headings in force for each block, by its start, outermost first.

    A heading's path includes itself. The document's title is left out.
    """
    stack: list[tuple[int, str]] = []
    paths: dict[int, tuple[str, ...]] = {}
    title = document.title.casefold()
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            level = block.level or 1
            while stack and stack[-1][0] >= level:
                stack.pop()
            stack.append((level, clean_line(document.text[block.start : block.end])))
        paths[block.start] = tuple(text for _, text in stack if text.casefold() != title)
    return paths


def units(document: Document, *, max_tokens: int) -> Iterator[Unit]:
    """Blocks in order, those over the cap cut: tables by row, the rest by sentence."""
    counts = count_tokens_many([document.text[block.start : block.end] for block in document.blocks])
    for block, tokens in zip(document.blocks, counts, strict=True):
        if tokens <= max_tokens:
            yield Unit(start=block.start, end=block.end, tokens=tokens, kind=block.kind, level=block.level)
        elif block.kind in (BlockKind.TABLE, BlockKind.LIST, BlockKind.CODE):
            yield from _cut_lines(document.text, block, max_tokens)
        else:
            yield from _cut_prose(document.text, block, max_tokens)


def _cut_prose(text: str, block: Block, max_tokens: int) -> Iterator[Unit]:
    level = block.level
    for start, end in split_span(text, block.start, block.end, max_tokens):
        yield Unit(start=start, end=end, tokens=count_tokens(text[start:end]), kind=block.kind, level=level)
        level = None


def split_span(text: str, start: int, end: int, max_tokens: int) -> Iterator[tuple[int, int]]:
    """Cut characters ``[start, end)`` at sentences, words at worst, to stretches under the cap.

    Line ends count as spaces: in a page's text they are only where the line was full.
    """
    for offset, chunk in _splitter(max_tokens).chunk_indices(text[start:end].replace("\n", " ")):
        yield start + offset, start + offset + len(chunk)


@lru_cache(maxsize=16)
def _splitter(max_tokens: int) -> TextSplitter:
    """A splitter for one cap; each holds its own copy of the tokenizer, so few are kept."""
    return TextSplitter.from_huggingface_tokenizer(local_tokenizer(), max_tokens)


def _cut_lines(text: str, block: Block, max_tokens: int) -> Iterator[Unit]:
    """Lines packed to the cap; a table's lines below its header carry the header."""
    lines = text[block.start : block.end].split("\n")
    counts = count_tokens_many(lines)
    header = "\n".join(lines[: block.header_rows])
    header_tokens = sum(counts[: block.header_rows])
    if header_tokens * 2 > max_tokens:
        header, header_tokens = "", 0
    run: list[tuple[int, int, int]] = []
    position = block.start
    for index, (line, tokens) in enumerate(zip(lines, counts, strict=True)):
        carried = header_tokens if run and run[0][0] > block.start else 0
        if run and sum(item[2] for item in run) + tokens + carried > max_tokens:
            yield from _run_unit(run, block, header if run[0][0] > block.start else "", header_tokens)
            run = []
        below = index >= block.header_rows and position > block.start
        cap = max_tokens - (header_tokens if below else 0)
        if tokens > cap:
            for start, end in split_span(text, position, position + len(line), cap):
                run = [(start, end, count_tokens(text[start:end]))]
                yield from _run_unit(run, block, header if below else "", header_tokens)
            run = []
        elif line.strip():
            run.append((position, position + len(line), tokens))
        position += len(line) + 1
    if run:
        yield from _run_unit(run, block, header if run[0][0] > block.start else "", header_tokens)


def _run_unit(
    run: list[tuple[int, int, int]], block: Block, header: str, header_tokens: int
) -> Iterator[Unit]:
    tokens = sum(item[2] for item in run) + (header_tokens if header else 0)
    yield Unit(start=run[0][0], end=run[-1][1], tokens=tokens, kind=block.kind, table_header=header)
