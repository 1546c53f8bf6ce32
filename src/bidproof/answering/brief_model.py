"""What a model finds in an RFP that rules have missed: quotes that stand there, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidproof.answering.verify import QuoteTooShort, locate_quote
from bidproof.core.errors import ModelError
from bidproof.core.ids import PassageId
from bidproof.core.records import Document, Passage
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatModel, ChatRequest, Message
from bidproof.llm.reply_schema import parse_reply
from bidproof.prompts.fences import Excerpt, fence_excerpts
from bidproof.prompts.texts import standing_text
from bidproof.questionnaires.brief.cues import Cues
from bidproof.questionnaires.brief.quoted import item_of_quote
from bidproof.questionnaires.brief.records import BriefItem, Topic
from bidproof.questionnaires.brief.source import Source

_PART_CHARS = 7_000
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "maxItems": 40,
            "items": {
                "type": "object",
                "properties": {
                    "topic": {"type": "string", "enum": [topic.value for topic in Topic]},
                    "about": {"type": "string"},
                    "quote": {"type": "string"},
                },
                "required": ["topic", "about", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["items"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartItems:
    """What one call gave: checked items, how many were dropped, or the error of a failed call."""

    items: tuple[BriefItem, ...] = ()
    dropped: int = 0
    error: str = ""


def parts_of(document: Document) -> tuple[Passage, ...]:
    """A document in parts of whole blocks that a model reads one at a time."""
    return tuple(
        Passage(
            id=PassageId(f"{document.id}:{start}"),
            document_id=document.id,
            path=document.path,
            title=document.title,
            start=start,
            end=end,
            text=document.text[start:end],
        )
        for start, end in _spans(document)
    )


async def read_part(
    part: Passage, source: Source, *, cues: Cues, model: ChatModel, settings: ModelSettings
) -> PartItems:
    """Ask a model about one part; a quote that does not stand in it is dropped and counted.

    Dates, weights and amounts are read from the quote by rules; an item whose quote
    lacks them is dropped too. A failed call is an outcome, never an exception.
    """
    request = ChatRequest(
        messages=(
            Message(role="system", content=standing_text("brief")),
            Message(
                role="user", content=fence_excerpts([Excerpt(text=part.text, title=part.title)], style="xml")
            ),
        ),
        schema=_SCHEMA,
        schema_name="brief_items",
        settings=settings,
        question_id=str(part.id),
    )
    try:
        completion = await model.complete(request)
        reply = parse_reply(completion.text, _SCHEMA, model=model.name)
    except ModelError as error:
        return PartItems(error=f"error[{error.code}]: {error.message}; {error.hint}")
    found = [_checked(item, part, source, cues=cues, by=settings.model) for item in reply["items"]]
    kept = tuple(item for item in found if item is not None)
    return PartItems(items=kept, dropped=len(found) - len(kept))


def _checked(
    said: Mapping[str, Any], part: Passage, source: Source, *, cues: Cues, by: str
) -> BriefItem | None:
    try:
        span = locate_quote(str(said["quote"]), passage=part)
    except QuoteTooShort:
        return None
    if span is None:
        return None
    about = str(said["about"]).strip()
    return item_of_quote(source, span, Topic(said["topic"]), cues=cues, about=about, by=by)


def _spans(document: Document) -> Iterator[tuple[int, int]]:
    blocks: Sequence[Any] = document.blocks
    start = end = 0
    for block in blocks:
        if end > start and block.end - start > _PART_CHARS:
            yield start, end
            start = block.start
        end = block.end
    if end > start:
        yield start, end
