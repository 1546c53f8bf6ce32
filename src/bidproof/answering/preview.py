"""What a program would say to a model, without asking one."""

import asyncio
from collections.abc import Sequence

from bidproof.answering.program import ProgramSteps, Task
from bidproof.core.errors import ModelUnavailable
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Passage, Question, QuestionKind, ScoredPassage
from bidproof.llm.protocol import ChatRequest, Completion, Message
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.program import Program


class _Listener:
    """A chat model that keeps what it is asked and gives no reply."""

    name = "preview"

    def __init__(self) -> None:
        self.asked: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> Completion:
        self.asked.append(request)
        raise ModelUnavailable(
            "a preview asks no model", hint=NextStep("ask the question instead", Action.ASK)
        )


def preview_messages(
    program: Program,
    question: str,
    *,
    excerpts: Sequence[Excerpt],
    options: Sequence[str] = (),
    section_path: Sequence[str] = (),
) -> tuple[Message, ...]:
    """The messages of the first call that answers: the answer's, or the quotes' of a program of two calls.

    Steps with tools before it and the self-check after it are not shown: what they hold depends on replies.

    Args:
        program: One that asks a model.
        question: As a buyer would ask it.
        excerpts: Stand for the passages that a search would find.
        options: Makes the question a choice.
        section_path: Headings above the question, outermost first.
    """
    model = _Listener()
    steps = ProgramSteps(program, model)
    kind = QuestionKind.CHOICE if options else QuestionKind.FREE
    asked = Question(
        id=QuestionId("preview"),
        text=question,
        kind=kind,
        options=tuple(options),
        section_path=tuple(section_path),
    )
    passages = [excerpt_passage(excerpt, rank) for rank, excerpt in enumerate(excerpts, start=1)]
    try:
        asyncio.run(steps.answer(steps.open_lm("preview"), Task(question=asked, text=question), passages))
    except ModelUnavailable:
        return model.asked[0].messages
    raise AssertionError("a program drafted without asking its model")


def excerpt_passage(excerpt: Excerpt, rank: int) -> ScoredPassage:
    """A passage that stands for an excerpt, as if it were a whole document."""
    passage = Passage(
        id=PassageId(f"preview-{rank}"),
        document_id=DocumentId("preview"),
        path="preview",
        title=excerpt.title,
        start=0,
        end=len(excerpt.text),
        text=excerpt.text,
        heading_path=(excerpt.section,) if excerpt.section else (),
    )
    return ScoredPassage(passage=passage, score=1 / rank, rank=rank)
