"""Whether the names and numbers of a claim belong to what the claim says of them.

A name swapped for another one of the same text is still "in the text". It gives
itself away in two ways: the rest of the claim stands in a statement that does
not have this name, while the statements that have it say less of the rest; or
the same statement has both names, and this one stands among other words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bidproof.language.claims import missing_names
from bidproof.language.lexicon import word_set
from bidproof.language.numbers import missing_quantities
from bidproof.language.words import STOP_WORDS, stem

_DETAIL = re.compile(
    r"(?<![\w@])(?:[A-Z][\w&]*(?:[-./][A-Za-z0-9]\w*)*|\w*[a-z][A-Z]\w*|\w*\d\w*(?:[.,:-]\d+)*|\w+[_]\w+)(?:\(\))?"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKED_WORD = re.compile(r"[^\W_](?:[\w./&'’-]*\w)?|,")
_LIST_JOINTS = frozenset({",", "and", "or", "/", "&"})
_CAN_NOT = re.compile(r"\bcan not\b", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[.!?:]\s|\n\s*)[\s\"“‘'(*\-•·–—#>]*$")
_MARGIN = 0.25
_LEAST_REST = 2
_NEAR = 3
"""Content words on each side that say what a name belongs to."""

_SAME_STATEMENT = 0.85
_LONG = 40
_COMPRESSED = 2.5
"""A statement longer than this by its claim says more between the words that the claim brings together."""

_NEAR_COPY = 0.7
_LEAST_COPY = 4
_FORCE = word_set("claims.force")
_LIMIT = word_set("claims.bounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A name or number of a claim: its words as stems, and where it stands among the content words."""

    text: str
    stems: frozenset[str]
    start: int
    end: int


def unbound_details(claim: str, statements: Sequence[str], *, around: str = "") -> Iterator[str]:
    """Say which names and numbers the text has, but not where it says what the claim says.

    Args:
        claim: One sentence.
        statements: The statements of the text, in reading order.
        around: Title and headings: a name there belongs to every statement.
    """
    tokens = _tokens(claim)
    sources = [_tokens(statement) for statement in statements]
    held = [frozenset(source) for source in sources]
    global_stems = frozenset(_tokens(around))
    for detail in find_details(claim):
        if detail.stems <= global_stems:
            continue
        rest = frozenset(tokens) - detail.stems
        if len(rest) < _LEAST_REST:
            continue
        problem = _elsewhere(detail, tokens, held, statements) or _among_others(detail, tokens, sources, rest)
        if problem:
            yield problem


def find_details(claim: str) -> tuple[Detail, ...]:
    """Names, identifiers and numbers of a claim; a capital at the start of a sentence is none by itself."""
    found: list[Detail] = []
    for match in _DETAIL.finditer(claim):
        text = match[0].strip(".,:-/")
        is_plain_word = text[1:].islower() or len(text) == 1
        if is_plain_word and not text[0].isdigit() and _OPENING.search(claim[: match.start()]):
            continue
        stems = frozenset(_tokens(text))
        if stems:
            start = len(_tokens(claim[: match.start()]))
            found.append(Detail(text=text, stems=stems, start=start, end=start + len(_tokens(text))))
    return tuple(found)


@lru_cache(maxsize=16384)
def _tokens(text: str) -> tuple[str, ...]:
    """Stems of content in order; "US" and "IT" in capitals are names, not the words "us" and "it"."""
    return tuple(
        stem(word.lower()) if not _is_initials(word) else word.lower()
        for word in _WORD.findall(text)
        if _is_initials(word) or word.lower().replace("’", "'") not in STOP_WORDS
    )


def _is_initials(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _elsewhere(
    detail: Detail, tokens: Sequence[str], held: Sequence[frozenset[str]], statements: Sequence[str]
) -> str:
    """A problem when the rest of the claim is said where the detail is not.

    The words beside the detail must stand there too: a claim that joins two
    statements ("…, and is hosted in Frankfurt") is no swap.
    """
    rest = frozenset(tokens) - detail.stems
    has = [
        detail.stems <= stems or _is_said(detail.text, text)
        for stems, text in zip(held, statements, strict=True)
    ]
    if not any(has):
        return ""  # the checks of names and numbers speak of what is nowhere
    with_it = max((len(rest & stems) for stems, is_in in zip(held, has, strict=True) if is_in), default=0)
    others = [stems for stems, is_in in zip(held, has, strict=True) if not is_in]
    best = max(others, key=lambda stems: len(rest & stems), default=frozenset[str]())
    without = len(rest & best)
    beside = {
        *tokens[max(0, detail.start - 1) : detail.start],
        *tokens[detail.end : detail.end + 1],
    } - detail.stems
    if (without - with_it) / len(rest) >= _MARGIN and without >= _LEAST_REST and beside <= best:
        return f"{detail.text!r} stands elsewhere in the text, not where this is said"
    return ""


@lru_cache(maxsize=16384)
def _is_said(detail: str, statement: str) -> bool:
    """Whether a statement has a detail in other words: ``thirty`` for ``30``, spelled-out names."""
    if detail[0].isdigit():
        return not missing_quantities(detail, evidence=statement)
    return bool(missing_names(f"of {detail}", evidence="")) and not missing_names(
        f"of {detail}", evidence=statement
    )


def _among_others(
    detail: Detail, tokens: Sequence[str], sources: Sequence[Sequence[str]], rest: frozenset[str]
) -> str:
    """A problem when the statements that say it all have the detail among other words than the claim."""
    near_claim = {
        *tokens[max(0, detail.start - _NEAR) : detail.start],
        *tokens[detail.end : detail.end + _NEAR],
    } - detail.stems
    speaking = [
        source
        for source in sources
        if len(rest & set(source)) >= _SAME_STATEMENT * len(rest)
        and detail.stems <= set(source)
        and len(source) <= _COMPRESSED * len(tokens)
    ]
    if len(rest) < _LEAST_COPY or not speaking or not near_claim or max(map(len, speaking)) > _LONG:
        return ""
    for source in speaking:
        for place, token in enumerate(source):
            near = set(source[max(0, place - _NEAR - 1) : place + _NEAR + 2])
            if token in detail.stems and near & near_claim:
                return ""
    return f"{detail.text!r} stands among other words in the text"


def replaced_words(claim: str, statement: str, *, elsewhere: frozenset[str]) -> Iterator[str]:
    """Say which words of a near copy stand in the place of others that mean something else.

    A word of force or limit ("must", "only") given up for a weaker one, or a name
    that the text uses elsewhere put where this statement has another.

    Args:
        claim: One sentence.
        statement: The statement that it may be a copy of.
        elsewhere: Stems of the text's other statements.
    """
    mine, theirs = _plain_words(claim), _plain_words(statement)
    if len(mine) < _LEAST_COPY:
        return
    lower = [word.lower() for word in mine]
    limits = _LIMIT - set(lower)
    matcher = SequenceMatcher(None, [word.lower() for word in theirs], lower, autojunk=False)
    if sum(block.size for block in matcher.get_matching_blocks()) < _NEAR_COPY * len(mine):
        return
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        here, there = mine[b1:b2], theirs[a1:a2]
        if tag == "replace" and max(len(here), len(there)) <= _NEAR:
            if _is_weaker(here, there) or _is_borrowed(here, there, elsewhere):
                yield f"says {' '.join(here)!r} where the text says {' '.join(there)!r}"
        elif tag == "delete" and len(there) <= _NEAR and limits & {word.lower() for word in there}:
            yield f"leaves out the text's limit {' '.join(there)!r}"


def exchanged_details(claim: str, statement: str) -> Iterator[str]:
    """Say which two names or numbers of a near copy stand in each other's places.

    They do where putting them back makes the claim a copy of the statement. Neighbours in
    a list ("Azure and AWS") may change places.

    Args:
        claim: One sentence.
        statement: The statement that it may be a copy of.
    """
    mine, theirs = _MARKED_WORD.findall(claim), _MARKED_WORD.findall(statement)
    if mine == theirs or sorted(mine) != sorted(theirs):
        return
    ends = len(mine)
    start = next(place for place in range(ends) if mine[place] != theirs[place])
    end = next(place for place in range(ends, 0, -1) if mine[place - 1] != theirs[place - 1])
    here, there = mine[start:end], theirs[start:end]
    for first in range(1, min(_NEAR, end - start - 1) + 1):
        for last in range(1, min(_NEAR, end - start - first) + 1):
            one, between, other = here[:first], here[first:-last], here[-last:]
            is_list = bool(between) and set(between) <= _LIST_JOINTS
            if [*other, *between, *one] == there and _has_name(one) and _has_name(other) and not is_list:
                yield f"{' '.join(one)!r} and {' '.join(other)!r} have changed places"
                return


def _has_name(run: Sequence[str]) -> bool:
    return any(not word.islower() and word != "," for word in run)


def _is_weaker(here: Sequence[str], there: Sequence[str]) -> bool:
    said, stated = {word.lower() for word in here}, {word.lower() for word in there}
    return any(stated & group and not said & group for group in (_FORCE, _LIMIT))


def _is_borrowed(here: Sequence[str], there: Sequence[str], elsewhere: frozenset[str]) -> bool:
    """Whether a name takes the place of something else, or something the place of a name."""
    swapped_in, swapped_out = set(_tokens(" ".join(here))), set(_tokens(" ".join(there)))
    is_named = any(not word.islower() for word in (*here, *there))
    return (
        is_named
        and bool(swapped_in and swapped_out)
        and swapped_in <= elsewhere
        and not swapped_in & swapped_out
    )


def _plain_words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(_CAN_NOT.sub("cannot", text))]
