"""Who may be asked: names with their role, e-mail address and telephone number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bidproof.questionnaires.brief.cues import Cues
from bidproof.questionnaires.brief.dates import find_moments
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions
from bidproof.questionnaires.brief.records import BriefItem, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.units import Unit

_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|Mme|M|Sr|Sra|Dott|Ing)\.?\s+)?"
    r"[A-ZÀ-Þ][\w'’-]+(?:\s+(?:[A-Z]\.|de|van|von|der|del|di|la))*(?:\s+[A-ZÀ-Þ][\w'’-]+){1,2}"
)
_LEAST_DIGITS = 8
_NEAR_BLOCKS = 3
_MOST_WORDS = 16


@dataclass(slots=True)
class _Contact:
    unit: Unit
    role: str = ""
    name: str = ""
    emails: list[str] = field(default_factory=list[str])
    phones: list[str] = field(default_factory=list[str])


def read_contacts(source: Source, cues: Cues) -> Iterator[BriefItem]:
    """Contacts in reading order; lines that follow a name and hold an address or number belong to it."""
    people: list[_Contact] = []
    for unit in source.units:
        is_title = unit.kind == "heading" or unit.text in unit.section
        if is_title or cues.score("contact", unit) <= 0:
            continue
        emails, phones = _emails(unit), _phones(unit)
        person = _person(unit, cues)
        if person is not None:
            people.append(person)
        elif emails or phones:
            last = people[-1] if people else None
            if last is None or not _is_near(last.unit, unit):
                people.append(_Contact(unit=unit, role=unit.row if cues.find("contact", unit.row) else ""))
        if (emails or phones) and people:
            people[-1].emails += emails
            people[-1].phones += phones
    yield from (_item(source, person) for person in _once(people))


def _person(unit: Unit, cues: Cues) -> _Contact | None:
    """A name beside a role: ``Contracting Officer: Brian Burns`` or ``Brian Burns, Contracting Officer``."""
    words = unit.text if unit.kind == "cell" else unit.value
    if len(words.split()) > _MOST_WORDS and not _emails(unit):
        return None
    role = cues.find("contact", unit.row)
    inside = cues.find("contact", words)
    if not role and not inside and not _emails(unit):
        return None
    for name in _NAME.finditer(words):
        is_role = cues.find("contact", name.group()) or cues.find("own_words", name.group())
        if is_role or any(character.isdigit() for character in name.group()):
            continue
        if role and name.start() > 0:
            return None
        if role or _emails(unit) or (inside and _stands_beside(words, name, inside)):
            said = unit.row if role else inside.group() if inside else ""
            return _Contact(unit=unit, role=said, name=" ".join(name.group().split()))
    return None


def _stands_beside(words: str, name: re.Match[str], role: re.Match[str]) -> bool:
    """Whether a name and a role have no word between them: ``Jane Doe, Contracting Officer``."""
    between = (
        words[name.end() : role.start()] if name.end() <= role.start() else words[role.end() : name.start()]
    )
    return not re.search(r"\w", between)


def _emails(unit: Unit) -> list[str]:
    return [item.text for item in find_mentions(unit.text, MentionKind.EMAIL)]


def _phones(unit: Unit) -> list[str]:
    dates = find_moments(unit.text)
    return [
        item.text.strip(" :.")
        for item in find_mentions(unit.text, MentionKind.PHONE)
        if sum(character.isdigit() for character in item.text) >= _LEAST_DIGITS
        and not any(date.start < item.end and item.start < date.end for date in dates)
    ]


def _is_near(before: Unit, unit: Unit) -> bool:
    return before.heading == unit.heading and unit.block - before.block <= _NEAR_BLOCKS


def _once(people: list[_Contact]) -> list[_Contact]:
    """Each person once: later mentions add what the first lacks."""
    kept: list[_Contact] = []
    for person in people:
        same = next((other for other in kept if _is_same(person, other)), None)
        if same is None:
            kept.append(person)
            continue
        same.role = max(same.role, person.role, key=len)
        same.name = same.name or person.name
        same.emails += [item for item in person.emails if item not in same.emails]
        same.phones += [item for item in person.phones if item not in same.phones]
    return kept


def _is_same(person: _Contact, other: _Contact) -> bool:
    if person.name and other.name:
        return person.name == other.name
    return bool({*person.emails, *person.phones} & {*other.emails, *other.phones})


def _item(source: Source, person: _Contact) -> BriefItem:
    parts = (person.name, *dict.fromkeys(person.emails), *dict.fromkeys(person.phones))
    return BriefItem(
        topic=Topic.CONTACT,
        label=person.role,
        value=", ".join(part for part in parts if part),
        quote=source.quote(person.unit.quote),
        place=source.place(person.unit),
        score=len([part for part in parts if part]),
    )
