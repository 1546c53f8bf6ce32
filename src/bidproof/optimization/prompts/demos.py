"""Examples as DSPy holds them (demos) and as programs hold them, and what makes one fit to be shown."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from bidproof.answering.asked import read_asked
from bidproof.answering.exchange import example_of
from bidproof.answering.generative_choices import choice_problems
from bidproof.answering.generative_replies import ground_reply
from bidproof.answering.program_schemas import step_signatures
from bidproof.answering.ranking import rank_evidence
from bidproof.core.errors import UserError
from bidproof.core.ids import DocumentId, PassageId, QuestionId, digest
from bidproof.core.records import Passage, Question, ScoredPassage
from bidproof.language.tokens import count_tokens
from bidproof.optimization.prompts.solved import reply_of
from bidproof.prompts.fences import PromptFormat, fence, fence_excerpts
from bidproof.prompts.program import Example, Program
from bidproof.prompts.templates import instructions

_ADDED = {"choice", "reasoning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Examples that may be shown, and why others may not."""

    examples: tuple[Example, ...]
    dropped: tuple[str, ...] = ()


def demo_of(example: Example, style: PromptFormat) -> dict[str, Any]:
    """An example as a demo of the first step: fenced text and the reply's fields."""
    return {
        "passages": fence_excerpts(example.passages, style=style),
        "question": fence("question", example.question, style=style),
        "options": list(example.options),
        **example.reply,
    }


def example_of_demo(demo: Mapping[str, Any]) -> Example | None:
    """A demo as an example; None where it is no whole one."""
    try:
        example = example_of(demo, where="a demo", source="dspy")
    except UserError:
        return None
    return example if example.reply.get("answerable") is not None else None


def example_problems(example: Example) -> tuple[str, ...]:
    """What the product's own checks say of an example's reply; empty when it may be shown."""
    passages = _passages(example)
    reply = reply_of(example.reply)
    if not reply.answerable:
        is_silent = not reply.quotes and not reply.sentences
        return () if is_silent else ("it quotes although it says that there is no answer",)
    if not reply.quotes:
        return ("it answers without a quote",)
    grounded = ground_reply(reply, passages)
    if grounded.problems or reply.choice is None:
        return grounded.problems
    question = Question(id=QuestionId("example"), text=example.question, options=tuple(example.options))
    ranked = rank_evidence(read_asked(example.question), passages)
    return choice_problems(reply.choice, question=question, claims=grounded.claims, ranked=ranked)


def fit_examples(
    program: Program,
    examples: Sequence[Example],
    *,
    max_tokens: int,
    refuse: Callable[[Example], str],
    is_pool: bool = False,
) -> Fitted:
    """Keep the examples, in order, that are proven, not refused, new, and within the cap.

    One that does not fit, or tells too much, is tried with its quoted passages alone, and
    left out if that does not help; a shorter one after it may still fit.

    Args:
        program: Whose instructions take their part of the cap.
        examples: As found.
        max_tokens: Cap of instructions and examples together.
        refuse: Why an example may not be shown; empty when it may.
        is_pool: They are to be chosen from: each has to fit alone. Else all fit together.
    """
    left = max_tokens - instruction_tokens(program)
    style = program.answering.prompt_format
    kept: list[Example] = []
    dropped: list[str] = []
    for example in examples:
        reasons: list[str] = []
        for form in (example, quoted_alone(example)):
            reason = _reason(form, kept, refuse)
            if not reason and example_tokens(form, style) > left:
                reason = "an example does not fit the cap of prompt tokens"
            if not reason:
                kept.append(form)
                left -= 0 if is_pool else example_tokens(form, style)
                break
            reasons.append(reason)
        else:
            dropped.append(reasons[-1])
    return Fitted(examples=tuple(kept), dropped=tuple(dropped))


def quoted_alone(example: Example) -> Example:
    """The example with the passages that its reply quotes, and no other; as it is where it quotes none."""
    quotes = cast("Sequence[Mapping[str, Any]]", example.reply.get("quotes") or ())
    numbers = sorted({int(quote["passage"]) for quote in quotes})
    if not numbers or len(numbers) == len(example.passages):
        return example
    reply = {
        **example.reply,
        "quotes": [{**quote, "passage": numbers.index(int(quote["passage"])) + 1} for quote in quotes],
    }
    # What was reasoned may speak of excerpts by their old numbers.
    reply.pop("reasoning", None)
    return replace(example, passages=tuple(example.passages[number - 1] for number in numbers), reply=reply)


def prompt_tokens(program: Program) -> int:
    """Tokens of the longest step's instructions and all examples: what every call of a program repeats.

    Passages and the question come on top. Counted with the local embedding model's
    word pieces, which other models' counts resemble.
    """
    style = program.answering.prompt_format
    return instruction_tokens(program) + sum(example_tokens(item, style) for item in program.examples)


def instruction_tokens(program: Program) -> int:
    """Tokens of the longest step's instructions, with what follows where it applies."""
    sent = instructions(program.texts, program.variables)
    steps = step_signatures(program)
    added = sum(count_tokens(text) for name, text in sent.items() if name in _ADDED)
    return added + max(count_tokens(sent[step]) for step in steps if step in sent)


def example_tokens(example: Example, style: PromptFormat) -> int:
    """Tokens of one example as it is shown."""
    demo = demo_of(example, style)
    reply = json.dumps(dict(example.reply), ensure_ascii=False)
    return count_tokens("\n".join((demo["passages"], demo["question"], *example.options, reply)))


def plain(value: object) -> Any:
    """A reply's field as plain JSON values; models give Pydantic ones."""
    if hasattr(value, "model_dump"):
        return cast("Any", value).model_dump()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in cast("Mapping[Any, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("Sequence[object]", value)]
    return value


def _reason(example: Example, kept: Sequence[Example], refuse: Callable[[Example], str]) -> str:
    if any(item.question == example.question for item in kept):
        return "two examples of one question"
    if problems := example_problems(example):
        return f"an example that the checks do not prove: {problems[0]}"
    if leak := refuse(example):
        return f"an example that tells too much: {leak}"
    return ""


def _passages(example: Example) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(
            passage=Passage(
                id=PassageId(digest("example", str(number), item.text)),
                document_id=DocumentId(digest("example", item.title)),
                path=item.title,
                title=item.title,
                start=0,
                end=len(item.text),
                text=item.text,
            ),
            score=1.0 / number,
            rank=number,
        )
        for number, item in enumerate(example.passages, start=1)
    )
