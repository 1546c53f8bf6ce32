"""What a column header says its column is for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bidproof.language.choices import meaning_of
from bidproof.language.lexicon import word_set
from bidproof.language.rules import read_patterns, read_rules


class Role(StrEnum):
    """What a column holds, as far as its header tells."""

    ID = "id"
    QUESTION = "question"
    TOPIC = "topic"
    ANSWER = "answer"
    CHOICE = "choice"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    OWNERSHIP = "ownership"
    CUSTOMER = "customer"
    MARK = "mark"
    SECTION = "section"
    GUIDANCE = "guidance"
    MANDATORY = "mandatory"
    LIMIT = "limit"
    STATUS = "status"
    IGNORE = "ignore"


ANSWER_ROLES = frozenset({Role.ANSWER, Role.CHOICE, Role.COMMENT, Role.MARK})
"""Roles that can take the main answer."""

FILLED_ROLES = ANSWER_ROLES | {Role.EVIDENCE, Role.OWNERSHIP, Role.CUSTOMER}
"""Roles of columns that the answering company fills."""

_ASKING_ROLES = frozenset({Role.ID, Role.SECTION, Role.QUESTION, Role.TOPIC, Role.GUIDANCE})
_MAX_HEADER_CHARS = 240
_MAX_LABEL_WORDS = 7
_LEAST_SCALE = 3
_MAX_POINT_DIGITS = 3
_REMARK = re.compile(r"[(:–]| - ")
_YEAR = re.compile(r"^(?:FY ?)?(?:19|20)\d\d$")
_CODE = re.compile(r"^[A-Z]{1,2}$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARK_WORDS = word_set("choices.marks")

_RULES = read_rules("bidproof.questionnaires.sheets", "headers")
_PATTERNS = read_patterns("bidproof.questionnaires.sheets", "headers")
_WORDS = r"N/A|[^\W\d_](?:[^\W\d_]|[\-. ]){0,18}?"
_INLINE_OPTIONS = re.compile(rf"[(\[]?\b((?:{_WORDS})(?:\s*[/|,]\s*(?:{_WORDS})){{1,5}})\s*[)\]?]?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One column's header: what it says, and the role that follows from that.

    ``is_coded`` tells a score or a state: without ``options`` its values are not known.
    """

    text: str
    role: Role | None
    options: tuple[str, ...] = ()
    is_coded: bool = False

    def lacks_options(self, *, is_listed: bool) -> bool:
        """Whether it takes a code that nobody lists, neither the cells below it nor the header itself."""
        return self.is_coded and not (is_listed or self.options)


def read_header(texts: tuple[str, ...]) -> Header:
    """Judge a column by its header cells, top to bottom.

    The lowest cell speaks first; the cells above it count where it says nothing,
    or where they keep the whole group for the buyer's staff.
    """
    shown = list(dict.fromkeys(text for text in map(plain_line, texts) if text))
    role = next(filter(None, map(role_of, [*reversed(shown), " ".join(shown)])), None)
    if role is None and shown and _YEAR.match(shown[-1]):
        role = Role.OWNERSHIP  # a figure for each year: people give it
    if role not in _ASKING_ROLES and any(map(is_buyers, shown[:-1])):
        role = Role.IGNORE
    options = options_in_header(shown[-1]) if shown else ()
    return Header(
        text=" / ".join(shown),
        role=role or (Role.CHOICE if options else None),
        options=options,
        is_coded=any(map(_PATTERNS["coded"].search, map(str.casefold, shown))),
    )


def role_of(text: str) -> Role | None:
    """The role one header cell names; None when it names none or is too long for a header."""
    spaced = _CAMEL.sub(" ", plain_line(text).replace("_", " "))
    lowered = spaced.casefold().rstrip(":* ")
    if not lowered or len(lowered) > _MAX_HEADER_CHARS:
        return None
    if _PATTERNS["reserved"].search(lowered):
        return Role.IGNORE
    role = _first_role(header_opening(lowered)) or _first_role(lowered)
    return Role.CHOICE if role is Role.STATUS and _PATTERNS["ours"].search(lowered) else role


def is_buyers(text: str) -> bool:
    """Whether a title keeps what it heads for the buyer's own staff: ``Agency use only``, ``Evaluation``."""
    return bool(_PATTERNS["reserved"].search(text) or _PATTERNS["buyers"].search(text))


def header_opening(text: str) -> str:
    """A header without the remark behind it: ``Response (max 200 words)`` opens with ``Response``."""
    return _REMARK.split(plain_line(text), maxsplit=1)[0].strip()


def _first_role(lowered: str) -> Role | None:
    found = _RULES.first(lowered) if lowered else None
    return Role(found) if found else None


def record_words(texts: Iterable[str]) -> int:
    """How many different words say that a list records changes, people, terms or prices."""
    return len({word.casefold() for text in texts for word in _PATTERNS["record"].findall(text)})


def is_unanswered(value: str) -> bool:
    """Whether a cell's value says that nobody has answered yet: ``Not verified``, ``Offen``."""
    return bool(_PATTERNS["unanswered"].search(plain_line(value)))


def is_footer(text: str) -> bool:
    """Whether a text closes a list: a total, a notice of copyright, ``End of …``."""
    return bool(_PATTERNS["footer"].search(text))


def is_label(text: str) -> bool:
    """Whether a text names what a form wants to know of a company: ``Company name``, ``Web site``."""
    return len(text.split()) <= _MAX_LABEL_WORDS and bool(_PATTERNS["label"].search(plain_line(text)))


def scale_columns(cells: Mapping[int, str]) -> frozenset[int]:
    """Columns side by side that head the points of a scale: three or more numbers in turn, ``0 1 2``."""
    found: list[int] = []
    for column, text in sorted(cells.items()):
        is_point = text.isdecimal() and len(text) <= _MAX_POINT_DIGITS  # four may be a year
        is_next = bool(found) and column == found[-1] + 1 and is_point and cells[found[-1]].isdecimal()
        if is_next and abs(int(text) - int(cells[found[-1]])) == 1:
            found.append(column)
        elif len(found) < _LEAST_SCALE:
            found = [column] if is_point else []
    return frozenset(found) if len(found) >= _LEAST_SCALE else frozenset()


def is_mark_word(text: str) -> bool:
    """Whether a header cell is an option that an "x" below it would choose."""
    plain = "".join(character for character in text.casefold() if character.isalnum())
    return meaning_of(text) is not None or plain in _MARK_WORDS or bool(_PATTERNS["mark"].search(text))


def options_in_header(text: str) -> tuple[str, ...]:
    """Options that a header spells out: ``Compliant? (Yes/No/NA)`` gives three; empty when none."""
    match = _INLINE_OPTIONS.search(plain_line(text))
    if not match:
        return ()
    protected = re.sub(r"\b[Nn]/[Aa]\b", lambda found: found.group().replace("/", "\0"), match.group(1))
    words = [word.strip().replace("\0", "/") for word in re.split(r"[/|,]|\bor\b", protected)]
    is_known = all(is_mark_word(word) or _CODE.match(word) for word in words)
    is_told = "/" in match.group(1) and any(meaning_of(word) in ("yes", "no") for word in words)
    is_bracketed = is_told and match.group().rstrip().endswith((")", "]"))
    return tuple(words) if (is_known or is_bracketed) and len(words) > 1 else ()


def options_offered(text: str) -> tuple[str, ...]:
    """Options of an answer cell that only lists them for the answerer to choose: ``Yes / No``."""
    options = options_in_header(text)
    listed = "".join(options).replace("/", "").replace(" ", "")
    return options if re.sub(r"[\s/|,()\[\]?]+|\bor\b", "", text) == listed else ()


def plain_line(text: str) -> str:
    """The text on one line with single spaces."""
    return " ".join(text.split())
