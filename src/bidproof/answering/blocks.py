"""Choose the one block of one section that answers a part of a question.

A value that is asked for is one sentence or one row; "how do I" the numbered steps; a list question the
whole list; prose the sentence with those that follow it in its paragraph. Where a heading of the
documents asks the same, the block stands below it. No second statement is joined from elsewhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.answer_types import AnswerShape
from bidproof.answering.asked import Asked
from bidproof.answering.closeness import Closeness
from bidproof.answering.compose import wording
from bidproof.answering.evidence import Evidence, row_cells
from bidproof.answering.ranking import points_back
from bidproof.language.sentences import SegmentKind
from bidproof.language.words import content_stems, count_words

_WORDS = 65
_MEANING = 0.5
"""What a cosine of 1 counts for beside a score: it settles near ties and mends absurd picks."""
_NEAR_TIE = 0.3
_CANDIDATES = 6
_SAME_QUESTION = 0.75
_SHARED = 0.5
_HEADINGS = 6
_STATEMENT_WORDS = 5
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBlock:
    """What answers one part of a question.

    Attributes:
        evidence: Neighbours in one paragraph, in reading order; one statement, row or list otherwise.
        best: The one that speaks to the question.
        margin: By how much its score is above that of the next statement outside the block.
        is_whole: Whether it reads as an answer by itself. A row does where each of its cells has a column
            name, and its first cell, or one that is a statement, is about what is asked.
        closeness: Cosine of the question and that one's wording; None without an embedder.
    """

    evidence: tuple[Evidence, ...]
    best: Evidence
    margin: float
    is_whole: bool
    closeness: float | None = None


def choose_block(
    asked: Asked, ranked: Sequence[Evidence], *, closeness: Closeness | None, most: int
) -> AnswerBlock | None:
    """The block that answers best; None where there is no statement.

    Args:
        asked: The question, or a part of it.
        ranked: Statements, best first.
        closeness: Compares wordings; None leaves the order as it is.
        most: Sentences of a paragraph.
    """
    if not ranked:
        return None
    below = _below_same_question(asked, ranked, closeness)
    best, cosine = _best(asked, below or ranked, closeness)
    evidence = _extended(best, ranked, asked.shape, most)
    rival = next((item.score for item in ranked if item not in evidence), 0.0)
    return AnswerBlock(
        evidence=evidence,
        best=best,
        margin=best.score - rival,
        is_whole=_is_whole(best, asked),
        closeness=cosine,
    )


def _is_whole(best: Evidence, asked: Asked) -> bool:
    if best.kind is not SegmentKind.ROW:
        return True
    cells = row_cells(best.quotes[-1])
    is_about = _share(cells[0], asked) >= _SHARED
    return best.has_names and (is_about or any(_says_it(cell, cells, asked) for cell in cells))


def _says_it(cell: str, cells: Sequence[str], asked: Asked) -> bool:
    """Whether one cell is a single sentence that holds all that its row holds of the question."""
    held = set(content_stems(" ".join(cells), asked.language)).intersection(asked.stems)
    is_sentence = count_words(cell) >= _STATEMENT_WORDS and len(_SENTENCE_END.findall(cell)) <= 1
    return is_sentence and bool(held) and held <= set(content_stems(cell, asked.language))


def _best(
    asked: Asked, ranked: Sequence[Evidence], closeness: Closeness | None
) -> tuple[Evidence, float | None]:
    if closeness is None:
        return ranked[0], None
    near = [item for item in ranked[:_CANDIDATES] if item.score >= ranked[0].score - _NEAR_TIE]
    cosines = closeness.to(asked.text, [wording(item) for item in near])
    return max(zip(near, cosines, strict=True), key=lambda pair: pair[0].score + _MEANING * pair[1])


def _below_same_question(
    asked: Asked, ranked: Sequence[Evidence], closeness: Closeness | None
) -> list[Evidence]:
    """Statements below a heading that asks the same as the question; empty where none does."""
    if closeness is None:
        return []
    headings = dict.fromkeys(item.passage.passage.heading_path[-1:] for item in ranked)
    alike = [path[0] for path in headings if path and _share(path[0], asked) >= _SHARED][:_HEADINGS]
    cosines = dict(zip(alike, closeness.to(asked.text, alike), strict=True))
    same = max(cosines, key=lambda name: cosines[name], default="")
    if cosines.get(same, 0.0) < _SAME_QUESTION:
        return []
    return [item for item in ranked if item.passage.passage.heading_path[-1:] == (same,)]


def _share(name: str, asked: Asked) -> float:
    """Share of a heading's or a first cell's words that the question has too; 1 where it has none."""
    own = set(content_stems(name, asked.language))
    return len(own.intersection(asked.stems)) / len(own) if own else 1.0


def _extended(
    best: Evidence, ranked: Sequence[Evidence], shape: AnswerShape, most: int
) -> tuple[Evidence, ...]:
    """The statement with what belongs to it: the sentence that it points back to, and those that go on."""
    if best.kind is not SegmentKind.SENTENCE:
        return (best,)
    around = [item for item in ranked if item.is_beside(best)]
    around.sort(key=lambda item: item.spans[0].start)
    at = around.index(best)
    first = last = at
    count = len(best.text.split())
    if points_back(best) and at and around[at - 1].meets(best):
        first, count = at - 1, count + len(around[at - 1].text.split())
    goes_on = shape in (AnswerShape.PROSE, AnswerShape.STEPS)
    while goes_on and last + 1 < len(around) and around[last].meets(around[last + 1]):
        count += len(around[last + 1].text.split())
        if count > _WORDS or last + 1 - first >= most:
            break
        last += 1
    return tuple(around[first : last + 1])
