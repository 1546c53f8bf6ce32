"""Turn picked evidence into sentences a person could send, each with its proof.

Only the wording's wrapping changes: bullets, Markdown marks and link targets
go, table cells get their column names, a full stop is added. The quote in the
citation stays verbatim, and every sentence must pass the checks against it.
"""

import re
from collections.abc import Sequence

from bidproof.answering.evidence import Evidence, cite, row_cells
from bidproof.answering.verify import check_claim
from bidproof.core.records import Claim, Question, Support
from bidproof.language.limits import cut_to_limits, fits
from bidproof.language.sentences import SegmentKind

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
_NUMBER = re.compile(r"\s*(\(?\d{1,2}[.)])\s")
_FENCE = re.compile(r"```\w*|~~~\w*")
_EMPTY_CELLS = frozenset({"", "-", "–", "—"})
_ENDS = ".!?…"


def compose_claims(evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
    """Write one claim for each statement, in the given order.

    A statement whose cleaned wording fails a check against its own quote is
    kept with the problem named and support ``partial``.
    """
    return tuple(_claim(item) for item in evidence)


def _claim(evidence: Evidence) -> Claim:
    citations = cite(evidence)
    wordings = (wording(evidence), wording(evidence, with_header=False), clean(evidence.quotes[-1]))
    checked = [(text, check_claim(text, citations=citations)) for text in dict.fromkeys(wordings)]
    for text, problems in checked:
        if not problems:
            return Claim(text=text, citations=citations, support=Support.SUPPORTED)
    text, problems = checked[-1]
    return Claim(text=text, citations=citations, support=Support.PARTIAL, problems=problems)


def wording(evidence: Evidence, *, with_header: bool = True) -> str:
    """A statement as it reads in an answer: a row with its column names, a list behind its lead."""
    if evidence.kind is SegmentKind.ROW:
        return _row(evidence.quotes[-1], header=evidence.header if with_header else "")
    if evidence.is_steps:
        return _steps(evidence.lines)
    if evidence.kind is SegmentKind.ITEM:
        return _list(evidence.lines)
    return clean(evidence.text)


def clean(text: str) -> str:
    """One sentence without Markdown marks, bullets, links and doubled spaces, ended properly."""
    bare = _finished(_without_pointers(_bare(text)))
    first = bare.split(" ", 1)[0].rstrip(",.;:")
    return bare[:1].upper() + bare[1:] if first.isalpha() and first.islower() and " " in bare else bare


def _without_pointers(text: str) -> str:
    """The text without closing sentences that only say where to read on."""
    sentences = _SENTENCE_GAP.split(text)
    while len(sentences) > 1 and _POINTER.match(sentences[-1]):
        sentences.pop()
    return " ".join(sentences)


def _bare(text: str) -> str:
    text = _NOTE.sub("", _BULLET.sub("", _HEADING.sub("", text.strip())))
    text = _LINK.sub(lambda match: match[1] or match[2], _IMAGE.sub(" ", _ANCHOR.sub(" ", text)))
    text = _ESCAPE.sub(r"\1", _CODE.sub(r"\1", text))
    text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    text = re.sub(r"\*{2,}|(?<!\w)_{2,}|_{2,}(?!\w)", "", text)
    text = re.sub(r"\n\s*>\s*|\s>\s(?=[a-z])", " ", text)
    return _SPACE_BEFORE.sub(r"\1", " ".join(text.split())).strip(" |")


def _finished(text: str) -> str:
    text = text.rstrip(" ,;")
    if not text or text[-1] in _ENDS or (text[-2:-1] in tuple(_ENDS) and text[-1] in "\"'”’)"):
        return text
    return text[:-1].rstrip() + "." if text[-1] == ":" else text + "."


def _list(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return clean(lines[0])
    lead, items = _bare(lines[0]).rstrip(" :."), [_bare(line).rstrip(" .;,") for line in lines[1:]]
    glue = "; " if any("," in item or len(item.split()) > 4 for item in items) else ", "
    return clean(f"{lead}: {glue.join(items)}")


def _steps(lines: Sequence[str]) -> str:
    """Numbered steps, one a line, behind the line above them."""
    return "\n".join(_finished(_FENCE.sub(" ", line).strip()) for line in map(_bare_step, lines))


def _bare_step(line: str) -> str:
    number = _NUMBER.match(line)
    return f"{number[1]} {_bare(line)}" if number else _bare(line)


def _row(row: str, *, header: str) -> str:
    cells, names = _cells(row), [_lowered(name) for name in _cells(header)]
    if not cells:
        return ""
    if len(names) != len(cells):
        names = [""] * len(cells)
    first, *rest = cells
    told = [
        f"{name}: {cell}" if name else cell
        for name, cell in zip(names[1:], rest, strict=True)
        if cell not in _EMPTY_CELLS
    ]
    joint = " – " if any(names) else ": "
    return _finished(f"{first}{joint}{'; '.join(told)}" if told else first)


def _lowered(name: str) -> str:
    """A column name as it reads inside a sentence; acronyms keep their capitals."""
    return " ".join(word.lower() if word[1:].islower() else word for word in name.split())


def _cells(row: str) -> list[str]:
    return [_bare(cell) for cell in row_cells(row)]


def write_answer(claims: Sequence[Claim], *, question: Question, lead: str = "") -> str:
    """Join claims into the answer, within the question's word and character limits.

    Whole sentences only; when not even the first fits, its leading words with
    an ellipsis.

    Args:
        claims: In the order in which they are to be read.
        question: Gives the limits.
        lead: ``Yes`` or ``No`` when the answer has to say so itself.
    """
    text = " ".join([f"{lead}."] * bool(lead) + [claim.text for claim in claims])
    return cut_to_limits(text, max_words=question.max_words, max_chars=question.max_chars)


def fitting_claims(claims: Sequence[Claim], *, question: Question, lead: str = "") -> tuple[Claim, ...]:
    """The leading claims that fit the question's limits whole; at least one."""
    for count in range(len(claims), 1, -1):
        text = " ".join([f"{lead}."] * bool(lead) + [claim.text for claim in claims[:count]])
        if fits(text, max_words=question.max_words, max_chars=question.max_chars):
            return tuple(claims[:count])
    return tuple(claims[:1])
