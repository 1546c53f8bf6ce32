"""Fill a claim matrix by code: no model, no call, the same verdicts every time."""

import asyncio
from collections.abc import Sequence

from bidproof.answering.decompose import split_question
from bidproof.answering.past.search import TextEmbedder
from bidproof.answering.proof.content import said_stems
from bidproof.answering.proof.verifier import VERSION, Verifier
from bidproof.core.records import Passage
from bidproof.evaluation.protocol import ClaimMatrix, Entailment
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.statements import claims_of, split_claims
from bidproof.language.words import asked_stems, content_stems

_PART_COVERAGE = 0.5


class OfflineMatrix:
    """Makes matrices with the verifier that drafts are checked by.

    Args:
        embedder: Compares meanings; None compares words alone.
    """

    name = VERSION
    is_model = False

    def __init__(self, embedder: TextEmbedder | None = None) -> None:
        self._verifier = Verifier(embedder)

    async def make(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """Fill the matrix for one outcome, in a thread of its own; nothing can fail."""
        return await asyncio.to_thread(self.make_now, case, outcome)

    def make_now(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """The same, without an event loop.

        An abstention makes no claim; the reference's claims are still held against
        the passages, for retrieval is measured there too.
        """
        is_given = outcome.draft.state.is_answer
        answer = tuple(claim.text for claim in claims_of(outcome.draft)) if is_given else ()
        reference = split_claims(case.reference)
        passages = [item.passage for item in outcome.context]
        said = outcome.draft.text if is_given else ""
        parts = split_question(case.question)
        return ClaimMatrix(
            answer_claims=answer,
            reference_claims=reference,
            passages=len(passages),
            answer_by_passage=tuple(self._by_passage(claim, passages) for claim in answer),
            reference_by_passage=tuple(self._by_passage(claim, passages) for claim in reference),
            answer_by_reference=self._by_text(answer, case.reference) if reference else (),
            reference_by_answer=self._by_text(reference, said) if answer else (),
            verifier=VERSION,
            parts=parts if len(parts) > 1 else (),
            part_by_answer=tuple(_deals_with(part, said) for part in parts) if len(parts) > 1 else (),
        )

    def _by_passage(self, claim: str, passages: Sequence[Passage]) -> tuple[Entailment, ...]:
        return tuple(
            self._held(claim, item.located_text, "\n".join((item.title, item.path, *item.heading_path)))
            for item in passages
        )

    def _by_text(self, claims: Sequence[str], text: str) -> tuple[Entailment, ...]:
        return tuple(self._held(claim, text) for claim in claims)

    def _held(self, claim: str, text: str, around: str = "") -> Entailment:
        """None for a claim without words of content."""
        found = self._verifier.compare(claim, [text], around=around)
        is_held = found.is_supported if said_stems(claim) else None
        return Entailment(is_held=is_held, score=found.score_0_1, problems=found.problems)


def _deals_with(part: str, answer: str) -> Entailment:
    """Whether an answer speaks of what a part of the question asks about; not whether it is right."""
    asked = set(asked_stems(part))
    share = len(asked & set(content_stems(answer))) / len(asked) if asked else 0.0
    return Entailment(is_held=share >= _PART_COVERAGE, score=share)
