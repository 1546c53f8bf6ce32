"""Find the answer slots in a Word cell or paragraph: text places, dropdowns, boxes to tick."""

import re
from dataclasses import dataclass, replace
from itertools import islice

from bidproof.core.records import AnswerSlot, SlotPurpose
from bidproof.formats.word.body import Cell, Control, Paragraph
from bidproof.questionnaires.word.cues import (
    ANY_BOX,
    TICKED,
    answer_after_cue,
    answer_cue,
    box_options,
    is_blank,
    is_closed,
    is_prompt,
    offers_boxes,
)

_MAX_OPTION_WORDS = 2
_MAX_LABEL_WORDS = 8
INLINE_BLANK = re.compile(r"_{3,}|\.{5,}|…{2,}|\{\{[^{}]{1,80}\}\}|\[[^\[\]]{1,80}\]|<[^<>]{1,80}>")
"""A gap inside a line; the ``blank:K`` of a location counts those that are prompts, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    location: str
    option: str
    is_ticked: bool
    is_locked: bool


def cell_slots(
    cell: Cell, purpose: SlotPurpose, *, label: str, options: tuple[str, ...] = ()
) -> tuple[AnswerSlot, ...]:
    """The slots of one answer cell.

    Boxes to tick become ``MARK`` slots, a dropdown a ``CHOICE``; a text control is the
    place for text where there is one, else the cell itself. A column of marks gives its
    own single slot through :func:`mark_slot`.
    """
    boxes = _boxes(cell.paragraphs)
    if len(boxes) > 1:
        return _with_text(boxes, cell, label=label)
    dropdown = _first(cell.controls, "dropdown")
    if dropdown is not None:
        slot = _control_slot(
            dropdown, SlotPurpose.CHOICE if purpose is SlotPurpose.ANSWER else purpose, label
        )
        text = _first(cell.controls, "text")
        return (slot,) if text is None else (slot, _control_slot(text, SlotPurpose.COMMENT, label))
    text = _first(cell.controls, "text")
    if text is not None:
        return (_control_slot(text, purpose, label, options=options),)
    return (
        AnswerSlot(
            purpose=purpose,
            location=cell.place.location,
            label=label,
            options=options,
            current=_current(cell.text),
            is_writable=not is_closed(cell.text),
        ),
    )


def mark_slot(cell: Cell, *, option: str) -> AnswerSlot:
    """The slot of one cell in a column that is marked with an "x" when it applies."""
    boxes = _boxes(cell.paragraphs)
    if boxes:
        return _mark(boxes[0], option=option)
    return AnswerSlot(
        purpose=SlotPurpose.MARK,
        location=cell.place.location,
        label=option,
        option=option,
        current=_current(cell.text),
    )


def paragraph_slots(paragraph: Paragraph) -> tuple[AnswerSlot, ...]:
    """The slots that a paragraph itself offers: a control, boxes, a cue, a prompt, a gap; empty when none.

    A single box counts where the paragraph is nothing but its option.
    """
    boxes = _boxes((paragraph,))
    if len(boxes) > 1 or (boxes and is_answer_place(paragraph)):
        return tuple(_mark(box) for box in boxes)
    controls = control_slots(paragraph, SlotPurpose.ANSWER)
    return controls or _cue_slot(paragraph) or _blank_slots(paragraph)


def control_slots(paragraph: Paragraph, purpose: SlotPurpose) -> tuple[AnswerSlot, ...]:
    """The slot of a paragraph's dropdown, else of its control for text, which has the purpose given."""
    control = _first(paragraph.controls, "dropdown") or _first(paragraph.controls, "text")
    if control is None:
        return ()
    shown = SlotPurpose.CHOICE if control.kind == "dropdown" else purpose
    return (_control_slot(control, shown, control.title),)


def is_answer_place(paragraph: Paragraph) -> bool:
    """Whether a paragraph is nothing but a place for an answer: a prompt, a cue, boxes, a control."""
    text = paragraph.text
    if is_prompt(text) or answer_cue(text) is not None or answer_after_cue(text) is not None:
        return True
    boxes = list(ANY_BOX.finditer(text))
    if boxes:
        if not offers_boxes(text):
            return False
        before = text[: boxes[0].start()].strip()
        is_option = len(before.split()) <= _MAX_OPTION_WORDS and "?" not in before and ":" not in before
        return is_option and (bool(box_options(text)) or len(boxes) == 1)
    shown = [item for item in paragraph.controls if item.kind in ("text", "dropdown")]
    return bool(shown) and _is_only_control(paragraph, shown[0])


def _is_only_control(paragraph: Paragraph, control: Control) -> bool:
    if control.current:
        return control.current == paragraph.text
    return is_blank(paragraph.text) or len(control.element.findall(".//{*}t")) == len(
        paragraph.element.findall(".//{*}t")
    )


def _cue_slot(paragraph: Paragraph) -> tuple[AnswerSlot, ...]:
    text = paragraph.text
    last = text.rpartition("\n")[2]
    if last != text and answer_cue(last) is not None and not inline_blanks(last):
        label = last.strip().rstrip(":： ")
        location = f"paragraph:{paragraph.number}/end"
        return (AnswerSlot(purpose=SlotPurpose.ANSWER, location=location, label=label),)
    current = answer_after_cue(text)
    if current is None and not is_prompt(text):
        return ()
    label = text[: len(text) - len(current)].strip() if current else (answer_cue(text) or "")
    return (
        AnswerSlot(
            purpose=SlotPurpose.ANSWER,
            location=f"paragraph:{paragraph.number}",
            label=label.rstrip(":： _.…"),
            current=current or "",
        ),
    )


def _blank_slots(paragraph: Paragraph) -> tuple[AnswerSlot, ...]:
    gaps = inline_blanks(paragraph.text)
    if not gaps:
        return ()
    return (AnswerSlot(purpose=SlotPurpose.ANSWER, location=f"paragraph:{paragraph.number}/blank:1"),)


def inline_blanks(text: str) -> list[re.Match[str]]:
    """The gaps in a line that wait for an answer, in order."""
    return [found for found in INLINE_BLANK.finditer(text) if is_prompt(found.group())]


def _boxes(paragraphs: tuple[Paragraph, ...]) -> list[_Box]:
    """Every box with the words beside it; typed boxes and ticked controls alike."""
    boxes: list[_Box] = []
    for paragraph in paragraphs:
        shown = list(ANY_BOX.finditer(paragraph.text))
        controls = [item for item in paragraph.controls if item.kind == "checkbox"]
        options = box_options(paragraph.text)
        if len(shown) == 1:
            options = (
                " ".join((paragraph.text[: shown[0].start()] + paragraph.text[shown[0].end() :]).split()),
            )
        if len(options) != len(shown) or not (offers_boxes(paragraph.text) or controls):
            continue
        same = len(controls) == len(shown)
        for at, (mark, option) in enumerate(zip(shown, options, strict=True)):
            control = controls[at] if same else None
            boxes.append(
                _Box(
                    location=f"control:{control.number}"
                    if control
                    else f"paragraph:{paragraph.number}/box:{at + 1}",
                    option=option,
                    is_ticked=bool(control.current) if control else TICKED.match(mark.group()) is not None,
                    is_locked=control is not None and control.is_locked,
                )
            )
    return boxes


def _with_text(boxes: list[_Box], cell: Cell, *, label: str) -> tuple[AnswerSlot, ...]:
    marks = tuple(_mark(box) for box in boxes)
    text = _first(cell.controls, "text")
    if text is not None:
        return (*marks, _control_slot(text, SlotPurpose.COMMENT, label))
    lines = (slot for paragraph in cell.paragraphs for slot in _line_slots(paragraph))
    return (*marks, *(replace(slot, purpose=SlotPurpose.COMMENT) for slot in islice(lines, 1)))


def _line_slots(paragraph: Paragraph) -> tuple[AnswerSlot, ...]:
    """The place in a line beside the boxes: "If yes, explain: ____"."""
    if ANY_BOX.search(paragraph.text):
        return ()
    return _cue_slot(paragraph) or _blank_slots(paragraph) or label_slots(paragraph)


def label_slots(paragraph: Paragraph) -> tuple[AnswerSlot, ...]:
    """The place behind a label that ends its line: "Company name:"; empty for other lines."""
    text = paragraph.text
    if not text.endswith((":", "：")) or len(text.split()) > _MAX_LABEL_WORDS:
        return ()
    location = f"paragraph:{paragraph.number}/end"
    return (AnswerSlot(purpose=SlotPurpose.ANSWER, location=location, label=text.rstrip(":： ")),)


def _mark(box: _Box, *, option: str = "") -> AnswerSlot:
    return AnswerSlot(
        purpose=SlotPurpose.MARK,
        location=box.location,
        label=option or box.option,
        option=option or box.option,
        current="x" if box.is_ticked else "",
        is_writable=not box.is_locked,
    )


def _control_slot(
    control: Control, purpose: SlotPurpose, label: str, *, options: tuple[str, ...] = ()
) -> AnswerSlot:
    return AnswerSlot(
        purpose=purpose,
        location=f"control:{control.number}",
        label=label or control.title,
        options=control.options or options,
        current=_current(control.current),
        is_writable=not control.is_locked,
    )


def _first(controls: tuple[Control, ...], kind: str) -> Control | None:
    return next((item for item in controls if item.kind == kind), None)


def _current(text: str) -> str:
    return "" if is_blank(text) else text.strip()
