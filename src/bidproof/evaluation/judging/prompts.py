"""What a judge is shown: rules first, then the data in fences, the task last.

Passages come first and in the same words in both readings of an outcome, so that
a provider's prompt cache serves the second. Every text of others stands in a
block of backticks longer than any inside it, so none can close its own fence;
claims are numbered on one line each, so none can pose as another.
"""

from collections.abc import Sequence

from bidproof.core.records import ScoredPassage
from bidproof.evaluation.judging.judges import JudgeProgram
from bidproof.llm.protocol import Message
from bidproof.prompts.fences import Excerpt, fence, fence_excerpts

_NONE = "(none)"


def answer_messages(
    program: JudgeProgram,
    *,
    passages: Sequence[ScoredPassage],
    answer: str,
    reference: str,
    claims: Sequence[str],
) -> tuple[Message, ...]:
    """The reading of the answer's claims; the question is not shown, or its rewordings would copy it."""
    data = (
        _passages(passages),
        _text("answer", answer),
        _text("reference", reference),
        _numbered("claims", claims),
    )
    return _messages(program, data, task="answer")


def reference_messages(
    program: JudgeProgram,
    *,
    passages: Sequence[ScoredPassage],
    question: str,
    answer: str,
    claims: Sequence[str],
    parts: Sequence[str],
) -> tuple[Message, ...]:
    """The reading of the reference's claims and the question's parts."""
    data = (
        _passages(passages),
        _text("answer", answer),
        _text("question", question),
        _numbered("claims", claims),
        _numbered("parts", parts),
    )
    return _messages(program, data, task="reference")


def repair_messages(
    program: JudgeProgram, messages: Sequence[Message], *, reply: str, problems: Sequence[str]
) -> tuple[Message, ...]:
    """The same talk, with the reply that did not fit and what was wrong with it."""
    told = f"{program.texts['repair']}\n\n{_numbered('problems', problems)}"
    return (
        *messages,
        Message(role="assistant", content=reply),
        Message(role="user", content=told),
    )


def _messages(program: JudgeProgram, data: Sequence[str], *, task: str) -> tuple[Message, ...]:
    body = "\n\n".join((*data, program.texts[task]))
    return (Message(role="system", content=program.texts["judge"]), Message(role="user", content=body))


def _passages(passages: Sequence[ScoredPassage]) -> str:
    if not passages:
        return "There are no passages."
    excerpts = [
        Excerpt(
            text=item.passage.located_text,
            title=item.passage.title,
            section=" / ".join(item.passage.heading_path),
        )
        for item in passages
    ]
    return fence_excerpts(excerpts, style="markdown")


def _text(name: str, text: str) -> str:
    return fence(name, text.strip() or _NONE, style="markdown")


def _numbered(name: str, items: Sequence[str]) -> str:
    lines = [f"{number}. {' '.join(item.split())}" for number, item in enumerate(items, start=1)]
    return fence(name, "\n".join(lines) or _NONE, style="markdown")
