"""What a brief holds: items with their quotes, and points to clarify."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Topic(StrEnum):
    """What an item of a brief tells; dates first, in the order in which a tie between them is settled."""

    INTENT = "intent to bid"
    SITE_VISIT = "site visit"
    PRESENTATION = "presentation"
    ANSWERS = "answers to questions"
    QUESTIONS_DUE = "questions due"
    VALIDITY = "offer validity"
    AWARD = "award"
    START = "contract start"
    ISSUED = "issued"
    DEADLINE = "submission deadline"
    SUBMIT_TO = "how to submit"
    QUESTIONS_TO = "where to send questions"
    LIMIT = "limit"
    FORMAT = "format"
    CRITERION = "criterion"
    AWARD_RULE = "basis of award"
    KNOCK_OUT = "pass or fail"
    TERM = "contract term"
    VALUE = "contract value"
    CONTRACT_TYPE = "contract type"
    ATTACHMENT = "to attach"
    CONTACT = "contact"


DATES = (
    Topic.DEADLINE,
    Topic.QUESTIONS_DUE,
    Topic.ANSWERS,
    Topic.INTENT,
    Topic.SITE_VISIT,
    Topic.PRESENTATION,
    Topic.AWARD,
    Topic.START,
    Topic.VALIDITY,
    Topic.ISSUED,
)
"""The topics that are told by a date, as a brief lists them."""

SECTIONS: Mapping[str, tuple[Topic, ...]] = {
    "Dates": DATES,
    "Submission": (Topic.SUBMIT_TO, Topic.QUESTIONS_TO, Topic.FORMAT, Topic.LIMIT),
    "Evaluation": (Topic.CRITERION, Topic.AWARD_RULE),
    "Pass or fail": (Topic.KNOCK_OUT,),
    "To attach": (Topic.ATTACHMENT,),
    "Contract": (Topic.TERM, Topic.VALUE, Topic.CONTRACT_TYPE),
    "Contacts": (Topic.CONTACT,),
}
"""What a reader sees under which title, in order."""

_MOST_SECTION = 34
_NUMBER = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: document characters, and the page or else section and paragraph.

    ``paragraph`` counts from 1 below the section's heading; both name a place in formats without pages.
    """

    file: str
    start: int
    end: int
    page: int | None = None
    section: str = ""
    paragraph: int = 0

    @property
    def words(self) -> str:
        """The place for people: ``p. 12``, ``9.2.1 ¶3`` in a numbered section, else ``Evaluation ¶3``."""
        if self.page is not None:
            return f"p. {self.page}"
        number = _NUMBER.match(self.section)
        name = number.group() if number else self.section
        name = name if len(name) <= _MOST_SECTION else name[: _MOST_SECTION - 1] + "…"
        return f"{name} ¶{self.paragraph}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefItem:
    """One thing that a file says.

    Attributes:
        topic: What it tells.
        label: Of what it speaks: a volume, a criterion, a role; may be empty.
        value: The short form: a date, a limit, a weight, an address; empty where only the quote tells.
        quote: The words of the file, white space folded; ``place`` gives their characters.
        place: Where they stand; places of repeats are in ``also``.
        also: Where the same is said again.
        day: Of a date that is stated in full.
        weight: Of a criterion, in ``unit``: ``%`` or ``points``.
        unit: Empty without a weight.
        time: Of day, as written; empty where none is.
        zone: Of the time, as written; empty where none is.
        doubt: What does not fit: the weekday written, or which number is the day.
        is_open: The file leaves a blank here: TBD, MONTH DD.
        score: How much speaks for the topic; comparable within one topic only.
        source: ``rule``, or the model's name.
    """

    topic: Topic
    quote: str
    place: Place
    label: str = ""
    value: str = ""
    also: tuple[Place, ...] = ()
    day: date | None = None
    weight: float | None = None
    unit: str = ""
    is_open: bool = False
    time: str = ""
    zone: str = ""
    doubt: Literal["", "weekday", "day or month"] = ""
    score: float = 0.0
    source: str = "rule"


OpenKind = Literal["not stated", "left blank", "contradiction", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """Something to clarify: what is wrong, the sentence to send, and where it was seen."""

    kind: OpenKind
    what: str
    question: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFile:
    """A file that was read: its name, title, language, pages (0 without any), binding sentences, warnings."""

    name: str
    title: str
    language: str
    pages: int
    mandatory: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a set of files says to bidders, and what it leaves open.

    Items of a topic come best first. ``dropped`` counts what a model said without a verbatim quote, or
    without what its topic needs; ``errors`` are its failed calls.
    """

    files: tuple[BriefFile, ...]
    items: tuple[BriefItem, ...]
    open_points: tuple[OpenPoint, ...] = ()
    not_stated: tuple[Topic, ...] = ()
    dropped: int = 0
    errors: tuple[str, ...] = ()

    def of(self, *topics: Topic) -> tuple[BriefItem, ...]:
        """The items of these topics, topic by topic."""
        return tuple(item for topic in topics for item in self.items if item.topic is topic)
