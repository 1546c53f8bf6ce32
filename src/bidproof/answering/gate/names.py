"""Things that a question names and a statement does not speak of: products, standards, places, periods."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.asked import Asked
from bidproof.answering.evidence import Evidence
from bidproof.answering.gate.around import declared_aliases, text_around, whole_text, with_aliases
from bidproof.answering.gate.values import without_examples
from bidproof.core.ids import DocumentId
from bidproof.core.records import ScoredPassage
from bidproof.language.claims import missing_names
from bidproof.language.lexicon import lexicon
from bidproof.language.numbers import Quantity, find_quantities, missing_quantities
from bidproof.language.periods import named_periods
from bidproof.language.rules import read_patterns
from bidproof.language.words import STOP_WORDS, spellings, stem, term_value, words

_PATTERNS = read_patterns("bidproof.answering", "values")
_EDITION = re.compile(r"\b(?P<name>[A-Z][\w/&]*)[\s-](?P<number>\d+(?:\.\d+)*|[IVX]{1,4})\b(?![.\d]*\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SMALL = re.compile(r"\b[a-z][a-z-]+")
_PHRASE = re.compile(r"[A-Z][\w-]*(?:[ ][A-Z][\w-]*)+")
_SEVERAL = 3
_SHORT = 4  # letters of an acronym, which many documents use for many things
SpeaksOf = Callable[[DocumentId, str], bool]
_NAME = re.compile(r"(?<![.!?:|\n)] )(?<!^)\b[A-Z][\w/&-]*(?:[ ](?:[A-Z][\w/&-]*|\d[\d.]*))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNames:
    """What a question names, with what the documents show of how they write and use names.

    Attributes:
        text: The question with its examples left out.
        editions: Names with a number of their own, such as ``SOC 2``.
        dates: Days and months, one after the other.
        periods: Years, quarters and halves, each in one spelling.
        phrases: Names of several words that the documents write just so.
        small: Stems of words that the documents write small: no names, however a form writes them.
        aliases: Both names of everything that the documents declare two names for.
        documents: What was found of each document, all in one.
        headings: Those found of each document.
        speaks_of: Whether a document speaks of a name anywhere.
        is_told_by_capitals: Whether a capital inside a sentence tells a name; in German any noun has one.
    """

    text: str
    editions: tuple[tuple[str, str], ...]
    dates: str
    periods: tuple[str, ...]
    phrases: tuple[str, ...]
    small: frozenset[str]
    aliases: tuple[tuple[str, str], ...]
    documents: Mapping[DocumentId, str]
    headings: Mapping[DocumentId, str]
    speaks_of: SpeaksOf
    is_told_by_capitals: bool


def read_names(asked: Asked, passages: Sequence[ScoredPassage], *, speaks_of: SpeaksOf) -> AskedNames:
    """Find what a question names.

    Args:
        asked: The question, or a part of it.
        passages: What was found for it.
        speaks_of: Asked about a document of which the passages found do not hold a name: a filing says
            on its first page alone whose it is.
    """
    text = without_examples(asked.text)
    documents: dict[DocumentId, str] = {}
    headings: dict[DocumentId, str] = {}
    for item in passages:
        name = item.passage.document_id
        documents[name] = f"{documents.get(name, '')}\n{whole_text(item.passage)}"
        headings[name] = "\n".join((headings.get(name, ""), *item.passage.heading_path))
    written = "\n".join(documents.values())
    return AskedNames(
        text=text,
        editions=tuple(
            (match["name"], match["number"])
            for match in _EDITION.finditer(text)
            if _is_edition(match["name"], match["number"])
        ),
        dates=", ".join(item.raw for item in find_quantities(text) if item.unit == "date"),
        periods=_periods(text),
        phrases=tuple(phrase for phrase in _PHRASE.findall(text) if phrase in written),
        small=frozenset(stem(word) for word in _SMALL.findall(written)),
        aliases=declared_aliases(passages),
        documents=documents,
        speaks_of=speaks_of,
        headings=headings,
        is_told_by_capitals=lexicon(asked.language).get("names", {}).get("are_told_by_capitals", True),
    )


def names_missing(asked: AskedNames, evidence: Evidence) -> tuple[str, ...]:
    """What the question names and a statement with everything around it does not hold, as asked.

    A name that stands elsewhere in the same document is not missing, unless a section of its own is
    found, or the statement names something else in its place.
    """
    around = with_aliases(text_around(evidence), asked.aliases)
    text = spell_out(asked.text, held_by=around)
    editions = [
        f"{name} {number}" for name, number in asked.editions if not _holds_edition(name, number, around)
    ]
    part_of = " ".join(editions)
    plain = [
        name
        for name in missing_names(text, evidence=f"{around}\n{spell_out(around)}")
        if not _is_no_name(name, asked)
        and name not in part_of
        and not _is_held_by_document(name, asked, evidence)
    ]
    dates = missing_quantities(asked.dates, evidence=around) if asked.dates else ()
    held = _periods(around) if asked.periods else ()
    periods = [name.upper() for name in asked.periods if name not in held]
    return tuple(dict.fromkeys((*editions, *plain, *dates, *periods)))


def named_instead(missing: Sequence[str], asked: AskedNames, evidence: Evidence) -> str:
    """What is named where something else is asked about; empty where nothing is.

    Another edition of the same name, else a code that begins with the same letters, else what the
    statement itself names and the question and most documents do not.
    """
    around = text_around(evidence)
    if all(name.lower() in asked.periods or name in asked.dates for name in missing):
        return next((item.raw for item in find_quantities(evidence.text) if _is_day_or_year(item)), "")
    own = asked.documents.get(evidence.passage.passage.document_id, "")
    for name in missing:
        for text in (around, own, *asked.documents.values()):
            if found := _kin(name, text):
                return found
    return _rival(asked, evidence)


def _kin(name: str, text: str) -> str:
    """Another edition or code of the same family in a text."""
    if " " in name:
        pattern = rf"(?<!\w){re.escape(name.rsplit(' ', 1)[0])}[\w/]*[ -](?:\d[\d.:]*|[IVX]+\b)"
    elif (letters := re.match(r"[^\W\d_]{2,}", name)) and re.search(r"\d", name):
        pattern = rf"(?<!\w){re.escape(letters[0])}[\w./-]*\d[\w./-]*"
    else:
        return ""
    found = re.search(pattern, text)
    return found[0].rstrip(".:-/") if found else ""


def _rival(asked: AskedNames, evidence: Evidence, *, with_acronyms: bool = True) -> str:
    """What a statement names that the question and most documents do not."""
    bare = evidence.text
    for item in find_quantities(bare):
        bare = bare[: item.start] + "." * (item.end - item.start) + bare[item.end :]
    said = frozenset(words(asked.text))
    for match in _NAME.finditer(bare):
        own = words(match[0])
        is_acronym = match[0].isupper() and len(match[0]) <= _SHORT
        is_word = len(match[0]) == 1 or bool(_periods(match[0])) or all(_is_word(word, asked) for word in own)
        if is_word or (is_acronym and not with_acronyms) or said.intersection(own):
            continue
        if not _is_everywhere(own, asked):
            return evidence.text[match.start() : match.end()]
    return ""


def _is_word(word: str, asked: AskedNames) -> bool:
    return word in STOP_WORDS or stem(word) in asked.small or term_value(stem(word)) < 1


def _is_everywhere(name: Sequence[str], asked: AskedNames) -> bool:
    """Whether three documents found or more, and most of them, speak of it: it sets none apart."""
    held = sum(spellings(text).issuperset(name) for text in asked.documents.values())
    return held >= _SEVERAL and 2 * held > len(asked.documents)


def _is_day_or_year(found: Quantity) -> bool:
    return found.unit == "date" or bool(_YEAR.fullmatch(found.raw))


def _periods(text: str) -> tuple[str, ...]:
    return tuple(name for name in named_periods(text) if "." not in name)


def _is_edition(name: str, number: str) -> bool:
    is_own = _PATTERNS["own_parts"].fullmatch(name) or name.lower() in STOP_WORDS
    return not is_own and not _YEAR.fullmatch(number)


def _is_no_name(name: str, asked: AskedNames) -> bool:
    """Whether it is a period, or the documents write it small, or it only ends a word (``10-Qs``)."""
    if _periods(name) or (name[1:].islower() and not asked.is_told_by_capitals):
        return True
    is_word = name[1:].islower() and all(stem(word) in asked.small for word in words(name))
    if is_word and not any(name in phrase.split() for phrase in asked.phrases):
        return True
    return bool(re.search(rf"\d-{re.escape(name)}\b", asked.text))


def _is_held_by_document(name: str, asked: AskedNames, evidence: Evidence) -> bool:
    document = evidence.passage.passage.document_id
    bare = re.sub(r"['’]s$", "", name)
    parts = frozenset(words(bare))
    if parts <= spellings(asked.headings.get(document, "")):
        return _is_everywhere(tuple(parts), asked)
    if not parts <= spellings(asked.documents.get(document, "")):
        is_plain = bare[1:].islower() or (bare.isupper() and bare.isalpha() and len(bare) > _SHORT)
        if not (is_plain and asked.speaks_of(document, bare)):
            return _is_everywhere(tuple(parts), asked)
    return not _rival(asked, evidence, with_acronyms=False)


def _holds_edition(name: str, number: str, around: str) -> bool:
    bare = around
    for item in find_quantities(around):
        if item.unit:
            bare = bare[: item.start] + "~" * (item.end - item.start) + bare[item.end :]
    near = rf"(?<!\w){re.escape(name)}(?!\w)[^.;|\n]{{0,40}}?(?<![\w.]){re.escape(number)}(?!\w|\.\d)"
    return bool(re.search(near, bare, re.IGNORECASE))
