"""The techniques of a program, each a switch: is it on, and the program with it turned the other way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.core.settings import AnsweringSettings, RetrievalSettings
from bidproof.prompts.program import Program, default_examples, fitted

DRAFTS = 3
"""Drafts of an ensemble that is turned on."""

TOOL_STEPS = 4
"""Calls with tools of a program that gets them."""

DRAW_TEMPERATURE = 0.7
"""What an ensemble samples at where the program samples nothing: equal drafts decide nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One way to draft better, which a program has or has not.

    Attributes:
        name: For people and the command line.
        what: What it does, in one line.
        is_on: Whether a program has it.
        turn: The program with it (True) or without it (False).
        needs_model: Whether it is about what a model is asked.
        applies: Whether turning it changes anything, given the rest of the program.
    """

    name: str
    what: str
    is_on: Callable[[Program], bool]
    turn: Callable[[Program, bool], Program]
    needs_model: bool = True
    applies: Callable[[Program], bool] = lambda program: True

    def toggled(self, program: Program) -> Program:
        """The program with this one technique the other way round, texts fitted to it."""
        return fitted(self.turn(program, not self.is_on(program)))


def find_techniques(names: Sequence[str], program: Program) -> tuple[Technique, ...]:
    """The techniques of these names, or all that the program's engine can have.

    Raises:
        UserError: A name is unknown, or the program's engine has no such technique (``technique``).
    """
    fitting = {item.name: item for item in TECHNIQUES if not (program.engine and item.needs_model)}
    if not names:
        return tuple(item for item in fitting.values() if item.applies(program))
    for name in names:
        if name not in fitting or not fitting[name].applies(program):
            is_known = any(item.name == name for item in TECHNIQUES)
            raise UserError(
                f"cannot ablate {name!r}: found "
                + ("a technique that this program cannot have" if is_known else "no such technique")
                + f", expected one of {', '.join(item.name for item in fitting.values())}",
                hint=NextStep(
                    "name a model: most techniques are about what a model is asked", options=("model",)
                )
                if program.engine and is_known
                else "docs/prompting.md says what each one does",
                code="technique",
            )
    return tuple(fitting[name] for name in dict.fromkeys(names))


def _turn_ensemble(program: Program, on: bool) -> Program:
    if not on:
        return replace(program, ensemble=1)
    warm = program.model.temperature or DRAW_TEMPERATURE
    return replace(program, ensemble=DRAFTS, model=replace(program.model, temperature=warm))


TECHNIQUES = (
    Technique(
        name="chain-of-thought",
        what="reason in a field before the verdict",
        is_on=lambda program: program.answering.chain_of_thought,
        turn=lambda program, on: replace(program, answering=replace(program.answering, chain_of_thought=on)),
    ),
    Technique(
        name="decompose",
        what="answer the parts of a compound question one by one",
        is_on=lambda program: program.answering.decompose,
        turn=lambda program, on: replace(program, answering=replace(program.answering, decompose=on)),
        needs_model=False,
    ),
    Technique(
        name="model-splits",
        what="let the model split what the rules cannot",
        is_on=lambda program: program.splits_with_model,
        turn=lambda program, on: replace(program, splits_with_model=on),
        applies=lambda program: program.answering.decompose,
    ),
    Technique(
        name="quote-first",
        what="quotes in one call, the answer from the quotes alone in a second",
        is_on=lambda program: program.calls == "two",
        turn=lambda program, on: replace(program, calls="two" if on else "one"),
    ),
    Technique(
        name="rewrites",
        what="search with other wordings too",
        is_on=lambda program: program.rewrites,
        turn=lambda program, on: replace(program, rewrites=on),
    ),
    Technique(
        name="tools",
        what=f"up to {TOOL_STEPS} steps with tools that search, open and calculate",
        is_on=lambda program: program.tool_steps > 0,
        turn=lambda program, on: replace(program, tool_steps=TOOL_STEPS if on else 0),
    ),
    Technique(
        name="repairs",
        what="show a reply what the checks found and let it be corrected once",
        is_on=lambda program: program.repairs > 0,
        turn=lambda program, on: replace(program, repairs=int(on)),
    ),
    Technique(
        name="self-check",
        what="ask of each sentence once more whether its quotes say it",
        is_on=lambda program: program.self_check,
        turn=lambda program, on: replace(program, self_check=on),
    ),
    Technique(
        name="ensemble",
        what=f"{DRAFTS} drafts, the majority decides; temperature {DRAW_TEMPERATURE} where it was 0",
        is_on=lambda program: program.ensemble > 1,
        turn=_turn_ensemble,
    ),
    Technique(
        name="examples",
        what="show solved questions",
        is_on=lambda program: bool(program.examples),
        turn=lambda program, on: replace(program, examples=default_examples() if on else ()),
    ),
    Technique(
        name="sufficiency",
        what="say nothing where the passages do not seem to hold the answer",
        is_on=lambda program: program.answering.sufficiency > 0,
        turn=lambda program, on: replace(
            program,
            answering=replace(program.answering, sufficiency=AnsweringSettings().sufficiency if on else 0.0),
        ),
        needs_model=False,
    ),
    Technique(
        name="dense-search",
        what="search by meaning beside words",
        is_on=lambda program: program.retrieval.dense_weight > 0,
        turn=lambda program, on: replace(
            program,
            retrieval=replace(
                program.retrieval, dense_weight=RetrievalSettings().dense_weight if on else 0.0
            ),
        ),
        needs_model=False,
    ),
)
"""Every technique that can be turned, in the order of a draft's life."""
