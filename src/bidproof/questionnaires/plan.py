"""Plan what changes in a whole file, counted question by question."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from bidproof.core.choices import EvidenceMode
from bidproof.core.ids import QuestionId
from bidproof.core.records import (
    LIBRARY_ENGINE,
    Draft,
    DraftState,
    Question,
    Questionnaire,
    SlotPurpose,
)
from bidproof.questionnaires.evidence_text import distinct_citations
from bidproof.questionnaires.fill import Filling, fill_slots
from bidproof.questionnaires.protocol import EvidenceRow, FillPlan, SlotValue

_CHOICES = frozenset({SlotPurpose.CHOICE, SlotPurpose.MARK})
_DECIDED_BY_PEOPLE = (SlotPurpose.OWNERSHIP, SlotPurpose.CUSTOMER)


def plan_fill(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    evidence: EvidenceMode,
    overwrite: bool,
    max_slot_chars: int | None = None,
) -> FillPlan:
    """Plan a whole file: which slots change, which stay blank and why, what the evidence sheet lists.

    A slot that several questions share takes all their texts in order, each behind the
    question's printed id; a choice only where they agree.

    Args:
        questionnaire: As read; questions already answered there are left alone
            unless ``overwrite``.
        drafts: By question id; a question without one stays as it is.
        evidence: Where citations go.
        overwrite: Replace answers that the file already holds.
        max_slot_chars: Hard limit of one cell in this format.
    """
    work = _Work()
    asked: list[Question] = []
    for question in questionnaire.questions:
        draft = drafts.get(question.id)
        if question.is_answered and not (draft and overwrite):
            work.skipped += [f"{_name(question)}: already answered in the file"] * (draft is not None)
            continue
        asked.append(question)
        if draft is not None:
            filling = fill_slots(question, draft, evidence=evidence, max_slot_chars=max_slot_chars)
            work.add(question, filling if overwrite else _without_taken(question, filling))
            work.rows += _evidence_rows(question, draft) if evidence == "sheet" else ()
    values = work.joined()
    states = Counter(_fullness(question, work.places(question) & values.keys()) for question in asked)
    return FillPlan(
        values=tuple(values.values()),
        evidence=tuple(work.rows),
        filled=states["filled"],
        partly=states["partly"],
        left_blank=states["left blank"],
        skipped=(*work.skipped, *_left_to_people(asked, values)),
    )


@dataclass(slots=True)
class _Work:
    """What the questions want to write, by place."""

    wanted: dict[str, list[tuple[Question, SlotValue]]] = field(
        default_factory=dict[str, list[tuple[Question, SlotValue]]]
    )
    given: dict[QuestionId, set[str]] = field(default_factory=dict[QuestionId, set[str]])
    rows: list[EvidenceRow] = field(default_factory=list[EvidenceRow])
    skipped: list[str] = field(default_factory=list[str])

    def add(self, question: Question, filling: Filling) -> None:
        self.given[question.id] = {item.location for item in filling.values if item.value}
        for value in filling.values:
            self.wanted.setdefault(value.location, []).append((question, value))
        self.skipped += [f"{_name(question)}: {note}" for note in filling.notes]

    def places(self, question: Question) -> set[str]:
        """Where a question wants to write something itself."""
        return self.given.get(question.id, set())

    def joined(self) -> dict[str, SlotValue]:
        """One value a place."""
        values: dict[str, SlotValue] = {}
        for location, several in self.wanted.items():
            value = several[0][1]
            if len({item.value for _, item in several}) > 1:
                if value.purpose in _CHOICES:
                    names = ", ".join(_name(question) for question, _ in several)
                    self.skipped.append(f"{names}: {location} left blank: they share it and differ")
                    continue
                value = replace(value, value=join_texts([(q.buyer_id, item.value) for q, item in several]))
            values[location] = value
        return values


def join_texts(texts: Sequence[tuple[str, str]]) -> str:
    """Texts of several questions for one place, each behind its question's id where that is printed."""
    return "\n".join(f"{name}: {text}" if name else text for name, text in texts)


def shared_locations(questions: Sequence[Question]) -> frozenset[str]:
    """Places that more than one question answers in."""
    counts = Counter(location for q in questions for location in {slot.location for slot in q.slots})
    return frozenset(location for location, count in counts.items() if count > 1)


def _without_taken(question: Question, filling: Filling) -> Filling:
    """Leave slots alone that hold something although their question is not answered yet."""
    taken = {slot.location for slot in question.slots if slot.current.strip()}
    kept = tuple(item for item in filling.values if item.location not in taken)
    notes = [f"{item.location} already holds text" for item in filling.values if item.location in taken]
    return Filling(values=kept, notes=(*filling.notes, *notes))


def _fullness(question: Question, places: Set[str]) -> str:
    """``filled`` where each thing asked for is written, ``partly`` where some is, else ``left blank``."""
    ours = [slot for slot in question.slots if slot.is_writable]
    written = [slot for slot in ours if slot.location in places]
    purposes, done = ({slot.purpose for slot in slots} for slots in (ours, written))
    wanted = [kind for kind in (_CHOICES, {SlotPurpose.ANSWER}) if purposes & kind] or [{SlotPurpose.COMMENT}]
    if not written:
        return "left blank"
    return "filled" if all(done & kind for kind in wanted) else "partly"


def _left_to_people(questions: Sequence[Question], values: Mapping[str, SlotValue]) -> list[str]:
    """Slots that no rule may decide, once for each label, over the questions that were filled."""
    labels = Counter(
        slot.label or str(slot.purpose)
        for question in questions
        if any(slot.location in values for slot in question.slots)
        for slot in question.slots
        if slot.purpose in _DECIDED_BY_PEOPLE and slot.is_writable and not slot.current.strip()
    )
    return [f"{label}: left for a person to decide ({count} questions)" for label, count in labels.items()]


def _evidence_rows(question: Question, draft: Draft) -> list[EvidenceRow]:
    answer = " – ".join(part for part in (draft.choice or "", draft.text.strip()) if part)
    # The buyer reads this: why an answer is missing, and who said so, stands in the report.
    is_drafted, is_approved = draft.state is DraftState.DRAFTED, draft.engine == LIBRARY_ENGINE
    blank = f"{'choice ' if is_approved else ''}left blank, {draft.state}"
    about = EvidenceRow(
        question_id=_name(question),
        question=question.text,
        answer=answer if is_drafted or is_approved else "",
        status=f"{draft.support}, {draft.tier}" if is_drafted else blank,
        location=question.location,
    )
    if draft.state is DraftState.SUGGESTED:
        return [about]
    cited = [
        replace(
            about,
            document=item.title,
            page=", ".join(map(str, item.pages)) or item.cells,
            quote=item.quote,
            place=f"characters {item.start}–{item.end}",
        )
        for item in distinct_citations(draft)
    ]
    return cited or [about]


def _name(question: Question) -> str:
    return question.buyer_id or question.id
