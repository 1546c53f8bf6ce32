"""Say in plain lines what a draft answers, on what evidence, and how it stands."""

from bidproof.core.records import Citation, Draft, DraftState, Question

_COMPLIANCE = {
    "supported": "supported by evidence",
    "partial": "partly supported",
    "contradicted": "contradicted by evidence",
}


def evidence_lines(draft: Draft) -> tuple[str, ...]:
    """One line for each quote: ``Evidence: Title, p. 3: “…”``; empty when nothing is cited."""
    return tuple(f"Evidence: {cite(item)}" for item in distinct_citations(draft))


def distinct_citations(draft: Draft) -> tuple[Citation, ...]:
    """What a draft cites, each place once, in the order of its sentences."""
    seen: dict[tuple[str, int, int], Citation] = {}
    for claim in draft.claims:
        for item in claim.citations:
            seen.setdefault((item.path, item.start, item.end), item)
    return tuple(seen.values())


def cite(citation: Citation) -> str:
    """A citation as document title, page and verbatim quote, white space evened out."""
    name = citation.title or citation.path
    pages = ", ".join(str(page) for page in citation.pages)
    sign = "p." if len(citation.pages) == 1 else "pp."
    place = f"{name}, {sign} {pages}" if pages else name
    return f"{place}: “{' '.join(citation.quote.split())}”"


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


def place_text(question: Question) -> str:
    """Where the requirement stands: its page, else its location in the file."""
    return (
        f"page {question.page}"
        if question.page is not None
        else question.location.replace(":", " ").replace("/", ", ")
    )
