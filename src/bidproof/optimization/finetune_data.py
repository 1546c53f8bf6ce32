"""Approved answers as training data for a model tuned elsewhere: chat-format JSON lines.

Each line is what the program would send for one question, with the reply that is
wanted. What a program will be measured on must not be trained on: a question of a
gold set that is in no train split keeps every example out that asks the same or
repeats its answer.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bidproof.answering.preview import preview_messages
from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.gold.duplicates import find_duplicates, join_related
from bidproof.evaluation.records import GoldCase
from bidproof.optimization.prompts.leaks import LeakCheck
from bidproof.prompts.program import Example, Program
from bidproof.workspace.question_text import normalize_question

Part = Literal["train", "valid"]

ASKED_TWICE = "an example before it asks the same"
MEASURED_QUESTION = "a gold set measures with this question, or nearly"
MEASURED_ANSWER = "it repeats an answer that a gold set measures with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A solved question from one source, or why it is none.

    Attributes:
        source: ``feedback``, ``library`` or ``gold``.
        id: Where it comes from, for people.
        question: Its text.
        group: Candidates of one group stay on one side of the split; empty stands alone.
        section_path: Headings above the question, outermost first.
        example: What is shown and the reply; None where there is a problem.
        problem: Why it cannot be trained on; empty where it can.
    """

    source: str
    id: str
    question: str
    group: str = ""
    section_path: tuple[str, ...] = ()
    example: Example | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """Candidates by part, and those left out by reason."""

    train: tuple[Candidate, ...]
    valid: tuple[Candidate, ...]
    left_out: Mapping[str, int]


def choose_candidates(
    candidates: Sequence[Candidate],
    *,
    measured: Sequence[GoldCase],
    valid_share: float,
    seed: int = 0,
) -> Dealt:
    """Drop what is unproven, doubled or measured with, and deal the rest.

    Groups, and questions that are nearly the same, are never parted. The valid part
    gets whole families until it has its share, the smallest first, and never the last.

    Args:
        candidates: The first of several that ask the same is kept.
        measured: Gold cases outside every train split.
        valid_share: Of the examples, 0 to below 1.
        seed: Decides between families of one size.
    """
    left_out: Counter[str] = Counter()
    solved: list[Candidate] = []
    seen: set[str] = set()
    for item in candidates:
        name = normalize_question(item.question)
        if item.example is None:
            left_out[item.problem] += 1
        elif name in seen:
            left_out[ASKED_TWICE] += 1
        else:
            seen.add(name)
            solved.append(item)
    kept: list[Candidate] = []
    for item, problem in zip(solved, _measured_problems(solved, measured), strict=True):
        if problem:
            left_out[problem] += 1
        else:
            kept.append(item)
    valid = _valid_places(kept, share=valid_share, seed=seed)
    return Dealt(
        train=tuple(item for place, item in enumerate(kept) if place not in valid),
        valid=tuple(item for place, item in enumerate(kept) if place in valid),
        left_out=left_out,
    )


def _measured_problems(items: Sequence[Candidate], measured: Sequence[GoldCase]) -> list[str]:
    own = [GoldCase(id=f"own {place}", question=item.question) for place, item in enumerate(items)]
    theirs = [GoldCase(id=f"measured {place}", question=case.question) for place, case in enumerate(measured)]
    alike = {
        name
        for pair in find_duplicates([*theirs, *own])
        for name, other in ((pair.first, pair.second), (pair.second, pair.first))
        if name.startswith("own ") and other.startswith("measured ")
    }
    # Equal ones are paired with the first alone, which may itself be only nearly that of a measured case.
    exact = {normalize_question(case.question) for case in measured}
    leaks = LeakCheck(train=(), dev=measured)
    problems: list[str] = []
    for place, item in enumerate(items):
        is_asked = f"own {place}" in alike or normalize_question(item.question) in exact
        said = "\n".join((item.question, *_sentences(item.example)))
        problems.append(
            MEASURED_QUESTION if is_asked else MEASURED_ANSWER if leaks.in_instruction(said) else ""
        )
    return problems


def _sentences(example: Example | None) -> list[str]:
    """What a reply says in words of its own."""
    found: Any = example.reply.get("sentences", ()) if example else ()
    return [str(item["text"]) for item in found]


def _valid_places(items: Sequence[Candidate], *, share: float, seed: int) -> set[int]:
    cases = [
        GoldCase(id=str(place), question=item.question, group=item.group) for place, item in enumerate(items)
    ]
    families = join_related(cases)
    random.Random(seed).shuffle(families)  # noqa: S311 - a reproducible deal, no secret
    families.sort(key=len)
    wanted = round(share * len(items))
    places: set[int] = set()
    for family in families[:-1]:
        if len(places) + len(family) > wanted:
            break
        places.update(family)
    return places


def training_line(program: Program, item: Candidate) -> dict[str, Any]:
    """One line of training data: the program's first step for a question, and the reply wanted.

    Few-shot examples are left out: the tuned model is to need none.
    """
    if item.example is None:
        raise ValueError(f"{item.id} has no example: {item.problem}")
    messages = preview_messages(
        without_examples(program),
        item.example.question,
        excerpts=item.example.passages,
        options=item.example.options,
        section_path=item.section_path,
    )
    turns = [{"role": str(message.role), "content": message.content} for message in messages]
    reply = {"role": "assistant", "content": json.dumps(item.example.reply, ensure_ascii=False)}
    return {"messages": [*turns, reply]}


def without_examples(program: Program) -> Program:
    """The program as a tuned model is asked: without examples, in one call, without reasoning.

    Raises:
        UserError: It asks no model, takes two calls, or reasons first: nobody has written
            down the reasoning to train on (``finetune-program``).
    """
    found, change = "", ""
    if program.engine:
        found, change = f"the engine {program.engine!r}, which asks no model", "packaged"
    elif program.calls != "one":
        found, change = "a program of two calls", "calls=one"
    elif program.answering.chain_of_thought:
        found, change = "a program that reasons before it answers", "answering.chain_of_thought=false"
    if found:
        raise UserError(
            f"cannot make training data: found {found}, expected one that answers in one call",
            hint=NextStep("name another program, for example packaged", options=("program",))
            if program.engine
            else NextStep(
                "make such a program, then name it", Action.VARY_PROGRAM, options=("program",), change=change
            ),
            code="finetune-program",
        )
    return replace(program, examples=())
