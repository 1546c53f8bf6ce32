"""Tell from a header cell's words what its column holds."""

import re
from enum import StrEnum

_SPACE = re.compile(r"[\s*:_]+")
_MAX_HEADER_WORDS = 12
_MAX_LOOSE_WORDS = 6


class Role(StrEnum):
    """What a column of a question table holds."""

    ID = "id"
    QUESTION = "question"
    ANSWER = "answer"
    CHOICE = "choice"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    MANDATORY = "mandatory"
    GUIDANCE = "guidance"
    SECTION = "section"
    MARK = "mark"


_PARTY = r"(?:vendor|supplier|bidder|offeror|respondent|contractor|proposer|quoter|tenderer|applicant|company|provider|your|seller|firm)"
_PATTERNS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.I))
    for role, pattern in (
        (Role.ID, r"#|no|nr|nº|№|id|ref|reference|s/?n|sl\.? ?no|sr\.? ?no|s\.? ?no|q|num(?:ber)?|"
                  r"(?:question|item|req(?:uirement)?s?|control|ref(?:erence)?|line|row|clause|section)\.? ?(?:id|no|nr|number|#|ref)\.?|"
                  r"(?:no|nr|ref)\.|rfp (?:section|ref(?:erence)?)|paragraph|clause"),
        (Role.MARK, r"yes|no|n/?a|not applicable|partial(?:ly)?|fully|none|y|n|complies|comply|does not comply|"
                    r"(?:fully|partially|partly|non|not)[- ]?(?:compliant|comply|complies|supported|met|available)|compliant|"
                    r"standard|custom(?:i[sz]ation)?|out of the box|ootb|third[- ]party|not available|planned|roadmap|exception|f/?c|p/?c|n/?c"),
        (Role.EVIDENCE, r".*\b(?:evidence|attachments?|proof|supporting (?:documents?|documentation|information)|"
                        r"(?:document|page|proposal) ref(?:erence)?|links?)\b.*"),
        (Role.GUIDANCE, r".*\b(?:guidance|instructions?|help|rationale|why we ask|what good looks like|evaluation|weight(?:ing)?|points|score|max score)\b.*"),
        (Role.MANDATORY, r"priority|mandatory.{0,20}|m/?[od]|m/?h|must/?should.{0,12}|moscow|importance|criticality|required\??|"
                         r"obligation|type|(?:requirement )?(?:level|class|type)|must have.{0,20}|mandatory\s*/\s*.*"),
        (Role.CHOICE, r".*(?:\by\s*/\s*n\b|\byes\s*[/,]\s*no\b).*|complian(?:t|ce)(?: ?\(.*\))?\??|comply\??(?: ?\(.*\))?|"
                      r"(?:met|supported|available|in place|conforms?|agreed?|accept(?:ed)?)\??|compliance (?:status|code|level|response)|"
                      r"(?:response|answer|compliance|status) ?\([^)]*(?:yes|full|comp|f/|y/)[^)]*\)|(?:response|answer) code|rating|"
                      r"(?:vendor|supplier|bidder) compliance"),
        (Role.ANSWER, rf"(?:.*\b{_PARTY}(?:['’]?s)?['’]?\s+)?(?:response|responses|answer|answers|reply|replies)(?: ?\(.*\))?(?: (?:here|text|field|and comments|details))?|"
                      rf"(?:description of )?(?:how|please describe).*|(?:to be )?complet(?:ed|e) by.*|your (?:details|information|input)|"
                      rf"{_PARTY}(?:['’]?s)?['’]? (?:input|statement|description|proposal|use|explanation|information|offer|solution)|"
                      r"(?:proposed )?solution|detailed response.*|narrative.*|value|information to be provided|please (?:complete|answer|fill).*"),
        (Role.COMMENT, r".*\b(?:comments?|remarks?|notes?|explanations?|clarifications?|additional (?:information|details)|justification|deviation.*|details)\b.*"),
        (Role.QUESTION, r".*\b(?:questions?|requirements?|quer(?:y|ies)|criteria|criterion|controls?|specifications?|information required|"
                        r"information requested|requests?|descriptions?|statements?|features?|functions?|capabilit(?:y|ies)|topics?|items?|deliverables?|"
                        r"particulars|service levels?)\b.*"),
        (Role.SECTION, r"section|category|area|domain|group|topic|theme|sub-?category|function"),
    )
)  # fmt: skip
_LOOSE = frozenset({Role.COMMENT, Role.EVIDENCE, Role.GUIDANCE})
ANSWERING = frozenset({Role.ANSWER, Role.CHOICE, Role.COMMENT, Role.MARK})


def header_role(text: str) -> Role | None:
    """What a header cell announces; None for words that announce nothing known."""
    plain = _SPACE.sub(" ", text).strip()
    if not plain or len(plain.split()) > _MAX_HEADER_WORDS:
        return None
    for role, pattern in _PATTERNS:
        if pattern.fullmatch(plain) and not (role in _LOOSE and len(plain.split()) > _MAX_LOOSE_WORDS):
            return role
    return None


def header_roles(texts: list[str]) -> dict[int, Role] | None:
    """Read a row as column headers.

    Args:
        texts: The cells' texts in order.

    Returns:
        Role by cell position from 0 when the row names a question column and, as an
        answer column or otherwise, at least one more known one; None when it is no header.
    """
    roles: dict[int, Role] = {}
    for at, text in enumerate(texts):
        role = header_role(text)
        if role is not None:
            roles[at] = role
    roles = _settle(texts, roles)
    named = list(roles.values())
    filled = sum(1 for text in texts if text.strip())
    has_question = named.count(Role.QUESTION) == 1
    if not has_question or len(named) < 2 or len(named) * 2 < filled:
        return None
    return roles


def _settle(texts: list[str], roles: dict[int, Role]) -> dict[int, Role]:
    """Resolve what single cells cannot: one lone mark, several question-like columns."""
    marks = [at for at, role in roles.items() if role is Role.MARK]
    for at, role in roles.items():
        if marks and role is Role.ID and at > min(marks) and texts[at].strip().lower() in ("no", "n", "nr"):
            roles[at] = Role.MARK
    marks = [at for at, role in roles.items() if role is Role.MARK]
    if len(marks) == 1:
        is_number = texts[marks[0]].strip().lower().rstrip(".") in ("no", "n") and marks[0] == 0
        roles[marks[0]] = Role.ID if is_number else Role.CHOICE
    questions = [at for at, role in roles.items() if role is Role.QUESTION]
    if len(questions) > 1:
        strong = [
            at
            for at in questions
            if re.search(r"question|requirement|quer|criteri|specification|request", texts[at], re.I)
        ]
        best = (strong or questions)[-1] if not strong else strong[0]
        for at in questions:
            if at != best:
                roles[at] = Role.SECTION if at < best else Role.GUIDANCE
    if not questions:
        lead = [at for at, role in roles.items() if role is Role.SECTION]
        if lead and any(role in ANSWERING for role in roles.values()):
            roles[lead[-1]] = Role.QUESTION
    return roles
