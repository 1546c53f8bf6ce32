"""The few marks that the sample sources use, as blocks: headings, paragraphs, bullets and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One block of a source; ``rows`` is filled for tables only, header row first."""

    kind: Literal["heading", "paragraph", "bullet", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source file: what its first lines say about it, and its blocks in order."""

    name: str
    facts: dict[str, str] = field(default_factory=dict[str, str])
    pieces: tuple[Piece, ...] = ()


def read_source(path: Path) -> Source:
    """Read a source that starts with ``name: value`` lines up to ``---``."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    return Source(name=path.stem, facts=facts, pieces=tuple(_pieces(body)))


def _pieces(body: str) -> Iterator[Piece]:
    for part in re.split(r"\n\s*\n", body.strip()):
        lines = part.splitlines()
        if lines[0].startswith("#"):
            marks, text = lines[0].split(" ", 1)
            yield Piece(kind="heading", text=text, level=len(marks))
        elif lines[0].startswith("|"):
            yield Piece(kind="table", rows=tuple(_cells(line) for line in lines if "| ---" not in line))
        elif lines[0].startswith("- "):
            yield from (Piece(kind="bullet", text=line[2:]) for line in lines)
        else:
            yield Piece(kind="paragraph", text=" ".join(lines))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip()[1:-1].split("|"))
