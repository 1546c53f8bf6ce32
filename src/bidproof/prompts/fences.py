"""Fence untrusted text, so that a model sees where data starts and ends.

Documents, questions and their titles are written by others. Whatever they
contain, it can neither close its own fence nor open another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bidproof.core.records import ScoredPassage

PromptFormat = Literal["xml", "markdown"]

_TAGS = "passages?|question|quotes?|earlier|reply|problems|findings|options|guidance|section|sheet"
# Also with blanks, and with the look-alike signs that a model may read as < and >.
_LOOKALIKE = re.compile(rf"[<＜‹〈](?=\s*/?\s*(?:{_TAGS})\b)", re.IGNORECASE)
_SIGNS = re.compile("[＜‹〈]")
_BACKTICKS = re.compile(r"`{3,}")
_LEAST_FENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of a document as the model sees it; ``section`` is empty where there is none."""

    text: str
    title: str = ""
    section: str = ""


def excerpts_of(passages: Sequence[ScoredPassage]) -> tuple[Excerpt, ...]:
    """Passages as a prompt shows them, in their order, and no more of them."""
    return tuple(
        Excerpt(
            text=item.passage.located_text,
            title=item.passage.title,
            section=" > ".join(item.passage.heading_path),
        )
        for item in passages
    )


def fence(name: str, text: str, *, style: PromptFormat, note: str = "") -> str:
    """Wrap one untrusted text.

    Args:
        name: What it is: ``question``, ``problems``, ….
        text: The text; it may hold anything.
        style: How fences look.
        note: Short untrusted text beside the name, such as a section.
    """
    if style == "xml":
        attribute = f' section="{_attribute(note)}"' if note else ""
        return f"<{name}{attribute}>\n{_without_tags(text)}\n</{name}>"
    heading = f"## {name.capitalize()}" + (f" ({_line(note)})" if note else "")
    return f"{heading}\n{_block(text)}"


def fence_excerpts(excerpts: Sequence[Excerpt], *, style: PromptFormat) -> str:
    """Wrap numbered passages, numbers from 1."""
    if style == "xml":
        inner = "\n".join(_tagged(number, item) for number, item in enumerate(excerpts, start=1))
        return f"<passages>\n{inner}\n</passages>"
    return "\n\n".join(
        f"## Passage {number}{_source(item)}\n{_block(item.text)}"
        for number, item in enumerate(excerpts, start=1)
    )


def _tagged(number: int, excerpt: Excerpt) -> str:
    attributes = f' number="{number}"'
    if excerpt.title:
        attributes += f' document="{_attribute(excerpt.title)}"'
    if excerpt.section:
        attributes += f' section="{_attribute(excerpt.section)}"'
    return f"<passage{attributes}>\n{_without_tags(excerpt.text)}\n</passage>"


def _source(excerpt: Excerpt) -> str:
    parts = [_line(part) for part in (excerpt.title, excerpt.section) if part]
    return f" ({' / '.join(parts)})" if parts else ""


def _without_tags(text: str) -> str:
    # Only what looks like one of our tags is changed: other text must stay quotable.
    return _LOOKALIKE.sub("&lt;", text)


def _attribute(text: str) -> str:
    plain = _SIGNS.sub("'", " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "'")


def _line(text: str) -> str:
    return " ".join(text.split()).lstrip("#").replace("`", "'").strip()


def _block(text: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=_LEAST_FENCE - 1)
    marks = "`" * max(_LEAST_FENCE, longest + 1)
    return f"{marks}text\n{text}\n{marks}"
