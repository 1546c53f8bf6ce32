"""Measure programs by what they find alone: no draft, no model call.

For metrics of the ranking such as ``hit_at_3``. What is found first costs least to
search for, also where a model drafts the answers.
"""

import asyncio
from collections.abc import Callable, Sequence

from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, DraftState
from bidproof.evaluation.gold.questions import case_question
from bidproof.evaluation.protocol import Metric
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.evaluation.running.runs import score_one
from bidproof.optimization.evaluator import DraftScoring
from bidproof.optimization.records import CaseResult, Measured
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Query

OpenSource = Callable[[Program], PassageSource]
"""Where a program finds its passages, ranked by its own settings."""

DEPTH = 10
"""As many passages as the extractive engine reads: both share their searches."""


class RetrievalEvaluator:
    """Searches for each case once a program and scores the ranking by one metric.

    Args:
        open_source: Gives a program's passages.
        metric: Reads the ranking only; what it says of an answer would be about none.
        depth: Passages searched for.
    """

    def __init__(self, open_source: OpenSource, *, metric: Metric, depth: int = DEPTH) -> None:
        self._open, self._depth = open_source, depth
        self._metric, self.metric = metric, metric.name
        self._scoring = DraftScoring()
        self._known: dict[tuple[str, str], CaseResult] = {}

    async def measure(self, program: Program, cases: Sequence[GoldCase]) -> Measured:
        """Search for the cases that were not searched for yet; all results, in the cases' order."""
        digest = program.digest()
        missing = [case for case in cases if (digest, case.id) not in self._known]
        source = self._open(program) if missing else None
        for case in missing:
            if source is not None:
                self._known[(digest, case.id)] = await self._result(case, source, digest)
        results = tuple(self._known[(digest, case.id)] for case in cases)
        return Measured(program=digest, metric=self.metric, results=results)

    async def _result(self, case: GoldCase, source: PassageSource, digest: str) -> CaseResult:
        question = case_question(case)
        query = Query(text=question.text, context=question.section_path, top_k=self._depth)
        found = await asyncio.to_thread(source.search, query)
        draft = Draft(question_id=QuestionId(case.id), state=DraftState.NOT_FOUND, program_digest=digest)
        outcome = Outcome(case_id=case.id, repeat=0, draft=draft, retrieved=found)
        score = await score_one(self._metric, case, outcome, self._scoring)
        return CaseResult(
            case_id=case.id, state=score.state, value=score.value, draft=draft.state, reason=score.reason
        )
