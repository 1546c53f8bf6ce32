"""What a question's own words say: its id, its kind of answer, its limits, whether it must be answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bidproof.core.records import QuestionKind
from bidproof.language.choices import is_yes_no
from bidproof.language.rules import read_data, read_patterns

_ID = (
    r"(?:[A-Z][A-Za-z&]{0,9}(?:[-._][A-Z&]{1,6}){0,2}[-._]?\d{1,4}(?:[.\-]\d{1,3}){0,4}(?:[.\-]?[a-z]\b)?"
    r"|\d{1,3}(?:[.\-]\d{1,3}){0,5}[a-z]?)"
)
_LEADING_ID = re.compile(
    rf"^\s*[(\[]?({_ID})(?:[)\]]?\s*[:–—]\s*|\s+[-–—]\s+|[)\].]\s+|\s*\n\s*|\t+\s*|(?<=[.\-]\d)\s+(?=[A-Z])"
    r"|(?<=[.\-]\d\d)\s+(?=[A-Z])|(?<=[.\-]\d\d[a-z])\s+(?=[A-Z]))(?=\S)",
    re.ASCII,
)
_WHOLE_ID = re.compile(rf"^[(\[]?{_ID}[)\].:]?$", re.ASCII)
_NUMBERED = re.compile(r"^[ \t]*[(\[]?(\d{1,2}|[a-z])[).\]:][ \t]+(?=\S)", re.MULTILINE)
_ROOM = "bidproof.questionnaires"
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


def _any_language(name: str) -> re.Pattern[str]:
    """A pattern in every language that has it, as one."""
    files = [read_patterns(_ROOM, language) for language in _LANGUAGES]
    return re.compile("|".join(f"(?:{file[name].pattern})" for file in files if name in file), re.IGNORECASE)


_PATTERNS = {name: _any_language(name) for name in read_patterns(_ROOM, "en")}
_LIMITS = [pattern for name, pattern in _PATTERNS.items() if name.startswith("limit_")]
_VALUES = {
    name: frozenset(
        word for language in _LANGUAGES for word in read_data(_ROOM, language)["values"][name].split()
    )
    for name in ("mandatory", "optional")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """Word and character limits; None where no limit is stated."""

    max_words: int | None = None
    max_chars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedText:
    """A question's text with the id that stood in front of it; ``buyer_id`` is empty when none did."""

    buyer_id: str
    text: str


def split_leading_id(text: str) -> IdentifiedText:
    """Part ``CO-01a - Do you…`` into its id and its question."""
    match = _LEADING_ID.match(text)
    if not match:
        return IdentifiedText(buyer_id="", text=text.strip())
    return IdentifiedText(buyer_id=match.group(1).strip(), text=text[match.end() :].strip())


def split_numbered(text: str) -> tuple[IdentifiedText, ...]:
    """Part a cell that asks several numbered things, a line each; empty where it asks one.

    A text in front of the first number opens each of them, and an item that
    does not ask by itself leaves the cell whole.
    """
    starts = list(_NUMBERED.finditer(text))
    numbers = [match.group(1) for match in starts]
    if len(starts) < 2 or len(set(numbers)) < len(numbers):
        return ()
    ends = [match.start() for match in starts[1:]] + [len(text)]
    pieces = [text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)]
    lead = text[: starts[0].start()].strip()
    if not all(map(is_asking, pieces)):
        return ()
    return tuple(
        IdentifiedText(buyer_id=number, text=f"{lead}\n{piece}".strip())
        for number, piece in zip(numbers, pieces, strict=True)
    )


def is_id(text: str) -> bool:
    """Whether a cell holds nothing but an id: ``1.2``, ``AC-03b``, ``Q7``."""
    return bool(_WHOLE_ID.match("".join(text.split())))


def is_placeholder(text: str) -> bool:
    """Whether a cell only asks to be filled: blank, ``{{answer}}``, ``<enter here>``, ``Please select``."""
    return not text.strip() or bool(_PATTERNS["placeholder"].match(text))


def limits_in(*texts: str) -> TextLimits:
    """The tightest limits stated in these texts: ``max 200 words``, ``(500 characters)``."""
    words: list[int] = []
    characters: list[int] = []
    for text in texts:
        for pattern in _LIMITS:
            for match in pattern.finditer(text):
                number = int(re.sub(r"\D", "", match.group()))
                (characters if "char" in match.group().casefold() else words).append(number)
    return TextLimits(
        max_words=min((n for n in words if n), default=None),
        max_chars=min((n for n in characters if n), default=None),
    )


def kind_of(text: str, options: Sequence[str] = ()) -> QuestionKind:
    """What shape of answer the question asks for, by its options first, then its words."""
    if options:
        return QuestionKind.YES_NO if is_yes_no(options) else QuestionKind.CHOICE
    plain = split_leading_id(" ".join(text.split())).text
    core = _PATTERNS["condition"].sub("", plain)
    if _PATTERNS["number"].search(core) and not _PATTERNS["yes_no"].match(core):
        return QuestionKind.NUMBER
    if _PATTERNS["date"].search(core) and not _PATTERNS["yes_no"].match(core):
        return QuestionKind.DATE
    if _PATTERNS["yes_no"].match(core) and "?" in plain:
        return QuestionKind.YES_NO
    if "?" not in plain and not _PATTERNS["asking"].match(core) and _PATTERNS["obligation"].search(core):
        return QuestionKind.REQUIREMENT
    return QuestionKind.FREE


@lru_cache(maxsize=20_000)
def is_asking(text: str) -> bool:
    """Whether a text reads like a question, a request or a requirement."""
    plain = split_leading_id(" ".join(text.split())).text
    core = _PATTERNS["condition"].sub("", plain)
    if "?" in plain or _PATTERNS["asking"].match(core):
        return True
    return len(core.split()) >= 5 and bool(
        _PATTERNS["obligation"].search(core)
        or _PATTERNS["yes_no"].match(core)
        or _PATTERNS["imperative"].match(core)
    )


def mandatory_in(text: str, value: str = "") -> bool | None:
    """Whether an answer is compulsory, by a column's value first, then the words; None if unsaid."""
    plain = "".join(character for character in value.casefold() if character.isalnum())
    if plain in _VALUES["mandatory"]:
        return True
    if plain in _VALUES["optional"]:
        return False
    if _PATTERNS["mandatory"].search(text.strip()):
        return True
    return False if _PATTERNS["optional"].search(text) else None
