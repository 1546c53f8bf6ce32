"""Solved questions in the form that a program is shown them: few-shot examples and training data.

Nothing unproven gets through: a reply has the shape that the program's schema
wants, and passes the very checks that a model's reply has to pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidproof.answering.generative_replies import Quoted, Reply, Sentence, cite_quote, ground_reply
from bidproof.answering.kept_citations import prove_text
from bidproof.core.records import Citation, ScoredPassage
from bidproof.prompts.fences import excerpts_of
from bidproof.prompts.program import Example

NO_TEXT = "it has a choice and no words"
NO_CITATION = "no quote proves it"
NOT_SHOWN = "a quote stands in none of the passages"
NOT_PROVEN = "a sentence is not proven by its quotes"
NOT_OFFERED = "its choice is none of the options"
TOO_LONG = "it has more quotes or sentences than a reply may have"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A question with its answer and what proves it.

    Attributes:
        question: As it is asked.
        options: Its options, in order.
        text: The answer, its choice taken out; empty where the documents do not hold it.
        choice: The right option; empty for none.
        citations: Quotes that prove the text.
        passages: What is shown, best first; the quotes stand in them.
    """

    question: str
    text: str
    passages: tuple[ScoredPassage, ...]
    options: tuple[str, ...] = ()
    choice: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedExample:
    """An example, or why there can be none; exactly one of the two is set."""

    example: Example | None = None
    problem: str = ""


def solved_example(solved: Solved) -> SolvedExample:
    """Write a solved question as an example whose reply passes every check."""
    if not solved.text:
        return SolvedExample(problem=NO_TEXT)
    if solved.options and solved.choice not in solved.options:
        return SolvedExample(problem=NOT_OFFERED)
    sentences = prove_text(solved.text, solved.citations)
    if not solved.citations or not any(item.citations for item in sentences):
        return SolvedExample(problem=NO_CITATION)
    if not all(item.citations for item in sentences):
        return SolvedExample(problem=NOT_PROVEN)
    used = list(dict.fromkeys(citation for item in sentences for citation in item.citations))
    shown = {citation: _place(citation, solved.passages) for citation in used}
    quotes = [{"passage": shown[item], "text": item.quote} for item in used]
    if None in shown.values():
        return SolvedExample(problem=NOT_SHOWN)
    reply: dict[str, object] = {"answerable": True, "quotes": quotes}
    if solved.options:
        reply["choice"] = solved.choice
    reply["sentences"] = [
        {"text": item.text, "quotes": [used.index(citation) + 1 for citation in item.citations]}
        for item in sentences
    ]
    problem = check_reply(reply, passages=solved.passages, options=solved.options)
    if problem:
        return SolvedExample(problem=problem)
    return SolvedExample(
        example=Example(
            passages=excerpts_of(solved.passages),
            question=solved.question,
            options=solved.options,
            reply=reply,
        )
    )


def unanswerable_example(solved: Solved) -> Example:
    """A question that the passages do not answer, with the reply that says so."""
    reply: dict[str, object] = {"answerable": False, "quotes": []}
    if solved.options:
        from bidproof.answering.signatures import CANNOT_TELL

        reply["choice"] = CANNOT_TELL
    reply["sentences"] = []
    return Example(
        passages=excerpts_of(solved.passages),
        question=solved.question,
        options=solved.options,
        reply=reply,
    )


def check_reply(
    reply: Mapping[str, object], *, passages: Sequence[ScoredPassage], options: Sequence[str]
) -> str:
    """What is wrong with a reply: its shape first, then its quotes and sentences; empty when nothing is.

    Args:
        reply: Its fields as JSON values, without ``reasoning``.
        passages: What was shown, in that order.
        options: Of the question.
    """
    from pydantic import ValidationError

    from bidproof.answering.signatures import answer_signature, reply_model

    signature: type[Any] = answer_signature(
        instructions="", passages=max(1, len(passages)), options=tuple(options), has_reasoning=False
    )
    try:
        found = reply_model(signature).model_validate(dict(reply))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "too_long":
            return TOO_LONG
        place = ".".join(str(part) for part in first["loc"]) or "reply"
        return f"{place}: {first['msg']}"
    return "; ".join(ground_reply(reply_of(found.model_dump()), passages).problems)


def reply_of(values: Mapping[str, Any]) -> Reply:
    """A reply's fields, as JSON values, in the form that the checks take."""
    from bidproof.answering.signatures import CANNOT_TELL

    choice = values.get("choice")
    return Reply(
        answerable=bool(values.get("answerable")),
        quotes=tuple(Quoted(passage=item["passage"], text=item["text"]) for item in values.get("quotes", ())),
        sentences=tuple(
            Sentence(text=item["text"], quotes=tuple(item["quotes"])) for item in values.get("sentences", ())
        ),
        choice=None if choice in (None, CANNOT_TELL) else str(choice),
    )


def _place(citation: Citation, passages: Sequence[ScoredPassage]) -> int | None:
    """Number of the passage, from 1, that a quote stands in; None where it stands in none."""
    for number, item in enumerate(passages, start=1):
        if item.passage.id == citation.passage_id and citation.quote in item.passage.text:
            return number
    found = cite_quote(Quoted(passage=0, text=citation.quote), passages)
    if found is None:
        return None
    return next(
        number for number, item in enumerate(passages, start=1) if item.passage.id == found.passage_id
    )
