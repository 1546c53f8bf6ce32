"""Find better words: DSPy's MIPROv2 (proposals and examples together) and GEPA (reflection on faults)."""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUntypedBaseClass=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import dspy
from dspy.teleprompt import GEPA, MIPROv2

from bidproof.evaluation.records import GoldCase
from bidproof.optimization.prompts.dspy_module import RolloutModule
from bidproof.optimization.prompts.feedback import fenced_feedback
from bidproof.optimization.prompts.few_shot import MAX_EXAMPLES, clean_metric
from bidproof.optimization.prompts.instructions import InstructionRules, cleaned
from bidproof.optimization.prompts.plan import Plan
from bidproof.optimization.prompts.proposer import ProposerLM, rewrite_messages
from bidproof.optimization.prompts.rollouts import Rollout, RolloutRunner
from bidproof.prompts.fences import PromptFormat

_NO_FEEDBACK = "nothing is known of this reply"


class CheckedMIPROv2(MIPROv2):
    """MIPROv2 that measures only proposals that keep to the rules, and may keep the program's own examples.

    Args:
        rules: For instructions.
        runner: Counts what is refused.
        settings: Arguments of ``dspy.MIPROv2``.
    """

    def __init__(self, *, rules: InstructionRules, runner: RolloutRunner, **settings: Any) -> None:
        super().__init__(**settings)
        self._rules = rules
        self._runner = runner

    def _bootstrap_fewshot_examples(self, program: Any, *args: Any, **kwargs: Any) -> Any:
        found = cast("dict[int, list[Any]]", super()._bootstrap_fewshot_examples(program, *args, **kwargs))
        # DSPy takes the first set for that of the program as it stands, and makes it the empty one.
        for place, predictor in enumerate(program.predictors()):
            if predictor.demos:
                found[place].insert(0, list(predictor.demos))
        for place in found:
            longest = max(len(sets) for sets in found.values())
            found[place].extend([[]] * (longest - len(found[place])))
        return found

    def _propose_instructions(self, program: Any, *args: Any, **kwargs: Any) -> Any:
        proposed = super()._propose_instructions(program, *args, **kwargs)
        for place in proposed:
            own, *others = proposed[place]
            kept = [own]
            for text in others:
                reason = self._rules.problem(text)
                if not reason and text in kept:
                    reason = "it was proposed before"
                if reason:
                    self._runner.refuse(f"a proposed instruction: {reason}")
                else:
                    kept.append(text)
            proposed[place] = kept
        return proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """What both searches need beside the module.

    Attributes:
        lm: Proposes instructions.
        rules: What they keep to.
        runner: Runs candidates, counts what is refused.
        plan: How much of everything.
        threads: Cases at once.
        seed: Of everything random.
        style: How data is fenced.
    """

    lm: ProposerLM
    rules: InstructionRules
    runner: RolloutRunner
    plan: Plan
    threads: int
    seed: int
    style: PromptFormat


def mipro(
    module: RolloutModule, search: Reflection, *, train: Sequence[dspy.Example], dev: Sequence[dspy.Example]
) -> None:
    """Search instructions and examples together; what is found is the runner's.

    Every trial is measured on all of ``dev``: small batches of it would choose by chance.
    DSPy's descriptions of data and program are left out: they cost calls, and show a
    proposer our source code.
    """
    optimiser = CheckedMIPROv2(
        rules=search.rules,
        runner=search.runner,
        metric=clean_metric,
        prompt_model=search.lm,
        task_model=search.lm,
        max_bootstrapped_demos=MAX_EXAMPLES,
        max_labeled_demos=0,
        auto=None,
        num_candidates=search.plan.candidates,
        num_threads=search.threads,
        max_errors=1,
        seed=search.seed + 1,
        track_stats=False,
    )
    optimiser.compile(
        module,
        trainset=list(train),
        valset=list(dev),
        num_trials=search.plan.trials,
        minibatch=False,
        program_aware_proposer=False,
        data_aware_proposer=False,
        fewshot_aware_proposer=True,
    )


def gepa(
    module: RolloutModule, search: Reflection, *, train: Sequence[dspy.Example], dev: Sequence[dspy.Example]
) -> None:
    """Rewrite instructions from what went wrong on train cases; what is found is the runner's.

    A rewrite that is no better on its batch of train cases is dropped; else it is
    measured on all of ``dev``.
    """
    steps = len(module.predictors())
    plan = search.plan
    optimiser = GEPA(
        metric=feedback_metric(search.runner.cases, style=search.style),
        max_metric_calls=len(dev) + plan.rounds * (2 * plan.batch + max(1, len(dev) // 2)),
        reflection_minibatch_size=plan.batch,
        instruction_proposer=_rewriter(search),
        num_threads=search.threads,
        use_merge=steps > 1,
        warn_on_score_mismatch=False,
        seed=search.seed,
    )
    optimiser.compile(module, trainset=list(train), valset=list(dev))


def feedback_metric(
    cases: Mapping[str, GoldCase], *, style: PromptFormat
) -> Callable[[Any, Any, Any, Any, Any], Any]:
    """The objective, and for a step what was wrong with what came of it."""

    def measure(
        example: Any, prediction: Any, trace: Any = None, step: Any = None, step_trace: Any = None
    ) -> Any:
        del trace, step_trace
        value = float(prediction.value)
        if step is None:
            return value
        rollout: Rollout | None = prediction.rollout
        if rollout is None or rollout.outcome is None:
            return dspy.Prediction(score=value, feedback=_NO_FEEDBACK)
        text = fenced_feedback(cases[example.case_id], rollout.outcome, rollout.score, style=style)
        return dspy.Prediction(score=value, feedback=text)

    return measure


def _rewriter(search: Reflection) -> Callable[..., dict[str, str]]:
    """GEPA's proposal function: the present words stay where the new ones break a rule."""

    def propose(
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for step in components_to_update:
            cases = list(reflective_dataset.get(step, ()))
            messages = rewrite_messages(
                candidate[step], cases, style=search.style, max_chars=search.lm.room_chars
            )
            text = cleaned(search.lm.ask(messages))
            if reason := search.rules.problem(text):
                search.runner.refuse(f"a proposed instruction: {reason}")
                text = candidate[step]
            found[step] = text
        return found

    return propose
