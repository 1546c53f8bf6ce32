"""Learn from a file that came back reviewed: what was kept, changed, cleared, written.

Rows of feedback and library entries are stored together or not at all. Gold cases
and few-shot candidates follow; an import that was killed in between is finished
by running it again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bidproof.answering.kept_citations import kept_citations, prove_text
from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.core.records import LIBRARY_ENGINE, Citation, Draft, Question, Span, Support
from bidproof.documents.locations import span_pages
from bidproof.evaluation.gold.store import check_name
from bidproof.flows.feedback.examples import ExamplesReport, store_examples
from bidproof.flows.feedback.gold import GoldReport, add_to_gold
from bidproof.flows.feedback.matching import Matched, find_job
from bidproof.flows.requests.answering import FeedbackRequest
from bidproof.questionnaires.plan import shared_locations
from bidproof.questionnaires.read_back import ReadBack, read_back
from bidproof.runtime.citations import Load, document_loader, stands
from bidproof.runtime.session import Session
from bidproof.workspace.rows import FeedbackRow, JudgedPassage, ReviewOutcome, SavedFeedback


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReport:
    """What an import found and stored.

    Attributes:
        job_id: The job whose drafts the file was held against.
        questionnaire: Name of the buyer's file.
        outcomes: Questions by what became of them.
        kept: Questions that the buyer's file answered itself.
        unmatched: Questions of the file that have no draft in the job, or drafts without
            their question.
        saved: Rows and library entries.
        gold: What became of the gold set; None where none was named.
        examples: Few-shot candidates.
        notes: What a person should look at.
    """

    job_id: int
    questionnaire: str
    outcomes: Mapping[str, int]
    kept: int
    unmatched: tuple[str, ...]
    saved: SavedFeedback
    gold: GoldReport | None
    examples: ExamplesReport
    notes: tuple[str, ...] = ()


def import_feedback(request: FeedbackRequest, *, session: Session) -> FeedbackReport:
    """Read a reviewed file and store what it teaches.

    Raises:
        UserError: No answering job fits the file, or several do (``feedback-job``); the
            approver is missing (``feedback-approver``).
        UnreadableFile: The file cannot be read.
    """
    if not request.approver.strip():
        raise UserError(
            "cannot import feedback: found no approver, expected a name",
            hint=NextStep("say who stands behind the answers", options=("approver",)),
            code="feedback-approver",
        )
    if request.gold:
        check_name(request.gold)
    matched = find_job(request, session=session)
    reading = _read(request, matched, load=document_loader(session.workspace))
    saved = session.workspace.feedback.save(reading.rows)
    answers = [row for row in saved.rows if row.outcome.is_answer]
    gold = add_to_gold(request.gold, answers, session=session) if request.gold else None
    return FeedbackReport(
        job_id=matched.job.id,
        questionnaire=matched.name,
        outcomes=Counter(str(row.outcome) for row in saved.rows),
        kept=reading.kept,
        unmatched=reading.unmatched,
        saved=saved,
        gold=gold,
        examples=store_examples(session),
        notes=_notes(saved.rows, session),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    rows: tuple[FeedbackRow, ...]
    kept: int
    unmatched: tuple[str, ...]


def _read(request: FeedbackRequest, matched: Matched, *, load: Load) -> _Reading:
    before = {question.id: question for question in matched.original.questions} if matched.original else {}
    rows: list[FeedbackRow] = []
    kept, unmatched = 0, list[str]()
    shared = shared_locations(matched.answered.questions)
    for question in matched.answered.questions:
        draft = matched.drafts.get(question.id)
        if draft is None:
            kept += question.is_answered
            unmatched += [] if question.is_answered else [str(question.id)]
            continue
        found = read_back(question, draft, before=before.get(question.id), shared=shared)
        asked = before.get(question.id, question)
        rows.append(_row(request, matched, question=asked, draft=draft, found=found, load=load))
    present = {question.id for question in matched.answered.questions}
    unmatched += [str(name) for name in matched.drafts if name not in present]
    return _Reading(rows=tuple(rows), kept=kept, unmatched=tuple(unmatched))


def _row(
    request: FeedbackRequest,
    matched: Matched,
    *,
    question: Question,
    draft: Draft,
    found: ReadBack,
    load: Load,
) -> FeedbackRow:
    cited = tuple(dict.fromkeys(item for claim in draft.claims for item in claim.citations))
    standing = tuple(_placed(item, load) for item in cited if stands(item, load))
    kept = _kept(draft, found, standing)
    return FeedbackRow(
        job_id=matched.job.id,
        question_id=question.id,
        outcome=found.outcome,
        questionnaire=matched.name,
        source=request.answered.name,
        question=question.text,
        section_path=question.section_path,
        options=question.options,
        old_text=found.old_text,
        old_choice=found.old_choice,
        new_text=found.new_text,
        new_choice=found.new_choice,
        citations=kept,
        passages=_judged(draft, found, standing),
        tier=str(draft.tier),
        support=str(draft.support),
        engine=draft.engine,
        program_digest=draft.program_digest,
        confidence=draft.confidence,
        approver=request.approver.strip(),
        approved=datetime.now(UTC).date(),
        expires=request.expires,
    )


def _kept(draft: Draft, found: ReadBack, standing: Sequence[Citation]) -> tuple[Citation, ...]:
    """The quotes that prove the approved answer: the draft's own where its words were kept."""
    if not found.outcome.is_answer:
        return ()
    if found.outcome is ReviewOutcome.EDITED and found.new_choice != found.old_choice:
        # Another choice is a finding of the person: the quotes were read as saying otherwise.
        return ()
    cited = {item for claim in draft.claims for item in claim.citations}
    is_proven = bool(draft.claims) and all(claim.support is Support.SUPPORTED for claim in draft.claims)
    if _plain(found.new_text) == _plain(found.old_text) and is_proven and len(standing) == len(cited):
        return tuple(standing)
    return kept_citations(found.new_text, standing)


def _placed(citation: Citation, load: Load) -> Citation:
    span = Span(start=citation.start, end=citation.end)
    return replace(citation, pages=span_pages(load(citation.document_id), span))


def _judged(draft: Draft, found: ReadBack, standing: Sequence[Citation]) -> tuple[JudgedPassage, ...]:
    """What a review says of the passages that a draft cites; silent where it says nothing.

    A cited passage is accepted where its quotes prove some of the approved answer. It is
    refused where the answer was cleared, or where others prove what was made of it. A
    passage that nobody cited, above an accepted one, was passed over: it counts as refused.
    """
    cited = {item.passage_id for claim in draft.claims for item in claim.citations}
    good: set[str] = set()
    if found.outcome.is_answer:
        is_same = _plain(found.new_text) == _plain(found.old_text)
        proven = () if is_same else prove_text(found.new_text, standing)
        proving = standing if is_same else [item for one in proven for item in one.citations]
        good = {item.passage_id for item in proving}
    if not good and found.outcome is not ReviewOutcome.REJECTED:
        return ()
    last = max((item.rank for item in draft.passages if item.passage.id in good), default=0)
    return tuple(
        JudgedPassage(
            passage_id=item.passage.id,
            document_id=item.passage.document_id,
            path=item.passage.path,
            rank=item.rank,
            is_accepted=item.passage.id in good,
        )
        for item in draft.passages
        if item.passage.id in cited or item.rank < last
    )


def _notes(rows: Sequence[FeedbackRow], session: Session) -> tuple[str, ...]:
    today = datetime.now(UTC).date()
    notes: list[str] = []
    for row in rows:
        if row.outcome is ReviewOutcome.REJECTED and row.engine == LIBRARY_ENGINE:
            entry = session.workspace.library.find_same(row.question, today=today)
            if entry is not None:
                notes.append(
                    f"{row.question_id}: the cleared answer is entry {entry.id} of the library, which still"
                    f" stands; bidproof library remove {entry.id} takes it out"
                )
    return tuple(notes)


def _plain(text: str) -> str:
    return " ".join(text.split())
