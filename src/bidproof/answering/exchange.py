"""What imports of every format share: instructions and examples of others onto a program of ours."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from bidproof.answering.program_schemas import reply_schemas
from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.prompts.fence_reading import read_excerpts, read_fence
from bidproof.prompts.program import Example, Program
from bidproof.prompts.templates import escape, instructions, names_in
from bidproof.prompts.versions import schema_hash

REPLY_FIELDS = ("reasoning", "answerable", "quotes", "choice", "sentences")
"""The fields of an example's reply, in their order."""


def with_step_text(program: Program, step: str, text: str) -> Program:
    """The program with other words for one step.

    When the words are the same, named parts and variables stay. Else the step's
    text is these words alone; parts and variables that nothing uses any more go.
    """
    if text == instructions(program.texts, program.variables)[step]:
        return program
    texts = {**program.texts, step: escape(text)}
    used = {name for content in texts.values() for name in names_in(content)}
    texts = {name: item for name, item in texts.items() if not name.startswith(f"{step}.") or name in used}
    used = {name for content in texts.values() for name in names_in(content)}
    kept = {name: item for name, item in program.variables.items() if name in used}
    return replace(program, texts=texts, variables=kept)


def example_of(values: Mapping[str, Any], *, where: str, source: str) -> Example:
    """Rebuild an example from fenced text and reply fields.

    Args:
        values: ``passages`` and ``question`` as fenced text, the reply's fields beside
            them; ``options`` where the example has some.
        where: Which example, for the error message.
        source: The file.

    Raises:
        UserError: The text is not fenced as ours is, or the reply is none (``import-refused``).
    """
    found = read_excerpts(str(values.get("passages", "")))
    question = None
    if found is not None:
        question = read_fence("question", str(values.get("question", "")), style=found[1])
    if found is None or question is None:
        raise refused(source, f"{where} whose passages or question are not fenced as ours are")
    reply = {name: values[name] for name in REPLY_FIELDS if name in values}
    if not _is_reply(reply, len(found[0])):
        raise refused(source, f"{where} whose quotes or sentences have another shape than replies have")
    options = values.get("options")
    return Example(
        passages=found[0],
        question=question,
        options=tuple(str(item) for item in cast("list[object]", options))
        if isinstance(options, list)
        else (),
        reply=reply,
    )


def refused(source: str, found: str, *, hint: str = "") -> UserError:
    """The error for a file that cannot become a program."""
    return UserError(
        f"cannot import {source!r}: found {found}",
        hint=hint or NextStep("an exported program shows the layout that is expected", Action.EXPORT_PROGRAM),
        code="import-refused",
    )


def check_schema(hashed: object, base: Program, *, source: str) -> None:
    """Refuse a file whose replies have other fields than this code checks.

    Raises:
        UserError: Its schema hash is not that of the base program (``import-refused``).
    """
    now = schema_hash(reply_schemas(base))
    if hashed != now:
        raise refused(
            source,
            f"the reply schema {hashed!r}, expected {now!r}: it asks for other fields than this code checks",
            hint=NextStep(
                "export it again with this version, or start from a program of its kind", options=("from",)
            ),
        )


def _is_reply(reply: Mapping[str, Any], passages: int) -> bool:
    try:
        quotes = [(item["passage"], item["text"]) for item in reply.get("quotes", ())]
        sentences = [(item["text"], item["quotes"]) for item in reply.get("sentences", ())]
    except (TypeError, KeyError):
        return False
    return (
        isinstance(reply.get("answerable"), bool)
        and all(1 <= number <= passages for number, _ in quotes)
        and all(1 <= place <= len(quotes) for _, places in sentences for place in places)
    )
