"""What is left to clarify: not stated, left blank, contradicted or unclear, each as a question to send."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from bidproof.questionnaires.brief.criteria import weight_sums
from bidproof.questionnaires.brief.cues import Cues
from bidproof.questionnaires.brief.dates import find_moments
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions
from bidproof.questionnaires.brief.records import DATES, BriefItem, OpenPoint, Place, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.timeline import CUES, date_text

_WANTED = {
    Topic.DEADLINE: "deadline",
    Topic.SUBMIT_TO: "submit_to",
    Topic.QUESTIONS_DUE: "questions_due",
    Topic.CRITERION: "criterion",
    Topic.TERM: "term",
    Topic.CONTACT: "contact",
    Topic.LIMIT: "limit",
}
_ONE_DAY = (Topic.DEADLINE, Topic.QUESTIONS_DUE, Topic.ANSWERS, Topic.AWARD, Topic.START)
_MOST_BLANKS = 8
_MOST_BLANK_CHARS = 90


def find_open_points(
    items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues
) -> tuple[OpenPoint, ...]:
    """Everything to clarify, the most pressing first.

    Args:
        items: The chosen items of all files.
        sources: The files, for their blanks.
        cues: Whose language the questions take.
    """
    return (
        *_contradictions(items, sources, cues),
        *_unclear_dates(items, sources, cues),
        *_blank_dates(items, sources, cues),
        *_sums(items, cues),
        *_no_address(items, sources, cues),
        *_not_stated(items, cues),
        *_blanks(items, sources, cues),
    )


def _contradictions(items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues) -> Iterator[OpenPoint]:
    """Two values for one thing, said in two places; one table may state several on purpose."""
    amended = [source.document.path for source in sources if _is_amendment(source, cues)]
    for first, second in combinations(items, 2):
        if first.topic is not second.topic or not _disagree(first, second):
            continue
        name = _name(first, cues)
        said = " / ".join(f"{item.value} ({_where(item.place, sources)})" for item in (first, second))
        note = [file for file in amended if {first.place.file, second.place.file} - {file}]
        later = f"; {note[0]} says that it amends" if note and first.place.file != second.place.file else ""
        yield OpenPoint(
            kind="contradiction",
            what=f"{name}: {said}{later}",
            question=cues.ask("disagree").format(topic=name, values=said),
            places=(first.place, second.place),
        )


def _disagree(first: BriefItem, second: BriefItem) -> bool:
    is_one_block = (first.place.file, first.place.section, first.place.paragraph) == (
        second.place.file,
        second.place.section,
        second.place.paragraph,
    )
    if is_one_block or first.is_open or second.is_open:
        return False
    if first.topic in _ONE_DAY:
        return first.day is not None and second.day is not None
    if first.topic in (Topic.LIMIT, Topic.CRITERION):
        is_labelled = first.label and first.label.casefold() == second.label.casefold()
        return bool(is_labelled and first.value and second.value and first.value != second.value)
    return False


def _is_amendment(source: Source, cues: Cues) -> bool:
    first = " ".join(unit.text for unit in source.units[:4])
    return cues.find("amendment", f"{source.document.path.replace('_', ' ')} {first}") is not None


def _unclear_dates(items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues) -> Iterator[OpenPoint]:
    for item in items:
        if item.topic not in DATES:
            continue
        name, place = _name(item, cues), _where(item.place, sources)
        if item.doubt == "weekday" and item.day is not None:
            what = f"{name}: {item.day.isoformat()} is a {item.day:%A}, another weekday is written"
            asked = cues.ask("weekday").format(
                topic=name, value=item.day.isoformat(), place=place, weekday=f"{item.day:%A}"
            )
        elif item.doubt:
            first, second = (date_text(day) for day in find_moments(item.value)[0].days)
            what = f"{name}: {item.value} may be {first} or {second}"
            asked = cues.ask("order").format(
                topic=name, value=item.value, place=place, first=first, second=second
            )
        elif item.topic is Topic.DEADLINE and item.day is not None and _lacks_time(item, cues):
            lack = "no_zone" if item.time else "no_time"
            what = f"{name}: {item.value}, without a {'time zone' if item.time else 'time'}"
            asked = cues.ask(lack).format(topic=name, value=item.value)
        else:
            continue
        yield OpenPoint(kind="unclear", what=what, question=asked, places=(item.place,))


def _lacks_time(item: BriefItem, cues: Cues) -> bool:
    """Whether the hour is not told, or, in English, which may be that of any country, its zone."""
    return not item.time or (not item.zone and cues.languages == ("en",))


def _no_address(items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues) -> Iterator[OpenPoint]:
    """Where to submit is said, but no address, link or mailbox anywhere in what says it."""
    ways = [item for item in items if item.topic is Topic.SUBMIT_TO]
    if not ways or any(item.value for item in ways):
        return
    first, name = (
        min(ways, key=lambda item: len(item.quote)),
        cues.topic_name("submit_to", default="How to submit"),
    )
    yield OpenPoint(
        kind="unclear",
        what=f"{Topic.SUBMIT_TO}: no address, link or mailbox is given",
        question=cues.ask("no_address").format(
            topic=name, quote=first.quote, place=_where(first.place, sources)
        ),
        places=tuple(item.place for item in ways),
    )


def _sums(items: Sequence[BriefItem], cues: Cues) -> Iterator[OpenPoint]:
    for (file, section), total in weight_sums(items).items():
        parts = [item for item in items if item.unit == "%" and item.place.section == section]
        parts = [item for item in parts if item.place.file == file]
        if len(parts) < 2 or abs(total - 100) < 0.01:
            continue
        labels = ", ".join(f"{item.label} {item.value}" for item in parts)
        yield OpenPoint(
            kind="contradiction",
            what=f"weights add up to {total:g} %: {labels}",
            question=cues.ask("total").format(labels=labels, sum=f"{total:g}"),
            places=tuple(item.place for item in parts),
        )


def _not_stated(items: Sequence[BriefItem], cues: Cues) -> Iterator[OpenPoint]:
    stated = {item.topic for item in items}
    for topic, name in _WANTED.items():
        is_contact_told = topic is Topic.CONTACT and any("@" in item.value for item in items)
        if topic not in stated and not is_contact_told:
            yield OpenPoint(kind="not stated", what=f"{topic} is not stated", question=cues.ask(name))
    criteria = [item for item in items if item.topic is Topic.CRITERION]
    if criteria and not any(item.unit for item in criteria) and Topic.AWARD_RULE not in stated:
        yield OpenPoint(
            kind="not stated",
            what="weights of the criteria are not stated",
            question=cues.ask("weights"),
            places=tuple(item.place for item in criteria),
        )


def _blank_dates(items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues) -> Iterator[OpenPoint]:
    """Dates to be filled in yet, in the order of a brief; not where another file tells the date."""
    told = {(item.topic, item.place.file) for item in items if item.day is not None}
    for topic in DATES:
        for item in items:
            elsewhere = any(known == topic and file != item.place.file for known, file in told)
            if item.topic is not topic or not item.is_open or elsewhere or topic is Topic.ISSUED:
                continue
            name, place = _name(item, cues), _where(item.place, sources)
            yield OpenPoint(
                kind="left blank",
                what=f"{name}: {item.value}",
                question=cues.ask("blank_date").format(topic=name, value=item.value, place=place),
                places=(item.place, *item.also),
            )


def _blanks(items: Sequence[BriefItem], sources: Sequence[Source], cues: Cues) -> Iterator[OpenPoint]:
    """What else is to be filled in yet, as it stands."""
    dates = [item for item in items if item.is_open and item.topic in DATES]
    known = {(place.file, place.start) for item in dates for place in (item.place, *item.also)}
    found: dict[str, list[Place]] = {}
    for source in sources:
        for unit in source.units:
            place = source.place(unit)
            blanks = find_mentions(unit.text, MentionKind.BLANK)
            if blanks and (place.file, place.start) not in known:
                known.add((place.file, place.start))
                found.setdefault(_around(unit.text, blanks[0].start), []).append(place)
    for what, places in list(found.items())[:_MOST_BLANKS]:
        asked = cues.ask("blank").format(text=what, place=_where(places[0], sources))
        yield OpenPoint(kind="left blank", what=what, question=asked, places=tuple(places))


def _around(text: str, position: int) -> str:
    """The words around a place in a text."""
    if len(text) <= _MOST_BLANK_CHARS:
        return text
    start = text.rfind(" ", 0, max(0, position - _MOST_BLANK_CHARS // 2)) + 1
    end = text.find(" ", start + _MOST_BLANK_CHARS)
    end = end if end >= 0 else len(text)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _where(place: Place, sources: Sequence[Source]) -> str:
    return f"{place.file}, {place.words}" if len(sources) > 1 else place.words


def _name(item: BriefItem, cues: Cues) -> str:
    """What an item is called in a question: a criterion or limit by its label."""
    if item.topic not in CUES:
        return item.label
    return cues.topic_name(CUES[item.topic], default=item.topic.value.capitalize())
