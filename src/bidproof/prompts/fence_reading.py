"""Read fenced text back, as it comes in examples of other programs.

Only what :mod:`fences` would write is understood; callers check that by fencing
again what was read.
"""

import re
from dataclasses import replace

from bidproof.prompts.fences import Excerpt, PromptFormat, fence, fence_excerpts

_PASSAGE = re.compile(
    r'<passage number="\d+"(?: document="(?P<title>[^"]*)")?(?: section="(?P<section>[^"]*)")?>\n'
    r"(?P<text>.*?)\n</passage>",
    re.DOTALL,
)
_HEADED = re.compile(
    r"^## Passage \d+(?: \((?P<source>[^\n]*)\))?\n(?P<marks>`{3,})text\n(?P<text>.*?)\n(?P=marks)$",
    re.DOTALL | re.MULTILINE,
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def read_excerpts(text: str) -> tuple[tuple[Excerpt, ...], PromptFormat] | None:
    """The passages of a fenced text and how it was fenced; None where it is none of ours."""
    tagged = [
        Excerpt(
            text=match["text"], title=_plain(match["title"] or ""), section=_plain(match["section"] or "")
        )
        for match in _PASSAGE.finditer(text)
    ]
    headed = [_headed(match) for match in _HEADED.finditer(text)]
    ways: tuple[tuple[list[Excerpt], PromptFormat], ...] = (
        ([replace(item, text=item.text.replace("&lt;", "<")) for item in tagged], "xml"),
        (tagged, "xml"),
        (headed, "markdown"),
    )
    for excerpts, style in ways:
        if excerpts and fence_excerpts(excerpts, style=style) == text.strip():
            return tuple(excerpts), style
    return None


def read_fence(name: str, text: str, *, style: PromptFormat) -> str | None:
    """What one fence holds, a leading or trailing part of ``text``; None where there is no such fence."""
    if style == "xml":
        match = re.search(rf"<{name}>\n(?P<text>.*?)\n</{name}>", text, re.DOTALL)
    else:
        match = re.search(
            rf"^## {name.capitalize()}\n(?P<marks>`{{3,}})text\n(?P<text>.*?)\n(?P=marks)$",
            text,
            re.DOTALL | re.MULTILINE,
        )
    if match is None:
        return None
    inner = match["text"]
    for read in (inner.replace("&lt;", "<"), inner):
        if fence(name, read, style=style) == match[0]:
            return read
    return None


def _headed(match: re.Match[str]) -> Excerpt:
    title, _, section = (match["source"] or "").partition(" / ")
    return Excerpt(text=match["text"], title=title, section=section)


def _plain(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text
