"""The seams of answering: where passages come from, and what an engine gives back."""

from typing import Protocol

from bidproof.core.records import Draft, Question, ScoredPassage
from bidproof.retrieval.protocol import Query


class PassageSource(Protocol):
    """Where an engine finds passages; the product's retriever is one."""

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Find the closest passages, best first, ranks from 1."""
        ...


class Engine(Protocol):
    """Drafts one answer at a time, from evidence alone.

    ``name`` is shown to the user; ``program_digest`` identifies everything that
    decides a draft, so that two drafts with one digest were made the same way.
    """

    @property
    def name(self) -> str:
        """Short name for reports: ``extractive`` or ``generative``."""
        ...

    @property
    def program_digest(self) -> str:
        """Digest of prompts, model, sampling and retrieval settings."""
        ...

    async def draft(self, question: Question) -> Draft:
        """Draft an answer, or say that there is none.

        A failed model call is a draft in state ``FAILED`` with the two-line
        error in it: this never raises ``ModelError``.
        """
        ...
