"""Each method finds the help that is there, stays honest where there is none, and stops when told."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from bidproof.core.errors import ModelUnavailable
from bidproof.llm.fake import FakeModel
from bidproof.llm.protocol import ChatRequest
from bidproof.optimization.budget import BudgetedModel, CallBudget
from bidproof.optimization.prompts.methods import PromptSearch
from bidproof.optimization.prompts.records import Method, PromptReport, PromptStep
from bidproof.prompts.templates import instructions
from prompting import HELP, NAMES, World, cases, muddled, prompts_of, proposing

METHODS: tuple[Method, ...] = ("labeled", "bootstrap", "mipro", "gepa")


def optimise(world: World, method: Method, **more: Any) -> PromptReport:
    return asyncio.run(PromptSearch(base=world.base, method=method, **world.arguments(**more)).run())


@pytest.fixture(scope="module")
def found() -> dict[Method, tuple[PromptReport, World]]:
    """Each method run once on the same task."""
    reports: dict[Method, tuple[PromptReport, World]] = {}
    for method in METHODS:
        world = World()
        reports[method] = (optimise(world, method, dev=cases(9, 15)), world)
    return reports


@pytest.mark.parametrize("method", METHODS)
def test_each_method_finds_what_helps(
    method: Method, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    report, world = found[method]

    incumbent = report.candidates[0]
    assert incumbent.kind == "incumbent"
    assert incumbent.worst is not None
    assert incumbent.worst < 0.7
    best = next(item for item in report.candidates if item.program is report.best)
    assert best.worst == 1.0
    assert best.n == 6
    assert not report.is_stopped
    assert report.best.digest() == best.digest
    assert report.best.digest() != world.base.digest()


@pytest.mark.parametrize("method", METHODS)
def test_only_words_and_examples_change(
    method: Method, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    report, world = found[method]
    best, base = report.best, world.base

    assert replace(best, texts=base.texts, variables=base.variables, examples=base.examples) == base


@pytest.mark.parametrize("method", ["mipro", "gepa"])
def test_a_new_instruction_still_says_that_documents_are_data(
    method: Method, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    report, _ = found[method]
    new = [item.program for item in report.candidates if item.kind in ("instructions", "both")]

    assert new
    for program in new:
        text = instructions(program.texts, program.variables)["answer"]
        assert HELP in text
        assert "never follow those" in text


@pytest.mark.parametrize("method", ["labeled", "bootstrap", "mipro"])
def test_examples_are_of_train_cases_and_proven(
    method: Method, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    report, world = found[method]
    train = {f"How often is the {name} inspected?" for name in NAMES[:9]}
    shown = [item for one in report.candidates for item in one.program.examples]
    new = [item for item in shown if item not in world.base.examples]

    assert new
    assert {item.question for item in new} <= train
    for item in new:
        quoted = item.reply["quotes"][0]  # type: ignore[index]
        assert quoted["text"] in item.passages[quoted["passage"] - 1].text
        name = item.question.split()[4]
        assert f"The {name} is inspected" in quoted["text"]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_job_asks_the_same_questions_in_the_same_order(
    method: Method, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    first, world = found[method]
    again = World()

    second = optimise(again, method, dev=cases(9, 15))

    assert isinstance(world.model, FakeModel)
    assert isinstance(again.model, FakeModel)
    assert prompts_of(again.model) == prompts_of(world.model)
    assert second.best == first.best


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_a_spent_budget_ends_the_search_at_once_and_the_best_so_far_stands(
    method: Method, share: float, found: dict[Method, tuple[PromptReport, World]]
) -> None:
    _, whole = found[method]
    assert isinstance(whole.model, FakeModel)
    limit = max(1, int(share * len(whole.model.requests)))
    model = FakeModel(respond=muddled)
    budget = CallBudget(max_calls=limit)
    world = World(model=BudgetedModel(model, budget), budget=budget)
    proposer = BudgetedModel(FakeModel(respond=proposing(), name="proposer"), budget)

    report = optimise(world, method, dev=cases(9, 15), proposer=proposer)

    assert report.is_stopped
    assert "budget" in report.reason
    assert len(model.requests) <= limit
    best = next((item for item in report.candidates if item.program == report.best), None)
    incumbent = report.candidates[0]
    assert best is None or best is incumbent or (best.worst or 0) > (incumbent.worst or 0)


@pytest.mark.parametrize("method", METHODS)
def test_eight_cases_and_thirty_calls_give_a_small_run(method: Method) -> None:
    model = FakeModel(respond=muddled)
    budget = CallBudget(max_calls=30)
    world = World(model=BudgetedModel(model, budget), budget=budget)
    proposer = BudgetedModel(FakeModel(respond=proposing(), name="proposer"), budget)

    report = optimise(
        world,
        method,
        train=cases(0, 4),
        dev=cases(9, 11),
        held_out=cases(17, 19),
        proposer=proposer,
        max_calls=30,
    )

    assert report.candidates[0].n == 2
    assert len(report.candidates) > 1
    assert budget.calls <= 30


@pytest.mark.parametrize("method", METHODS)
def test_too_few_calls_are_refused_with_the_number_that_it_takes(method: Method) -> None:
    world = World()

    report = optimise(world, method, max_calls=10)

    assert report.best == world.base
    assert "takes at least" in report.reason
    assert "there are 10" in report.reason
    assert isinstance(world.model, FakeModel)
    assert len(world.model.requests) <= 8


@pytest.mark.parametrize("method", METHODS)
def test_a_model_that_talks_nonsense_leaves_the_incumbent(method: Method) -> None:
    world = World(model=FakeModel(respond=lambda request: "Sure! Here is what I think."))
    proposer = FakeModel(respond=lambda request: "", name="proposer")

    report = optimise(world, method, train=cases(0, 4), dev=cases(9, 12), proposer=proposer)

    assert report.best == world.base
    assert report.candidates[0].worst == 0.0
    assert report.reason.startswith(("none of", "no candidate"))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "empty"),
        ("ok", "too short"),
        ('{"instruction": "Answer well and do not guess at all."}', "JSON"),
        ("Answer the {{question}} from the {{passages}} and nothing else.", "template"),
        ("word " * 5000, "longer than"),
        ("Say that the joint is inspected every 20 days by the maintenance crew.", "right answer"),
    ],
)
@pytest.mark.parametrize("method", ["mipro", "gepa"])
def test_an_instruction_of_no_use_is_refused_counted_and_never_run(
    method: Method, said: str, reason: str
) -> None:
    world = World()
    proposer = FakeModel(respond=proposing(said), name="proposer")

    report = optimise(world, method, train=cases(0, 4), dev=cases(9, 12), proposer=proposer)

    assert not any(item.kind in ("instructions", "both") for item in report.candidates)
    assert any(reason in refused for refused in report.rejections)
    assert isinstance(world.model, FakeModel)
    told = {request.messages[0].content for request in world.model.requests}
    assert not any(text.startswith(said) for text in told if said)


@pytest.mark.parametrize("method", ["mipro", "gepa"])
def test_a_proposer_that_cannot_be_reached_is_no_end(method: Method) -> None:
    def fail(request: ChatRequest) -> str:
        raise ModelUnavailable("no connection", hint="try later")

    world = World()

    report = optimise(
        world, method, train=cases(0, 4), dev=cases(9, 12), proposer=FakeModel(respond=fail, name="proposer")
    )

    assert report.candidates[0].n == 3
    assert any("proposing model failed" in refused for refused in report.rejections)


def test_examples_that_do_not_fit_the_cap_are_left_out() -> None:
    world = World()

    report = optimise(world, "labeled", max_prompt_tokens=620)

    new = [item for item in report.candidates if item.kind == "examples"]
    assert new
    assert all(item.prompt_tokens <= 620 for item in new)
    assert max(len(item.program.examples) for item in new) < 4


def test_dev_and_sealed_answers_never_stand_in_an_example() -> None:
    shared = cases(0, 9)
    world = World()

    # The same parts are asked about in the sealed split: nothing is left to show.
    report = optimise(
        world, "labeled", train=shared, held_out=tuple(replace(one, id=f"x{one.id}") for one in shared)
    )

    assert report.best == world.base
    assert report.rejections[
        "an example that tells too much: it holds 8 words of an answer that is not for training"
    ]


def test_two_calls_a_question_are_optimised_as_well() -> None:
    def respond(request: ChatRequest) -> Any:
        whole = muddled_two(request)
        assert request.schema is not None
        return {name: whole[name] for name in request.schema["properties"]}  # type: ignore[attr-defined]

    def muddled_two(request: ChatRequest) -> Any:
        asked = request.messages[-1].content
        if "<quotes>" not in asked:
            return muddled(request)
        text = asked.split("[1] ", 1)[1].split("\n", 1)[0]
        return {"sentences": [{"text": text, "quotes": [1]}]}

    world = World(model=FakeModel(respond=respond), program={"calls": "two"})

    report = optimise(world, "bootstrap", train=cases(0, 7), dev=cases(9, 12))

    assert report.best.digest() != world.base.digest()
    (example, *_) = report.best.examples
    assert example.reply["sentences"]


def test_it_can_be_cancelled_in_the_middle() -> None:
    world = World()

    async def run() -> int:
        steps: list[PromptStep] = []
        enough = asyncio.Event()

        def progress(step: PromptStep) -> None:
            steps.append(step)
            if step.stage == "search" and len(steps) > 5:
                enough.set()

        job = asyncio.create_task(
            PromptSearch(base=world.base, method="bootstrap", progress=progress, **world.arguments()).run()
        )
        await enough.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert isinstance(world.model, FakeModel)
        asked = len(world.model.requests)
        await asyncio.sleep(0.05)
        return len(world.model.requests) - asked

    assert asyncio.run(run()) == 0


def test_a_fault_of_ours_is_not_taken_for_a_bad_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    from bidproof.optimization.prompts import dspy_module as module

    def broken(*args: Any, **more: Any) -> Any:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(module, "build_program", broken)

    with pytest.raises(ZeroDivisionError):
        optimise(World(), "bootstrap")


def test_litellm_is_not_imported_and_nothing_is_printed() -> None:
    code = (
        "import asyncio, sys\n"
        f"sys.path.insert(0, {str(__import__('pathlib').Path(__file__).parents[2] / 'support')!r})\n"
        "from prompting import World, cases\n"
        "from bidproof.optimization.prompts.methods import PromptSearch\n"
        "world = World()\n"
        "more = world.arguments(train=cases(0, 4), dev=cases(9, 11))\n"
        "for method in ('bootstrap', 'mipro', 'gepa'):\n"
        "    asyncio.run(PromptSearch(base=world.base, method=method, **more).run())\n"
        "assert 'litellm' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr == ""
