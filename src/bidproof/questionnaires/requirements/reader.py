"""Decide whether a sentence obliges somebody, how strongly, and whom.

The rules are words, not models: the same sentence gives the same verdict on every
machine, and a reader of a compliance matrix can see why a row is there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bidproof.language.rules import read_patterns
from bidproof.questionnaires.requirements.limits import answer_limits

_PATTERNS = read_patterns("bidproof.questionnaires.requirements", "en")
_OTHERS = read_patterns("bidproof.questionnaires.requirements", "asking")
_ELSEWHERE = _OTHERS["imperative"]
_MAX_TITLE_WORDS = 14
_QUESTION_MARK = re.compile(r"\?[\"'”’)\]]*(?:\s|$)")
_LINKED = re.compile(
    r"(?:\w+ ){0,2}(?:of|by|to|with|for|from|in|under)(?: (?:the|a|an|any|all|its|their))?(?: \w+){0,2}"
)
_SUBJECT_WORDS = 14


class Strength(StrEnum):
    """How binding a sentence is."""

    MANDATORY = "mandatory"
    EXPECTED = "expected"
    RECOMMENDED = "recommended"


class Party(StrEnum):
    """Who the subject of an obligation is."""

    SUPPLIER = "supplier"
    BUYER = "buyer"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What a sentence obliges: how strongly, whom, and the words that say so."""

    strength: Strength
    party: Party
    cue: str

    @property
    def is_mandatory(self) -> bool | None:
        """True for shall, must and required; False for should; None when undecided.

        Undecided are "will" (a plan or a promise, by the drafter's habit) and duties of
        the buyer, which bind the other side.
        """
        if self.party is Party.BUYER:
            return None
        if self.strength is Strength.MANDATORY:
            return True
        return False if self.strength is Strength.RECOMMENDED else None


def find_obligation(sentence: str) -> Obligation | None:
    """Classify one sentence.

    "Shall", "must", "is required", "may not" oblige whoever they name. "Will", "is
    expected to" and "is responsible for" count only with the supplier, its product or its
    offer as subject, so that "the government will evaluate" stays out. An instruction to
    the supplier ("Submit…", "Please include…") is expected of it. "May" permits and is no
    requirement; neither is a limit set for answers.

    Args:
        sentence: One sentence, or a stem with one of its list items.

    Returns:
        The strongest obligation in it; None when it obliges nobody.
    """
    text = " ".join(sentence.split())
    if answer_limits(text) is not None:
        return None
    for found in _PATTERNS["mandatory"].finditer(text):
        if not _is_denied(text, found) and not _is_aside(text, found):
            return Obligation(
                strength=Strength.MANDATORY, party=_party(text, found.start()), cue=found.group()
            )
    for found in _PATTERNS["mandatory_with_party"].finditer(text):
        if _party(text, found.start()) is Party.SUPPLIER and not _is_denied(text, found):
            return Obligation(strength=Strength.MANDATORY, party=Party.SUPPLIER, cue=found.group())
    if (found := _PATTERNS["recommended"].search(text)) and _party(text, found.start()) is not Party.BUYER:
        return Obligation(strength=Strength.RECOMMENDED, party=_party(text, found.start()), cue=found.group())
    return _expected(text) or _instruction(text)


def is_instruction(sentence: str) -> bool:
    """Whether a sentence asks for something by an imperative: "Describe…", "Beschreiben Sie…"."""
    text = sentence.strip()
    if _ELSEWHERE.match(text):
        return True
    return bool(_PATTERNS["imperative"].match(text)) and not _PATTERNS["noun_use"].match(text)


def asks_for_information(sentence: str) -> bool:
    """Whether an instruction wants words for an answer ("Describe…", "Please list…"), not a deed."""
    text = sentence.strip()
    return bool(_ELSEWHERE.match(text) or (is_instruction(text) and _PATTERNS["information"].match(text)))


def is_question(text: str) -> bool:
    """Whether a paragraph asks for an answer: it has a question mark or starts with an imperative.

    "Describe how you encrypt data." asks; a paragraph that merely contains an imperative
    further on does not.
    """
    text = text.strip()
    if len(text) < 4 or _PATTERNS["form_filling"].match(text):
        return bool(_QUESTION_MARK.search(text))
    return bool(_QUESTION_MARK.search(text)) or is_instruction(text)


def states_obligation(text: str) -> Obligation | None:
    """The obligation that a statement makes; None for questions and instructions."""
    if _QUESTION_MARK.search(text) or is_instruction(text):
        return None
    return find_obligation(text)


def _is_denied(text: str, found: re.Match[str]) -> bool:
    """Whether the sentence says that something is not, or only maybe, needed."""
    return bool(_PATTERNS["not_required"].search(text[max(0, found.start() - 14) : found.end() + 18]))


def _is_aside(text: str, found: re.Match[str]) -> bool:
    """Whether "required" only describes a noun: "what controls are required", "staff who are required to"."""
    cue = found.group().lower()
    if "requir" not in cue:
        return False
    return bool(
        (_PATTERNS["direct_relative"] if cue.endswith("to") else _PATTERNS["relative"]).search(
            text[: found.start()]
        )
    )


def _expected(text: str) -> Obligation | None:
    for found in _PATTERNS["expected"].finditer(text):
        if _is_denied(text, found) or _PATTERNS["direct_relative"].search(text[: found.start()]):
            continue
        words = found.group().lower().split()
        is_stated = words[0].startswith("expect")
        is_subject = is_stated or _has_supplier_subject(text, found.start())
        if is_subject and not _PATTERNS["judged"].match(text, found.end()):
            return Obligation(strength=Strength.EXPECTED, party=Party.SUPPLIER, cue=found.group())
    return None


def _has_supplier_subject(text: str, at: int) -> bool:
    """Whether a supplier's word is the head of the subject, not a part of a longer noun."""
    clause = " ".join(_PATTERNS["clause_mark"].split(text[:at])[-1].split()[-_SUBJECT_WORDS:])
    named = list(_PATTERNS["party"].finditer(clause))
    if not named:
        return False
    subject = _subject(named, clause)
    return (
        subject.lastgroup != "buyer" and _PATTERNS["after_subject"].match(clause, subject.end()) is not None
    )


def _instruction(text: str) -> Obligation | None:
    if (
        text.endswith("?")
        or len(text.split()) < 3
        or not is_instruction(text)
        or _PATTERNS["completing"].match(text)
    ):
        return None
    return Obligation(strength=Strength.EXPECTED, party=Party.SUPPLIER, cue=text.split()[0])


def _party(text: str, at: int) -> Party:
    """Who stands closest before the verb at ``at``, within its clause."""
    clause = _PATTERNS["clause_mark"].split(text[:at])[-1]
    words = clause.split()
    named = list(_PATTERNS["party"].finditer(" ".join(words[-_SUBJECT_WORDS:])))
    if not named:
        named = list(_PATTERNS["party"].finditer(text[:at]))[-1:]
    if not named:
        return Party.UNSTATED
    return (
        Party.BUYER
        if _subject(named, " ".join(words[-_SUBJECT_WORDS:])).lastgroup == "buyer"
        else Party.SUPPLIER
    )


def _subject(named: list[re.Match[str]], clause: str) -> re.Match[str]:
    """The head of a noun phrase: what stands before "of", "by", "to", "with" or "for" wins."""
    subject = named[-1]
    for earlier in reversed(named[:-1]):
        between = clause[earlier.end() : subject.start()].strip().lower()
        if re.fullmatch(r"['’]s?(?: \w+){0,2}", between):
            continue
        if _LINKED.fullmatch(between):
            subject = earlier
        else:
            break
    return subject


def is_binding_title(text: str) -> bool:
    """Whether a heading or lead-in makes the items below it mandatory: "Minimum requirements"."""
    return len(text.split()) <= _MAX_TITLE_WORDS and _OTHERS["binding"].search(text) is not None


def binding_by(title: str) -> Obligation:
    """The obligation of an item under a title that makes it mandatory."""
    return Obligation(strength=Strength.MANDATORY, party=Party.UNSTATED, cue=title)


def is_buyer_subject(sentence: str) -> bool:
    """Whether the only party that a sentence names first is the buyer."""
    named = _PATTERNS["party"].search(sentence)
    return named is not None and named.lastgroup == "buyer"
