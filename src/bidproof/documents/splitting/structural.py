"""Whole blocks packed under their heading, never across a heading of higher rank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bidproof.core.records import BlockKind, Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.splitting.chunks import Chunk, Unit, units
from bidproof.documents.splitting.tokenized import TokenizedDocument

_TINY = 0.25
"""Share of the cap below which a section joins its neighbour under the same parent."""
_LINE_TOKENS = 32


@dataclass(slots=True)
class _Section:
    """Units under one heading, those with their tokens; ``level`` 0 for what stands before any heading.

    ``is_bare`` says that it holds headings only, ``is_boilerplate`` that it holds nothing else.
    """

    level: int
    units: list[Unit]
    tokens: int
    is_bare: bool
    is_boilerplate: bool = False

    def add(self, units: Sequence[Unit]) -> None:
        self.units.extend(units)
        self.tokens += sum(unit.tokens for unit in units)
        self.is_bare = self.is_bare and all(unit.kind is BlockKind.HEADING for unit in units)


def cut_structural(document: TokenizedDocument, settings: DocumentSettings) -> Iterator[Chunk]:
    """Cut by structure.

    A section that fits is one passage; boilerplate of more than a line is one of
    its own. Sections under a quarter of the cap,
    and headings with nothing under them, join what follows them at the same or
    a deeper rank, as long as the cap holds. A longer section is cut between
    blocks, its parts about equally long.
    """
    max_tokens = settings.max_tokens
    for section in _joined(list(_sections(document, max_tokens)), max_tokens):
        yield from _packed(section.units, max_tokens)


def _sections(document: TokenizedDocument, max_tokens: int) -> Iterator[_Section]:
    section: _Section | None = None
    for unit in units(document, max_tokens=max_tokens):
        is_heading = unit.kind is BlockKind.HEADING and unit.level is not None
        is_boilerplate = unit.kind is BlockKind.BOILERPLATE and not _opens(document, section, unit)
        if section is None or is_heading or is_boilerplate is not section.is_boilerplate:
            if section is not None:
                yield section
            level = (unit.level or 0) if is_heading else section.level if section is not None else 0
            section = _Section(level=level, units=[], tokens=0, is_bare=True, is_boilerplate=is_boilerplate)
        section.add([unit])
    if section is not None:
        yield section


def _opens(document: TokenizedDocument, section: _Section | None, unit: Unit) -> bool:
    """Whether boilerplate is a line before the first words of a section, such as a place and date."""
    is_first = section is None or (section.is_bare and not section.is_boilerplate)
    return is_first and unit.tokens <= _LINE_TOKENS and "\n" not in document.text[unit.start : unit.end]


def _joined(sections: Sequence[_Section], max_tokens: int) -> Iterator[_Section]:
    tiny = max_tokens * _TINY
    held: _Section | None = None
    for section in sections:
        if held is None:
            held = section
            continue
        may_join = section.level >= held.level and section.is_boilerplate is held.is_boilerplate
        fits = held.tokens + section.tokens <= max_tokens
        wants = held.is_bare or (fits and (held.tokens < tiny or section.tokens < tiny))
        if may_join and wants and (fits or section.level > held.level):
            held.add(section.units)
            held.level = held.level or section.level
        else:
            yield held
            held = section
    if held is not None:
        yield held


def _packed(content: Sequence[Unit], max_tokens: int) -> Iterator[Chunk]:
    """Fill to the cap to see how many chunks it takes, then make so many of about equal length."""
    runs = list(_filled(content, max_tokens, max_tokens))
    if len(runs) > 1:
        even = list(_filled(content, max_tokens, sum(unit.tokens for unit in content) / len(runs)))
        runs = even if len(even) <= len(runs) else runs
    for run in runs:
        yield Chunk(span=Span(start=run[0].start, end=run[-1].end), table_header=run[0].table_header)


def _filled(content: Sequence[Unit], max_tokens: int, target: float) -> Iterator[list[Unit]]:
    """Runs of units under the cap, each ended where that brings it nearest to the target."""
    run: list[Unit] = []
    for unit in content:
        tokens = sum(item.tokens for item in run)
        is_over = tokens + unit.tokens > max_tokens
        is_nearer = tokens > target - unit.tokens / 2 and not _leads(run)
        if run and (is_over or is_nearer or unit.table_header or run[-1].table_header):
            kept = _introduction(run) if not unit.table_header else 0
            if sum(item.tokens for item in run[len(run) - kept :]) + unit.tokens > max_tokens:
                kept = 0
            yield run[: len(run) - kept]
            run = run[len(run) - kept :]
        run.append(unit)
    if run:
        yield run


def _leads(run: Sequence[Unit]) -> bool:
    return all(item.kind is BlockKind.HEADING for item in run)


def _introduction(run: Sequence[Unit]) -> int:
    """How many units at the end belong with what comes next: a heading, a caption."""
    count = 0
    for unit in reversed(run):
        if unit.kind not in (BlockKind.HEADING, BlockKind.CAPTION):
            break
        count += 1
    return count if count < len(run) else 0
