"""What people decided before: approved answers are written again, cleared ones are not.

Both are laid over what an engine drafts, anew on every run: an entry that was taken
out of the library, or has expired, stands no longer.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bidproof.core.records import LIBRARY_ENGINE, Claim, Draft, DraftState, Question, Support, Tier
from bidproof.language.choices import translate_choice
from bidproof.runtime.citations import Load, loaded
from bidproof.runtime.past_answers import CHOICES, Offers
from bidproof.runtime.session import Session
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import FeedbackRow, LibraryEntry, ReviewOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A draft as people's decisions leave it.

    ``job_id`` is the job whose review decided; 0 where none did.
    """

    draft: Draft
    job_id: int = 0


class Reviews:
    """The decisions that bear on the questions of one questionnaire.

    Args:
        questions: Of the questionnaire.
        questionnaire: Name of the buyer's file.
        session: Whose feedback and answer library count.
        today: An answer that is no longer valid on this day is not used.
        load: Loads documents, to see whether an answer's evidence still stands.
        scope: Products, regions or others that the questionnaire is about.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        *,
        questionnaire: str,
        session: Session,
        today: date,
        load: Load,
        scope: Collection[str] = (),
    ) -> None:
        self._library = session.workspace.library
        self.offers = Offers(questions, session=session, today=today, scope=scope)
        self._today = today
        self._load = load
        asked = Counter(normalize_question(question.text) for question in questions)
        rows = session.workspace.feedback.about([question.text for question in questions])
        # Where a form asks twice in the same words, words do not tell which question is meant.
        self._repeated = {text for text, count in asked.items() if count > 1}
        self._own = {
            (row.question_id, normalize_question(row.question)): row
            for row in rows
            if row.questionnaire == questionnaire and row.outcome is not ReviewOutcome.UNTOUCHED
        }
        self._cleared = {_said(row): row for row in rows if row.outcome is ReviewOutcome.REJECTED}

    def approved(self, question: Question) -> Ruling | None:
        """The answer that a person approved: to this very question, else to the same one elsewhere.

        None where there is none, where its words were cleared here since, or where the
        questionnaire asks more than once in these words.
        """
        words = normalize_question(question.text)
        own = self._own.get((question.id, words))
        if own is not None and own.outcome.is_answer and own.library_id is not None:
            entry = self._library.get(own.library_id)
            if entry is not None and entry.is_valid(self._today):
                return Ruling(draft=self._draft(question, entry), job_id=own.job_id)
        entry = self.offers.same(question)
        if entry is None or (words in self._repeated and not entry.section):
            return None
        draft = self._draft(question, entry)
        cleared = self._clearing(question, draft)
        return None if cleared and cleared.approved >= entry.approved else Ruling(draft=draft)

    def with_suggestions(self, question: Question, draft: Draft) -> Draft:
        """The draft with the past answers that come near the question."""
        return replace(draft, suggestions=self.offers.suggestions(question))

    def _draft(self, question: Question, entry: LibraryEntry) -> Draft:
        return library_draft(question, entry, load=self._load, today=self._today)

    def hold_back(self, question: Question, draft: Draft) -> Ruling:
        """The draft, or a call for a person where a review cleared what it would write."""
        cleared = self._clearing(question, draft)
        if cleared is None:
            return Ruling(draft=draft)
        reason = f"cleared in review by {cleared.approver} on {cleared.approved.isoformat()}"
        held = replace(
            draft,
            state=DraftState.NEEDS_PERSON,
            text="",
            choice=None,
            claims=(),
            support=Support.NOT_FOUND,
            confidence=None,
            tier=Tier.EXPERT,
            reasons=(reason,),
        )
        return Ruling(draft=held, job_id=cleared.job_id)

    def _clearing(self, question: Question, draft: Draft) -> FeedbackRow | None:
        from bidproof.questionnaires.read_back import written_answer

        written = written_answer(question, draft)
        return self._cleared.get(_key(question.text, written.text, written.choice))


def library_draft(question: Question, entry: LibraryEntry, *, load: Load, today: date) -> Draft:
    """An approved answer as the draft of a question, its choice in the words of this form.

    Where the form has a place for a choice and the entry names none of its options, the
    text stands and the choice is left to a person. Where a document that proves it has
    changed since, has expired or is gone, the answer is an expert's to confirm.
    """
    choice = entry.choice or None
    if choice and question.options:
        choice = translate_choice(choice, question.options)
    is_open = choice is None and any(slot.purpose in CHOICES for slot in question.slots)
    origin = f", in {entry.source}" if entry.source else ""
    reasons = [
        f"approved answer from the library, by {entry.approver} on {entry.approved.isoformat()}{origin}"
    ]
    if is_open:
        reasons.append("it names no choice of this form: a person has to choose")
    if choice and entry.choice and choice != entry.choice:
        reasons.append(f"the choice then was {entry.choice!r}")
    if entry.evidence:
        reasons.append(f"its evidence then: {' '.join(entry.evidence.split())}")
    if entry.contradicts:
        reasons.append(entry.contradicts)
    doubts = _doubts(entry, load=load, today=today)
    claims: tuple[Claim, ...] = ()
    if entry.citations:
        claims = (Claim(text=entry.answer, citations=entry.citations, support=Support.SUPPORTED),)
    return Draft(
        question_id=question.id,
        state=DraftState.NEEDS_PERSON if is_open else DraftState.DRAFTED,
        text=entry.answer,
        choice=choice,
        claims=claims,
        support=Support.SUPPORTED if claims and not doubts else Support.PARTIAL,
        tier=Tier.EXPERT if doubts else Tier.REVIEW,
        reasons=(*reasons, *doubts),
        engine=LIBRARY_ENGINE,
    )


def _doubts(entry: LibraryEntry, *, load: Load, today: date) -> tuple[str, ...]:
    """Why the documents that prove an answer prove it no longer."""
    found: list[str] = []
    for citation in entry.citations:
        document = loaded(citation.document_id, load)
        if document is None:
            found.append(f"its evidence {citation.path!r} is no longer among the documents")
        elif document.text[citation.start : citation.end] != citation.quote:
            found.append(f"its evidence {citation.path!r} has changed since")
        elif document.expires is not None and document.expires < today:
            found.append(f"its evidence {citation.path!r} expired on {document.expires.isoformat()}")
    return tuple(dict.fromkeys(found))


def _said(row: FeedbackRow) -> tuple[str, ...]:
    return _key(row.question, row.old_text, row.old_choice)


def _key(question: str, text: str, choice: str) -> tuple[str, ...]:
    return (normalize_question(question), " ".join(text.split()), " ".join(choice.split()))
