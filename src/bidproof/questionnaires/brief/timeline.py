"""The dates of an RFP: each named by what its sentence, row or column says it is for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bidproof.questionnaires.brief.cues import LEAST, Cues
from bidproof.questionnaires.brief.dates import Moment, find_moments, find_time
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions
from bidproof.questionnaires.brief.records import DATES, BriefItem, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.units import Unit

_BY_TIE = tuple(topic for topic in Topic if topic in DATES)
_MAY_BE_ROUGH = frozenset({Topic.AWARD, Topic.START, Topic.PRESENTATION, Topic.SITE_VISIT})
_AFTER_COST = 0.25
_MOST_BLANK_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """A date, or a blank for one, with the words before and after it that belong to no other."""

    moment: Moment
    before: str
    after: str
    is_blank: bool = False


def read_dates(source: Source, cues: Cues) -> Iterator[BriefItem]:
    """Every date whose use is said; dates of laws, versions and history are none."""
    for unit, dated in _all_dated(source):
        topic, score = _topic_of(unit, dated, cues)
        rough = not dated.is_blank and not dated.moment.is_relative and _is_rough(unit, dated.moment)
        if topic is not None and (not rough or topic in _MAY_BE_ROUGH):
            yield _item(source, unit, dated, topic, score)


def dated_item(source: Source, unit: Unit, topic: Topic) -> BriefItem | None:
    """The first date of a unit for a topic that is known; None where it names no date."""
    found = next(_dated(unit, source.day_first), None)
    return None if found is None else _item(source, unit, found, topic, 0.0)


def date_text(day: date) -> str:
    """A day as a brief shows it: ``Thu 14 May 2026``."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def merged(items: Iterable[BriefItem]) -> tuple[BriefItem, ...]:
    """Dates said several times made one item each: the fullest, with the places of the others."""
    kept: list[BriefItem] = []
    for item in items:
        at = next((place for place, other in enumerate(kept) if _is_same(item, other)), None)
        if at is None:
            kept.append(item)
            continue
        full, rest = sorted((kept[at], item), key=_fullness, reverse=True)
        kept[at] = replace(full, also=(*full.also, rest.place, *rest.also))
    return tuple(kept)


def _is_same(item: BriefItem, other: BriefItem) -> bool:
    if item.topic is not other.topic or item.is_open is not other.is_open:
        return False
    if item.is_open:
        return True
    if item.day is None or other.day is None:
        return item.value.casefold() == other.value.casefold()
    return item.day == other.day and (not item.time or not other.time or item.time == other.time)


def _fullness(item: BriefItem) -> tuple[float, float]:
    return (item.score, 0) if item.is_open else (len(item.value), item.score)


def _all_dated(source: Source) -> Iterator[tuple[Unit, _Dated]]:
    """Every date with its unit; one that stands alone takes its heading for a label."""
    for unit in source.units:
        for dated in _dated(unit, source.day_first):
            is_alone = not unit.row and len(f"{dated.before} {dated.after}".split()) <= 1
            yield (replace(unit, row=unit.title) if is_alone else unit), dated


def _dated(unit: Unit, day_first: bool | None) -> Iterator[_Dated]:
    moments = find_moments(unit.text, day_first=day_first)
    blanks = [
        Moment(start=item.start, end=item.end)
        for item in find_mentions(unit.text, MentionKind.BLANK)
        if not any(other.start < item.end and item.start < other.end for other in moments)
    ]
    every = sorted([*moments, *blanks], key=lambda item: item.start)
    for at, moment in enumerate(every):
        low = every[at - 1].end if at else 0
        high = every[at + 1].start if at + 1 < len(every) else len(unit.text)
        yield _Dated(
            moment=moment,
            before=unit.text[low : moment.start],
            after=unit.text[moment.end : high],
            is_blank=moment in blanks,
        )


def _topic_of(unit: Unit, dated: _Dated, cues: Cues) -> tuple[Topic | None, float]:
    """The topic that most speaks for; of several the more special one."""
    scores = {topic: _score(unit, dated, topic, cues) for topic in _BY_TIE}
    best = max(_BY_TIE, key=lambda topic: scores[topic])
    return (best, scores[best]) if scores[best] >= LEAST - _AFTER_COST else (None, 0.0)


def _score(unit: Unit, dated: _Dated, topic: Topic, cues: Cues) -> float:
    name = CUES[topic]
    before = cues.score(name, unit, text=dated.before)
    return max(before, cues.score(name, unit, text=dated.after) - _AFTER_COST)


def _is_rough(unit: Unit, moment: Moment) -> bool:
    """Whether only a month or quarter of a year is named."""
    words = unit.text[moment.start : moment.end]
    return not moment.days and any(part.isdigit() and len(part) == 4 for part in words.split())


def _item(source: Source, unit: Unit, dated: _Dated, topic: Topic, score: float) -> BriefItem:
    moment, words = dated.moment, unit.text[dated.moment.start : dated.moment.end]
    value = words
    if not moment.time and unit.kind == "cell" and (told := find_time(source.quote(unit.quote))):
        moment = replace(moment, time=told.time, zone=told.zone)
    if dated.is_blank:
        value = unit.value if len(unit.value) <= _MOST_BLANK_CHARS else words
    elif moment.day is not None:
        value = f"{date_text(moment.day)}, {moment.time} {moment.zone}".strip(", ")
    return BriefItem(
        topic=topic,
        label=unit.row,
        value=" ".join(value.split()),
        quote=source.quote(unit.quote),
        place=source.place(unit),
        day=moment.day,
        time=moment.time,
        zone=moment.zone,
        doubt="weekday" if moment.has_wrong_weekday else "day or month" if len(moment.days) > 1 else "",
        is_open=dated.is_blank,
        score=score,
    )


CUES: Mapping[Topic, str] = {
    Topic.DEADLINE: "deadline",
    Topic.QUESTIONS_DUE: "questions_due",
    Topic.ANSWERS: "answers",
    Topic.INTENT: "intent",
    Topic.SITE_VISIT: "site_visit",
    Topic.PRESENTATION: "presentation",
    Topic.AWARD: "award",
    Topic.START: "start",
    Topic.VALIDITY: "validity",
    Topic.ISSUED: "issued",
}
"""Names of the cue words of each topic that a date tells."""
