"""What a column header says its column is for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bidproof.language.choices import meaning_of
from bidproof.language.lexicon import word_set


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

_MAX_HEADER_CHARS = 240
_REMARK = re.compile(r"[(:–]| - ")
_CODE = re.compile(r"^[A-Z]{1,2}$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARK_WORDS = word_set("choices.marks")

_ABOUT = (
    r"questions?|requirements?|req\.?|controls?|items?|criteri(?:on|a)|query|sections?|row|clause|assessment"
)
_COUNTER = r"id|ids|no\.?|nr\.?|number|num|#|ref\.?|reference|code|identifier"
_WHOM = (
    r"vendor|supplier|bidder|provider|tenderer|offeror|proponent|contractor|respondent|applicant|csp|company"
)
_THEME = (
    r"domain|section|category|sub-?category|area|group|family|theme|chapter|module|part|pillar|title|heading"
)

# The first rule that matches decides, so the order matters: who a column is for
# comes before what it holds (a reviewer's notes are not ours to fill).
_RULES: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (
        Role.IGNORE,
        (
            r"\b(?:follow[- ]?ups?|analyst|reviewer|assessor|auditor|evaluator|buyer)\b",
            r"\b(?:internal|office) use\b",
            r"\bfor .{0,30} use only\b",
            r"\b(?:scor(?:e|es|ing)|weight(?:ing|age)?|points|rating|risk (?:level|rating)|pass/fail)\b",
        ),
    ),
    (
        Role.GUIDANCE,
        (
            r"\b(?:guidance|reasons? for (?:the )?question|instructions?|help(?: text)?|hints?|examples?)\b",
            r"\b(?:how to|skip if|applies if|depends on)\b",
        ),
    ),
    (
        Role.LIMIT,
        (
            r"\b(?:word|character|char|length|page) (?:limit|count|max(?:imum)?)\b",
            r"^max(?:imum|\.)? (?:words|char\w*|length)\b",
        ),
    ),
    (Role.CUSTOMER, (r"\b(?:csc|customers?|clients?|tenants?|consumers?|users?)(?:'s|s')? responsibilit",)),
    (
        Role.OWNERSHIP,
        (r"\b(?:ownership|owner|responsible (?:party|person|role)|responsibilit(?:y|ies)|ssrm)\b",),
    ),
    (
        Role.ID,
        (
            r"^(?:#|no\.?|nr\.?|n°|id|ids|ref\.?|reference|index|qid|cid|cgid|uid|num(?:ber)?|item ?#|q ?#)$",
            r"^(?:q|s|sr|sl|ques|lfd|pos)\.? ?(?:no|nr|num)?\.?$|^(?:numéro|número|nummer|n\.º)$",
            rf"\b(?:{_ABOUT}) ?(?:{_COUNTER})(?=\W|$)",
            r"\bunique id|^identifier",
        ),
    ),
    (
        Role.MANDATORY,
        (
            r"\b(?:mandatory|m/o|moscow|must/should|priority|importance|criticality|is required)\b",
            r"\brequired\??$",
        ),
    ),
    (
        Role.SECTION,
        (
            rf"^(?:question |control |requirement )?(?:{_THEME})(?: title| name| area| group| heading)?$",
            r"\bcontrol (?:title|group|area|domain|family|name)\b",
            r"\bdomain (?:title|name)\b|\bsub-?(?:domain|section)\b",
        ),
    ),
    (
        Role.IGNORE,
        (
            r"\b(?:mapping|mapped|cross[- ]?reference|regulation|standard reference)\b",
            r"\b(?:delivery model|corp gov)\b",
            r"\b(?:iso(?:/iec)? ?\d{4,5}|nist|pci(?:[- ]dss)?|soc ?2|hipaa|cobit)\b",
            r"\b(?:fedramp|gdpr|bsi|ccm|aicpa)\b",
            r"\b(?:jericho|enisa|cis controls?|csf|(?:question|answer|response) type|question weight)\b",
            r"\b(?:date (?:added|modified)|last (?:updated|modified)|version|status of review)\b",
            r"\b(?:(?:supplier|provider|service) relationship|tenant / consumer)\b",
        ),
    ),
    (
        Role.EVIDENCE,
        (
            r"\b(?:evidence|proof|artifacts?|artefacts?|attachments?|attached)\b",
            r"\bsupport(?:ing)? (?:doc\w*|material)\b",
            r"\bdocument(?:ation)? (?:reference|link|name|title|provided|location)\b|\breference doc\w*",
            r"\b(?:references?|citations?|sources?)$|\b(?:hyperlink|link to|url|policy reference)\b",
        ),
    ),
    (
        Role.CHOICE,
        (
            r"\by(?:es)? ?[/|,] ?no?\b|\byes or no\b|\byes.{0,3}no.{0,8}n/?a\b|\((?:y|yes)[/|,]",
            r"\b(?:complian(?:t|ce)|compl(?:y|ies))\b(?!.*\b(?:comment|detail|explan|descri))",
            r"\b(?:in place|implemented|implementation status|met|supported|available)\?|\bfully/partial",
            r"\bconforme\b|\b(?:ja|oui|s[ií]|sim)/(?:nein|non|no|nee|não)\b|\berfüllt\b",
            r"\bselect (?:one|an?|your|from|response|answer)\b|\bdrop ?-?down\b|\bpick list\b",
        ),
    ),
    (
        Role.COMMENT,
        (
            r"\b(?:comments?|notes?|explanations?|explain|remarks?|details?|elaborat\w+|justification|rationale)\b",
            r"\b(?:additional|further) (?:info\w*|details?|explanation)|\b(?:narrative|clarifications?)\b",
            r"\bimplementation (?:description|details?|notes?)\b|\bsupporting (?:info\w*|statement|text)\b",
            r"\b(?:bemerkung(?:en)?|anmerkung(?:en)?|kommentare?|erläuterung(?:en)?|commentaires?|remarques?)\b",
            r"\b(?:comentarios?|observaciones|commenti|opmerking(?:en)?|toelichting|comentários?)\b",
            r"\bdescription of (?:your|the|how)\b|\bif (?:yes|no|not|other|partial)\b",
        ),
    ),
    (
        Role.QUESTION,
        (
            r"\bquestions?\b(?!.*\b(?:response|answer|owner|type|status)\b)",
            r"\bquery\b|\binquir(?:y|ies)\b|\binformation requested\b",
            r"\b(?:fragen?|fragestellung|preguntas?|domanda|domande|vra(?:ag|gen)|perguntas?)\b",
        ),
    ),
    (
        Role.ANSWER,
        (
            r"\b(?:answers?|respon(?:se|d|ses)|reply|replies|proposal|solution|offer(?:ed)?)\b",
            rf"\b(?:{_WHOM})(?:'s)?(?: to complete| input| statement| position| use)?$",
            r"\b(?:antwort(?:en)?|réponses?|respuestas?|rispost[ae]|antwoord(?:en)?|respostas?)\b",
            r"\byour (?:input|text|statement|proposal)\b|\bto be (?:completed|filled)(?: in)? by\b",
        ),
    ),
    (
        Role.TOPIC,
        (
            r"\b(?:requirements?|descriptions?|controls?|(?:control )?specifications?|criteri(?:a|on))\b",
            r"\bstatements?\b",
            r"\b(?:items?|topics?|capabilit(?:y|ies)|features?|functionalit(?:y|ies)|functions?|measures?|asks?)\b",
            r"\b(?:subject|practice|obligations?|expectations?|field)\b",
            r"\b(?:anforderung(?:en)?|exigences?|requisit[oi]s?|eisen?|vereisten?)\b",
        ),
    ),
    (Role.IGNORE, (r"\b(?:status|date|type|source|phase|reference)\b",)),
)
_COMPILED = tuple((role, re.compile("|".join(patterns))) for role, patterns in _RULES)
_WORDS = r"N/A|[A-Za-z][A-Za-z\-. ]{0,18}?"
_INLINE_OPTIONS = re.compile(rf"[(\[]?\b((?:{_WORDS})(?:\s*[/|,]\s*(?:{_WORDS})){{1,5}})\s*[)\]?]?\s*$")


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
    return _first_role(header_opening(lowered)) or _first_role(lowered)


def header_opening(text: str) -> str:
    """A header without the remark behind it: ``Response (max 200 words)`` opens with ``Response``."""
    return _REMARK.split(plain_line(text), maxsplit=1)[0].strip()


def _first_role(lowered: str) -> Role | None:
    return next((role for role, pattern in _COMPILED if pattern.search(lowered)), None) if lowered else None


def is_mark_word(text: str) -> bool:
    """Whether a header cell is an option that an "x" below it would choose."""
    return meaning_of(text) is not None or "".join(c for c in text.casefold() if c.isalnum()) in _MARK_WORDS


def options_in_header(text: str) -> tuple[str, ...]:
    """Options that a header spells out: ``Compliant? (Yes/No/NA)`` gives three; empty when none."""
    match = _INLINE_OPTIONS.search(plain_line(text))
    if not match:
        return ()
    protected = re.sub(r"\b[Nn]/[Aa]\b", lambda found: found.group().replace("/", "\0"), match.group(1))
    words = [word.strip().replace("\0", "/") for word in re.split(r"[/|,]|\bor\b", protected)]
    is_known = all(is_mark_word(word) or _CODE.match(word) for word in words)
    return tuple(words) if is_known and len(words) > 1 else ()


def options_offered(text: str) -> tuple[str, ...]:
    """Options of an answer cell that only lists them for the answerer to choose: ``Yes / No``."""
    options = options_in_header(text)
    listed = "".join(options).replace("/", "").replace(" ", "")
    return options if re.sub(r"[\s/|,()\[\]?]+|\bor\b", "", text) == listed else ()


def plain_line(text: str) -> str:
    """The text on one line with single spaces."""
    return " ".join(text.split())
