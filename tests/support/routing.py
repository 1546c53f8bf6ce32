"""Labelled answers of models with known skill, for tests of calibration, certificates and cascades."""

import random
from math import exp

from bidproof.answering.signals import RAW
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Support, Usage
from bidproof.evaluation.records import Cell, CellState, GoldCase, GoldSet, Outcome, Run, RunInfo
from bidproof.routing.cascade_fit import NEVER, PairCase
from bidproof.routing.cases import RouteCase


def answers(
    count: int, *, seed: int, groups: int = 0, skill: float = 0.0, prefix: str = "q"
) -> list[RouteCase]:
    """Answers whose chance of being right rises with two signals; the raw score is overconfident."""
    rng = random.Random(seed)
    found: list[RouteCase] = []
    for number in range(count):
        one, other = rng.gauss(0, 1), rng.gauss(0, 1)
        chance = 1 / (1 + exp(-(skill + 1.5 * one + 1.5 * other)))
        found.append(
            RouteCase(
                case_id=f"{prefix}{number}",
                group=f"g{number % groups}" if groups else "",
                is_answer=True,
                is_right=rng.random() < chance,
                has_passed=True,
                signals={RAW: 1 / (1 + exp(-(2 + one))), "one": one, "other": other, "noise": rng.random()},
                cost_usd=0.001,
            )
        )
    return found


def pairs(count: int, *, seed: int, small_skill: float = 1.2, large_skill: float = 2.5) -> list[PairCase]:
    """Questions of known difficulty, done by a small and a dear large model; scores are true chances."""
    rng = random.Random(seed)
    found: list[PairCase] = []
    for number in range(count):
        ease = rng.gauss(0, 2)
        small, large = (1 / (1 + exp(-(skill + ease))) for skill in (small_skill, large_skill))
        is_silent = rng.random() < 0.05
        found.append(
            PairCase(
                case_id=str(number),
                small_score=NEVER if is_silent else small,
                small_right=not is_silent and rng.random() < small,
                small_cost=0.001 * (1 + rng.random()),
                large_score=large,
                large_right=rng.random() < large,
                large_cost=0.02 * (1 + rng.random()),
                small_answers=not is_silent,
            )
        )
    return found


def stored_run(
    *, program: str, seed: int, run_id: str = "run", count: int = 200, model: str = "", absent: float = 0.0
) -> Run:
    """A run whose answers are the likelier right the higher their sufficiency; every tenth is no answer.

    Answers of a sufficiency below ``absent`` are to questions that the documents do not answer.
    """
    rng = random.Random(seed)
    cases: list[GoldCase] = []
    outcomes: list[Outcome] = []
    cells: list[Cell] = []
    for number in range(count):
        score = rng.random()
        cases.append(
            GoldCase(
                id=f"q{number}",
                question=f"How often is part {number} checked?",
                group=f"g{number % 25}",
                is_answerable=False if score < absent else None,
            )
        )
        is_answer = number % 10 != 0
        outcomes.append(
            Outcome(case_id=f"q{number}", repeat=0, draft=_draft(number, score, is_answer), seconds=0.1)
        )
        is_right = rng.random() < (0.99 if score > 0.4 else 0.4)
        cells.append(
            Cell(
                case_id=f"q{number}",
                metric="task_score",
                state=CellState.SCORED,
                value=float(is_right) if is_answer else 0.0,
                group=f"g{number % 25}",
            )
        )
    info = RunInfo(
        id=run_id,
        gold="mine",
        gold_digest=GoldSet(name="mine", cases=tuple(cases)).digest(),
        split="dev",
        program_digest=program,
        answerer="planned",
        documents_digest="then",
        state="finished",
        settings={"model.model": model},
    )
    return Run(info=info, cases=tuple(cases), outcomes=tuple(outcomes), cells=tuple(cells), summaries=())


def _draft(number: int, score: float, is_answer: bool) -> Draft:
    if not is_answer:
        return Draft(question_id=QuestionId(f"q{number}"), state=DraftState.NOT_FOUND)
    cited = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="d.md",
        title="D",
        quote="quote",
        start=0,
        end=5,
    )
    return Draft(
        question_id=QuestionId(f"q{number}"),
        state=DraftState.DRAFTED,
        text="It is checked.",
        claims=(Claim(text="It is checked.", citations=(cited,), support=Support.SUPPORTED),),
        support=Support.SUPPORTED,
        usage=Usage(calls=1, prompt_tokens=1000, completion_tokens=100),
        signals={"sufficiency": score},
    )
