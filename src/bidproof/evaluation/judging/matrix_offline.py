"""Fill a claim matrix by code: no model, no call, the same verdicts every time."""

from collections.abc import Sequence

from bidproof.answering.decompose import split_question
from bidproof.core.records import Passage
from bidproof.evaluation.judging.verifier import VERSION, verify_claim
from bidproof.evaluation.protocol import ClaimMatrix, Entailment
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.statements import claims_of, split_claims
from bidproof.language.words import asked_stems, content_stems

_PART_COVERAGE = 0.5


class OfflineMatrix:
    """Makes matrices with the offline verifier."""

    name = VERSION
    is_model = False

    async def make(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """Fill the matrix for one outcome; nothing can fail."""
        return self.make_now(case, outcome)

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
            answer_by_passage=tuple(_by_passage(claim, passages) for claim in answer),
            reference_by_passage=tuple(_by_passage(claim, passages) for claim in reference),
            answer_by_reference=_by_text(answer, case.reference) if reference else (),
            reference_by_answer=_by_text(reference, said) if answer else (),
            verifier=VERSION,
            parts=parts if len(parts) > 1 else (),
            part_by_answer=tuple(_deals_with(part, said) for part in parts) if len(parts) > 1 else (),
        )


def _by_passage(claim: str, passages: Sequence[Passage]) -> tuple[Entailment, ...]:
    return tuple(
        verify_claim(claim, item.located_text, title=f"{item.title}\n{item.path}", headings=item.heading_path)
        for item in passages
    )


def _by_text(claims: Sequence[str], text: str) -> tuple[Entailment, ...]:
    return tuple(verify_claim(claim, text) for claim in claims)


def _deals_with(part: str, answer: str) -> Entailment:
    """Whether an answer speaks of what a part of the question asks about; not whether it is right."""
    asked = set(asked_stems(part))
    share = len(asked & set(content_stems(answer))) / len(asked) if asked else 0.0
    return Entailment(is_held=share >= _PART_COVERAGE, score=share)
