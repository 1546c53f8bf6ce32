"""From documents to a brief: read by rules, choose, and say what is open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bidproof.core.records import Document
from bidproof.questionnaires.brief.contacts import read_contacts
from bidproof.questionnaires.brief.criteria import read_criteria
from bidproof.questionnaires.brief.cues import Cues, cues_for
from bidproof.questionnaires.brief.open_points import find_open_points
from bidproof.questionnaires.brief.records import DATES, SECTIONS, Brief, BriefItem, Topic
from bidproof.questionnaires.brief.source import Source, open_source
from bidproof.questionnaires.brief.statements import chosen, read_statements
from bidproof.questionnaires.brief.timeline import merged, read_dates

_ONCE = frozenset({Topic.CRITERION, Topic.CONTACT})


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefReading:
    """Documents as read for a brief, with what rules found in them; not chosen from yet."""

    sources: tuple[Source, ...]
    cues: Cues
    items: tuple[BriefItem, ...]


def read_for_brief(documents: Sequence[Document]) -> BriefReading:
    """Read documents by rules; a few milliseconds a page.

    Args:
        documents: The RFP and what belongs to it, amendments last.
    """
    sources = tuple(open_source(document) for document in documents)
    cues = cues_for([document.text for document in documents])
    items = [
        item
        for source in sources
        for read in (read_dates, read_statements, read_criteria, read_contacts)
        for item in read(source, cues)
    ]
    return BriefReading(sources=sources, cues=cues, items=tuple(items))


def brief_of(
    reading: BriefReading, *, more: Sequence[BriefItem] = (), dropped: int = 0, errors: Sequence[str] = ()
) -> Brief:
    """Choose what goes into the brief, each thing once, and find what is open.

    Args:
        reading: What rules found.
        more: What a model found, each with a verbatim quote; its criteria count where rules found none.
        dropped: What of a model's items had none.
        errors: Failed calls of the model.
    """
    known = {item.topic for item in reading.items}
    found = (*reading.items, *(item for item in more if item.topic not in _ONCE or item.topic not in known))
    items = (
        *sorted(merged(_of(found, DATES)), key=lambda item: (item.day is None, item.day or item.place.start)),
        *chosen(
            _of(found, [topic for topic in Topic if topic not in (*DATES, Topic.CRITERION, Topic.CONTACT)])
        ),
        *_once(_of(found, (Topic.CRITERION,))),
        *_once(_of(found, (Topic.CONTACT,))),
    )
    stated = {item.topic for item in items}
    return Brief(
        files=tuple(source.summary() for source in reading.sources),
        items=items,
        open_points=find_open_points(items, reading.sources, reading.cues),
        not_stated=tuple(topic for topics in SECTIONS.values() for topic in topics if topic not in stated),
        dropped=dropped,
        errors=tuple(errors),
    )


def _of(items: Iterable[BriefItem], topics: Sequence[Topic]) -> list[BriefItem]:
    return [item for item in items if item.topic in topics]


def _once(items: Iterable[BriefItem]) -> tuple[BriefItem, ...]:
    """What another file repeats word for word, left out."""
    kept = {(item.label.casefold(), item.value): item for item in reversed(list(items))}
    return tuple(reversed(kept.values()))
