r"""The first step of a program as a plain chat template, and back.

Messages with ``{{passages}}`` and ``{{question}}``, which any tool can fill in; the two
take fenced text (``prompts/fences.py``). A literal ``{{`` in a message is written ``\{{``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bidproof.answering.adapter import closing_line
from bidproof.answering.exchange import check_schema, example_of, refused, with_step_text
from bidproof.answering.preview import preview_messages
from bidproof.answering.program_schemas import reply_schemas, step_signatures
from bidproof.core.jsonable import from_json, to_json
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.program import Example, Program
from bidproof.prompts.templates import escape, instructions, names_in
from bidproof.prompts.versions import schema_hash

CHAT_FORMAT = "bidproof-chat-1"
VARIABLES = ("passages", "question")


def dump_chat(program: Program) -> dict[str, Any]:
    """The first step of a program as messages, with examples as turns.

    The examples are given once more as data, since turns leave out what a free
    question does not ask for.
    """
    last = "\n\n".join(f"{{{{{name}}}}}" for name in VARIABLES)
    return {
        "format": CHAT_FORMAT,
        "step": _step(program),
        "variables": list(VARIABLES),
        "schema_hash": schema_hash(reply_schemas(program)),
        "messages": [*_turns(program), {"role": "user", "content": last}],
        "examples": to_json(program.examples),
    }


def load_chat(content: object, *, base: Program, source: str) -> Program:
    """The base program with the instructions and examples of a chat template.

    Args:
        content: Parsed JSON: what :func:`dump_chat` gives, or a bare list of messages,
            which has no schema hash to check.
        base: Gives everything that a template does not hold.
        source: Its name, for error messages.

    Raises:
        UserError: It is no chat template, its variables or its schema hash are not
            ours, or a turn is no example (``import-refused``).
    """
    found = cast("Mapping[str, Any]", content if isinstance(content, Mapping) else {"messages": content})
    messages = _messages(found.get("messages"), source)
    _check(found, messages, base=base, source=source)
    step = _step(base)
    sent = instructions(base.texts, base.variables)
    system = _unescaped(messages[0]["content"])
    system = system.removesuffix(closing_line(step_signatures(base, options=())[step])).rstrip()
    if base.answering.chain_of_thought:
        system = system.removesuffix(sent["reasoning"]).rstrip()
    program = with_step_text(base, step, system)
    return replace(program, examples=_read_turns(found, messages[1:-1], base=program, source=source))


def _step(program: Program) -> str:
    return "answer" if program.calls == "one" else "quote"


def _turns(program: Program) -> list[dict[str, str]]:
    messages = preview_messages(program, "?", excerpts=(Excerpt(text="?"),))[:-1]
    return [{"role": item.role, "content": escape(item.content)} for item in messages]


def _messages(value: object, source: str) -> list[dict[str, str]]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    found = [
        {"role": str(item["role"]), "content": str(item["content"])}
        for item in (cast("Mapping[str, Any]", one) for one in items if isinstance(one, Mapping))
        if {"role", "content"} <= set(item)
    ]
    between = [item["role"] for item in found[1:-1]]
    is_whole = len(found) == len(items) and len(found) >= 2
    if not is_whole or found[0]["role"] != "system" or between != ["user", "assistant"] * (len(between) // 2):
        raise refused(source, "no list of messages: system, then example turns in pairs, then user")
    return found


def _check(
    found: Mapping[str, Any], messages: Sequence[Mapping[str, str]], *, base: Program, source: str
) -> None:
    if (hashed := found.get("schema_hash")) is not None:
        check_schema(hashed, base, source=source)
    if found.get("step", _step(base)) != _step(base):
        raise refused(source, f"the step {found['step']!r}, expected {_step(base)!r}")
    *before, last = messages
    variables = names_in(last["content"])
    stray = [name for item in before for name in names_in(item["content"])]
    if variables != VARIABLES or stray or last["role"] != "user":
        shown = ", ".join([*variables, *stray]) or "none"
        raise refused(
            source,
            f"the variables {shown}, expected {{{{passages}}}} and {{{{question}}}} in the last message",
        )


def _read_turns(
    found: Mapping[str, Any], turns: Sequence[Mapping[str, str]], *, base: Program, source: str
) -> tuple[Example, ...]:
    wanted = [dict(item) for item in turns]
    try:
        given = tuple(from_json(Example, item) for item in found.get("examples") or ())
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise refused(source, f"examples that are none: {error}") from error
    for examples in (given, base.examples):
        if _turns(replace(base, examples=examples))[1:] == wanted:
            return examples
    pairs = zip(turns[::2], turns[1::2], strict=True)
    read = tuple(
        _read_turn(a, b, f"an example turn {at}", source) for at, (a, b) in enumerate(pairs, start=1)
    )
    if _turns(replace(base, examples=read))[1:] != wanted:
        raise refused(
            source,
            "example turns that this program would show otherwise",
            hint="write the turns as an export does, or correct both turns and 'examples'",
        )
    return read


def _read_turn(user: Mapping[str, str], reply: Mapping[str, str], where: str, source: str) -> Example:
    content = _unescaped(user["content"])
    try:
        values = dict(cast("Mapping[str, Any]", json.loads(_unescaped(reply["content"]))))
    except (ValueError, TypeError) as error:
        raise refused(source, f"{where} whose reply is no JSON object") from error
    at = max(content.rfind("\n\n<question>\n"), content.rfind("\n\n## Question\n"))
    return example_of(
        {**values, "passages": content[: max(at, 0)], "question": content[max(at, 0) :].strip()},
        where=where,
        source=source,
    )


def _unescaped(text: str) -> str:
    return text.replace("\\{{", "{{")
