"""What a column header says its column is for."""

import re
from dataclasses import dataclass
from enum import StrEnum


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
    IGNORE = "ignore"


ANSWER_ROLES = frozenset({Role.ANSWER, Role.CHOICE, Role.COMMENT, Role.MARK})
"""Roles that can take the main answer."""

FILLED_ROLES = ANSWER_ROLES | {Role.EVIDENCE, Role.OWNERSHIP, Role.CUSTOMER}
"""Roles of columns that the answering company fills."""

_MAX_HEADER_CHARS = 160
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARK_WORDS = frozenset(
    """yes no y n na n/a notapplicable partial partially partly full fully fullycompliant partiallycompliant
    noncompliant notcompliant compliant comply complies exception standard custom notsupported supported
    outofthebox configuration customization customisation thirdparty roadmap planned notavailable available
    met notmet partiallymet exceeds meets true false ja nein oui non implemented notimplemented
    partiallyimplemented inherited dontknow unknown alternative""".split()
)

_RULES: tuple[tuple[Role, str], ...] = (
    # Who reads it comes first: a reviewer's notes are not ours to fill.
    (
        Role.IGNORE,
        r"\b(follow[- ]?ups?|analyst|reviewer|assessor|auditor|evaluator|buyer|internal use|office use|for .{0,30} use only"
        r"|scor(e|es|ing)|weight(ing|age)?|points|rating|risk level|risk rating|pass/fail)\b",
    ),
    (
        Role.GUIDANCE,
        r"\b(guidance|instructions?|help( text)?|hints?|examples?|how to|skip if|applies if|depends on)\b",
    ),
    (
        Role.LIMIT,
        r"\b(word|character|char|length|page) (limit|count|max(imum)?)\b|\bmax(imum|\.)? (words|char\w*|length)\b",
    ),
    (
        Role.CUSTOMER,
        r"\b(csc|customers?'?s?|clients?'?s?|tenants?'?s?|consumers?'?s?|users?'?s?) ?(\(csc\) )?responsibilit",
    ),
    (Role.OWNERSHIP, r"\b(ownership|owner|responsible (party|person|role)|responsibilit(y|ies)|ssrm)\b"),
    (
        Role.ID,
        r"^(#|no\.?|nr\.?|n°|id|ids|ref\.?|reference|index|qid|q ?#|q\.? ?no\.?|s\.? ?no\.?|sr\.? ?no\.?|sl\.? ?no\.?"
        r"|item ?#|cid|cgid|uid|num(ber)?)$"
        r"|\b(questions?|requirements?|req\.?|controls?|items?|criteri(on|a)|query|sections?|row|clause|assessment) ?"
        r"(id|ids|no\.?|nr\.?|number|num|#|ref\.?|reference|code|identifier)(?=\W|$)|\bunique id|^identifier",
    ),
    (
        Role.MANDATORY,
        r"\b(mandatory|m/o|moscow|must/should|priority|importance|criticality|required\??$|is required)",
    ),
    (
        Role.SECTION,
        r"^(question |control |requirement )?(domain|section|category|sub-?category|area|group|family|theme|chapter|module"
        r"|sub-?section|part|pillar|title|heading)( title| name| area| group| heading)?$|\bcontrol (title|group|area|domain|family|name)\b"
        r"|\bdomain (title|name)\b|\bsub-?domain\b",
    ),
    (
        Role.IGNORE,
        r"\b(mapping|mapped|iso(/iec)? ?\d{4,5}|nist|pci([- ]dss)?|soc ?2|hipaa|cobit|fedramp|gdpr|bsi|ccm|aicpa|jericho|enisa"
        r"|cis controls?|csf|cross[- ]?reference|regulation|standard reference|question type|question weight|answer type"
        r"|response type|delivery model|date (added|modified)|last (updated|modified)|version|status of review"
        r"|(supplier|provider|service) relationship|corp gov|tenant / consumer)\b",
    ),
    (
        Role.EVIDENCE,
        r"\b(evidence|proof|artifacts?|artefacts?|attachments?|attached|supporting doc\w*|support(ing)? material"
        r"|document(ation)? (reference|link|name|title|provided|location)|reference doc\w*|references?$|citations?|sources?$"
        r"|hyperlink|link to|url|policy reference)\b",
    ),
    (
        Role.CHOICE,
        r"\by(es)? ?[/|,] ?no?\b|\byes or no\b|\byes.{0,3}no.{0,8}n/?a\b|\((y|yes)[/|,]|\b(complian(t|ce)|compl(y|ies))\b(?!.*\b(comment|detail|explan|descri))"
        r"|\b(in place|implemented|implementation status|met|supported|available)\?|\bfully/partial|\bselect (one|an?|your|from|response|answer)\b"
        r"|\bdrop ?-?down\b|\bpick list\b",
    ),
    (
        Role.COMMENT,
        r"\b(comments?|notes?|explanations?|explain|remarks?|additional (info\w*|details?)|further (info\w*|details?|explanation)"
        r"|details?|elaborat\w+|justification|rationale|narrative|clarifications?|implementation (description|details?|notes?)"
        r"|supporting (info\w*|statement|text)|description of (your|the|how)|if (yes|no|not|other|partial)\b.*)",
    ),
    (
        Role.QUESTION,
        r"\bquestions?\b(?!.*\b(response|answer|owner|type|status)\b)|\bquery\b|\binquir(y|ies)\b|\binformation requested\b",
    ),
    (
        Role.ANSWER,
        r"\b(answers?|respon(se|d|ses)|reply|replies|your (input|text|statement|proposal)|proposal|solution|offer(ed)?"
        r"|(vendor|supplier|bidder|provider|tenderer|offeror|proponent|contractor|respondent|applicant|csp|company)('s)?"
        r"( to complete| input| statement| position| use)?$|to be (completed|filled)( in)? by .{0,30})",
    ),
    (
        Role.TOPIC,
        r"\b(requirements?|descriptions?|controls?|control specifications?|specifications?|criteri(a|on)|statements?|items?|topics?"
        r"|capabilit(y|ies)|features?|functionalit(y|ies)|functions?|measures?|asks?|subject|practice|obligations?|expectations?)\b",
    ),
    (Role.IGNORE, r"\b(status|date|type|source|phase|reference)\b"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _RULES)
_INLINE_OPTIONS = re.compile(
    r"[(\[]?\b((?:[A-Za-z][A-Za-z\-. ]{0,18}?|N/A)(?:\s*[/|,]\s*(?:N/A|[A-Za-z][A-Za-z\-. ]{0,18}?)){1,5})\s*[)\]?]?\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One column's header: what it says, and the role that follows from that."""

    text: str
    role: Role | None
    options: tuple[str, ...] = ()


def read_header(texts: tuple[str, ...]) -> Header:
    """Judge a column by its header cells, top to bottom.

    The lowest cell speaks first; the cells above it count where it says nothing.
    """
    shown = list(dict.fromkeys(text for text in map(plain_line, texts) if text))
    role: Role | None = None
    for text in [*reversed(shown), " ".join(shown)]:
        role = role_of(text)
        if role is not None:
            break
    return Header(text=" / ".join(shown), role=role, options=options_in_header(shown[-1]) if shown else ())


def role_of(text: str) -> Role | None:
    """The role one header cell names; None when it names none or is too long for a header."""
    spaced = _CAMEL.sub(" ", plain_line(text).replace("_", " "))
    lowered = spaced.casefold().rstrip(":* ")
    if not lowered or len(lowered) > _MAX_HEADER_CHARS:
        return None
    return next((role for role, pattern in _COMPILED if pattern.search(lowered)), None)


def is_mark_word(text: str) -> bool:
    """Whether a header cell is an option that an "x" below it would choose."""
    letters = "".join(c for c in text.casefold() if c.isalnum() or c == "/")
    return letters in _MARK_WORDS or letters.replace("/", "") in _MARK_WORDS


def options_in_header(text: str) -> tuple[str, ...]:
    """Options that a header spells out: ``Compliant? (Yes/No/NA)`` gives three; empty when none."""
    match = _INLINE_OPTIONS.search(plain_line(text))
    if not match:
        return ()
    protected = re.sub(r"\b[Nn]/[Aa]\b", lambda found: found.group().replace("/", "\0"), match.group(1))
    words = [word.strip().replace("\0", "/") for word in re.split(r"[/|,]|\bor\b", protected)]
    is_known = all(is_mark_word(word) for word in words)
    return tuple(words) if is_known and len(words) > 1 else ()


def plain_line(text: str) -> str:
    """The text on one line with single spaces."""
    return " ".join(text.split())
