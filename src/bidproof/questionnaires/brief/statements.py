"""What an RFP says in sentences: how to submit, limits, formats, pass or fail, term, value, attachments."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import Span
from bidproof.language.words import content_stems
from bidproof.questionnaires.brief.cues import LEAST, Cues
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions, has_mention
from bidproof.questionnaires.brief.records import BriefItem, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.units import Unit

_ALIKE = 0.85
_LEAST_WORDS = 3
_MOST_LABEL_WORDS = 3
_MOST_ADDRESS_LINES = 8
_MOST_LINE_CHARS = 90
_HERE = re.compile(r"(?:this|the|each)\s+(?:section|volume|part|response|submission)\b|it\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How statements of a topic are told.

    Attributes:
        cue: Name of their cue words.
        needs: Forms of which one must stand in the sentence, or ``also``; empty for none.
        also: Name of cue words that do in their place.
    """

    cue: str
    needs: tuple[MentionKind, ...] = ()
    also: str = ""


_WAYS = (MentionKind.EMAIL, MentionKind.URL, MentionKind.ADDRESS)
KINDS: Mapping[Topic, Kind] = {
    Topic.SUBMIT_TO: Kind(cue="submit_to", needs=_WAYS, also="means"),
    Topic.QUESTIONS_TO: Kind(cue="questions_to", needs=_WAYS, also="means"),
    Topic.LIMIT: Kind(cue="limit", needs=(MentionKind.SIZE,)),
    Topic.FORMAT: Kind(cue="format"),
    Topic.AWARD_RULE: Kind(cue="award_rule"),
    Topic.KNOCK_OUT: Kind(cue="knock_out"),
    Topic.TERM: Kind(cue="term", needs=(MentionKind.DURATION,), also="until"),
    Topic.VALUE: Kind(cue="value", needs=(MentionKind.MONEY,)),
    Topic.CONTRACT_TYPE: Kind(cue="contract_type"),
    Topic.ATTACHMENT: Kind(cue="attachment"),
}
"""The topics that are told by a sentence, and how."""


def read_statements(source: Source, cues: Cues) -> Iterator[BriefItem]:
    """Every statement of every topic, repeats included, in reading order."""
    covered = 0
    for at, unit in enumerate(source.units):
        if unit.start < covered:
            continue
        if named := _named_attachment(source, unit, cues):
            yield named
            continue
        is_short = unit.kind != "cell" and len(unit.text.split()) < _LEAST_WORDS
        if unit.kind == "heading" or is_short or cues.find("aside", unit.text):
            continue
        for topic, kind in KINDS.items():
            score = cues.score(kind.cue, unit)
            if score >= LEAST and (item := _item(source, at, topic, kind, cues, score)):
                covered = max(covered, item.place.end if item.place.end > unit.quote.end else 0)
                yield item


def chosen(items: Iterable[BriefItem]) -> tuple[BriefItem, ...]:
    """The best first, each once; what only says it again adds its place."""
    kept: list[BriefItem] = []
    for item in sorted(items, key=lambda one: -one.score):
        at = next((place for place, other in enumerate(kept) if _is_repeat(item, other)), None)
        if at is None:
            kept.append(item)
        else:
            kept[at] = replace(kept[at], also=(*kept[at].also, item.place))
    return tuple(kept)


def _is_repeat(item: BriefItem, other: BriefItem) -> bool:
    if item.topic is not other.topic:
        return False
    if item.topic is Topic.LIMIT and item.place.section == other.place.section:
        return item.place.paragraph == other.place.paragraph and _amount(item) == _amount(other)
    a, b = frozenset(content_stems(item.quote)), frozenset(content_stems(other.quote))
    return bool(a and b) and len(a & b) >= _ALIKE * min(len(a), len(b)) and item.value == other.value


def _amount(item: BriefItem) -> str:
    return re.split(r"\W", item.value.casefold(), maxsplit=1)[0]


def _item(source: Source, at: int, topic: Topic, kind: Kind, cues: Cues, score: float) -> BriefItem | None:
    unit = source.units[at]
    span = (
        _with_lines_below(source.units, at) if topic in (Topic.SUBMIT_TO, Topic.QUESTIONS_TO) else unit.quote
    )
    words = unit.text if span == unit.quote else source.document.text[span.start : span.end]
    mentions = find_mentions(words, *kind.needs)
    means = cues.find(kind.also, unit.text) if kind.also else None
    if kind.needs and not mentions and means is None:
        return None
    if topic is Topic.LIMIT and unit.column and not cues.find("limit", f"{unit.text} {unit.column}"):
        return None
    value = ", ".join(dict.fromkeys(item.text for item in mentions))
    if topic is Topic.TERM and mentions:
        value = " ".join(words[mentions[0].start : mentions[-1].end].split())
    elif span != unit.quote:
        value = " / ".join(line.strip() for line in words.split("\n")[1:] if line.strip())
    return BriefItem(
        topic=topic,
        label=_label(unit, topic),
        value=value,
        quote=source.quote(span),
        place=source.place(unit, span),
        is_open=has_mention(unit.text, MentionKind.BLANK),
        score=score + (0.5 if mentions else 0),
    )


def _label(unit: Unit, topic: Topic) -> str:
    """What a statement is about, where the sentence itself only says "this section"."""
    if topic in (Topic.LIMIT, Topic.FORMAT) and _HERE.match(unit.text):
        return unit.title
    return unit.row if unit.kind == "cell" or len(unit.row.split()) <= _MOST_LABEL_WORDS else ""


def _with_lines_below(units: Sequence[Unit], at: int) -> Span:
    """A sentence that ends with a colon together with the short lines that follow: a postal address."""
    unit = units[at]
    if not unit.text.endswith(":") or unit.kind == "cell":
        return unit.quote
    end = unit.quote.end
    for line in units[at + 1 : at + 1 + _MOST_ADDRESS_LINES]:
        is_line = line.kind in ("sentence", "item") and len(line.text) <= _MOST_LINE_CHARS
        is_line = is_line and not (line.text.endswith(".") and len(line.text.split()) > _LEAST_WORDS)
        if not is_line or line.block > unit.block + _MOST_ADDRESS_LINES or line.section != unit.section:
            break
        end = line.quote.end
    return Span(start=unit.quote.start, end=end)


def _named_attachment(source: Source, unit: Unit, cues: Cues) -> BriefItem | None:
    """An entry of a list of annexes: ``Appendix 3 - Pricing Spreadsheet Template``."""
    found = cues.find("named_attachment", unit.text)
    if found is None or unit.kind == "cell":
        return None
    return BriefItem(
        topic=Topic.ATTACHMENT,
        label=f"{found['part'].capitalize()} {found['n']}",
        value=" ".join(found["name"].split()),
        quote=source.quote(unit.quote),
        place=source.place(unit),
        score=LEAST + 1,
    )
