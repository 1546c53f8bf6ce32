"""A statement with everything that says what it is about: its headings, its table's header, its document."""

import re
from collections.abc import Sequence

from bidproof.answering.evidence import Evidence
from bidproof.core.records import Passage, ScoredPassage

_DECLARED = re.compile(
    r"(?P<long>[A-Z][\w&/-]*(?:[ ](?:[A-Z][\w&/-]*|of|and|the|for)){0,7})[ ]"
    r"\((?:the )?[\"“']?(?P<short>[A-Z][\w&/-]*)[\"”']?\)"
)
_JOINTS = re.compile(r"[/_.-]|(?<=[a-z])(?=[A-Z])")


def text_around(evidence: Evidence) -> str:
    """The statement, its header, its headings, the title and the name of its document."""
    return "\n".join((evidence.header, evidence.text, _place(evidence.passage.passage)))


def whole_text(passage: Passage) -> str:
    """A passage with its headings, the title and the name of its document."""
    return f"{passage.located_text}\n{_place(passage)}"


def _place(source: Passage) -> str:
    return "\n".join((*source.heading_path, source.title, source.path, _JOINTS.sub(" ", source.path)))


def declared_aliases(passages: Sequence[ScoredPassage]) -> tuple[tuple[str, str], ...]:
    """Pairs of a long and a short name as the documents declare them: ``Business Continuity Plan (BCP)``."""
    found = (match for item in passages for match in _DECLARED.finditer(item.passage.located_text))
    return tuple(dict.fromkeys((match["long"], match["short"]) for match in found))


def with_aliases(text: str, aliases: Sequence[tuple[str, str]]) -> str:
    """The text with the other name of everything that it names by one of two declared names."""
    added = [other for pair in aliases for one, other in (pair, pair[::-1]) if _holds(text, one)]
    return "\n".join((text, *added))


def _holds(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
