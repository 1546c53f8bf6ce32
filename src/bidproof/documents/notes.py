"""Puts a note with the sentence that refers to it, and the target of a link behind its words.

A reader writes a sign of two private-use characters where a text refers to a note, and has it
resolved once the paragraph is whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.documents.clean import clean_line

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?=\s|$)")
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_SHOWN_SCHEMES = ("https://", "http://", "ftp://")
_NAMED_SCHEMES = {"mailto:": "e-mail: ", "tel:": "phone: "}
"""Written for the scheme, so that who asks for an e-mail address finds the word, too."""
_MAX_TARGET_CHARS = 150
_FIRST, _BASE = 0xE000, 4096
_SIGN = re.compile("[\ue000-\uefff]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a reader looks up at a sign: a footnote stands in the text, a comment apart from it."""

    label: str
    text: str
    is_apart: bool = False

    @property
    def shown(self) -> str:
        """Label and words as one sentence or more."""
        words = clean_line(self.text)
        return f"{self.label}: {words}{'' if _ENDS.search(words) else '.'}"


class Signs:
    """The notes of one document, by the signs that stand for them in its text."""

    def __init__(self) -> None:
        """Start without notes."""
        self._notes: dict[str, Note] = {}
        self._later: list[str] = []

    def add(self, note: Note) -> str:
        """The sign to write where a note is referred to."""
        number = len(self._notes)
        sign = chr(_FIRST + number // _BASE % _BASE) + chr(_FIRST + number % _BASE)
        self._notes[sign] = note
        return sign

    def resolve(self, text: str, *, is_heading: bool = False) -> str:
        """The text with notes behind their sentences; those that stand apart, and a heading's, are kept."""
        if not self._notes:
            return text
        plain, position = "", 0
        placed: list[tuple[int, str]] = []
        for sign in _SIGN.finditer(text):
            plain += text[position : sign.start()]
            position = sign.end()
            note = self._notes.get(sign[0])
            if note is not None and (note.is_apart or is_heading):
                self._later.append(note.shown)
            elif note is not None:
                placed.append((len(plain), note.shown))
        return _with_notes(plain + text[position:], placed)

    def take_later(self) -> list[str]:
        """What was kept since the last call, each a paragraph of its own."""
        taken, self._later = self._later, []
        return taken


def _with_notes(text: str, placed: Sequence[tuple[int, str]]) -> str:
    parts: list[str] = []
    position = 0
    for at, shown in placed:
        end = max(position, _sentence_end(text, at))
        parts += [text[position:end].rstrip(), f" {shown}"]
        position = end
    return "".join([*parts, text[position:]])


def _sentence_end(text: str, at: int) -> int:
    """Where the sentence ends that a sign at ``at`` belongs to; a sign may stand behind its full stop."""
    before = len(text[:at].rstrip())
    if _SENTENCE_END.search(text, max(0, before - 3), before):
        return before
    found = _SENTENCE_END.search(text, at)
    return found.end() if found else len(text)


def link_suffix(text: str, target: str) -> str:
    """What to write behind a link's words so that its target is not lost: `` (e-mail: ann@example.com)``.

    Empty where the words say it already, and for targets inside the document or folder.
    """
    target = clean_line(target)
    scheme = next((name for name in _NAMED_SCHEMES if target.lower().startswith(name)), "")
    shown = target[len(scheme) :].partition("?")[0] if scheme else target
    is_kept = bool(scheme) or target.lower().startswith(_SHOWN_SCHEMES)
    if not is_kept or not shown or not text.strip():
        return ""
    is_said = len(shown) > _MAX_TARGET_CHARS or _bare(shown) in _bare(text)
    return "" if is_said else f" ({_NAMED_SCHEMES.get(scheme, '')}{shown})"


def _bare(address: str) -> str:
    """An address as people write it: without scheme, ``www.`` and a slash at the end, in lower case."""
    words = clean_line(address).lower()
    for prefix in (*_SHOWN_SCHEMES, *_NAMED_SCHEMES, "www."):
        words = words.removeprefix(prefix)
    return words.rstrip("/")
