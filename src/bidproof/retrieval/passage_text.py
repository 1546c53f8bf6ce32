"""What of a passage is embedded and what is indexed as words."""

import re
from pathlib import PurePosixPath

from bidproof.core.records import Passage
from bidproof.language.periods import named_periods
from bidproof.language.terms import index_terms

_SEPARATORS = re.compile(r"[\s_\-.,:;|/()\[\]–—]+")
_GENERIC_NAMES = frozenset({"readme", "index", "main", "default", "document", "overview"})
_INNER_HEADINGS = 2

TEXT_RECIPE = "text-4"
"""Names what is embedded and which words are indexed; raise it when either changes."""


def embedding_text(passage: Passage) -> str:
    """The text whose vector stands for the passage: where it is, then what it says.

    Where it is: the file's name when the title does not hold it, the title, and
    the two innermost headings; outer ones are alike all over a document and
    would make its passages alike.
    """
    title, *headings = located_in(passage)
    name = file_words(passage.path)
    known = set(_words(title))
    names = (title,) if known.issuperset(_words(name)) else (name, title)
    return f"{' > '.join((*names, *headings[-_INNER_HEADINGS:]))}\n{passage.located_text}"


def file_words(path: str) -> str:
    """A file's name as words; for names such as README that of its folder comes first."""
    file = PurePosixPath(path)
    name = " ".join(part for part in _SEPARATORS.split(file.stem) if part)
    is_generic = name.lower() in _GENERIC_NAMES and file.parent.name
    return f"{' '.join(_SEPARATORS.split(file.parent.name))} {name}" if is_generic else name


def _words(text: str) -> list[str]:
    return _SEPARATORS.sub(" ", text).lower().split()


def located_in(passage: Passage) -> tuple[str, ...]:
    """Title and heading path, outermost first, neighbours that repeat each other once."""
    names = [
        passage.title.strip() or file_words(passage.path),
        *(name.strip() for name in passage.heading_path),
    ]
    return tuple(
        name for at, name in enumerate(names) if name and (at == 0 or name.lower() != names[at - 1].lower())
    )


def body_terms(passage: Passage) -> list[str]:
    """Terms of the passage's own words, repeated table header included."""
    return index_terms(passage.located_text)


def name_terms(passage: Passage) -> list[str]:
    """Terms of what the document is called: folders, file name, title; its periods in one spelling."""
    path = PurePosixPath(passage.path)
    name = " ".join((*path.parts[:-1], path.stem, passage.title))
    terms = index_terms(name)
    return [*terms, *(period for period in named_periods(name) if period not in terms)]


def place_terms(passage: Passage) -> list[str]:
    """Terms of where the passage stands: file name, title, headings."""
    path = PurePosixPath(passage.path)
    name = " ".join((*path.parts[:-1], path.stem))
    return index_terms(" ".join((name, *located_in(passage))))
