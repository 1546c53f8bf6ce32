"""Short forms of the trade and what they stand for."""

import re

from bidproof.language.rules import read_data
from bidproof.language.words import content_stems

_SHORT: dict[str, str] = read_data("bidproof.answering", "abbreviations")["abbreviations"]
_SHORT_FORM = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})\b")


def spell_out(text: str, *, held_by: str | None = None) -> str:
    """The text with the short forms of the trade written out.

    Args:
        text: A question or an answer.
        held_by: Only those are written out of whose words at least half stand here; the
            others stay names. None for all.
    """
    held = None if held_by is None else frozenset(content_stems(held_by))

    def long_form(found: re.Match[str]) -> str:
        long = _SHORT[found[0]]
        own = frozenset(content_stems(long))
        return long if held is None or 2 * len(own & held) >= len(own) else found[0]

    return _SHORT_FORM.sub(long_form, text)
