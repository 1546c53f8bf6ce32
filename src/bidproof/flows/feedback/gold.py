"""Approved answers as gold cases: people's own work becomes what answers are measured by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.evaluation.gold.duplicates import find_duplicates
from bidproof.evaluation.gold.rows import made_id
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.runtime.session import Session
from bidproof.workspace.rows import FeedbackRow

_ORIGIN = "feedback on "


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """What became of a gold set.

    Attributes:
        name: The set.
        added: Cases that were not there; they belong to no split yet.
        changed: Cases from earlier feedback whose answer was corrected; they keep their split.
        same: Questions that the set asks already, nearly in these words, and so not added.
        cases: What the set holds now.
    """

    name: str
    added: int
    changed: int
    same: int
    cases: int


def add_to_gold(name: str, rows: Sequence[FeedbackRow], *, session: Session) -> GoldReport:
    """Add approved answers to a gold set, which is made where there is none.

    A question that the set asks already, or nearly, is not added a second time. A case
    that came from feedback takes a corrected answer and keeps its split.

    Args:
        name: The set.
        rows: Feedback with an approved answer.
        session: Its workspace.

    Raises:
        InvalidSetting: The name cannot name a set (``gold-name``).
        WriteFailed: It cannot be written; the set is as it was.
    """
    store = GoldStore(session.workspace.folder)
    with store.changing():
        old = store.load(name).cases if name in store.names() else ()
        cases = {case.id: case for case in old}
        changed, fresh = 0, dict[str, GoldCase]()
        for row in rows:
            case = _case(row)
            known = cases.get(case.id)
            if known is None:
                fresh.setdefault(case.id, case)
            elif known.origin.startswith(_ORIGIN) and replace(case, split=known.split) != known:
                cases[case.id] = replace(case, split=known.split)
                changed += 1
        added = _without_duplicates(tuple(cases.values()), tuple(fresh.values()))
        kept = (*cases.values(), *added)
        if kept and kept != old:
            store.save(GoldSet(name=name, cases=kept))
    return GoldReport(
        name=name, added=len(added), changed=changed, same=len(rows) - len(added) - changed, cases=len(kept)
    )


def _case(row: FeedbackRow) -> GoldCase:
    relevant = tuple(
        Relevant(path=item.path, page=item.pages[0] if len(item.pages) == 1 else None, quote=item.quote)
        for item in row.citations
    )
    return GoldCase(
        id=made_id(row.question),
        question=row.question,
        reference=row.new_text,
        choice=row.new_choice,
        options=row.options if row.new_choice else (),
        relevant=tuple(dict.fromkeys(relevant)),
        is_answerable=True if relevant else None,
        group=" / ".join((row.questionnaire, *row.section_path)),
        tags=(f"feedback: {row.outcome}",),
        section_path=row.section_path,
        origin=f"{_ORIGIN}{row.questionnaire}, {row.question_id}, by {row.approver}",
    )


def _without_duplicates(old: Sequence[GoldCase], new: Sequence[GoldCase]) -> tuple[GoldCase, ...]:
    """The new cases that no case before them asks, exactly or nearly."""
    before: list[GoldCase] = list(old)
    pairs = find_duplicates([*old, *new])
    alike = {(pair.first, pair.second) for pair in pairs}
    kept: list[GoldCase] = []
    for case in new:
        if not any((item.id, case.id) in alike or (case.id, item.id) in alike for item in before):
            kept.append(case)
            before.append(case)
    return tuple(kept)
