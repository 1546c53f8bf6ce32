"""One statement as it reads in an answer: without the marks of the file that it stands in."""

import re

from bidproof.language.sentences import SENTENCE_ENDS

_BULLET = re.compile(r"^\s*(?:>\s*)*(?:(?:[-*+•·▪◦‣]|[–—]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+)?(?:\[[ xX]\]\s+)?")
_ANCHOR = re.compile(r"</?[a-zA-Z][^<>]*>")
_IMAGE = re.compile(r"!\[+[^\]]*\]+\([^)]*\)")
_LINK = re.compile(r"\[\s*([^\]]+?)\s*\]\([^)]*\)|\[([^\]]+)\]\[[^\]]*\]")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"`+([^`]+)`+")
_ESCAPE = re.compile(r"\\([^\w\s])")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_SPACE_BEFORE = re.compile(r"\s+([,;:!?)]|\.(?=\s|$))")
_NOTE = re.compile(
    r"^(?:\*{0,2}(?:note|tip|important|warning|caution|info)\*{0,2})\s*[:!]?\s+(?=[A-Z])", re.IGNORECASE
)
_POINTER = re.compile(
    r"(?:For (?:more|further|additional) (?:information|details)|To learn more|Learn more|See|Refer to)\b"
)
_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+")


def clean(text: str) -> str:
    """One sentence without Markdown marks, bullets, links and doubled spaces, ended properly."""
    found = finished(_without_pointers(bare(text)))
    first = found.split(" ", 1)[0].rstrip(",.;:")
    return found[:1].upper() + found[1:] if first.isalpha() and first.islower() and " " in found else found


def _without_pointers(text: str) -> str:
    """The text without closing sentences that only say where to read on."""
    sentences = _SENTENCE_GAP.split(text)
    while len(sentences) > 1 and _POINTER.match(sentences[-1]):
        sentences.pop()
    return " ".join(sentences)


def bare(text: str) -> str:
    """A text on one line without bullets, emphasis, link targets and images."""
    text = _NOTE.sub("", _BULLET.sub("", _HEADING.sub("", text.strip())))
    text = _LINK.sub(lambda match: match[1] or match[2], _IMAGE.sub(" ", _ANCHOR.sub(" ", text)))
    text = _ESCAPE.sub(r"\1", _CODE.sub(r"\1", text))
    text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    text = re.sub(r"\*{2,}|(?<!\w)_{2,}|_{2,}(?!\w)", "", text)
    text = re.sub(r"\n\s*>\s*|\s>\s(?=[a-z])", " ", text)
    return _SPACE_BEFORE.sub(r"\1", " ".join(text.split())).strip(" |")


def finished(text: str) -> str:
    """A text ended by a full stop, where it does not end a sentence already."""
    text = text.rstrip(" ,;")
    if not text or text.rstrip("\"'”’)」』）")[-1:] in tuple(SENTENCE_ENDS):
        return text
    return text[:-1].rstrip() + "." if text[-1] == ":" else text + "."
