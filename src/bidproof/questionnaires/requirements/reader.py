"""Decide whether a sentence obliges somebody, how strongly, and whom.

The rules are words, not models: the same sentence gives the same verdict on every
machine, and a reader of a compliance matrix can see why a row is there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_SUPPLIER = (
    "contractors?|vendors?|offerors?|quoters?|bidders?|suppliers?|providers?|proposers?|respondents?|"
    "tenderers?|consultants?|sellers?|awardees?|subcontractors?|sub-contractors?|licensors?|applicants?|"
    "processors?|firms?|manufacturers?|integrators?|developers?|implementers?|"
    "personnel|staff|teams?|team members?|employees|facilitators?|managers?|leads?|engineers?|"
    "you|your company|your organi[sz]ation"
)
_PRODUCT = (
    "systems?|solutions?|software|applications?|products?|platforms?|services?|tools?|equipment|hardware|"
    "deliverables?|websites?|portals?|interfaces?|designs?|code|components?|modules?|devices?|apis?|"
    "work|materials?|documentation|reports?|database|network|infrastructure|backups?"
)
_OFFER = "quotes?|quotations?|proposals?|bids?|tenders?|responses?|submissions?|offers?|invoices?|resumes?"
_BUYER = (
    "government|agency|agencies|buyers?|customers?|clients?|purchasers?|purchasing|city|county|state|university|"
    "college|school|department|authority|council|district|commission|board|ministry|municipality|owner|"
    "contracting officers?|contracting authority|co|cor|procuring entity|evaluation (?:team|committee|panel)|"
    "evaluators?|product owner|procurement|issuer|we|us"
)
_PARTY = re.compile(
    rf"\b(?:(?P<supplier>{_SUPPLIER})|(?P<product>{_PRODUCT})|(?P<offer>{_OFFER})|(?P<buyer>{_BUYER}))\b",
    re.I,
)
_NEGATED = r"(?<!not )(?<!n't )(?<!n’t )(?<!no longer )"
_MANDATORY = re.compile(
    r"\b(?:"
    r"shall|must(?!-)|"
    r"(?:is|are|be|been|was|were)\s+(?:\w+ly\s+|also\s+|hereby\s+)?(?:required|obligated|obliged|mandated)\s+to|"
    rf"(?:is|are|be)\s+(?:\w+ly\s+|also\s+)?{_NEGATED}"
    r"(?:required|mandatory|compulsory|obligatory|prohibited|forbidden)(?!\s+to)|"
    r"(?:is|are|be)\s+not\s+(?:permitted|allowed|acceptable)|"
    r"requires?\s+(?:that\s+)?(?:the|all|any|each|a)\s+(?:\w+\s+){0,2}(?:contractor|vendor|supplier|provider|bidder|offeror|system|solution)s?|"
    r"may\s+not|may\s+only|can\s?not\s+exceed|under\s+no\s+circumstances"
    r")\b",
    re.I,
)
_MANDATORY_WITH_PARTY = re.compile(
    r"\b(?:has|have|will have|needs?|will need)\s+to\b|\bagrees?\s+(?:to|that)\b|\bwarrants?\b|"
    r"\bundertakes?\s+to\b|\b(?:is|are)\s+to\s+be\b",
    re.I,
)
_EXPECTED = re.compile(
    r"\bwill\b|\b(?:is|are)\s+(?:solely\s+|fully\s+)?responsible\s+for\b|\b(?:is|are)\s+(?:also\s+)?expected\s+to\b|"
    r"\bexpects?\s+(?:that\s+)?(?:the\s+)?(?:contractor|vendor|supplier|provider|bidder|offeror|quoter)s?\b|"
    r"\b(?:is|are)\s+to\s+(?!be\b)\w+",
    re.I,
)
_RECOMMENDED = re.compile(
    r"\bshould\b|\bought\s+to\b|\b(?:is|are)\s+(?:strongly\s+)?(?:encouraged|recommended|preferred)\b", re.I
)
_NOT_REQUIRED = re.compile(
    r"(?:\bnot|n't|n’t|\bnever|\bmay|\bmight|\bno longer)\s+(?:be\s+)?"
    r"(?:required|obligated|obliged|need(?:ed)?|have\s+to)\b|\bneed\s+not\b",
    re.I,
)
_RELATIVE = re.compile(
    r"\b(?:that|who|which|what|whom|whatever|whichever|if|as|when|where|wherever)\s+(?:\w+\s+){0,3}$", re.I
)
_DIRECT_RELATIVE = re.compile(r"\b(?:that|who|which)\s+$", re.I)
_JUDGED = re.compile(
    r"\s+(?:also\s+|then\s+|not\s+|only\s+)*(?:be\s+)(?:\w+ly\s+)?"
    r"(?:evaluated|reviewed|considered|deemed|rejected|scored|ranked|returned|rated|assessed|opened|disqualified|"
    r"eliminated|notified|informed|invited|awarded|accepted|selected|"
    r"given|asked|paid|compensated|reimbursed|issued|scheduled|assigned)\b|\s+(?:also\s+|then\s+)?receive\b",
    re.I,
)
_PLAIN_VERBS = (
    "describe|provide|explain|specify|identify|confirm|indicate|summari[sz]e|attach|submit|include|give|discuss|"
    "demonstrate|define|enclose|furnish|elaborate|illustrate|tell us|clarify|disclose|set out|upload|enter|"
    "propose"
)
_NOUN_LIKE_VERBS = (
    "list|state|outline|detail|name|supply|complete|address|share|show|present|quote|document|select|note how"
)
_DETERMINER = (
    "the|your|how|whether|any|all|what|which|when|where|who|why|a|an|each|every|if|at least|up to|names?|two|"
    "three|four|five|both|that|in detail|below"
)
_IMPERATIVE = re.compile(
    rf"(?:please\s+(?:also\s+|briefly\s+)?(?:{_PLAIN_VERBS}|{_NOUN_LIKE_VERBS})\b|"
    rf"(?:{_PLAIN_VERBS})(?=\s+\w|:|,)|(?:{_NOUN_LIKE_VERBS})\s+(?:{_DETERMINER})\b)",
    re.I,
)
_NOUN_USE = re.compile(rf"(?:{_PLAIN_VERBS})\s+(?:of|is|are|was|for which)\b", re.I)
_INFORMATION_VERBS = (
    "describe|explain|specify|identify|confirm|indicate|summari[sz]e|give|discuss|demonstrate|define|elaborate|"
    "illustrate|tell us|clarify|disclose|list|state|outline|detail|name|advise"
)
_INFORMATION = re.compile(
    rf"please\s+(?:also\s+|briefly\s+)?(?:{_INFORMATION_VERBS}|provide|attach|include|answer)\b|(?:{_INFORMATION_VERBS})\b",
    re.I,
)
_COMPLETING = re.compile(r"(?:please\s+(?:also\s+)?)?(?:complete|enter|select|fill)\b", re.I)
_FORM_FILLING = re.compile(
    r"(?:please\s+(?:also\s+)?)?(?:complete|enter|select|return|fill|quote|share|show|present|address|document|"
    r"(?:submit|upload|include|provide)\s+(?:all\b|this\b|the\s+(?:form|completed|questionnaire|response)))",
    re.I,
)
_QUESTION_MARK = re.compile(r"\?[\"'”’)\]]*(?:\s|$)")
_CLAUSE_MARK = re.compile(r"[;:]|,\s+(?:and|but|or|so|however|then)\s")
_AFTER_SUBJECT = re.compile(
    r"\s*$|['’]s?\s|\s*[,(\[–—/-]|\s+(?:\w+ly|also|then|always|hereby|only|and|or|of|to|with|for|from|in|on|at|by|under|within|"
    r"as|that|who|which|whose|working|proposed|provided|delivered|developed|submitted|offered|used|selected|performing|being)\b",
    re.I,
)
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
    requirement.

    Args:
        sentence: One sentence, or a stem with one of its list items.

    Returns:
        The strongest obligation in it; None when it obliges nobody.
    """
    text = " ".join(sentence.split())
    for found in _MANDATORY.finditer(text):
        if not _is_denied(text, found) and not _is_aside(text, found):
            return Obligation(
                strength=Strength.MANDATORY, party=_party(text, found.start()), cue=found.group()
            )
    for found in _MANDATORY_WITH_PARTY.finditer(text):
        if _party(text, found.start()) is Party.SUPPLIER and not _is_denied(text, found):
            return Obligation(strength=Strength.MANDATORY, party=Party.SUPPLIER, cue=found.group())
    if (found := _RECOMMENDED.search(text)) and _party(text, found.start()) is not Party.BUYER:
        return Obligation(strength=Strength.RECOMMENDED, party=_party(text, found.start()), cue=found.group())
    return _expected(text) or _instruction(text)


def is_instruction(sentence: str) -> bool:
    """Whether a sentence asks for something by an imperative: "Describe…", "Please list…"."""
    text = sentence.strip()
    return bool(_IMPERATIVE.match(text)) and not _NOUN_USE.match(text)


def asks_for_information(sentence: str) -> bool:
    """Whether an instruction wants words for an answer ("Describe…", "Please list…"), not a deed."""
    return is_instruction(sentence) and bool(_INFORMATION.match(sentence.strip()))


def is_question(text: str) -> bool:
    """Whether a paragraph asks for an answer: it has a question mark or starts with an imperative.

    "Describe how you encrypt data." asks; a paragraph that merely contains an imperative
    further on does not.
    """
    text = text.strip()
    if len(text) < 4 or _FORM_FILLING.match(text):
        return bool(_QUESTION_MARK.search(text))
    return bool(_QUESTION_MARK.search(text)) or is_instruction(text)


def states_obligation(text: str) -> Obligation | None:
    """The obligation that a statement makes; None for questions and instructions."""
    if _QUESTION_MARK.search(text) or is_instruction(text):
        return None
    return find_obligation(text)


def _is_denied(text: str, found: re.Match[str]) -> bool:
    """Whether the sentence says that something is not, or only maybe, needed."""
    return bool(_NOT_REQUIRED.search(text[max(0, found.start() - 14) : found.end() + 18]))


def _is_aside(text: str, found: re.Match[str]) -> bool:
    """Whether "required" only describes a noun: "what controls are required", "staff who are required to"."""
    cue = found.group().lower()
    if "requir" not in cue:
        return False
    return bool((_DIRECT_RELATIVE if cue.endswith("to") else _RELATIVE).search(text[: found.start()]))


def _expected(text: str) -> Obligation | None:
    for found in _EXPECTED.finditer(text):
        if _is_denied(text, found) or _DIRECT_RELATIVE.search(text[: found.start()]):
            continue
        words = found.group().lower().split()
        is_stated = words[0].startswith("expect")
        is_subject = is_stated or _has_supplier_subject(text, found.start())
        if is_subject and not _JUDGED.match(text, found.end()):
            return Obligation(strength=Strength.EXPECTED, party=Party.SUPPLIER, cue=found.group())
    return None


def _has_supplier_subject(text: str, at: int) -> bool:
    """Whether a supplier's word is the head of the subject, not a part of a longer noun."""
    clause = " ".join(_CLAUSE_MARK.split(text[:at])[-1].split()[-_SUBJECT_WORDS:])
    named = list(_PARTY.finditer(clause))
    if not named:
        return False
    subject = _subject(named, clause)
    return subject.lastgroup != "buyer" and _AFTER_SUBJECT.match(clause, subject.end()) is not None


def _instruction(text: str) -> Obligation | None:
    if text.endswith("?") or len(text.split()) < 3 or not is_instruction(text) or _COMPLETING.match(text):
        return None
    return Obligation(strength=Strength.EXPECTED, party=Party.SUPPLIER, cue=text.split()[0])


def _party(text: str, at: int) -> Party:
    """Who stands closest before the verb at ``at``, within its clause."""
    clause = _CLAUSE_MARK.split(text[:at])[-1]
    words = clause.split()
    named = list(_PARTY.finditer(" ".join(words[-_SUBJECT_WORDS:])))
    if not named:
        named = list(_PARTY.finditer(text[:at]))[-1:]
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


def is_buyer_subject(sentence: str) -> bool:
    """Whether the only party that a sentence names first is the buyer."""
    named = _PARTY.search(sentence)
    return named is not None and named.lastgroup == "buyer"
