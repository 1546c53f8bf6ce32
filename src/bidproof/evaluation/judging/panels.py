"""Several judges on the same claims: the majority's verdict, and how often they differ.

Claims are cut by code, so every judge of a panel speaks of the same ones. An even
split decides nothing: the verdict is None, and a metric that needs it has no value.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from bidproof.core.ids import digest
from bidproof.evaluation.protocol import ClaimMatrix, Entailment, MatrixMaker
from bidproof.evaluation.records import GoldCase, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDisagreement:
    """How often two judges of a panel gave different verdicts; ``rate`` is None before any."""

    one: str
    other: str
    differing: int
    verdicts: int

    @property
    def rate(self) -> float | None:
        """Share of verdicts on which they differ."""
        return self.differing / self.verdicts if self.verdicts else None


class JudgePanel:
    """Makes matrices with several makers and takes the majority, verdict by verdict.

    Args:
        makers: Two or more, judges or the offline verifier; an odd number decides more often.
        names: For people, in the same order.
    """

    def __init__(self, makers: Sequence[MatrixMaker], *, names: Sequence[str] = ()) -> None:
        if len(makers) < 2:
            raise ValueError(f"a panel of {len(makers)} is no panel: expected two judges or more")
        self._makers = tuple(makers)
        self._names = tuple(names) or tuple(maker.name for maker in makers)
        self._differing = dict.fromkeys(combinations(range(len(makers)), 2), 0)
        self._verdicts = 0
        self.undecided = 0  # verdicts that were split evenly
        # Named by its judges, in any order.
        self.name = digest("panel", *sorted(maker.name for maker in makers))
        self.is_model = any(maker.is_model for maker in makers)

    @property
    def disagreements(self) -> tuple[PairDisagreement, ...]:
        """Each pair of judges, over all verdicts so far."""
        return tuple(
            PairDisagreement(
                one=self._names[one], other=self._names[other], differing=count, verdicts=self._verdicts
            )
            for (one, other), count in self._differing.items()
        )

    async def make(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """Fill one matrix from all judges'.

        Raises:
            ModelError: A judge failed; the panel does not decide without it.
        """
        made = await asyncio.gather(
            *(maker.make(case, outcome) for maker in self._makers), return_exceptions=True
        )
        matrices: list[ClaimMatrix] = []
        for matrix in made:
            if isinstance(matrix, BaseException):
                raise matrix
            matrices.append(matrix)
        return self._joined(matrices)

    def _joined(self, matrices: Sequence[ClaimMatrix]) -> ClaimMatrix:
        first = next((matrix for matrix in matrices if matrix.is_model), matrices[0])

        def rows(
            of: Callable[[ClaimMatrix], Sequence[Sequence[Entailment]]],
        ) -> tuple[tuple[Entailment, ...], ...]:
            return tuple(self._row(each) for each in zip(*(of(matrix) for matrix in matrices), strict=True))

        def row(of: Callable[[ClaimMatrix], Sequence[Entailment]]) -> tuple[Entailment, ...]:
            return self._row([of(matrix) for matrix in matrices])

        evasive = [matrix.is_evasive for matrix in matrices if matrix.is_evasive is not None]
        has_parts = all(matrix.parts == first.parts for matrix in matrices)
        return replace(
            first,
            answer_by_passage=rows(lambda matrix: matrix.answer_by_passage),
            reference_by_passage=rows(lambda matrix: matrix.reference_by_passage),
            answer_by_reference=row(lambda matrix: matrix.answer_by_reference),
            reference_by_answer=row(lambda matrix: matrix.reference_by_answer),
            part_by_answer=row(lambda matrix: matrix.part_by_answer) if has_parts else first.part_by_answer,
            implied_questions=tuple(text for matrix in matrices for text in matrix.implied_questions),
            is_evasive=sum(evasive) * 2 > len(evasive) if evasive else None,
            verifier=self.name,
            is_model=self.is_model,
        )

    def _row(self, judged: Sequence[Sequence[Entailment]]) -> tuple[Entailment, ...]:
        return tuple(self._vote(each) for each in zip(*judged, strict=True))

    def _vote(self, verdicts: Sequence[Entailment]) -> Entailment:
        self._verdicts += 1
        for one, other in self._differing:
            self._differing[one, other] += verdicts[one].is_held is not verdicts[other].is_held
        ayes = sum(item.is_held is True for item in verdicts)
        noes = sum(item.is_held is False for item in verdicts)
        score = fmean(item.score for item in verdicts)
        if ayes == noes:
            self.undecided += 1
            return Entailment(is_held=None, score=score, problems=("the judges are split evenly",))
        problems = tuple(problem for item in verdicts for problem in item.problems)
        return Entailment(is_held=ayes > noes, score=score, problems=() if ayes > noes else problems)
