"""Optimise the prompts and examples of a program with DSPy, and measure what it finds ourselves."""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import asyncio
import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import dspy

from bidproof.core.settings import ModelSettings
from bidproof.evaluation.protocol import Metric, Scoring
from bidproof.evaluation.records import GoldCase
from bidproof.llm.protocol import ChatModel
from bidproof.optimization.budget import OptimizationStopped
from bidproof.optimization.prompts.demos import fit_examples, prompt_tokens
from bidproof.optimization.prompts.dspy_module import RolloutModule, Rules, as_dspy
from bidproof.optimization.prompts.few_shot import bootstrap, labelled_examples, labelled_modules
from bidproof.optimization.prompts.instructions import InstructionRules, guards_of
from bidproof.optimization.prompts.leaks import LeakCheck
from bidproof.optimization.prompts.plan import FAILING, Plan, make_plan
from bidproof.optimization.prompts.proposer import PlainAdapter, ProposerLM
from bidproof.optimization.prompts.quiet import quiet
from bidproof.optimization.prompts.records import (
    Kind,
    Method,
    Progress,
    PromptCandidate,
    PromptReport,
    PromptStep,
    Stage,
    silent,
)
from bidproof.optimization.prompts.reflective import Reflection, gepa, mipro
from bidproof.optimization.prompts.rollouts import Candidate, Halt, RolloutRunner
from bidproof.optimization.records import Evaluator, Measured, OpenProgram
from bidproof.prompts.program import Program
from bidproof.prompts.templates import instructions

_MAX_THREADS = 8
_NEEDS_PROPOSER = ("mipro", "gepa")


@dataclass(kw_only=True)
class PromptSearch:
    """A search for better prompts and examples; the incumbent wins unless another is better on ``dev``.

    A reached limit ends the search, not the report: the best so far stands. The same
    arguments ask the same questions in the same order, so a job that was killed and
    starts again finds its calls in the journal.

    Attributes:
        base: The incumbent; everything but words and examples stays as it is.
        train: Cases that proposals and examples are made from.
        dev: Cases that candidates are compared on.
        held_out: Sealed cases: only looked at for words that must not stand in a prompt.
        method: ``labeled`` and ``bootstrap`` choose examples, ``gepa`` words, ``mipro`` both.
        open_program: Makes a program run.
        evaluator: Measures on ``dev``.
        metric: The same objective, for ``train``.
        scoring: What it may ask for.
        proposer: Writes instructions; needed by ``mipro`` and ``gepa`` alone.
        max_prompt_tokens: Cap of a candidate's instructions and examples together.
        max_calls: Calls to plan for; None for a search of ordinary size.
        seed: Of everything random.
        progress: Told of every step, on the event loop.
        proposer_settings: Of the proposing model, where it is another one than the program's.
    """

    base: Program
    train: Sequence[GoldCase]
    dev: Sequence[GoldCase]
    held_out: Sequence[GoldCase]
    method: Method
    open_program: OpenProgram
    evaluator: Evaluator
    metric: Metric
    scoring: Scoring
    proposer: ChatModel | None
    max_prompt_tokens: int
    max_calls: int | None
    seed: int = 0
    progress: Progress = silent
    proposer_settings: ModelSettings | None = None
    loop_thread: int = field(init=False, default_factory=threading.get_ident)
    candidates: dict[str, PromptCandidate] = field(init=False, default_factory=dict[str, PromptCandidate])
    stopped: str = field(init=False, default="")
    trouble: str = field(init=False, default="")
    leaks: LeakCheck = field(init=False)
    runner: RolloutRunner = field(init=False)

    async def run(self) -> PromptReport:
        """Search once, and report every candidate with the best of them."""
        self._begin()
        if unfit := self._unfit():
            return self._report(unfit)
        await self._measure(self.base, "incumbent")
        incumbent = self.candidates[self.base.digest()]
        if incumbent.measured is None:
            return self._report("")
        plan = make_plan(
            self.method,
            program=self.base,
            train=len(self.train),
            dev=len(self.dev),
            failure_rate=_failure_rate(incumbent.measured),
            max_calls=self.max_calls,
        )
        if plan.refusal:
            return self._report(plan.refusal)
        if self.method == "labeled":
            await self._labelled(plan)
        else:
            await self._with_dspy(plan)
            await self._take_rollouts()
        return self._report("")

    def _begin(self) -> None:
        allowed = instructions(self.base.texts, self.base.variables).values()
        self.leaks = LeakCheck(train=self.train, dev=self.dev, held_out=self.held_out, allowed=allowed)
        self.runner = RolloutRunner(
            loop=asyncio.get_running_loop(),
            open_program=self.open_program,
            evaluator=self.evaluator,
            metric=self.metric,
            scoring=self.scoring,
            train=self.train,
            dev=self.dev,
            told=lambda runs, programs: self._tell("search", f"{runs} runs of {programs} programs"),
        )

    def _unfit(self) -> str:
        if self.base.engine:
            return f"the program drafts without a model ({self.base.engine}): it has no prompts"
        if not self.metric.higher_is_better:
            return f"{self.metric.name!r} is better when it is lower; prompts are chosen by the higher value"
        if self.method in _NEEDS_PROPOSER and self.proposer is None:
            return f"{self.method!r} needs a model that proposes instructions"
        return ""

    async def _labelled(self, plan: Plan) -> None:
        running = self.open_program(self.base)
        found = await asyncio.to_thread(labelled_examples, self.train, running.source)
        fitted = fit_examples(
            self.base,
            tuple(found.values()),
            max_tokens=self.max_prompt_tokens,
            refuse=self.leaks.in_example,
            is_pool=True,
        )
        for reason in fitted.dropped:
            self.runner.refused[reason] += 1
        unproven = len(self.train) - len(found)
        if unproven:
            self.runner.refused["a train case without a proof that can be quoted"] += unproven
        self._tell("examples", f"{len(fitted.examples)} of {len(self.train)} train cases make examples")
        if not fitted.examples:
            self.trouble = "no train case makes an example: name what is relevant, best with a quote"
            return
        modules = labelled_modules(
            self._module(),
            fitted.examples,
            style=self.base.answering.prompt_format,
            count=plan.candidates,
            seed=self.seed,
        )
        for module in modules:
            if self.stopped:
                return
            built = module.build()
            if built.program is not None:
                await self._measure(built.program, "measured")

    async def _with_dspy(self, plan: Plan) -> None:
        loop = asyncio.get_running_loop()
        pool = ThreadPoolExecutor(1, thread_name_prefix="dspy")
        work = loop.run_in_executor(pool, self._compile, plan)
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self.runner.stop(asyncio.CancelledError())
            with suppress(Exception):
                await work
            raise
        finally:
            pool.shutdown(wait=False)
        error = self.runner.error
        if isinstance(error, OptimizationStopped):
            self.stopped = error.reason
        elif error is not None:
            raise error

    def _compile(self, plan: Plan) -> None:
        """Let DSPy search, in a thread of its own; it tells of what it found by running it."""
        dspy_settings = {"disable_history": True, "track_usage": False, "num_threads": self._threads()}
        with quiet(loud=self.loop_thread), dspy.context(lm=None, adapter=PlainAdapter(), **dspy_settings):
            try:
                self._run_method(plan)
            except Halt:
                return
            except Exception as error:  # noqa: BLE001 - the edge to DSPy: what it found so far still counts
                if self.runner.error is None:
                    self.trouble = f"DSPy gave up: {type(error).__name__}: {error}"

    def _run_method(self, plan: Plan) -> None:
        module, dev = self._module(), as_dspy(self.dev)
        order = list(self.train)
        random.Random(self.seed).shuffle(order)  # noqa: S311 - a draw, no secret
        train = as_dspy(order[: plan.train])
        if self.method == "bootstrap":
            bootstrap(module, train=train, dev=dev, candidates=plan.candidates, threads=self._threads())
            return
        self._run_reflective(plan, module, train, dev)

    def _run_reflective(
        self, plan: Plan, module: RolloutModule, train: Sequence[dspy.Example], dev: Sequence[dspy.Example]
    ) -> None:
        if self.proposer is None:
            return
        search = Reflection(
            lm=ProposerLM(
                self.proposer, settings=self.proposer_settings or self.base.model, runner=self.runner
            ),
            rules=self._instruction_rules(),
            runner=self.runner,
            plan=plan,
            threads=self._threads(),
            seed=self.seed,
            style=self.base.answering.prompt_format,
        )
        run = mipro if self.method == "mipro" else gepa
        run(module, search, train=train, dev=dev)

    async def _take_rollouts(self) -> None:
        """Measure what DSPy ran on every dev case; the evaluator has those results."""
        for ran in list(self.runner.candidates.values()):
            if all(case.id in ran.results for case in self.dev):
                await self._measure(ran.program, "measured", known=ran)
            elif ran.program.digest() not in self.candidates:
                reason = "not measured on every dev case: it lost on train cases, or a limit came"
                self._add(ran.program, None, reason)

    async def _measure(self, program: Program, stage: Stage, *, known: Candidate | None = None) -> None:
        digest = program.digest()
        if digest in self.candidates:
            return
        measured: Measured | None = None
        try:
            measured = await self.evaluator.measure(program, self.dev)
        except OptimizationStopped as stop:
            self.stopped = stop.reason
            if known is not None:  # a case whose call had failed would have been tried again
                results = tuple(known.results[case.id] for case in self.dev)
                measured = Measured(program=digest, metric=self.evaluator.metric, results=results)
        self._add(program, measured, "" if measured is not None else f"not measured: {self.stopped}")
        if measured is not None:
            shown = "no score" if measured.mean is None else f"{measured.mean:.3f}"
            self._tell(stage, f"{digest}: {shown}")

    def _add(self, program: Program, measured: Measured | None, rejected: str) -> None:
        digest = program.digest()
        self.candidates[digest] = PromptCandidate(
            digest=digest,
            kind=_kind(self.base, program),
            program=program,
            measured=measured,
            prompt_tokens=prompt_tokens(program),
            rejected=rejected,
        )

    def _module(self) -> RolloutModule:
        rules = Rules(
            instructions=self._instruction_rules(),
            refuse_example=self.leaks.in_example,
            max_tokens=self.max_prompt_tokens,
        )
        return RolloutModule(self.base, runner=self.runner, rules=rules)

    def _instruction_rules(self) -> InstructionRules:
        return InstructionRules(guards=guards_of(self.base), leaks=self.leaks.in_instruction)

    def _threads(self) -> int:
        return max(1, min(_MAX_THREADS, self.base.model.concurrency))

    def _tell(self, stage: Stage, note: str) -> None:
        self.progress(PromptStep(stage=stage, note=note, candidates=len(self.candidates)))

    def _report(self, refusal: str) -> PromptReport:
        incumbent = self.candidates.get(self.base.digest())
        best = _best(incumbent, list(self.candidates.values()))
        return PromptReport(
            method=self.method,
            best=self.base if best is None else best.program,
            candidates=tuple(self.candidates.values()),
            reason=refusal or self._reason(incumbent, best),
            rejections=dict(sorted(self.runner.refused.items())),
            is_stopped=bool(self.stopped),
        )

    def _reason(self, incumbent: PromptCandidate | None, best: PromptCandidate | None) -> str:
        notes = [f"stopped early: {self.stopped}"] * bool(self.stopped) + [self.trouble] * bool(self.trouble)
        compared = sum(item.measured is not None for item in self.candidates.values()) - 1
        if incumbent is None or best is None or incumbent.measured is None or best.measured is None:
            return "; ".join(("the incumbent could not be measured", *notes))
        if best is incumbent:
            found = (
                f"none of {compared} candidates scored more than the incumbent"
                if compared > 0
                else ("no candidate could be measured")
            )
            return "; ".join((f"{found} ({incumbent.measured.worst:.3f})", *notes))
        gain = f"{best.measured.worst:.3f} against the incumbent's {incumbent.measured.worst:.3f}"
        on = f"on {len(self.dev)} dev cases, the best of {compared}"
        return "; ".join((f"{best.digest} scored {gain} {on}", *notes))


def _best(incumbent: PromptCandidate | None, found: Sequence[PromptCandidate]) -> PromptCandidate | None:
    """The best by ``worst``; the incumbent where none is better, else the shorter, else the earlier."""
    best = incumbent
    if best is None or best.measured is None:
        return incumbent
    for item in found:
        if item.measured is None or best.measured is None:
            continue
        is_shorter = best is not incumbent and item.prompt_tokens < best.prompt_tokens
        if item.measured.worst > best.measured.worst or (
            item.measured.worst == best.measured.worst and is_shorter
        ):
            best = item
    return best


def _kind(base: Program, program: Program) -> Kind:
    has_words = instructions(program.texts, program.variables) != instructions(base.texts, base.variables)
    has_examples = program.examples != base.examples
    if has_words and has_examples:
        return "both"
    if has_words:
        return "instructions"
    return "examples" if has_examples else "incumbent"


def _failure_rate(measured: Measured) -> float:
    lost = sum(item.is_lost for item in measured.results)
    failed = lost + sum(value < FAILING for value in measured.values)
    return failed / len(measured.results) if measured.results else 0.0
