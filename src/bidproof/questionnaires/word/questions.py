"""Find questions that stand in running paragraphs, and where their answers go."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Paragraph, Table
from bidproof.questionnaires.requirements.reader import find_obligation, is_question
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.word.cues import ANY_BOX, answer_cue, without_boxes
from bidproof.questionnaires.word.remarks import only_cell, remark_below, wants_remark
from bidproof.questionnaires.word.slots import (
    cell_slots,
    inline_blanks,
    is_answer_place,
    label_slots,
    paragraph_slots,
)

_ASKED = re.compile(r"^(?:Q|Question)\s*:\s*")
_MAX_BACK = 8
_MAX_QUESTION_WORDS = 120
_MAX_LABEL_WORDS = 25
_IN_PLACE_SHARE = 0.34
_CUED_SHARE = 0.2
_MIN_TEXT_WORDS = 4
_LABEL_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphQuestion:
    """A question in running text; ``slots`` is empty while no place for an answer shows.

    ``stem`` is the paragraph that introduces a list item, 0 when there is none.
    """

    text: str
    label: str
    paragraph: Paragraph
    paragraphs: tuple[int, ...]
    slots: tuple[AnswerSlot, ...]
    is_cued: bool
    stem: int = 0


@dataclass(slots=True)
class _Found:
    """What has been taken while walking: an answer place belongs to one question only."""

    questions: list[ParagraphQuestion] = field(default_factory=list[ParagraphQuestion])
    taken: set[int] = field(default_factory=set[int])
    tables: set[int] = field(default_factory=set[int])
    stem: Paragraph | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphFindings:
    """The questions of one run of blocks, and the one-cell tables that serve as their answer boxes."""

    questions: tuple[ParagraphQuestion, ...]
    answer_boxes: frozenset[int]


def find_paragraph_questions(blocks: Sequence[Paragraph | Table]) -> ParagraphFindings:
    """Find the questions among paragraphs in reading order.

    A paragraph is a question when it asks (question mark or imperative), when an answer
    place follows it (cue, prompt, boxes, control, empty one-cell table), or when it holds
    a gap to fill itself.
    """
    found = _Found()
    for at, block in enumerate(blocks):
        if (
            not isinstance(block, Paragraph)
            or block.number in found.taken
            or block.is_in_toc
            or not block.text
        ):
            continue
        if is_answer_place(block):
            continue
        _consider(blocks, at, block, found)
    return ParagraphFindings(questions=tuple(found.questions), answer_boxes=frozenset(found.tables))


def is_answered_in_place(findings: Sequence[ParagraphFindings], blocks: Sequence[Paragraph | Table]) -> bool:
    """Whether answers belong below their questions in this very file.

    True when a fifth of the questions have a visible place for an answer, or when
    questions make up a third of the text: then a question without such a place is
    answered in a new paragraph below it. False for an RFP in prose.
    """
    questions = [question for item in findings for question in item.questions]
    if not questions:
        return False
    cued = sum(1 for question in questions if question.is_cued)
    texts = [
        block
        for block in blocks
        if isinstance(block, Paragraph)
        and block.heading_level is None
        and not block.is_in_toc
        and len(block.text.split()) >= _MIN_TEXT_WORDS
    ]
    return cued >= _CUED_SHARE * len(questions) or len(questions) >= _IN_PLACE_SHARE * max(1, len(texts))


def place_below(question: ParagraphQuestion, below: Mapping[int, Paragraph]) -> AnswerSlot:
    """The slot for a question without a visible place: the empty paragraph below it, or a new one.

    Args:
        question: One that is answered where it stands.
        below: The paragraph that directly follows each paragraph, by number.
    """
    last = question.paragraphs[-1]
    following = below.get(last)
    if following is not None and not following.text and not following.controls and _is_plain(following):
        location = f"paragraph:{following.number}"
    else:
        location = f"after-paragraph:{last}"
    return AnswerSlot(purpose=SlotPurpose.ANSWER, location=location)


def paragraphs_below(blocks: Sequence[Paragraph | Table]) -> dict[int, Paragraph]:
    """The paragraph that directly follows each paragraph of a run, by number."""
    return {
        above.number: below
        for above, below in pairwise(blocks)
        if isinstance(above, Paragraph) and isinstance(below, Paragraph)
    }


def _is_plain(paragraph: Paragraph) -> bool:
    """Whether an empty paragraph holds nothing else: no picture, break, section end or field."""
    heavy = ("drawing", "pict", "object", "sectPr", "br", "fldChar", "bookmarkStart", "lastRenderedPageBreak")
    return not any(paragraph.element.find(f".//{{*}}{name}") is not None for name in heavy)


def _consider(blocks: Sequence[Paragraph | Table], at: int, block: Paragraph, found: _Found) -> None:
    own = _own_slots(block) or _row_of_labels(blocks, at)
    following = _slots_below(blocks, at, found, own)
    asks = _asks(block)
    if own:
        text = _without_gap(block.text)
        below = following if any(slot.purpose is SlotPurpose.MARK for slot in own) else ()
        _add(found, block, (block,), (*own, *below), text=text, is_cued=True)
    elif following and (_opens_question(block) or not _is_ruled(blocks, following)):
        parts = _lead_in(blocks, at, found)
        _add(found, parts[0], parts, following, text=" ".join(part.text for part in parts), is_cued=True)
    elif asks and block.text.endswith(":") and _is_item(_next_shown(blocks, at)):
        found.stem = block
        return
    elif asks or (found.stem and _is_item(block)):
        _add(found, block, (block,), (), text=_with_stem(block, found.stem), is_cued=False)
    if not _is_item(block):
        found.stem = None


def _row_of_labels(blocks: Sequence[Paragraph | Table], at: int) -> tuple[AnswerSlot, ...]:
    """The place behind a label that stands above or below another one: "Name:", "Address:"."""
    label = blocks[at]
    slots = _labels(label)
    if not slots or not isinstance(label, Paragraph):
        return ()
    before = next((item for item in reversed(blocks[:at]) if isinstance(item, Table) or item.text), None)
    beside = [item for item in (before, _next_shown(blocks, at)) if isinstance(item, Paragraph)]
    near = [item for item in beside if abs(item.number - label.number) <= _LABEL_STEP]
    return slots if any(_labels(item) for item in near) else ()


def _labels(block: Paragraph | Table | None) -> tuple[AnswerSlot, ...]:
    if not isinstance(block, Paragraph) or block.heading_level is not None or is_answer_place(block):
        return ()
    return label_slots(block) if find_obligation(block.text) is None else ()


def _with_stem(block: Paragraph, stem: Paragraph | None) -> str:
    if stem is None or not _is_item(block):
        return block.text
    split = split_label(block.text)
    return f"{split.label} {split_label(stem.text).text} {split.text}".strip()


def _is_item(block: Paragraph | Table | None) -> bool:
    """Whether a paragraph is a bulleted or lettered item of a list."""
    if not isinstance(block, Paragraph):
        return False
    if block.label is not None:
        return block.label.is_bullet or block.label.text.strip("().").isalpha()
    split = split_label(block.text)
    return split.is_bullet or (bool(split.label) and split.label.strip("().").isalpha())


def _next_shown(blocks: Sequence[Paragraph | Table], at: int) -> Paragraph | Table | None:
    return next((item for item in blocks[at + 1 :] if isinstance(item, Table) or item.text), None)


def _is_ruled(blocks: Sequence[Paragraph | Table], slots: tuple[AnswerSlot, ...]) -> bool:
    """Whether the only place is a ruled line: a separator unless a question stands above it."""
    places = {slot.location for slot in slots}
    return any(
        isinstance(block, Paragraph)
        and f"paragraph:{block.number}" in places
        and block.text
        and not any(character.isalnum() or character in "[<{" for character in block.text)
        for block in blocks
    )


def _own_slots(block: Paragraph) -> tuple[AnswerSlot, ...]:
    """Slots inside the question's own paragraph, when words stand in front of them."""
    slots = paragraph_slots(block)
    if not slots or not _without_gap(block.text):
        return ()
    words = len(split_label(_without_gap(block.text)).text.split())
    is_gap = slots[0].location.endswith("/blank:1")
    is_prose = is_gap and (words > _MAX_LABEL_WORDS or find_obligation(block.text) is not None)
    return () if is_prose or not words else slots


def _without_gap(text: str) -> str:
    """The question in a paragraph that also holds its gap, its boxes or, in its last line, a cue."""
    head, _, tail = text.rpartition("\n")
    if head and answer_cue(tail) is not None:
        return head.strip()
    boxes = list(ANY_BOX.finditer(text))
    if len(boxes) > 1:
        return without_boxes(text)
    gaps = inline_blanks(text)
    if not gaps:
        return text.rstrip(" :：") if text.endswith((":", "：")) else text
    before = text[: gaps[0].start()].rstrip(" \t:")
    return before or text[gaps[0].end() :].strip()


def _asks(block: Paragraph) -> bool:
    text = split_label(block.text).text
    if len(text.split()) > _MAX_QUESTION_WORDS:
        return False
    if block.heading_level is not None:
        return text.rstrip().endswith("?")
    return is_question(text)


def _slots_below(
    blocks: Sequence[Paragraph | Table], at: int, found: _Found, own: tuple[AnswerSlot, ...]
) -> tuple[AnswerSlot, ...]:
    """The visible answer places that directly follow a paragraph; empty paragraphs may stand between."""
    slots: list[AnswerSlot] = []
    taken: list[int] = []
    end = at + 1
    for index, block in enumerate(blocks[at + 1 :], start=at + 1):
        if isinstance(block, Table):
            cell = only_cell(block)
            if cell is not None and not slots:
                found.tables.add(block.number)
                slots.extend(cell_slots(cell, SlotPurpose.ANSWER, label=""))
            break
        if block.number in found.taken or (not block.text and not block.controls):
            if len(taken) > 1 or slots:
                break
            continue
        if not is_answer_place(block):
            break
        more = paragraph_slots(block)
        if any(slot.purpose is SlotPurpose.ANSWER for slot in slots) or not more:
            break
        slots.extend(more)
        taken.append(block.number)
        end = index + 1
    if len(slots) == 1 and slots[0].purpose is SlotPurpose.MARK:
        return ()  # a declaration to tick, no choice
    found.taken.update(taken)
    return (*slots, *_remark_slots(blocks[end:], found, (*own, *slots)))


def _remark_slots(
    below: Sequence[Paragraph | Table], found: _Found, slots: tuple[AnswerSlot, ...]
) -> tuple[AnswerSlot, ...]:
    """The place for a remark below a choice."""
    remark = remark_below(below) if wants_remark(slots) else None
    if remark is None:
        return ()
    found.taken.add(remark.paragraph)
    if remark.table:
        found.tables.add(remark.table)
    return remark.slots


def _lead_in(blocks: Sequence[Paragraph | Table], at: int, found: _Found) -> tuple[Paragraph, ...]:
    """The paragraphs that make up the question above an answer place.

    From the last numbered or asking paragraph down to the place; only that last
    paragraph when none of those above belongs to it.
    """
    last = blocks[at]
    assert isinstance(last, Paragraph)  # noqa: S101 - the caller has checked it
    parts: list[Paragraph] = []
    recent = found.questions[-_MAX_BACK:]
    loose = {number for item in recent if not item.is_cued for number in item.paragraphs}
    for block in reversed(blocks[max(0, at - _MAX_BACK) : at + 1]):
        if not isinstance(block, Paragraph) or (not block.text and parts):
            break
        if block.number in found.taken - loose:
            break
        if block.heading_level is not None and parts:
            break
        parts.insert(0, block)
        if _opens_question(block):
            return tuple(parts)
    return (last,)


def _opens_question(block: Paragraph) -> bool:
    is_numbered = (
        block.label is not None and bool(block.label.text) and not block.label.text.strip("().").isalpha()
    )
    printed = split_label(block.text).label.strip("().:")
    return is_numbered or (bool(printed) and not printed.isalpha()) or _asks(block)


def _add(
    found: _Found,
    opener: Paragraph,
    parts: tuple[Paragraph, ...],
    slots: tuple[AnswerSlot, ...],
    *,
    text: str,
    is_cued: bool,
) -> None:
    numbers = {part.number for part in parts}
    recent = [item for item in found.questions[-_MAX_BACK:] if not numbers.intersection(item.paragraphs)]
    found.questions[-_MAX_BACK:] = recent
    split = split_label(_ASKED.sub("", text))
    auto = opener.label.text if opener.label is not None else ""
    found.taken.update(numbers)
    found.questions.append(
        ParagraphQuestion(
            text=" ".join(split.text.split()),
            label=auto or split.label,
            paragraph=opener,
            paragraphs=tuple(part.number for part in parts),
            slots=slots,
            is_cued=is_cued,
            stem=found.stem.number if found.stem is not None and _is_item(opener) else 0,
        )
    )
