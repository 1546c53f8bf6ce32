"""Cases, passages and outcomes for tests of metrics and judges."""

from bidproof.core.ids import QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Usage
from bidproof.evaluation.protocol import ClaimMatrix, Entailment
from bidproof.evaluation.records import GoldCase, Outcome
from passages import ranked


def cite(source, quote, *, shift=0):
    start = source.start + source.text.index(quote) + shift
    return Citation(
        passage_id=source.id,
        document_id=source.document_id,
        path=source.path,
        title=source.title,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def outcome(
    text="",
    *,
    passages=(),
    claims=(),
    state=DraftState.DRAFTED,
    case_id="q1",
    repeat=0,
    choice=None,
    confidence=None,
    usage=None,
    seconds=0.0,
    used=None,
    error="",
    program_digest="p",
):
    return Outcome(
        case_id=case_id,
        repeat=repeat,
        draft=Draft(
            question_id=QuestionId(case_id),
            state=state,
            text=text,
            claims=tuple(claims),
            choice=choice,
            confidence=confidence,
            usage=usage or Usage(),
            error=error,
            program_digest=program_digest,
        ),
        retrieved=ranked(*passages),
        used=len(passages) if used is None else used,
        seconds=seconds,
    )


def case(question="How long are backups kept?", *, id="q1", **fields):
    return GoldCase(id=id, question=question, **fields)


def claim(text, *citations):
    return Claim(text=text, citations=citations)


def held(*bits):
    return tuple(
        Entailment(is_held=None if bit is None else bool(bit), score=float(bit or 0)) for bit in bits
    )


def matrix(*, answer_passages=(), reference_passages=(), answer_reference=(), reference_answer=(), **more):
    """A judge's matrix from rows of 0 and 1; claims are named after their row."""
    rows = len(answer_passages) or len(answer_reference)
    columns = len((*answer_passages, *reference_passages)[0]) if answer_passages or reference_passages else 0
    others = len(reference_passages) or len(reference_answer)
    return ClaimMatrix(
        answer_claims=tuple(f"a{n}" for n in range(rows)),
        reference_claims=tuple(f"r{n}" for n in range(others)),
        passages=columns,
        answer_by_passage=tuple(held(*row) for row in answer_passages),
        reference_by_passage=tuple(held(*row) for row in reference_passages),
        answer_by_reference=held(*answer_reference),
        reference_by_answer=held(*reference_answer),
        is_model=True,
        **more,
    )


class FixedScoring:
    """Scoring with a matrix and cosines that the test chose."""

    def __init__(self, made=None, *, offline=None, cosines=()):
        self.made, self.offline, self.cosines = made, offline, list(cosines)

    async def matrix(self, case, outcome):
        return self.made

    async def offline_matrix(self, case, outcome):
        return self.offline or self.made

    def similarity(self, one, others):
        return self.cosines[: len(others)]
