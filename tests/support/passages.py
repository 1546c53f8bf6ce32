"""Passages as a search gives them, for tests that need no document behind them."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from bidproof.core.ids import document_id, passage_id
from bidproof.core.records import Passage, ScoredPassage


def make_passage(
    text: str, *, path: str = "policy.md", title: str = "", start: int = 0, **fields: Any
) -> Passage:
    """A passage from ``start`` on, with the ids that ingest would give; ``fields`` win over all else."""
    document, end = document_id(path), start + len(text)
    digest = sha256(text.encode()).hexdigest()
    made = Passage(
        id=passage_id(document, content_hash=digest, start=start, end=end),
        document_id=document,
        path=path,
        title=title or path,
        start=start,
        end=end,
        text=text,
    )
    return replace(made, **fields)


def ranked(*passages: Passage) -> tuple[ScoredPassage, ...]:
    """Passages in the order of a ranking, best first."""
    return tuple(
        ScoredPassage(passage=passage, score=1 / rank, rank=rank)
        for rank, passage in enumerate(passages, start=1)
    )
