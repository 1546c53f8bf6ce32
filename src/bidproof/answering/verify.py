"""Where a quotation stands in the passage that it cites; what a sentence makes of it, ``proof/`` decides."""

import re

from bidproof.core.errors import ModelGarbled
from bidproof.core.records import Passage, Span

LEAST_QUOTE_CHARS = 12
"""A shorter match would prove nothing."""

_ALIKE = ("'’‘ʼ′", '"“”„″', "-‐‑‒–−", "–—―")
_SAME_MARK: dict[str, str] = {}
for _marks in _ALIKE:
    for _mark in _marks:
        _SAME_MARK[_mark] = _SAME_MARK.get(_mark, "") + _marks
_SPECIAL = {ord(_char): rf"\{_char}" for _char in r"()[]{}?*+-|^$\.&~#"}
_PATTERNS = _SPECIAL | {ord(_mark): f"[{re.escape(_marks)}]" for _mark, _marks in _SAME_MARK.items()}


class QuoteTooShort(ModelGarbled):
    """A quotation is too short to prove anything."""

    code = "quote-too-short"


def locate_quote(quote: str, *, passage: Passage) -> Span | None:
    """Find where a quotation sits in the document it cites.

    Runs of white space match one space; case and punctuation must agree, save
    that straight and curly quotation marks count as the same mark, and so do
    hyphens and dashes of like length. A quotation never starts or ends inside a word,
    so ``encrypted at rest`` is not found in ``unencrypted at rest``.

    Args:
        quote: Words the model says it copied; at least 12 characters.
        passage: The cited passage, holding its own document offsets.

    Returns:
        Document characters, start inclusive, end exclusive. None when the
        quotation is absent: the claim is then ungrounded. The first of
        several matches wins.

    Raises:
        QuoteTooShort: Under 12 characters, so a match would prove nothing.
    """
    parts = quote.split()
    normal = " ".join(parts)
    if len(normal) < LEAST_QUOTE_CHARS:
        raise QuoteTooShort(
            f"cannot check quotation {normal!r}: found {len(normal)} characters,"
            f" expected at least {LEAST_QUOTE_CHARS}",
            hint="quote a whole phrase or sentence of the passage",
        )
    body = r"\s+".join(part.translate(_PATTERNS) for part in parts)
    before = r"(?<![^\W_])" if normal[0].isalnum() else ""
    after = r"(?![^\W_])" if normal[-1].isalnum() else ""
    match = re.search(before + body + after, passage.text)
    if match is None:
        return None
    return Span(start=passage.start + match.start(), end=passage.start + match.end())
