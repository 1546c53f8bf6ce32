"""The figures at the head of the report, counted from the drafts themselves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bidproof.answering.consistency import contradictions
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Document, Draft, DraftState, Questionnaire, Tier, Usage
from bidproof.llm.protocol import add_usage
from bidproof.reports.answers.evidence import EvidenceRoom, QuestionView
from bidproof.reports.answers.pages import SourceState

STATE_LABELS = {
    "drafted": "Drafted",
    "suggested": "Suggested",
    "needs-person": "Needs a person",
    "not-found": "Not found",
    "failed": "Failed",
    "kept": "Left as it was",
}
"""Class name of a state to the words shown, in the order shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many questions ended in one state; ``share`` is 0 to 100 of all questions."""

    name: str
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section of the questionnaire with its questions in order."""

    anchor: str
    title: tuple[str, ...]
    questions: tuple[QuestionView, ...]

    @property
    def drafted(self) -> int:
        """Questions of this section that got an answer."""
        return sum(view.state == "drafted" for view in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument:
    """A document that the answers rest on."""

    title: str
    path: str
    questions: int
    citations: int
    written: str
    expires: str
    trust: str
    state: SourceState | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts over one questionnaire; ``coverage`` is drafted over asked, 0 to 100."""

    questions: int
    asked: int
    states: tuple[StateCount, ...]
    tiers: Mapping[str, int]
    coverage: float
    choices: int
    claims: int
    cited_claims: int
    citations: int
    in_place: int
    documents: tuple[CitedDocument, ...]
    is_calibrated: bool
    has_answers: bool
    usage: Usage
    engines: tuple[str, ...]
    programs: tuple[str, ...]
    problems: tuple[str, ...]
    contradictions: tuple[str, ...]


def group_sections(views: Sequence[QuestionView]) -> tuple[SectionView, ...]:
    """Group neighbours that share a section path; a path that comes back is a section of its own."""
    groups: list[tuple[tuple[str, ...], list[QuestionView]]] = []
    for view in views:
        path = view.question.section_path
        if not groups or groups[-1][0] != path:
            groups.append((path, []))
        groups[-1][1].append(view)
    return tuple(
        SectionView(anchor=f"s{index}", title=path, questions=tuple(items))
        for index, (path, items) in enumerate(groups, start=1)
    )


def summarise(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    views: Sequence[QuestionView],
    room: EvidenceRoom,
) -> Summary:
    """Count everything that the head of the report states."""
    asked = [drafts[question.id] for question in questionnaire.questions if question.id in drafts]
    states = Counter(view.state for view in views)
    claims = [claim for draft in asked for claim in draft.claims]
    answered = [draft for draft in asked if draft.state is DraftState.DRAFTED]
    shown = [(item, len(item.citations)) for view in views for item in view.evidence]
    return Summary(
        questions=len(views),
        asked=len(asked),
        states=tuple(
            StateCount(name=name, label=label, count=states[name], share=100 * states[name] / len(views))
            for name, label in STATE_LABELS.items()
            if states[name]
        ),
        tiers={tier.value: sum(draft.tier is tier for draft in asked) for tier in Tier},
        coverage=100 * len(answered) / len(asked) if asked else 0.0,
        choices=sum(draft.choice is not None for draft in asked),
        claims=len(claims),
        cited_claims=sum(bool(claim.citations) for claim in claims),
        citations=sum(count for _, count in shown),
        in_place=sum(count for item, count in shown if item.is_in_place),
        documents=_cited_documents(asked, room),
        is_calibrated=bool(answered) and all(draft.confidence is not None for draft in answered),
        has_answers=bool(answered),
        usage=add_usage(*(draft.usage for draft in asked)),
        engines=_distinct(draft.engine for draft in asked),
        programs=_distinct(draft.program_digest for draft in asked),
        problems=questionnaire.problems,
        contradictions=contradictions(drafts),
    )


def _cited_documents(drafts: Sequence[Draft], room: EvidenceRoom) -> tuple[CitedDocument, ...]:
    questions: dict[DocumentId, set[QuestionId]] = {}
    citations: Counter[DocumentId] = Counter()
    names: dict[DocumentId, tuple[str, str]] = {}
    for draft in drafts:
        for citation in (item for claim in draft.claims for item in claim.citations):
            questions.setdefault(citation.document_id, set()).add(draft.question_id)
            citations[citation.document_id] += 1
            names[citation.document_id] = (citation.title or citation.path, citation.path)
    ordered = sorted(names, key=lambda item: (-len(questions[item]), names[item]))
    return tuple(
        _cited(
            names[item],
            document=room.document(item),
            questions=len(questions[item]),
            citations=citations[item],
            room=room,
        )
        for item in ordered
    )


def _cited(
    name: tuple[str, str], *, document: Document | None, questions: int, citations: int, room: EvidenceRoom
) -> CitedDocument:
    title, path = name
    return CitedDocument(
        title=title,
        path=path,
        questions=questions,
        citations=citations,
        written=document.written.isoformat() if document and document.written else "",
        expires=document.expires.isoformat() if document and document.expires else "",
        trust=document.trust.value if document else "",
        state=room.sources.state(document) if document else None,
        fingerprint=document.content_hash[:12] if document else "",
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
