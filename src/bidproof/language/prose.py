"""Cut running text into sentences without being fooled by abbreviations and numbers."""

import re

from bidproof.core.records import Span
from bidproof.language.lexicon import lexicon, word_set

_ABBREVIATIONS = word_set("abbreviations.shared", "abbreviations.requirements") | {
    short for names in lexicon()["numbers"]["months"] for short in names.split()[1:]
}
_COMPANIES = word_set("abbreviations.companies")
_OPENERS = word_set("abbreviations.openers")
_TERMINATOR = re.compile(r"(?P<mark>[.?!]+)(?P<close>[\"'”’)\]»]*)(?P<gap>\s+|$)")
_GLUED = re.compile(r"(?<=[a-z)\]][.?!])(?=(?P<word>[A-Z][a-z]+)\s)")
_LINE_BREAK = re.compile(r"[ \t]*\n\s*")
_OPENER = re.compile(r"[\"'“‘(\[«•●▪◦–—-]*\s*(?P<word>\w[\w'’-]*)")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")
_BULLET = re.compile(r"[•●▪◦○■□▪‣⁃*–—-]\s")


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Find the sentences of a paragraph.

    A full stop ends a sentence only before something that can start one, and not after
    an abbreviation, an initial, or a bare number at the beginning of a line. A line break
    ends one after closing punctuation, before a bullet, or when the line is blank.

    Args:
        text: One paragraph; line breaks inside it are kept as written.

    Returns:
        Characters of ``text`` per sentence, in order, without white space at either end.
        Text without any sentence mark is one sentence; blank text is none.
    """
    cuts = sorted({*_break_cuts(text), *_mark_cuts(text), *_glued_cuts(text)})
    spans: list[Span] = []
    start = 0
    for cut in [*cuts, len(text)]:
        piece = text[start:cut]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            spans.append(Span(start=left, end=right))
        start = cut
    return tuple(spans)


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a paragraph with runs of white space made one space."""
    return tuple(" ".join(text[span.start : span.end].split()) for span in sentence_spans(text))


def _mark_cuts(text: str) -> list[int]:
    return [found.end() for found in _TERMINATOR.finditer(text) if _ends_sentence(text, found)]


def _glued_cuts(text: str) -> list[int]:
    return [found.start() for found in _GLUED.finditer(text) if found["word"].lower() in _OPENERS]


def _break_cuts(text: str) -> list[int]:
    cuts: list[int] = []
    for found in _LINE_BREAK.finditer(text):
        before, after = text[: found.start()].rstrip(), text[found.end() :]
        is_blank_line = found.group().count("\n") > 1
        if is_blank_line or before.endswith((":", ";")) or _BULLET.match(after):
            cuts.append(found.end())
    return cuts


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    if not text[found.end() :].strip():
        return True
    opener = _OPENER.match(text, found.end())
    if opener is None:
        return found["mark"] != "."
    following = opener["word"]
    if following[0].islower():
        return False
    if found["mark"] != ".":
        return True
    return not _is_abbreviated(text, found.start(), following)


def _is_abbreviated(text: str, stop: int, following: str) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it."""
    word = re.split(r"[\s(\[\"“'‘/]", text[:stop])[-1]
    is_starter = following.lower() in _OPENERS
    if not word:
        return False
    if word.lower() in _ABBREVIATIONS:
        if word.lower() in ("no", "nos"):
            return following[0].isdigit()
        return not (is_starter and word.lower() in _COMPANIES)
    if _DOTTED.match(word) or (len(word) == 1 and word.isupper()):
        return not is_starter
    return word.isdigit() and not text[: stop - len(word)].rsplit("\n", 1)[-1].strip()
