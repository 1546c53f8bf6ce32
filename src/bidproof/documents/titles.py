"""Chooses a document's title: what the file says of itself, unless that is noise."""

import re
from pathlib import PurePosixPath

from bidproof.documents.clean import clean_line

_MAX_CHARS = 200
_JUNK = re.compile(
    r"^(untitled.*|document\d*|doc\d+|presentation\d*|slide ?\d+|book\d*|sheet\d*|title|no title|"
    r"powerpoint presentation|table of contents|contents|index|page \d+|draft|confidential|"
    r"about:blank|unspecified|unknown|anonymous|\[.*\]|none|null|new document|"
    r"(sin|sem) t[ií]tulo|ohne titel|unbenannt.*|sans titre.*|sin nombre|naamloos.*|senza titolo|"
    r"dokument\d*|documento ?\d*|pr[äée]sentation\d*|mappe\d*|classeur\d*|libro\d*)$",
    re.IGNORECASE,
)
_PRODUCER = re.compile(
    r"^((microsoft|libreoffice|openoffice) (office )?(word|powerpoint|excel|writer|calc|impress) ?[-–—:] ?|"
    r"print(ing)? )",
    re.IGNORECASE,
)
_EDGES = " -–—:|#*_`"
_FILE_NAME = re.compile(
    r"^\S+\.(docx?|pdf|pptx?|xlsx?|html?|indd|rtf|txt|md|odt|tex|dvi|qxd|ai|fm)$", re.IGNORECASE
)
_GENERIC_STEMS = frozenset({"readme", "index", "_index", "overview", "main", "default", "home"})


def is_meaningful(title: str) -> bool:
    """Whether words of a title tell a document from others: not a file name, number or stock phrase."""
    letters = sum(character.isalpha() for character in title)
    return (
        letters >= 3
        and letters * 2 >= len(title.replace(" ", "")) * 0.8
        and len(title) <= _MAX_CHARS
        and not _JUNK.match(title.strip("()<>\"' "))
        and not _FILE_NAME.match(title)
    )


def first_meaningful(*candidates: str) -> str:
    """The first candidate that tells the document from others, tidied; empty when none does."""
    for candidate in candidates:
        title = _PRODUCER.sub("", clean_line(candidate)).strip(_EDGES)
        if is_meaningful(title):
            return title
    return ""


def choose_title(*candidates: str, name: str) -> str:
    """Take the first meaningful candidate, else words made of the file's name.

    Args:
        candidates: Best first: front matter, metadata, first heading.
        name: The file's posix path; a generic name (``README.md``) gets its folder in front.
    """
    return first_meaningful(*candidates) or title_from_name(name)


def title_from_name(name: str) -> str:
    """Words made of a file's name: ``sec_policy-v2.pdf`` gives ``sec policy v2``."""
    path = PurePosixPath(name)
    words = _to_words(path.stem)
    if path.stem.lower() in _GENERIC_STEMS and path.parent.name:
        words = f"{_to_words(path.parent.name)} {words}"
    return words or name


def _to_words(stem: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[_\-+.]+(?!\d)|(?<!\d)[_\-+.]+", " ", stem)).strip()
