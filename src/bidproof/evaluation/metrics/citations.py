"""Citations: do they stand where they say, and do they hold what cites them.

Precision and recall follow ALCE (Gao et al., EMNLP 2023, arXiv 2305.14627):
recall is the share of claims that are cited and held, precision the share of
citations that hold their claim.
"""

from collections.abc import Mapping, Sequence

from bidproof.answering.proof.verifier import Verifier
from bidproof.core.records import Citation, Passage
from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.judged import judged_matrix
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.statements import claims_of

_VERIFIER = Verifier()
_NO_CLAIMS = "the answer makes no claim"
_NO_CITATIONS = "the answer cites nothing"


@metric(name="verbatim_rate")
def verbatim_rate(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of citations whose quote stands, character for character, at its place in the passage."""
    cited = [citation for claim in outcome.draft.claims for citation in claim.citations]
    if not cited:
        return unscorable(_NO_CITATIONS)
    known = _passages(outcome)
    if any(citation.passage_id not in known for citation in cited):
        return unscorable("a cited passage is not recorded with the draft")
    return scored(sum(_is_verbatim(item, known[item.passage_id]) for item in cited) / len(cited))


@metric(name="citation_overlap_precision")
def citation_overlap_precision(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of citations that their claim needs or is held by, so code (ALCE).

    A claim's citations count only when they hold it together; one of them then
    counts when it holds the claim alone, or when the others do not without it.
    """
    cited = [claim for claim in claims_of(outcome.draft) if claim.citations]
    if not cited:
        return unscorable(_NO_CITATIONS)
    counted = [
        _is_held_by(claim.text, claim.citations) and _is_needed(claim.text, claim.citations, place)
        for claim in cited
        for place in range(len(claim.citations))
    ]
    return scored(sum(counted) / len(counted))


@metric(name="citation_overlap_recall")
def citation_overlap_recall(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of claims that the quotes they cite, together, hold by code; an uncited claim is not held."""
    claims = claims_of(outcome.draft)
    if not claims:
        return unscorable(_NO_CLAIMS)
    return scored(sum(_is_held_by(claim.text, claim.citations) for claim in claims) / len(claims))


@metric(name="citation_precision", is_judged=True, needs=("answer", "passages"))
async def citation_precision(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of citations whose passage, so the judge, holds the claim that cites it.

    A passage outside the recorded context was not read and counts as not holding it.
    """
    found = await _cited_verdicts(case, outcome, scoring)
    if found is None:
        return unscorable("no judge model read this answer")
    verdicts = [item for row in found for item in row]
    if not verdicts:
        return unscorable(_NO_CITATIONS)
    return scored(sum(verdicts) / len(verdicts))


@metric(name="citation_recall", is_judged=True, needs=("answer", "passages"))
async def citation_recall(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of claims that a passage they cite holds, so the judge; an uncited claim is not held."""
    found = await _cited_verdicts(case, outcome, scoring)
    if found is None:
        return unscorable("no judge model read this answer")
    if not found:
        return unscorable(_NO_CLAIMS)
    return scored(sum(any(row) for row in found) / len(found))


async def _cited_verdicts(case: GoldCase, outcome: Outcome, scoring: Scoring) -> list[list[bool]] | None:
    """For each claim, whether each passage it cites holds it; None without a judge."""
    matrix = await judged_matrix(case, outcome, scoring)
    if matrix is None:
        return None
    place = {item.passage.id: number for number, item in enumerate(outcome.context)}
    rows: list[list[bool]] = []
    for claim, row in zip(claims_of(outcome.draft), matrix.answer_by_passage, strict=True):
        cited = dict.fromkeys(citation.passage_id for citation in claim.citations)
        rows.append([name in place and bool(row[place[name]].is_held) for name in cited])
    return rows


def _is_held_by(text: str, citations: Sequence[Citation]) -> bool:
    """Whether quotes, taken together, hold a claim."""
    return _VERIFIER.check(text, citations).is_supported


def _is_needed(text: str, citations: Sequence[Citation], place: int) -> bool:
    """Whether one citation holds a claim alone, or the others do not hold it without that one."""
    others = [item for at, item in enumerate(citations) if at != place]
    return _is_held_by(text, [citations[place]]) or not _is_held_by(text, others)


def _passages(outcome: Outcome) -> Mapping[str, Passage]:
    shown = (*outcome.draft.passages, *outcome.retrieved)
    return {item.passage.id: item.passage for item in shown}


def _is_verbatim(citation: Citation, passage: Passage) -> bool:
    start, end = citation.start - passage.start, citation.end - passage.start
    in_place = 0 <= start <= end <= len(passage.text) and passage.text[start:end] == citation.quote
    return in_place or (bool(passage.table_header) and citation.quote == passage.table_header)
