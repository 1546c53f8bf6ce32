"""Whether a line of training data is what a tuned model should learn: shape, schema, proof."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bidproof.answering.preview import excerpt_passage
from bidproof.core.jsonable import parse_json
from bidproof.core.records import ScoredPassage
from bidproof.optimization.prompts.solved import check_reply
from bidproof.prompts.fence_reading import read_excerpts, read_fence

ROLES = ("system", "user", "assistant")
_TAGGED = re.compile(r"\A<passages>\n.*?\n</passages>", re.DOTALL)
_HEADED = re.compile(r"\A## Passage 1\b.*?(?=\n\n## (?!Passage \d))", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLine:
    """A line, its characters, and what is wrong with it; ``problem`` is empty when nothing is.

    ``is_ours`` tells whether its passages were fenced as a program fences them, so that
    quotes could be looked up.
    """

    number: int
    characters: int
    problem: str = ""
    is_ours: bool = False


def check_line(text: str, *, number: int) -> CheckedLine:
    """Check one line of chat-format JSON lines.

    Roles are system (at most one, first), then user and assistant in turn, the last one
    the assistant's. Its content is one JSON object with the fields of a reply; where the
    passages before it are fenced as ours, choices are those offered, quotes stand there
    word for word, and each sentence follows from its quotes.
    """
    try:
        line: Any = parse_json(text)
    except ValueError as error:
        return CheckedLine(number=number, characters=len(text), problem=f"it is no JSON: {error}")
    turns = _turns(line)
    if isinstance(turns, str):
        return CheckedLine(number=number, characters=len(text), problem=turns)
    characters = sum(len(turn["content"]) for turn in turns)
    try:
        reply: Any = parse_json(turns[-1]["content"])
    except ValueError:
        reply = None
    if not isinstance(reply, Mapping):
        return CheckedLine(
            number=number, characters=characters, problem="the assistant's reply is no JSON object"
        )
    shown = read_passages(turns[-2]["content"])
    values = {
        name: value for name, value in cast("Mapping[str, object]", reply).items() if name != "reasoning"
    }
    if shown is None:
        missing = {"answerable", "quotes", "sentences"} - set(values)
        problem = f"the reply lacks {', '.join(sorted(missing))}" if missing else ""
        return CheckedLine(number=number, characters=characters, problem=problem)
    problem = check_reply(values, passages=shown.passages, options=shown.options)
    return CheckedLine(number=number, characters=characters, problem=problem, is_ours=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a user's turn shows: passages and options."""

    passages: tuple[ScoredPassage, ...]
    options: tuple[str, ...]


def read_passages(content: str) -> Shown | None:
    """The passages and options of a user's turn; None where they are not fenced as ours."""
    fenced = _TAGGED.match(content) or _HEADED.match(content)
    found = read_excerpts(fenced.group()) if fenced else None
    if fenced is None or found is None:
        return None
    excerpts, style = found
    options = read_fence("options", content[fenced.end() :], style=style)
    return Shown(
        passages=tuple(excerpt_passage(item, rank) for rank, item in enumerate(excerpts, start=1)),
        options=tuple(options.split("\n")) if options else (),
    )


def _turns(line: object) -> list[dict[str, str]] | str:
    """The turns of a line, or what is wrong with them."""
    found = cast("Mapping[str, object]", line).get("messages") if isinstance(line, Mapping) else None
    if not isinstance(found, list) or not found:
        return "it has no list 'messages'"
    turns: list[dict[str, str]] = []
    for place, item in enumerate(cast("list[object]", found), start=1):
        turn = cast("Mapping[str, object]", item) if isinstance(item, Mapping) else dict[str, object]()
        role, content = turn.get("role"), turn.get("content")
        if role not in ROLES or not isinstance(content, str) or not content.strip():
            return f"message {place} has no role of {', '.join(ROLES)}, or no content"
        turns.append({"role": str(role), "content": content})
    return _order(turns) or turns


def _order(turns: Sequence[Mapping[str, str]]) -> str:
    roles = [turn["role"] for turn in turns]
    spoken = roles[1:] if roles[0] == "system" else roles
    if "system" in spoken:
        return "a system message stands behind others"
    if spoken != ["user", "assistant"] * (len(spoken) // 2) or not spoken:
        return "user and assistant do not take turns, the assistant last"
    return ""
