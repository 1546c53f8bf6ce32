"""A small world for tests of prompt optimisation: parts that are checked, and a model that needs help."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.records import ScoredPassage
from bidproof.core.settings import ModelSettings, RetrievalSettings, Settings
from bidproof.evaluation.metrics.task_score import task_score
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.llm.fake import FakeModel, prompt_text
from bidproof.llm.protocol import ChatModel, ChatRequest
from bidproof.optimization.evaluator import DraftScoring, ProgramEvaluator
from bidproof.optimization.records import Running
from bidproof.prompts.program import Program, default_program
from bidproof.retrieval.protocol import Query
from passages import make_passage

NAMES = (
    "anchor", "beacon", "cable", "damper", "engine", "funnel", "gasket", "hinge",
    "inlet", "joint", "keel", "lever", "motor", "nozzle", "outlet", "piston",
    "quill", "rotor", "sensor", "turbine", "union", "valve", "wheel", "yoke",
)  # fmt: skip
HELP = (
    "Answer from the excerpt that names the very part that the question asks about, never from another one."
)
_ASKED = re.compile(r"How often is the (\w+) inspected\?")
_EXCERPT = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)


def statement(name: str) -> str:
    return f"The {name} is inspected every {NAMES.index(name) + 11} days by the maintenance crew."


def case(name: str, **more: Any) -> GoldCase:
    return GoldCase(
        id=name,
        question=f"How often is the {name} inspected?",
        reference=statement(name),
        relevant=(Relevant(path=f"{name}.md", quote=statement(name)),),
        **more,
    )


def cases(first: int, last: int) -> tuple[GoldCase, ...]:
    return tuple(case(name) for name in NAMES[first:last])


class Manuals:
    """Gives the passage of the next part first, then the right one."""

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        found = _ASKED.search(query.text)
        if found is None or found[1] not in NAMES:
            return ()
        place = NAMES.index(found[1])
        names = (NAMES[(place + 1) % len(NAMES)], found[1])
        return tuple(_scored(name, rank) for rank, name in enumerate(names, start=1))


def _scored(name: str, rank: int) -> ScoredPassage:
    text = f"{statement(name)} Its colour is grey."
    passage = make_passage(text, path=f"{name}.md", title=name.capitalize())
    return ScoredPassage(passage=passage, score=1 / rank, rank=rank)


def reply(number: int, text: str) -> dict[str, Any]:
    return {
        "answerable": True,
        "quotes": [{"passage": number, "text": text}],
        "sentences": [{"text": text, "quotes": [1]}],
    }


def muddled(request: ChatRequest) -> Mapping[str, Any]:
    """Right where an example of this kind or the helping instruction is shown, and for every third part.

    Else it answers from the first excerpt, which is of another part.
    """
    asked = request.messages[-1].content
    found = _ASKED.search(asked)
    assert found is not None
    excerpts = {text: int(number) for number, text in _EXCERPT.findall(asked)}
    has_example = any("is inspected every" in item.content for item in request.messages[1:-1])
    knows = NAMES.index(found[1]) % 3 == 0 or has_example or HELP in request.messages[0].content
    wanted = [text for text in excerpts if text.startswith(f"The {found[1]} ") is knows]
    number = excerpts[wanted[0]]
    return reply(number, wanted[0].split(" Its colour")[0])


def proposing(text: str = HELP) -> Callable[[ChatRequest], str]:
    return lambda request: text


@dataclass(kw_only=True)
class World:
    """All that an optimisation is given, on one fake model."""

    model: ChatModel = field(default_factory=lambda: FakeModel(respond=muddled))
    program: dict[str, Any] = field(default_factory=dict)
    budget: Any = None

    def __post_init__(self) -> None:
        self.settings = Settings(
            model=ModelSettings(model="fake", attempts=1, patience_s=0, concurrency=1),
            retrieval=RetrievalSettings(top_k=3),
        )
        built = default_program(self.settings, model_name="fake")
        self.base = replace(built, **{"repairs": 0, **self.program})

    def open(self, program: Program) -> Running:
        source = Manuals()
        engine = GenerativeEngine(source, self.model, self.settings, program=program)
        return Running(engine=engine, source=source)

    def evaluator(self) -> ProgramEvaluator:
        return ProgramEvaluator(
            self.open, metric=task_score, scoring=DraftScoring(), budget=self.budget, concurrency=1
        )

    def arguments(self, **more: Any) -> dict[str, Any]:
        return {
            "train": cases(0, 9),
            "dev": cases(9, 17),
            "held_out": cases(17, 21),
            "open_program": self.open,
            "evaluator": self.evaluator(),
            "metric": task_score,
            "scoring": DraftScoring(),
            "proposer": FakeModel(respond=proposing(), name="proposer"),
            "max_prompt_tokens": 3000,
            "max_calls": None,
            **more,
        }


def prompts_of(model: FakeModel) -> list[str]:
    return [prompt_text(request) for request in model.requests]
