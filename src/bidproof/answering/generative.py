"""The engine with a model: quotes first, an answer from the quotes, every word checked.

Per part of a question: search, ask (quotes, then sentences that cite them), check
in code, let the model correct its reply once, and keep only what passed. What
cannot be proven is left out and said so; a failed call is a failed draft.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from bidproof.answering.adapter import GatewayLM
from bidproof.answering.asked import Asked, read_asked
from bidproof.answering.choices import wants_choice
from bidproof.answering.decompose import seems_compound, split_question
from bidproof.answering.ensemble import join_drafts
from bidproof.answering.environment import ToolEnvironment
from bidproof.answering.evidence import Evidence
from bidproof.answering.failing import failed_draft
from bidproof.answering.gate.judge import gate, quoted_findings, read_rules
from bidproof.answering.gate.lookup import look_up
from bidproof.answering.gate.names import SpeaksOf
from bidproof.answering.gate.values import told_as
from bidproof.answering.generative_choices import choice_problems
from bidproof.answering.generative_drafts import ENGINE, PartAnswer, make_draft
from bidproof.answering.generative_replies import GroundedReply, Reply, ground_reply
from bidproof.answering.past.search import TextEmbedder
from bidproof.answering.program import ProgramSteps, Task
from bidproof.answering.proof.verifier import Verifier
from bidproof.answering.protocol import PassageSource
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.react import Observed, ToolCall, gather
from bidproof.answering.self_check import review_claims
from bidproof.answering.sufficiency import judge_sufficiency
from bidproof.answering.sufficiency_model import SURE, combined_probability
from bidproof.answering.tools import user_tools
from bidproof.core.errors import ModelError
from bidproof.core.records import Claim, Draft, DraftState, Question, ScoredPassage, Support, Usage
from bidproof.core.settings import Settings
from bidproof.llm.failures import CONTEXT_OVERFLOW, notes_of
from bidproof.llm.protocol import ChatModel, add_usage
from bidproof.prompts.program import Program, default_program
from bidproof.retrieval.protocol import Query

_PROBLEMS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A reply with what the checks say of it.

    ``found_first`` counts problems before any repair; ``refusals`` say what the model's own
    check refused.
    """

    reply: Reply
    grounded: GroundedReply
    choice_problems: tuple[str, ...]
    found_first: int = 0
    refusals: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return (*self.grounded.problems, *self.choice_problems)


class GenerativeEngine:
    """Drafts answers with a language model, from retrieved passages alone.

    Args:
        source: Where passages come from.
        model: The gateway, or any chat model.
        settings: Retrieval, model and answering settings.
        program: Prompts, examples and switches; the packaged ones by default.
        embedder: Compares sentences with their quotes by meaning; None compares words alone.
    """

    def __init__(
        self,
        source: PassageSource,
        model: ChatModel,
        settings: Settings,
        *,
        program: Program | None = None,
        embedder: TextEmbedder | None = None,
    ) -> None:
        self._source = source
        self._speaks_of = look_up(source)
        self._program = program or default_program(settings, model_name=model.name)
        self._steps = ProgramSteps(self._program, model)
        self._verifier = Verifier(embedder)
        self._tools = user_tools(self._program.tools if self._program.tool_steps else ())
        self._digest = self._program.digest()

    @property
    def name(self) -> str:
        """``generative``."""
        return ENGINE

    @property
    def program_digest(self) -> str:
        """Digest of prompts, examples, model, sampling, retrieval and switches."""
        return self._digest

    async def draft(self, question: Question) -> Draft:
        """Draft an answer, or say that there is none.

        A failed call gives a draft in state ``FAILED``: never an invented answer,
        never half of one. Of several drafts one failed is a failed draft, and
        finished calls of the others are not paid again.
        """
        drafts: list[Draft] = []
        for number in range(self._program.ensemble):
            draft = await self._draft_once(question, number)
            drafts.append(draft)
            if draft.state is DraftState.FAILED:
                return replace(draft, usage=add_usage(*(item.usage for item in drafts)))
        return drafts[0] if len(drafts) == 1 else join_drafts(question, drafts)

    async def _draft_once(self, question: Question, number: int) -> Draft:
        started = perf_counter()
        lm = self._steps.open_lm(question.id, draft=number)
        parts: list[PartAnswer] = []
        try:
            for text in await self._split(lm, question):
                parts.append(await self._answer_part(lm, question, text, parts))
        except ModelError as error:
            usage = _usage(lm, started, notes_of(error).spent)
            shown = [item for part in parts for item in part.passages]
            return failed_draft(
                question, error, engine=ENGINE, digest=self._digest, usage=usage, passages=shown
            )
        top_k = self._program.retrieval.top_k
        return make_draft(question, parts, top_k=top_k, usage=_usage(lm, started), digest=self._digest)

    async def _split(self, lm: GatewayLM, question: Question) -> tuple[str, ...]:
        # A choice is one verdict over the whole question: its parts are not answered apart.
        if not self._program.answering.decompose or wants_choice(question):
            return (question.text,)
        parts = split_question(question.text) or (question.text,)
        if len(parts) == 1 and self._program.splits_with_model and seems_compound(question.text):
            return await self._steps.split(lm, question)
        return parts

    async def _answer_part(
        self, lm: GatewayLM, question: Question, text: str, before: Sequence[PartAnswer]
    ) -> PartAnswer:
        rewrites = await self._steps.rewrite(lm, text) if self._program.rewrites else ()
        query = Query(text=text, context=question.section_path, rewrites=(*rewrites, *told_as(text)))
        passages = await asyncio.to_thread(self._source.search, query)
        earlier = tuple((part.text, _joined(part) or "not found") for part in before)
        task = Task(question=question, text=text, earlier=earlier)
        passages, notes = await self._gathered(lm, task, passages[: self._program.retrieval.top_k])
        if not passages:
            return PartAnswer(text=text, reasons=(f"not found: no passage speaks of {text!r}",))
        asked = read_asked(text)
        ranked = rank_evidence(asked, passages)
        told = _told(text, passages, self._speaks_of)
        task = replace(task, notes=notes, findings=told)
        reply, passages, notes = await self._answered(lm, task, passages)
        missing = self._insufficiency(reply, asked, passages, ranked)
        if missing:
            return PartAnswer(
                text=text,
                passages=passages,
                reasons=(f"not found: {missing}: {text!r}", *told, *notes),
                signals=_model_signals(reply),
            )
        checked = await self._checked(lm, task, passages, reply=reply, ranked=ranked)
        if self._program.self_check and checked.grounded.claims:
            checked = await self._self_checked(lm, task, checked, ranked)
        part = _gated(_part(task, passages, ranked, checked), self._speaks_of)
        return replace(part, reasons=(*part.reasons, *notes))

    async def _answered(
        self, lm: GatewayLM, task: Task, passages: tuple[ScoredPassage, ...]
    ) -> tuple[Reply, tuple[ScoredPassage, ...], tuple[str, ...]]:
        """Ask; once more with the better half of the passages where all are too many for the model."""
        try:
            return await self._steps.answer(lm, task, passages), passages, ()
        except ModelError as error:
            if error.code != CONTEXT_OVERFLOW or len(passages) == 1:
                raise
            lm.failed = add_usage(lm.failed, notes_of(error).spent)
        shown = passages[: len(passages) // 2]
        note = f"only {len(shown)} of {len(passages)} passages were shown: all do not fit the model's context"
        return await self._steps.answer(lm, task, shown), shown, (note,)

    async def _gathered(
        self, lm: GatewayLM, task: Task, passages: tuple[ScoredPassage, ...]
    ) -> tuple[tuple[ScoredPassage, ...], tuple[str, ...]]:
        """The passages with what the model's tools add, and what it calculated."""
        if not self._program.tool_steps:
            return passages, ()
        environment = ToolEnvironment(
            self._source, section_path=task.question.section_path, passages=passages, tools=self._tools
        )

        async def next_call(steps: tuple[Observed, ...], *, left: int) -> ToolCall:
            return await self._steps.reach(lm, task, passages, taken=steps, left=left)

        found = await gather(environment, next_call, most_steps=self._program.tool_steps)
        return found.passages, found.notes

    def _insufficiency(
        self, reply: Reply, asked: Asked, passages: Sequence[ScoredPassage], ranked: Sequence[Evidence]
    ) -> str:
        """Why the passages are held not to answer; empty when they may."""
        if not reply.answerable:
            return "the model finds no answer in the closest passages"
        sure = reply.probability
        if sure is None or sure >= SURE:
            return ""
        least = self._program.answering.sufficiency
        if sure < least:
            return f"the model is only {sure:.0%} sure that the closest passages answer"
        code = judge_sufficiency(asked, passages, ranked=ranked)
        if combined_probability(sure, code.score_0_1) >= least:
            return ""
        missing = f"; they do not speak of {', '.join(map(repr, code.missing))}" if code.missing else ""
        return f"the model is {sure:.0%} sure, and the closest passages share too few words{missing}"

    async def _checked(
        self,
        lm: GatewayLM,
        task: Task,
        passages: Sequence[ScoredPassage],
        *,
        reply: Reply,
        ranked: Sequence[Evidence],
    ) -> _Checked:
        """Check a reply; show the model what is wrong and check again, as often as the program says."""
        first = best = await asyncio.to_thread(self._check, task, reply, passages, ranked)
        for _ in range(self._program.repairs):
            if not best.problems:
                break
            reply = await self._steps.repair(lm, task, passages, reply=best.reply, problems=best.problems)
            again = await asyncio.to_thread(self._check, task, reply, passages, ranked)
            # A model may give up when told of a mistake: what passed before is not thrown away.
            if len(again.grounded.claims) >= len(best.grounded.claims):
                best = again
        if first.problems and not best.reply.answerable:
            # Told to prove its answer, the model withdrew it: the reviewer is told why.
            best = replace(first, reply=replace(first.reply, choice=None))
        return replace(best, found_first=len(first.problems))

    def _check(
        self, task: Task, reply: Reply, passages: Sequence[ScoredPassage], ranked: Sequence[Evidence]
    ) -> _Checked:
        grounded = ground_reply(reply, passages, verifier=self._verifier)
        problems = _choice_problems(task, reply, grounded.claims, ranked)
        return _Checked(reply=reply, grounded=grounded, choice_problems=problems)

    async def _self_checked(
        self, lm: GatewayLM, task: Task, checked: _Checked, ranked: Sequence[Evidence]
    ) -> _Checked:
        """Leave out what the model's own second reading refuses; the choice has to stand without it."""
        grounded = checked.grounded
        reviewed = review_claims(grounded.claims, await self._steps.check(lm, task, grounded.claims))
        if not reviewed.refused and reviewed.kept == grounded.claims:
            return checked
        return replace(
            checked,
            grounded=replace(
                grounded, claims=reviewed.kept, rejected=(*grounded.rejected, *reviewed.refused)
            ),
            choice_problems=checked.choice_problems
            or _choice_problems(task, checked.reply, reviewed.kept, ranked),
            refusals=reviewed.reasons,
        )


def _choice_problems(
    task: Task, reply: Reply, claims: Sequence[Claim], ranked: Sequence[Evidence]
) -> tuple[str, ...]:
    if reply.choice is None:
        return ()
    supported = [claim for claim in claims if claim.support is Support.SUPPORTED]
    return choice_problems(reply.choice, question=task.question, claims=supported, ranked=ranked)


def _part(
    task: Task, passages: tuple[ScoredPassage, ...], ranked: tuple[Evidence, ...], checked: _Checked
) -> PartAnswer:
    grounded, reply = checked.grounded, checked.reply
    reasons = [
        f"left out, since a check failed: {problem}" for problem in grounded.problems[:_PROBLEMS_SHOWN]
    ]
    reasons.extend(checked.refusals)
    reasons.extend(checked.choice_problems)
    if wants_choice(task.question) and reply.choice is None:
        reasons.append("the quotes prove none of the options")
    return PartAnswer(
        text=task.text,
        passages=passages,
        ranked=ranked,
        claims=grounded.claims,
        choice=None if checked.choice_problems else reply.choice,
        is_sufficient=reply.answerable,
        reasons=tuple(reasons),
        has_rejected=bool(grounded.rejected),
        signals={
            **_model_signals(reply),
            "repairs": float(checked.found_first),
            "problems": float(len(checked.problems)),
            "rejected": float(len(grounded.rejected)),
        },
    )


def _model_signals(reply: Reply) -> dict[str, float]:
    return {} if reply.probability is None else {"answerable": reply.probability}


def _told(text: str, passages: Sequence[ScoredPassage], speaks_of: SpeaksOf) -> tuple[str, ...]:
    """What the gate has against the nearest statements, for each thing that is asked."""
    parts = [read_asked(part) for part in split_question(text) or (text,)]
    held = [gate(part, passages, ranked=rank_evidence(part, passages), speaks_of=speaks_of) for part in parts]
    return tuple(dict.fromkeys(finding.reason for found in held for finding in found.findings))


def _gated(part: PartAnswer, speaks_of: SpeaksOf) -> PartAnswer:
    """The part without its answer where nothing that it quotes speaks of any very thing asked about."""
    found = [
        quoted_findings(rules, part.claims, ranked=part.ranked)
        for text in split_question(part.text) or (part.text,)
        for rules in [read_rules(read_asked(text), part.passages, speaks_of=speaks_of)]
    ]
    if not all(found):
        return part
    reasons = dict.fromkeys(finding.reason for findings in found for finding in findings)
    return replace(part, claims=(), choice=None, reasons=(*reasons, *part.reasons))


def _joined(part: PartAnswer) -> str:
    return " ".join(claim.text for claim in part.claims)


def _usage(lm: GatewayLM, started: float, failed: Usage | None = None) -> Usage:
    """All calls of a question; ``seconds`` is elapsed time, not the sum over calls."""
    spent = [completion.usage for completion in lm.completions]
    total = add_usage(lm.failed, *spent, *([failed] if failed else []))
    return replace(total, seconds=perf_counter() - started)
