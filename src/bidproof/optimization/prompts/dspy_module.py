"""A program as DSPy's module: DSPy changes instructions and demos, the product's own engine runs.

Every run turns the predictors' present state into a program again, so that what is
measured is what would be stored. DSPy's own way of calling models is never used.
"""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUntypedBaseClass=false

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import dspy

from bidproof.answering.dspy_state import ProgramModule
from bidproof.answering.exchange import with_step_text
from bidproof.evaluation.records import GoldCase
from bidproof.optimization.prompts.demos import example_of_demo, fit_examples, instruction_tokens, plain
from bidproof.optimization.prompts.instructions import InstructionRules
from bidproof.optimization.prompts.rollouts import Halt, RolloutRunner
from bidproof.prompts.program import Example, Program
from bidproof.prompts.templates import instructions

_WITH_EXAMPLES = ("answer", "quote")
"""The first step of a program, whose demos are the program's examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a candidate has to keep to.

    Attributes:
        instructions: For the words of a step.
        refuse_example: Why an example may not be shown; empty when it may.
        max_tokens: Cap of instructions and examples together.
    """

    instructions: InstructionRules
    refuse_example: Callable[[Example], str]
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A module as a program, or why it is none.

    Attributes:
        program: What would run; None where it is rejected.
        rejected: The reason; empty for a program.
        dropped: Why examples were left out, one reason each.
    """

    program: Program | None
    rejected: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What all copies of a module stand on."""

    base: Program
    runner: RolloutRunner
    rules: Rules
    demos: str

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Shared":
        """DSPy copies its modules again and again; this stays."""
        return self


class RolloutModule(ProgramModule):
    """Predictors for the steps of a program, run by the product.

    Args:
        base: Gives everything that DSPy does not change.
        runner: Runs programs; shared by all copies.
        rules: What candidates keep to.
    """

    def __init__(self, base: Program, *, runner: RolloutRunner, rules: Rules) -> None:
        super().__init__(base)
        self._shared = _Shared(base=base, runner=runner, rules=rules, demos=_as_json(self.shown))

    def forward(self, case_id: str) -> dspy.Prediction:
        """Run the present state on one case; a rejected state has the value 0 at no call."""
        try:
            built = self.build()
        except Exception as error:
            # DSPy would take a fault of ours for a bad candidate and go on.
            self._shared.runner.stop(error)
            raise Halt from error
        if built.program is None:
            named = cast("list[tuple[str, Any]]", self.named_predictors())
            words = tuple(predictor.signature.instructions for _, predictor in named)
            self._shared.runner.refuse(built.rejected, of=words)
            return dspy.Prediction(value=0.0, is_clean=False, rollout=None)
        rollout = self._shared.runner.run(built.program, case_id, dropped=built.dropped)
        if dspy.settings.trace is not None:
            for entry in rollout.entries:
                said = dspy.Prediction(**entry.outputs)
                dspy.settings.trace.append((getattr(self, entry.step), dict(entry.inputs), said))
        return dspy.Prediction(value=rollout.value, is_clean=rollout.is_clean, rollout=rollout)

    def build(self) -> Built:
        """The program that the present instructions and demos make."""
        demos = self.shown
        named = cast("list[tuple[str, Any]]", self.named_predictors())
        return build_program(
            self._shared.base,
            texts={name: predictor.signature.instructions for name, predictor in named},
            demos=None if _as_json(demos) == self._shared.demos else demos,
            rules=self._shared.rules,
        )

    @property
    def shown(self) -> list[Any]:
        """The demos that are the program's examples."""
        return self._first().demos

    def show(self, demos: Sequence[Any]) -> None:
        """Take other examples."""
        self._first().demos = list(demos)

    def _first(self) -> Any:
        named = dict(cast("list[tuple[str, Any]]", self.named_predictors()))
        return next(named[step] for step in _WITH_EXAMPLES if step in named)


def build_program(
    base: Program, *, texts: Mapping[str, str], demos: Sequence[Any] | None, rules: Rules
) -> Built:
    """A program with other words for some steps and other examples.

    Args:
        base: Gives the rest.
        texts: Words by step; those that are the base's own change nothing.
        demos: As DSPy holds them; None to keep the base's examples.
        rules: What the program has to keep to.
    """
    program, sent = base, instructions(base.texts, base.variables)
    for step, text in texts.items():
        if text == sent[step]:
            continue
        if reason := rules.instructions.problem(text):
            return Built(program=None, rejected=f"instruction of {step!r}: {reason}")
        program = with_step_text(program, step, rules.instructions.guarded(step, text))
    if program is not base and instruction_tokens(program) > rules.max_tokens:
        return Built(program=None, rejected="the instructions are longer than the cap of prompt tokens")
    if demos is None:
        return Built(program=program)
    found = [example_of_demo(_mapping(demo)) for demo in demos]
    whole = [item for item in found if item is not None]
    own = {json.dumps(plain(_fields(item)), sort_keys=True) for item in base.examples}
    fitted = fit_examples(
        program,
        whole,
        max_tokens=rules.max_tokens,
        refuse=lambda item: (
            "" if json.dumps(plain(_fields(item)), sort_keys=True) in own else rules.refuse_example(item)
        ),
    )
    broken = ("an example that is no whole one",) * (len(found) - len(whole))
    return Built(program=replace(program, examples=fitted.examples), dropped=(*broken, *fitted.dropped))


def as_dspy(cases: Sequence[GoldCase]) -> list[dspy.Example]:
    """Cases for DSPy, which sees their questions and never their answers."""
    return [dspy.Example(case_id=case.id, question=case.question).with_inputs("case_id") for case in cases]


def _fields(example: Example) -> dict[str, object]:
    return {
        "question": example.question,
        "options": list(example.options),
        "passages": [item.text for item in example.passages],
        "reply": dict(example.reply),
    }


def _mapping(demo: Any) -> dict[str, Any]:
    values = demo.toDict() if hasattr(demo, "toDict") else dict(demo)
    return {name: plain(value) for name, value in cast("dict[str, Any]", values).items()}


def _as_json(demos: Sequence[Any]) -> str:
    return json.dumps([_mapping(demo) for demo in demos], sort_keys=True, default=str)
