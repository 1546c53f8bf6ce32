"""Read a response document again: what it answers, and what stands there as the answer now."""

import re
from collections.abc import Iterator, Sequence

from bidproof.core.ids import QuestionId
from bidproof.core.records import AnswerSlot, Question, SlotPurpose
from bidproof.formats.word.body import Paragraph, Table
from bidproof.questionnaires.requirements.questions import kind_of_asking
from bidproof.questionnaires.requirements.units import SectionPath, split_label

_TITLE = re.compile(r"Response to .+")
_ASKED = re.compile(r"(?P<number>[^:“]{1,60}?)\s+“(?P<text>.+)”(?:\s+\((?P<facts>[^()]*)\))?", re.DOTALL)
_PAGE = re.compile(r"\bpage (\d+)")
_STATUS = re.compile(r"Status: .*")


def is_response(blocks: Sequence[Paragraph | Table]) -> bool:
    """Whether a Word file is a response document: its title, and a requirement in quotes below it."""
    paragraphs = [item for item in blocks if isinstance(item, Paragraph) and item.text]
    titled = bool(paragraphs) and _TITLE.fullmatch(paragraphs[0].text) is not None
    return titled and any(_ASKED.fullmatch(item.text) for item in paragraphs)


def read_response(blocks: Sequence[Paragraph | Table]) -> Iterator[Question]:
    """The requirements of a response document, each with its answer as the one slot.

    Ids are the numbers that are printed there; several questions may share one.
    """
    sections = SectionPath()
    asked: tuple[Paragraph, re.Match[str], tuple[str, ...]] | None = None
    below: list[Paragraph] = []
    for block in (item for item in blocks[1:] if isinstance(item, Paragraph)):
        found = _ASKED.fullmatch(block.text)
        if found is None and block.heading_level is None:
            below.append(block)
            continue
        if asked is not None:
            yield _question(*asked, below)
        below = []
        asked = (block, found, sections.path) if found is not None else None
        if found is None:
            sections.push(block.text, label=split_label(block.text).label, rank=block.heading_level)
    if asked is not None:
        yield _question(*asked, below)


def _question(
    block: Paragraph, found: re.Match[str], path: tuple[str, ...], below: Sequence[Paragraph]
) -> Question:
    lines = [item.text for item in below]
    if lines and _STATUS.fullmatch(lines[-1]):
        lines.pop()
    page = _PAGE.search(found["facts"] or "")
    place = f"paragraph:{below[0].number}" if below else f"after-paragraph:{block.number}"
    slot = AnswerSlot(purpose=SlotPurpose.ANSWER, location=place, current="\n".join(lines).strip())
    return Question(
        id=QuestionId(found["number"]),
        text=found["text"],
        kind=kind_of_asking(found["text"], ()),
        buyer_id=found["number"],
        section_path=path,
        slots=(slot,),
        page=int(page[1]) if page else None,
        location=f"paragraph:{block.number}",
    )
