"""Say in plain lines what a draft answers, on what evidence, and how it stands."""

from collections.abc import Sequence

from bidproof.core.records import Citation, Draft, DraftState, Question

SOURCES = "Sources:"
"""The line above sources that stand below a text of ours."""

_COMPLIANCE = {
    "supported": "supported by evidence",
    "partial": "partly supported",
    "contradicted": "contradicted by evidence",
}


def evidence_lines(draft: Draft) -> tuple[str, ...]:
    """One line for each quote: ``Evidence: Title, page 3: “…”``; empty when nothing is cited."""
    return tuple(f"Evidence: {cite(item)}" for item in distinct_citations(draft))


def describe_sources(draft: Draft) -> str:
    """The draft's citations as lines of text, with their verbatim quotes; empty when none."""
    return "\n".join(map(cite, distinct_citations(draft)))


def name_sources(draft: Draft) -> str:
    """The places that a draft cites, each once: title and page; those without a title are left out."""
    names = dict.fromkeys(source_name(item) for item in distinct_citations(draft))
    return "\n".join(name for name in names if name)


def distinct_citations(draft: Draft) -> tuple[Citation, ...]:
    """What a draft cites, each place once, in the order of its sentences."""
    seen: dict[tuple[str, int, int], Citation] = {}
    for claim in draft.claims:
        for item in claim.citations:
            seen.setdefault((item.path, item.start, item.end), item)
    return tuple(seen.values())


def cite(citation: Citation) -> str:
    """A citation as document title, page and verbatim quote, white space evened out."""
    name = source_name(citation)
    quote = f"“{' '.join(citation.quote.split())}”"
    return f"{name}: {quote}" if name else quote


def source_name(citation: Citation) -> str:
    """Title and page, or cells, of a citation; empty where the document has no title to show.

    Never a file name: the buyer may read it.
    """
    place = page_words(citation.pages) or citation.cells
    return f"{citation.title}, {place}" if citation.title and place else citation.title


def page_words(pages: Sequence[int]) -> str:
    """``page 3`` or ``pages 3, 4``; empty where there are none."""
    word = "page" if len(pages) == 1 else "pages"
    return f"{word} {', '.join(map(str, pages))}" if pages else ""


def answer_text(draft: Draft | None) -> str:
    """The answer to show, its choice in front; empty for a draft that gives none."""
    if draft is None or draft.state is not DraftState.DRAFTED:
        return ""
    text = draft.text.strip()
    if draft.choice and not text.casefold().startswith(draft.choice.casefold()):
        return f"{draft.choice}. {text}".strip() if text else draft.choice
    return text


def status_text(draft: Draft | None) -> str:
    """How a requirement stands, in a reader's words."""
    if draft is None:
        return "not answered yet"
    if draft.state is not DraftState.DRAFTED:
        reason = draft.error.splitlines()[0] if draft.error else "; ".join(draft.reasons[:2])
        return f"{draft.state}: {reason}" if reason else str(draft.state)
    return f"{_COMPLIANCE.get(draft.support, str(draft.support))}; {draft.tier}"


def mandatory_text(question: Question) -> str:
    """``yes``, ``no`` or, where the wording does not decide, empty."""
    return "" if question.is_mandatory is None else "yes" if question.is_mandatory else "no"
