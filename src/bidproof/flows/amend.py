"""Carry answers over from the earlier version of an amended questionnaire.

What a person approved in this workspace stands first, else what stands in the answered file. Only
the answer to an unchanged question is written; the one to a changed question is shown with its old
wording, for a person to confirm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bidproof.answering.kept_citations import kept_citations
from bidproof.core.errors import UserError
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Draft, DraftState, Question, Questionnaire, Support, Tier
from bidproof.flows.feedback.matching import find_job
from bidproof.flows.requests.answering import FeedbackRequest
from bidproof.language.choices import match_option
from bidproof.questionnaires.evidence_text import answer_text, distinct_citations
from bidproof.questionnaires.plan import shared_locations
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.read_back import SlotAnswer, standing_answer
from bidproof.questionnaires.versions import AmendReport, ChangedQuestion, compare_versions
from bidproof.runtime.citations import Load, document_loader, stands
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DraftStatus

CARRIED_ENGINE = "carried"
"""The engine of a draft that is the answer of an earlier version of the questionnaire."""
_NO_JOB = "feedback-job"
_NOBODY = QuestionId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What an earlier version settles of a questionnaire; ``drafts`` are by question of the new one."""

    digest: str = ""
    report: AmendReport | None = None
    drafts: Mapping[QuestionId, Draft] = field(default_factory=dict[QuestionId, Draft])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """The answered file, its questions in the buyer's file where that is at hand, and its drafts."""

    answered: Questionnaire
    before: Mapping[QuestionId, Question] = field(default_factory=dict[QuestionId, Question])
    drafts: Mapping[QuestionId, Draft] = field(default_factory=dict[QuestionId, Draft])
    approved: frozenset[QuestionId] = frozenset()


def amend(answered: Path | None, new: Questionnaire, *, session: Session) -> Amendment:
    """Compare a questionnaire with its earlier version, and take that one's answers over.

    Args:
        answered: The answered file of the earlier version; None where there is none.
        new: The amended questionnaire.
        session: Whose reviews count.

    Raises:
        UserError: The answered file cannot be read, or its layout is not clear.
    """
    if answered is None:
        return Amendment()
    earlier = _read(answered, session=session)
    old = {question.id: question for question in earlier.answered.questions}
    answers = _answers(earlier, load=document_loader(session.workspace))
    versions = compare_versions(earlier.answered.questions, new.questions)
    drafts: dict[QuestionId, Draft] = {}
    changed: list[ChangedQuestion] = []
    for question in new.questions:
        if (answer := answers.get(versions.unchanged.get(question.id, _NOBODY))) is not None:
            drafts[question.id] = _carried(question, answer, answered.name)
        elif (like := versions.changed.get(question.id)) is not None:
            drafts[question.id] = _proposed(question, old[like], answers.get(like))
            changed.append(
                ChangedQuestion(
                    id=question.id,
                    text=question.text,
                    old_id=like,
                    old_text=old[like].text,
                    old_answer=answer_text(answers.get(like)),
                )
            )
    report = AmendReport(
        amends=str(answered),
        carried=tuple(key for key in versions.unchanged if key in drafts),
        unanswered=tuple(key for key in versions.unchanged if key not in drafts),
        changed=tuple(changed),
        new=versions.new,
        removed={key: old[key].text for key in versions.removed},
    )
    return Amendment(digest=earlier.answered.content_hash, report=report, drafts=drafts)


def _read(answered: Path, *, session: Session) -> _Earlier:
    """The answered file with the job that wrote it, where this workspace has that."""
    try:
        found = find_job(FeedbackRequest(answered=answered, approver=""), session=session)
    except UserError as error:
        if error.code != _NO_JOB:
            raise
        return _Earlier(answered=read_questionnaire(answered))
    rows = session.workspace.jobs.draft_rows(found.job.id, status=DraftStatus.APPROVED)
    return _Earlier(
        answered=found.answered,
        before={question.id: question for question in found.original.questions} if found.original else {},
        drafts=found.drafts,
        approved=frozenset(QuestionId(row.question_id) for row in rows),
    )


def _answers(earlier: _Earlier, *, load: Load) -> dict[QuestionId, Draft]:
    """What was answered, by question of the earlier version; nothing for one that was left open."""
    shared = shared_locations(earlier.answered.questions)
    answers: dict[QuestionId, Draft] = {}
    for question in earlier.answered.questions:
        draft = earlier.drafts.get(question.id)
        if draft is not None and question.id in earlier.approved:
            answers[question.id] = _with_standing(draft, load)
            continue
        before = earlier.before.get(question.id)
        found = standing_answer(question, draft=draft, before=before, shared=shared)
        if not found.is_empty:
            answers[question.id] = _with_standing(_of_file(question, found, draft), load)
    return answers


def _of_file(question: Question, found: SlotAnswer, draft: Draft | None) -> Draft:
    """What stands in the file, with the quotes of its draft that prove it still."""
    cited = distinct_citations(draft) if draft else ()
    is_same = draft is not None and draft.text.split() == found.text.split()
    citations = cited if is_same else kept_citations(found.text, cited)
    claims = (Claim(text=found.text, citations=citations, support=Support.SUPPORTED),) if citations else ()
    return Draft(
        question_id=question.id,
        state=DraftState.DRAFTED,
        text=found.text,
        choice=found.choice or None,
        claims=draft.claims if draft and is_same else claims,
    )


def _with_standing(draft: Draft, load: Load) -> Draft:
    """The draft without claims whose quotes the documents no longer hold."""
    return replace(draft, claims=tuple(c for c in draft.claims if all(stands(q, load) for q in c.citations)))


def _carried(question: Question, answer: Draft, name: str) -> Draft:
    choice = answer.choice
    if choice and question.options:
        choice = match_option(choice, question.options)
    is_open = bool(question.options) and choice is None
    reasons = (f"carried over from {name}, where the question is the same",)
    return Draft(
        question_id=question.id,
        state=DraftState.DRAFTED,
        text=answer.text,
        choice=choice,
        claims=answer.claims,
        support=Support.SUPPORTED if answer.claims else Support.PARTIAL,
        tier=Tier.EXPERT if is_open else Tier.REVIEW,
        reasons=(*reasons, "its choice was left open there: decide it") if is_open else reasons,
        engine=CARRIED_ENGINE,
    )


def _proposed(question: Question, old: Question, answer: Draft | None) -> Draft:
    """The earlier answer to another wording: shown, and written by nobody but a person."""
    then = f"the earlier version asks: “{' '.join(old.text.split())}”"
    if set(old.options) != set(question.options):
        then += f" with the options {', '.join(old.options) or 'none'}"
    said = "its answer is shown: confirm it or write another" if answer else "it was left open"
    return Draft(
        question_id=question.id,
        state=DraftState.NEEDS_PERSON,
        text=answer.text if answer else "",
        choice=answer.choice if answer else None,
        tier=Tier.EXPERT,
        reasons=(then, said),
        engine=CARRIED_ENGINE,
    )
