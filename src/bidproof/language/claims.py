"""Names in a claim that its evidence lacks, and words changed in a near copy."""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from bidproof.language.lexicon import word_set
from bidproof.language.numbers import find_quantities, missing_quantities
from bidproof.language.polarity import NEGATORS, OPPOSITES
from bidproof.language.words import STOP_WORDS, spellings, stem, words

_TOKEN = re.compile(r"[^\s,;!?()\[\]{}<>\"“”`*|…]+")
_RUNS = re.compile(r"[A-Z]{2,}(?![a-z])|[^\W\d_][^\W\d_A-Z]*|\d+")
_INNER = re.compile(r"[^\W\d_]-?\d|\d[^\W\d_]|[a-z][A-Z]|\w[_@]\w|[^\W\d_]\.[^\W\d_]{2,}")
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9&/-]*[A-Z0-9](?:s|'s|’s)?$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s|\n\s*)[\s\"“‘'(*\-•·–—#>\d.)]*$")
_FORM_WORDS = word_set("claims.form")
_DIFF_TOKEN = re.compile(r"\d+(?:,\d{3})+|[^\W_]+(?:[.:/'’_-][^\W_]+)*%?")
_JOINTS = word_set("claims.joints")
_LONGEST_ACRONYM = 6
_NEAR_COPY = 0.75
_SHORT = 3

_WIDE = word_set("claims.wide")
_NARROW = word_set("claims.narrow")
_LIMITS = word_set("claims.limits")
_CHANGED = _WIDE | _NARROW | _LIMITS | frozenset(OPPOSITES) | NEGATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name as written; proper names only when they stand inside a sentence."""

    text: str
    is_identifier: bool


def missing_names(text: str, *, evidence: str) -> tuple[str, ...]:
    """Proper names, identifiers and acronyms of a text that the evidence does not hold.

    Case, plural and the joint inside an identifier (``AES-256``, ``AES 256``)
    may differ; an acronym is also held by its spelled-out words, and those by it.
    """
    names = _find_names(text)
    if not names:
        return ()
    missing = [name for name in names if not _is_held(name, evidence=evidence)]
    if not all(name.is_identifier for name in missing):
        acronyms = _spelled_out(text, by=evidence)
        missing = [
            name
            for name in missing
            if name.is_identifier or not any(name.text[0].lower() in acronym for acronym in acronyms)
        ]
    return tuple(dict.fromkeys(name.text for name in missing))


def _spelled_out(text: str, *, by: str) -> list[str]:
    """The acronyms of another text whose words this one writes out."""
    own = _initials(text)
    found = (token.lower() for token in _TOKEN.findall(by) if _ACRONYM.match(token))
    return [acronym for acronym in found if _spells(own, acronym)]


@lru_cache(maxsize=256)
def _find_names(text: str) -> tuple[_Name, ...]:
    for quantity in find_quantities(text):
        text = text[: quantity.start] + " " * (quantity.end - quantity.start) + text[quantity.end :]
    found: list[_Name] = []
    previous_end, previous_is_opening = -1, False
    for match in _TOKEN.finditer(text):
        token = match[0].strip(".:'’‘-–—/#")
        if not token or token.lower() in STOP_WORDS or token.lower() in _FORM_WORDS:
            continue
        if _INNER.search(token) or _ACRONYM.match(token):
            found.append(_Name(text=token, is_identifier=True))
            continue
        is_capital = token[0].isupper() and token[1:2].islower()
        is_opening = bool(_SENTENCE_START.search(text[: match.start()]))
        if is_capital and not is_opening:
            found.append(_Name(text=token, is_identifier=False))
            if previous_is_opening and match.start() - previous_end == 1:
                found.append(
                    _Name(text=text[:previous_end].split()[-1].strip("\"“‘'(*"), is_identifier=False)
                )
        previous_end, previous_is_opening = match.end(), is_opening and is_capital
    return tuple(found)


def _is_held(name: _Name, *, evidence: str) -> bool:
    bare = re.sub(r"['’]s$", "", name.text)
    if not name.is_identifier:
        held = _stems_of(evidence)
        return all(stem(part) in held for part in words(bare))
    if _has_runs(bare, evidence) or (bare.endswith("s") and _has_runs(bare[:-1], evidence)):
        return True
    letters = re.sub(r"[^a-z]", "", bare.lower().removesuffix("s") if bare.endswith("s") else bare.lower())
    return bool(_ACRONYM.match(bare)) and _spells(_initials(evidence), letters)


@lru_cache(maxsize=512)
def _stems_of(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in spellings(text))


def _has_runs(name: str, evidence: str) -> bool:
    runs = [re.escape(run) for run in _RUNS.findall(name)]
    if not runs:
        return True
    return bool(
        re.search(r"(?<![^\W_])" + r"[\W_]{0,3}".join(runs) + r"(?:s|es)?(?![^\W_])", evidence, re.IGNORECASE)
    )


@lru_cache(maxsize=512)
def _initials(text: str) -> str:
    """First letters of a text's words, joints left out."""
    return "".join(word[0] for word in words(text) if word not in _JOINTS)


def _spells(initials: str, letters: str) -> bool:
    """Whether two to six words in a row begin with these letters, as those of ``MFA`` do."""
    return 2 <= len(letters) <= _LONGEST_ACRONYM and letters in initials


def changed_words(text: str, *, evidence: str) -> tuple[str, ...]:
    """Words that decide the meaning, changed where a text otherwise copies its evidence.

    Looks at near copies only: three in four words of the text stand in the
    same order in one stretch of the evidence.

    Returns:
        One plain sentence per change of a number, name, scope word, opposite or
        limiting condition; empty for copies and for free paraphrases.
    """
    mine, theirs = _DIFF_TOKEN.findall(text), _DIFF_TOKEN.findall(evidence)
    if len(mine) < _SHORT or not theirs:
        return ()
    if mine[0].lower() in theirs:
        mine[0] = mine[0].lower()  # a capital that only opens the sentence
    lower, source = [_bare(word) for word in mine], [_bare(word) for word in theirs]
    matcher = difflib.SequenceMatcher(None, source, lower, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    copied = sum(block.size for block in blocks)
    if copied < _NEAR_COPY * len(lower):
        return ()
    first, last = blocks[0].a, blocks[-1].a + blocks[-1].size
    moved = _LIMITS & frozenset(lower) & frozenset(source)
    problems: list[str] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal" or a2 < first or a1 > last or a2 - a1 > 2 * _SHORT or b2 - b1 > 2 * _SHORT:
            continue
        a1, a2 = max(a1, first - _SHORT), min(a2, last + _SHORT)
        problem = _change(mine[b1:b2], theirs[a1:a2], is_inside=first <= a1 and a2 <= last, moved=moved)
        if problem:
            problems.append(problem)
    return tuple(dict.fromkeys(problems))


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _change(mine: list[str], theirs: list[str], *, is_inside: bool, moved: frozenset[str]) -> str:
    added = {_bare(word) for word in mine} - {_bare(word) for word in theirs} - moved
    dropped = {_bare(word) for word in theirs} - {_bare(word) for word in mine} - moved
    if mine and theirs and _is_swap(mine, theirs):
        return f"says {' '.join(mine)!r} where the source says {' '.join(theirs)!r}"
    if added & _WIDE and (dropped & _NARROW or not theirs):
        return f"says {' '.join(mine)!r}, which the source does not"
    if mine and theirs and added & _NARROW and dropped & _WIDE:
        return f"says {' '.join(mine)!r} where the source says {' '.join(theirs)!r}"
    is_denied = bool(added & NEGATORS) != bool(dropped & NEGATORS)
    if not is_denied and any(OPPOSITES.get(word, frozenset()) & dropped for word in added):
        return f"says {' '.join(mine)!r} where the source says {' '.join(theirs)!r}"
    if is_inside and dropped & _LIMITS and not added & _LIMITS:
        return f"leaves out the source's limit {' '.join(theirs)!r}"
    return ""


def _is_swap(mine: list[str], theirs: list[str]) -> bool:
    """Whether a name or number stands where the source has another one."""
    here = {_bare(word) for word in mine if _is_marked(word)}
    there = {_bare(word) for word in theirs if _is_marked(word)}
    if not here - there or not there - here or {stem(word) for word in here} & {stem(word) for word in there}:
        return False
    if find_quantities(" ".join(mine)) and not missing_quantities(" ".join(mine), evidence=" ".join(theirs)):
        return False
    mine_spell, theirs_spell = _initials(" ".join(mine)), _initials(" ".join(theirs))
    return not (
        any(_spells(mine_spell, word) for word in there) or any(_spells(theirs_spell, word) for word in here)
    )


def _is_marked(word: str) -> bool:
    return (any(char.isdigit() for char in word) or word[:1].isupper()) and word.lower() not in STOP_WORDS
