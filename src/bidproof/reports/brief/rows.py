"""A brief as the rows that people read, the same in a terminal and in Word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bidproof.questionnaires.brief.records import DATES, SECTIONS, Brief, BriefItem, Place, Topic

_MOST: Mapping[Topic, int] = {
    Topic.KNOCK_OUT: 10,
    Topic.ATTACHMENT: 12,
    Topic.SUBMIT_TO: 4,
    Topic.QUESTIONS_TO: 2,
    Topic.FORMAT: 4,
    Topic.LIMIT: 10,
    Topic.AWARD_RULE: 3,
    Topic.TERM: 2,
    Topic.VALUE: 3,
    Topic.CONTRACT_TYPE: 2,
    Topic.CONTACT: 5,
}
_MOST_OTHERS = 20
_WORD = re.compile(r"\w+")
_MOST_QUOTE_CHARS = 240
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRow:
    """One line: what it is, its value, the quote where that says more, and where."""

    what: str
    value: str
    quote: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSection:
    """A titled group of rows, what of it is not stated, and how many rows were left out."""

    title: str
    rows: tuple[BriefRow, ...]
    not_stated: tuple[str, ...]
    left_out: int


def brief_sections(brief: Brief) -> tuple[BriefSection, ...]:
    """All sections in their order, each with its best rows in reading order."""
    return tuple(_section(brief, title, topics) for title, topics in SECTIONS.items())


def headline(brief: Brief) -> str:
    """The line above everything: the deadline, or that there is none."""
    deadlines = brief.of(Topic.DEADLINE)
    if not deadlines:
        return "Submission deadline: not stated"
    parts = (f"{item.value} ({where(brief, item.place)})" for item in deadlines)
    return "Submission deadline: " + ("left blank: " if deadlines[0].is_open else "") + "; or ".join(parts)


def where(brief: Brief, *places: Place) -> str:
    """Places for people, each once, the file's name in front where there are several files."""
    several = len(brief.files) > 1
    words = dict.fromkeys(f"{place.file} {place.words}" if several else place.words for place in places)
    shown = list(words)[:_MOST_PLACES]
    return "; ".join(shown) + (f"; +{len(words) - len(shown)}" if len(words) > len(shown) else "")


def _section(brief: Brief, title: str, topics: tuple[Topic, ...]) -> BriefSection:
    rows: list[BriefRow] = []
    left_out = 0
    for topic in topics:
        found = brief.of(topic)
        if annexes := [item for item in found if topic is Topic.ATTACHMENT and item.label and item.value]:
            rows.append(_annexes(brief, annexes))
            found = tuple(item for item in found if item not in annexes)
        best = found[: _MOST.get(topic, _MOST_OTHERS)]
        left_out += len(found) - len(best)
        if topic not in DATES and topic is not Topic.CRITERION:
            best = tuple(sorted(best, key=lambda item: (item.place.file, item.place.start)))
        rows += [_row(brief, item, names_topic=at == 0) for at, item in enumerate(best)]
    missing = tuple(topic.value for topic in topics if topic in brief.not_stated)
    return BriefSection(title=title, rows=tuple(rows), not_stated=missing, left_out=left_out)


def _annexes(brief: Brief, items: list[BriefItem]) -> BriefRow:
    """The list of annexes as one row."""
    items = sorted(items, key=lambda item: (item.place.file, item.place.start))
    return BriefRow(
        what="Annexes",
        value="; ".join(f"{item.label} {item.value}" for item in items),
        quote="",
        where=where(brief, *(item.place for item in items)),
    )


def _row(brief: Brief, item: BriefItem, *, names_topic: bool) -> BriefRow:
    value = f"left blank: {item.value}" if item.is_open and item.topic in DATES else item.value
    what = _what(item, names_topic=names_topic)
    quote = item.quote if len(item.quote) <= _MOST_QUOTE_CHARS else item.quote[: _MOST_QUOTE_CHARS - 1] + "…"
    said = {*_WORD.findall(f"{what} {value}".casefold())}
    return BriefRow(
        what=what,
        value=value,
        quote="" if {*_WORD.findall(quote.casefold())} <= said else quote,
        where=where(brief, item.place, *item.also),
    )


def _what(item: BriefItem, *, names_topic: bool) -> str:
    """The topic, once for its rows, and what a row is about where that says more."""
    if item.topic in (Topic.CRITERION, Topic.CONTACT, Topic.KNOCK_OUT, Topic.ATTACHMENT):
        return item.label
    topic = item.topic.value.capitalize() if names_topic or item.topic in DATES else ""
    is_told = item.topic is Topic.QUESTIONS_TO or (item.topic in DATES and item.topic is not Topic.DEADLINE)
    label = "" if is_told else item.label
    return ": ".join(part for part in (topic, label) if part)
