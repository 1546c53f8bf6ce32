"""A proposed case, and how proposals are taken evenly from many documents."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bidproof.core.records import Document, Span
from bidproof.documents.locations import span_pages
from bidproof.evaluation.gold.rows import made_id
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.workspace.question_text import normalize_question

DRAFTED = "drafted"
"""Tag of every proposed case; it stays when a person accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A question that a stretch of a document answers.

    Attributes:
        question: As a buyer would ask it.
        answer: The answer in words of the document.
        span: Document characters of the quote that proves it.
        kind: How it was made: ``definition``, ``figure``, ``heading``, ``table row``, ``model``.
        subject: What it asks about, as the document names it; empty when unclear.
    """

    question: str
    answer: str
    span: Span
    kind: str
    subject: str = ""


def proposed_case(proposal: Proposal, *, document: Document, made_by: str) -> GoldCase:
    """The case of a proposal: unverified, tagged, with path, page and verbatim quote."""
    pages = span_pages(document, proposal.span)
    quote = document.text[proposal.span.start : proposal.span.end]
    return GoldCase(
        id=made_id(proposal.question),
        question=proposal.question,
        reference=proposal.answer,
        relevant=(Relevant(path=document.path, page=pages[0] if pages else None, quote=quote),),
        is_answerable=True,
        group=document.path,
        tags=(DRAFTED, f"made from: {proposal.kind}"),
        is_verified=False,
        origin=f"drafted by {made_by} from {document.path}",
    )


def take_evenly(
    documents: Sequence[str],
    *,
    proposals_of: Callable[[str], Iterable[Proposal]],
    count: int,
    known: Iterable[str] = (),
    seed: int = 0,
) -> Iterator[tuple[str, Proposal]]:
    """Take proposals from one document after the other, round after round.

    Documents are shuffled by the seed; in each round every document gives its
    next proposal, so none gives two before each has given one.

    Args:
        documents: Names that ``proposals_of`` understands.
        proposals_of: A document's proposals, best first; called once, when its turn comes.
        count: How many are wanted.
        known: Questions that are there already; equal ones are passed over.
        seed: Of the shuffle.

    Yields:
        Document and proposal, ``count`` of them or fewer.
    """
    seen = {normalize_question(question) for question in known}
    order = list(documents)
    random.Random(seed).shuffle(order)  # noqa: S311 - a reproducible order, no secret
    waiting: list[tuple[str, Iterator[Proposal] | None]] = [(name, None) for name in order]
    given = 0
    while waiting and given < count:
        left: list[tuple[str, Iterator[Proposal] | None]] = []
        for name, opened in waiting:
            if given >= count:
                return
            source = iter(proposals_of(name)) if opened is None else opened
            found = next((item for item in source if normalize_question(item.question) not in seen), None)
            if found is None:
                continue
            seen.add(normalize_question(found.question))
            given += 1
            yield name, found
            left.append((name, source))
        waiting = left
