"""What a column of a gold table is for, by its name alone."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal[
    "id",
    "question",
    "reference",
    "choice",
    "options",
    "relevant",
    "page",
    "quote",
    "is_answerable",
    "is_unanswerable",
    "group",
    "tags",
    "split",
    "section",
    "is_verified",
    "origin",
]
"""A field of a case that a column can fill; ``is_unanswerable`` is its contrary, as some sets keep it."""

ROLES: tuple[Role, ...] = get_args(Role)
SEVERAL: frozenset[Role] = frozenset({"tags", "section"})
"""Roles that more than one column may have."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[\W_]+")
_ALSO_CALLED: dict[str, Role] = {
    "answer": "reference",
    "reference answer": "reference",
    "document": "relevant",
    "documents": "relevant",
    "answerable": "is_answerable",
    "unanswerable": "is_unanswerable",
    "tag": "tags",
    "section path": "section",
    "verified": "is_verified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A role that a name fits; ``is_exact`` when it is a usual name, not one that only holds a word."""

    role: Role
    is_exact: bool


# Order counts: the first rule that fits decides, exact names before words inside a name.
_EXACT: tuple[tuple[Role, str], ...] = (
    (
        "question",
        "question|questions|query|queries|user input|user question|user query|question text|input|prompt"
        "|requirement|requirements|control question|consensus assessment question|caiq question"
        "|control specification|frage|anforderung|pregunta|domanda|pytanie",
    ),
    (
        "reference",
        "answer|answers|reference|reference answer|gold answer|gold|ground truth|ground truths"
        "|expected answer|expected output|expected|expected response|ideal|ideal answer|target|output"
        "|response|correct answer|answer true|true answer|final answer|answer text"
        "|antwort|respuesta|reponse|réponse|risposta",
    ),
    (
        "choice",
        "choice|yes no|y n|yes no true|correct choice|correct option|verdict|compliance|compliant|comply"
        "|caiq answer|csp caiq answer|selected option|yes no na",
    ),
    ("options", "options|choices|allowed|allowed values|answer options|answer choices"),
    (
        "relevant",
        "relevant|relevant documents|relevant docs|document|documents|doc|docs|doc name|document name|source"
        "|sources|source doc|source docs|source document|source documents|source file|source files|file|files"
        "|filename|file name|path|paths|document true|gold document|gold documents|evidence"
        "|evidence documents|evidence doc|supporting documents|citation|citations"
        "|cited documents|document path|doc path",
    ),
    ("page", "page|pages|page number|page numbers|page num|page no|evidence page|evidence pages|source page"),
    (
        "quote",
        "quote|quotes|evidence text|supporting text|context|contexts|reference context|reference contexts"
        "|gold context|gold contexts|gold passage|gold passages|passage|passages|snippet|excerpt|verbatim"
        "|supporting facts|relevant text|relevant passage|relevant passages|source text"
        "|source passage|source quote",
    ),
    ("is_answerable", "is answerable|answerable|has answer|answer exists"),
    ("is_unanswerable", "is impossible|impossible|unanswerable|is unanswerable"),
    ("group", "group|groups|cluster|author|questionnaire|questionnaire name"),
    ("tags", "tags|tag|label|labels|topic|topics|category|categories|type|difficulty|kind|level"),
    ("split", "split|partition|data split|fold"),
    (
        "id",
        "id|case id|question id|qid|uid|number|no|nr|key|index|ref|question number|question no|control id",
    ),
    (
        "section",
        "section|sections|subsection|sub section|section path|domain|control domain|subdomain|chapter"
        "|control title|control group|heading|subheading|ccm control title|ccm domain title",
    ),
    ("is_verified", "is verified|verified|accepted"),
    ("origin", "origin"),
)
_NEVER = re.compile(
    r"\b(?:retrieved|predicted|prediction|generated|model|score|rating|embedding|url|urls|link|links)\b"
)
_INSIDE: tuple[tuple[Role, str], ...] = (
    ("id", r"(?:^| )(?:id|nr|number)$"),
    ("tags", r"\b(?:type|category|difficulty|topic|tags?|reasoning|labels?)\b"),
    ("page", r"\bpages?\b"),
    ("is_unanswerable", r"\b(?:unanswerable|impossible)\b"),
    ("is_answerable", r"\banswerable\b"),
    ("choice", r"\byes no\b|\by n\b|\bchoice\b|\bcomplian(?:t|ce)\b"),
    ("options", r"\b(?:options|choices)\b"),
    ("quote", r"\b(?:quotes?|excerpts?|snippets?|verbatim|passages?|evidence text|contexts?)\b"),
    ("relevant", r"\b(?:docs?|documents?|files?|filenames?|paths?|sources?|citations?)\b"),
    ("section", r"\b(?:sub ?)?(?:section|domain)\b"),
    ("question", r"\b(?:questions?|query|requirement)\b"),
    ("reference", r"\b(?:answers?|responses?|ground truth|expected|reference)\b"),
    ("reference", r"\b(?:explanations?|comments?|justification|rationale|implementation description)\b"),
    ("split", r"\bsplit\b"),
    ("group", r"\bgroup\b"),
)
_EXACT_ROLE: dict[str, Role] = {name: role for role, names in _EXACT for name in names.split("|")}
_INSIDE_RULES: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern)) for role, pattern in _INSIDE
)


def plain_name(name: str) -> str:
    """A column's name in lower case, words parted by blanks: ``Yes_No_True`` is ``yes no true``."""
    return _NOT_WORD.sub(" ", _CAMEL.sub(" ", name)).strip().casefold()


def role_of(name: str) -> NameMatch | None:
    """The role that a column's name speaks for; None when it says nothing."""
    plain = plain_name(name)
    if plain in _EXACT_ROLE:
        return NameMatch(role=_EXACT_ROLE[plain], is_exact=True)
    if _NEVER.search(plain):
        return None
    for role, pattern in _INSIDE_RULES:
        if pattern.search(plain):
            return NameMatch(role=role, is_exact=False)
    return None


def parse_role(word: str) -> Role | None:
    """The role that a user names, in a field's name or a usual word; None when it is none."""
    plain = plain_name(word)
    named: Role | None = next((role for role in ROLES if role.replace("_", " ") == plain), None)
    return named or _ALSO_CALLED.get(plain)
