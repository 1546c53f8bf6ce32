"""Hold a document against what was to be written: every text is there, every box stands as planned."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from bidproof.core.errors import WriteFailed
from bidproof.core.records import Question, SlotPurpose
from bidproof.formats.word.edit import shown_text
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.xml import is_checked, w
from bidproof.formats.xml import XmlElement, legal_text
from bidproof.questionnaires.protocol import FillPlan
from bidproof.questionnaires.word.cues import ANY_BOX, TICKED

_BOX = re.compile(r"/box:(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedBox:
    """How one box, or cell to mark, is to stand."""

    location: str
    is_ticked: bool


def wanted_boxes(plan: FillPlan, questions: Sequence[Question]) -> Iterator[WantedBox]:
    """All boxes of the questions that get a mark; those that the plan leaves alone stay as they were."""
    planned = {item.location: item.value for item in plan.values if item.purpose is SlotPurpose.MARK}
    for question in questions:
        marks = [slot for slot in question.slots if slot.purpose is SlotPurpose.MARK]
        for slot in marks if any(slot.location in planned for slot in marks) else ():
            yield WantedBox(
                location=slot.location, is_ticked=bool(planned.get(slot.location, slot.current.strip()))
            )


def check_written(
    plan: FillPlan, document: bytes, boxes: Mapping[WantedBox, int], *, styles: StyleSheet, file: str
) -> None:
    """Read the new document, and refuse one that is not what was planned.

    Args:
        plan: What was to be written.
        document: The main part as it goes into the file.
        boxes: Where the element of each box stands in it, counted over all elements from 0.
        styles: The document's; they say which text shows.
        file: The name to be told.

    Raises:
        WriteFailed: A text is not in it, or a box is ticked that was not to be, or is not that was.
    """
    elements = list(etree.fromstring(document).iter())
    written = _compact("".join(item.text or "" for item in elements if item.tag == w("t")))
    texts = [item for item in plan.values if item.purpose is not SlotPurpose.MARK]
    lost = [v.location for v in texts if any(_compact(line) not in written for line in v.value.splitlines())]
    _refuse(lost, f"of {len(texts)} answers are not in it", file=file)
    wrong = [
        box.location
        for box, at in boxes.items()
        if _is_ticked(elements[at], box.location, styles) is not box.is_ticked
    ]
    _refuse(wrong, f"of {len(boxes)} boxes are not as they were to be ticked", file=file)


def _refuse(places: Sequence[str], what: str, *, file: str) -> None:
    if places:
        raise WriteFailed(
            f"cannot write into {file!r}: read back, {len(places)} {what}, the first for {places[0]!r}",
            hint="open the file in a word processor, save it as a new file, and answer that",
        )


def _is_ticked(element: XmlElement, location: str, styles: StyleSheet) -> bool:
    """Whether a control, a box of a paragraph, or a cell to mark says yes."""
    if element.tag == w("sdt"):
        return is_checked(element)
    if number := _BOX.search(location):
        boxes = list(ANY_BOX.finditer(shown_text(element, styles)))
        at = int(number[1]) - 1
        return at < len(boxes) and TICKED.match(boxes[at].group()) is not None
    text = "\n".join(shown_text(item, styles) for item in element.iter(w("p"))).strip()
    return bool(TICKED.search(text) or (text and not ANY_BOX.search(text)))


def _compact(text: str) -> str:
    return "".join(legal_text(text).split())
