"""The passages at hand while evidence is gathered, and the tools that bring in more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bidproof.answering.calculator import BadExpression, calculate
from bidproof.answering.date_arithmetic import BadDate, Operation, date_arithmetic
from bidproof.answering.protocol import PassageSource
from bidproof.answering.tools import Tool
from bidproof.core.records import Passage, ScoredPassage
from bidproof.retrieval.protocol import Filters, Query

MOST_FOUND = 6
"""Passages that tools may add to those of the first search."""

MOST_CHARS = 1200
"""Of one observation."""

_SEARCHED = 3
_NEIGHBOURS = 4
_WHOLE_DOCUMENT = 400
_QUERY_CHARS = 300


class ToolEnvironment:
    """Passages, numbered from 1 in the order in which they came; none is ever taken away.

    Args:
        source: Where more come from.
        section_path: Of the question; every search has it as context.
        passages: Those of the first search.
        tools: Of installed packages, by name.
    """

    def __init__(
        self,
        source: PassageSource,
        *,
        section_path: tuple[str, ...],
        passages: Sequence[ScoredPassage],
        tools: Mapping[str, Tool],
    ) -> None:
        self._source = source
        self._section_path = section_path
        self._passages = list(passages)
        self._first = len(self._passages)
        self._tools = tools
        self._notes: list[str] = []

    @property
    def passages(self) -> tuple[ScoredPassage, ...]:
        """All at hand, ranks from 1."""
        return tuple(replace(item, rank=rank) for rank, item in enumerate(self._passages, start=1))

    @property
    def found(self) -> int:
        """How many tools have added."""
        return len(self._passages) - self._first

    @property
    def notes(self) -> tuple[str, ...]:
        """What was calculated, each with its result."""
        return tuple(self._notes)

    def run(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """What a tool says, cut to its limit; a call that cannot be done says why.

        Only the user's own tool can raise anything.
        """
        try:
            said = self._run(tool, arguments)
        except (BadExpression, BadDate) as error:
            said = f"error: {error}"
        return said if len(said) <= MOST_CHARS else said[: MOST_CHARS - 1] + "…"

    def _run(self, tool: str, arguments: Mapping[str, Any]) -> str:
        if tool == "search":
            return self._search(str(arguments["query"]))
        if tool == "open_page":
            return self._open(int(arguments["passage"]))
        if tool == "calculate":
            return self._noted(str(arguments["expression"]), calculate(str(arguments["expression"])))
        if tool == "dates":
            given = [str(arguments[name]) for name in ("date", "operation", "value")]
            result = date_arithmetic(given[0], cast("Operation", given[1]), given[2])
            return self._noted(" ".join(given), result)
        said = cast("object", self._tools[tool].run(arguments))
        return said if isinstance(said, str) else f"error: the tool gave a {type(said).__name__}, no text"

    def _noted(self, asked: str, result: str) -> str:
        self._notes.append(f"{asked} = {result}")
        return result

    def _search(self, text: str) -> str:
        plain = " ".join(text.split())[:_QUERY_CHARS]
        if not plain:
            return "error: the query is empty"
        query = Query(text=plain, context=self._section_path, top_k=_SEARCHED + len(self._passages))
        return self._add([item.passage for item in self._source.search(query)], most=_SEARCHED)

    def _open(self, number: int) -> str:
        if not 1 <= number <= len(self._passages):
            return f"error: there is no excerpt {number}, expected 1 to {len(self._passages)}"
        middle = self._passages[number - 1].passage
        query = Query(
            text=middle.text[:_QUERY_CHARS], filters=Filters(paths=(middle.path,)), top_k=_WHOLE_DOCUMENT
        )
        own = [item.passage for item in self._source.search(query)]
        return self._add(_around(middle, own), most=_NEIGHBOURS)

    def _add(self, passages: Sequence[Passage], *, most: int) -> str:
        known = {item.passage.id: number for number, item in enumerate(self._passages, start=1)}
        fresh = [item for item in passages if item.id not in known][:most]
        room = max(0, MOST_FOUND - self.found)
        share = MOST_CHARS // max(1, min(len(fresh), room))
        shown: list[str] = []
        for passage in fresh[:room]:
            rank = len(self._passages) + 1
            self._passages.append(ScoredPassage(passage=passage, score=0.0, rank=rank))
            shown.append(_line(rank, passage)[:share].rstrip())
        if fresh and not room:
            shown.append("no room for more excerpts: finish")
        seen = [known[item.id] for item in passages if item.id in known]
        if not shown:
            at_hand = ", ".join(map(str, seen[:_SEARCHED]))
            return f"nothing new; excerpts {at_hand} are at hand already" if seen else "nothing was found"
        return "\n".join(shown)


def _around(middle: Passage, own: Sequence[Passage]) -> list[Passage]:
    """The rest of a document by nearness to one passage: its page first, then what stands next to it."""
    others = [item for item in own if item.document_id == middle.document_id and item.id != middle.id]
    pages = set(middle.pages)
    return sorted(
        others,
        key=lambda item: (not pages & set(item.pages), abs(item.start - middle.start), item.start),
    )


def _line(number: int, passage: Passage) -> str:
    place = " / ".join([passage.title, *passage.heading_path])
    return f"excerpt {number} ({place}): {' '.join(passage.located_text.split())}"
