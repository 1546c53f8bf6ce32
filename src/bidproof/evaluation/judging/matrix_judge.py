"""Fill a claim matrix with a judge model: at most two readings an outcome for all claim metrics.

One reading holds the answer's claims against each passage and the reference, the
other the reference's claims against each passage and the answer. Claims are cut
by code and numbered; the judge gives verdicts only. So nothing is left out or
made up, every judge, repeat and the offline verifier speak of the same claims,
and a panel can be compared claim by claim. A reply that does not fit may be
corrected once; then the judge has failed, which is no score.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from bidproof.answering.decompose import split_question
from bidproof.core.errors import ModelError, ModelGarbled
from bidproof.evaluation.judging.judges import JudgeProgram, answer_schema, reference_schema
from bidproof.evaluation.judging.prompts import answer_messages, reference_messages, repair_messages
from bidproof.evaluation.judging.replies import read_parts, read_verdicts, reply_problems
from bidproof.evaluation.protocol import ClaimMatrix
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.statements import claims_of, split_claims
from bidproof.llm.failures import notes_of
from bidproof.llm.protocol import ChatModel, ChatRequest, Message
from bidproof.llm.reply_schema import parse_reply

_MOST_QUESTIONS = 5
_HINT = "try a stronger judge model; nothing was scored"


class JudgeMatrix:
    """Makes matrices with a judge.

    Args:
        model: Anything that completes a chat; a gateway journals, retries and counts.
        program: Texts, sampling and repairs.
    """

    is_model = True

    def __init__(self, model: ChatModel, program: JudgeProgram) -> None:
        self._model, self._program = model, program
        self.name = program.digest()
        self.calls = 0

    async def make(self, case: GoldCase, outcome: Outcome) -> ClaimMatrix:
        """Fill the matrix for one outcome.

        Raises:
            ModelError: A reading failed; neither is used then.
        """
        task = _Task(case, outcome)
        readings = await asyncio.gather(
            self._ask(task, self._answer_reading(task)),
            self._ask(task, self._reference_reading(task)),
            return_exceptions=True,
        )
        for reading in readings:
            if isinstance(reading, BaseException):
                raise reading
        answer, reference = cast("tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]", readings)
        return task.matrix(answer, reference, verifier=self.name)

    def _answer_reading(self, task: "_Task") -> "_Reading | None":
        if not task.answer_claims:
            return None
        messages = answer_messages(
            self._program,
            passages=task.outcome.context,
            answer=task.answer,
            reference=task.case.reference,
            claims=task.answer_claims,
        )
        return _Reading(messages=messages, schema=answer_schema(), claims=len(task.answer_claims))

    def _reference_reading(self, task: "_Task") -> "_Reading | None":
        is_needed = bool(task.reference_claims) and bool(task.answer_claims or task.outcome.context)
        if not is_needed and not (task.parts and task.answer_claims):
            return None
        messages = reference_messages(
            self._program,
            passages=task.outcome.context,
            question=task.case.question,
            answer=task.answer,
            claims=task.reference_claims,
            parts=task.parts,
        )
        return _Reading(
            messages=messages,
            schema=reference_schema(),
            claims=len(task.reference_claims),
            parts=len(task.parts),
        )

    async def _ask(self, task: "_Task", reading: "_Reading | None") -> Mapping[str, Any] | None:
        if reading is None:
            return None
        shown = reading
        for is_last in (*[False] * self._program.repairs, True):
            try:
                return await self._ask_once(task, shown)
            except _Unfit as unfit:
                if is_last:
                    raise unfit.error from unfit.error.__cause__
                told = repair_messages(
                    self._program, reading.messages, reply=unfit.reply, problems=unfit.problems
                )
                shown = replace(reading, messages=told)
        raise AssertionError("the last attempt returns or raises")

    async def _ask_once(self, task: "_Task", reading: "_Reading") -> Mapping[str, Any]:
        request = ChatRequest(
            messages=reading.messages,
            schema=reading.schema,
            schema_name="verdicts",
            settings=self._program.model,
            question_id=task.case.id,
            repeat=task.outcome.repeat,
        )
        self.calls += 1
        reply = ""
        try:
            completion = await self._model.complete(request)
            reply = completion.text
            said = parse_reply(reply, reading.schema, model=self._model.name)
        except ModelGarbled as error:
            reply = reply or notes_of(error).reply or ""
            if not reply.strip():
                raise  # empty, HTML or cut off: there is nothing that could be corrected
            raise _Unfit(error, reply=reply, problems=(error.message,)) from error
        passages = len(task.outcome.context)
        problems = reply_problems(said, claims=reading.claims, passages=passages, parts=reading.parts)
        if problems:
            error = ModelGarbled(
                f"the reply of judge {self._model.name!r} cannot be used: {problems[0]}, expected one verdict"
                f" on each of {reading.claims} claims",
                hint=_HINT,
            )
            raise _Unfit(error, reply=reply, problems=problems)
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a judge is shown, and of how many claims and parts it has to speak."""

    messages: tuple[Message, ...]
    schema: Mapping[str, object]
    claims: int
    parts: int = 0


class _Unfit(Exception):
    """A reply that does not fit and may be corrected."""

    def __init__(self, error: ModelError, *, reply: str, problems: tuple[str, ...]) -> None:
        super().__init__(error.message)
        self.error, self.reply, self.problems = error, reply, problems


class _Task:
    """What is to be judged of one outcome."""

    def __init__(self, case: GoldCase, outcome: Outcome) -> None:
        self.case, self.outcome = case, outcome
        is_given = outcome.draft.state.is_answer
        self.answer = outcome.draft.text if is_given else ""
        self.answer_claims = tuple(claim.text for claim in claims_of(outcome.draft)) if is_given else ()
        self.reference_claims = split_claims(case.reference)
        parts = split_question(case.question)
        self.parts = parts if len(parts) > 1 else ()

    def matrix(
        self, answer: Mapping[str, Any] | None, reference: Mapping[str, Any] | None, *, verifier: str
    ) -> ClaimMatrix:
        passages = len(self.outcome.context)
        mine = theirs = None
        if answer is not None:
            mine = read_verdicts(
                answer, claims=len(self.answer_claims), passages=passages, other="in_reference"
            )
        if reference is not None:
            theirs = read_verdicts(
                reference, claims=len(self.reference_claims), passages=passages, other="in_answer"
            )
        questions = () if answer is None else tuple(answer["questions"])[:_MOST_QUESTIONS]
        return ClaimMatrix(
            answer_claims=self.answer_claims,
            reference_claims=self.reference_claims,
            passages=passages,
            answer_by_passage=mine.by_passage if mine else (),
            reference_by_passage=theirs.by_passage if theirs else (),
            answer_by_reference=mine.by_other if mine and self.reference_claims else (),
            reference_by_answer=theirs.by_other if theirs and self.answer_claims else (),
            verifier=verifier,
            is_model=True,
            implied_questions=tuple(text.strip() for text in questions if text.strip()),
            is_evasive=None if answer is None else bool(answer["is_evasive"]),
            parts=self.parts if reference is not None else (),
            part_by_answer=read_parts(reference, parts=len(self.parts)) if reference is not None else (),
        )
