"""Turn picked evidence into sentences a person could send, each with its proof.

Only the wording's wrapping changes: bullets, Markdown marks and link targets
go, table cells get their column names, a full stop is added. The quote in the
citation stays verbatim, and every sentence must pass the checks against it.
"""

import re
from collections.abc import Sequence

from bidproof.answering.cleaning import bare, clean, finished
from bidproof.answering.evidence import Evidence, cite, row_cells
from bidproof.answering.proof.verifier import Verifier
from bidproof.core.records import Claim, Question, Support
from bidproof.language.limits import cut_to_limits, fits
from bidproof.language.sentences import SegmentKind

_NUMBER = re.compile(r"\s*(\(?\d{1,2}[.)])\s")
_FENCE = re.compile(r"```\w*|~~~\w*")
_VERIFIER = Verifier()
_EMPTY_CELLS = frozenset({"", "-", "–", "—"})


def compose_claims(evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
    """Write one claim for each statement, in the given order.

    A statement whose cleaned wording fails a check against its own quote is
    kept with the problem named and support ``partial``.
    """
    return tuple(_claim(item) for item in evidence)


def _claim(evidence: Evidence) -> Claim:
    citations = cite(evidence)
    wordings = (wording(evidence), wording(evidence, with_header=False), clean(evidence.quotes[-1]))
    checked = [(text, _VERIFIER.check(text, citations)) for text in dict.fromkeys(wordings)]
    for text, verdict in checked:
        if verdict.is_supported:
            return Claim(text=text, citations=citations, support=Support.SUPPORTED)
    text, verdict = checked[-1]
    return Claim(text=text, citations=citations, support=Support.PARTIAL, problems=verdict.problems)


def wording(evidence: Evidence, *, with_header: bool = True) -> str:
    """A statement as it reads in an answer: a row with its column names, a list behind its lead."""
    if evidence.kind is SegmentKind.ROW:
        return _row(evidence.quotes[-1], header=evidence.header if with_header else "")
    if evidence.is_steps:
        return _steps(evidence.lines)
    if evidence.kind is SegmentKind.ITEM:
        return _list(evidence.lines)
    return clean(evidence.text)


def _list(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return clean(lines[0])
    lead, items = bare(lines[0]).rstrip(" :."), [bare(line).rstrip(" .;,") for line in lines[1:]]
    glue = "; " if any("," in item or len(item.split()) > 4 for item in items) else ", "
    return clean(f"{lead}: {glue.join(items)}")


def _steps(lines: Sequence[str]) -> str:
    """Numbered steps, one a line, behind the line above them."""
    return "\n".join(finished(_FENCE.sub(" ", line).strip()) for line in map(_bare_step, lines))


def _bare_step(line: str) -> str:
    number = _NUMBER.match(line)
    return f"{number[1]} {bare(line)}" if number else bare(line)


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
    return finished(f"{first}{joint}{'; '.join(told)}" if told else first)


def _lowered(name: str) -> str:
    """A column name as it reads inside a sentence; acronyms keep their capitals."""
    return " ".join(word.lower() if word[1:].islower() else word for word in name.split())


def _cells(row: str) -> list[str]:
    return [bare(cell) for cell in row_cells(row)]


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
