"""Cut an answer to a buyer's word or character limit without breaking a word."""

import re

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)|\n+")
_WORD = re.compile(r"\S+")


def fits(text: str, *, max_words: int | None, max_chars: int | None) -> bool:
    """Whether the text is within both limits; words are runs of non-space characters."""
    too_wordy = max_words is not None and len(_WORD.findall(text)) > max_words
    too_long = max_chars is not None and len(text) > max_chars
    return not (too_wordy or too_long)


def cut_to_limits(text: str, *, max_words: int | None, max_chars: int | None) -> str:
    """Shorten a text to whole sentences within the limits.

    Returns:
        The longest run of leading sentences that fits. When not even the first
        does, its leading whole words with an ellipsis. Empty when not one word fits.
    """
    text = text.strip()
    if fits(text, max_words=max_words, max_chars=max_chars):
        return text
    for end in reversed([match.end() for match in _SENTENCE_END.finditer(text)]):
        part = text[:end].rstrip()
        if part and fits(part, max_words=max_words, max_chars=max_chars):
            return part
    return _cut_words(text, max_words=max_words, max_chars=max_chars)


def _cut_words(text: str, *, max_words: int | None, max_chars: int | None) -> str:
    ends = [match.end() for match in _WORD.finditer(text)]
    if max_words is not None:
        ends = ends[:max_words]
    for end in reversed(ends):
        part = text[:end].rstrip(",;:–-") + "…"
        if max_chars is None or len(part) <= max_chars:
            return part
    return ""
