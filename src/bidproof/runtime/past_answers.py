"""What the answer library offers one form: answers that may be written, and those that are only shown.

Without a model an answer is written where the question is the same but for form words; what comes near is
a suggestion, with what speaks against it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bidproof.answering.confidence import OLD_DAYS
from bidproof.answering.past.direction import opposite_choice
from bidproof.answering.past.flags import slot_flag
from bidproof.answering.past.search import PastAnswer, PastAnswers
from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import QuestionId
from bidproof.core.records import Likeness, Question, ScoredPassage, SlotPurpose, Suggestion
from bidproof.language.choices import translate_choice
from bidproof.retrieval.kept_vectors import KeptVectors
from bidproof.retrieval.protocol import Query
from bidproof.runtime.past_documents import past_passage
from bidproof.runtime.session import Session
from bidproof.runtime.warm import open_embedder
from bidproof.workspace.rows import LibraryEntry

_VECTORS = "library.vectors"
CHOICES = (SlotPurpose.CHOICE, SlotPurpose.MARK)


def section_name(path: Sequence[str]) -> str:
    """The headings above a question as one line."""
    return " > ".join(path)


class Offers:
    """What the library offers the questions of one form; meanings are read when first asked for.

    Args:
        questions: Of the form.
        session: Whose library.
        today: Entries that may not be used on this day are not offered.
        scope: Products, regions or others that the form is about.
    """

    def __init__(
        self, questions: Sequence[Question], *, session: Session, today: date, scope: Collection[str] = ()
    ) -> None:
        self._questions = tuple(questions)
        self._session = session
        self._today = today
        self._scope = " ".join(scope).casefold()
        self._near: dict[QuestionId, tuple[PastAnswer, ...]] | None = None
        self._past: PastAnswers | None = None

    def same(self, question: Question) -> LibraryEntry | None:
        """The entry that may be written: to the same words, else to the same but for form words.

        None too where one form answered these words differently under several headings, and none is
        the question's own, where what came from another form lacks what is asked for, and where
        it was approved more than ``OLD_DAYS`` ago: it is offered then.
        """
        rows = self._session.workspace.library.all_same(question.text, today=self._today)
        fitting = [entry for entry in rows if self._may_write(question, entry)]
        newest = [entry for entry in fitting if entry.approved == fitting[0].approved]
        own = [entry for entry in newest if entry.section == section_name(question.section_path)]
        own = own or [entry for entry in newest if not entry.section]
        if newest and (own or len({(entry.choice, entry.answer) for entry in newest}) == 1):
            return (own or newest)[0]
        if rows:
            return None
        best = next(iter(self._closest(question)), None)
        is_same = best is not None and best.likeness is Likeness.SAME and not best.flags
        return best.entry if best and is_same and self._may_write(question, best.entry) else None

    def suggestions(self, question: Question) -> tuple[Suggestion, ...]:
        """What comes near, best first, each with what a person has to check."""
        return tuple(self._suggestion(question, found) for found in self._closest(question))

    def candidates(self, question: Question) -> tuple[LibraryEntry, ...]:
        """The near past answers that nothing speaks against, best first: for a model to decide on.

        None where something speaks against the nearest: the next ones are about something else then.
        """
        near = self._closest(question)
        if not near or not near[0].is_unopposed:
            return ()
        entries = (found.entry for found in near if found.is_unopposed)
        return tuple(entry for entry in entries if self._may_write(question, entry))

    def beside(self, source: PassageSource) -> PassageSource:
        """The source with the past answer to each query first, where one is likely and not out of scope."""
        return _WithPast(source, self)

    def for_query(self, query: Query) -> LibraryEntry | None:
        """The past answer that is evidence for a query, where one is likely and not out of scope."""
        best = next(iter(self._answers().closest([query.text])[0]), None)
        if best is None or best.likeness is Likeness.RELATED or best.flags:
            return None
        beyond = self._beyond([*query.context, query.text], best.entry)
        return None if beyond else best.entry

    def _may_write(self, question: Question, entry: LibraryEntry) -> bool:
        says = entry.answer or (entry.choice and _has_choice(question))
        is_whole = not entry.source or not slot_flag(question.text, entry)
        is_fresh = not self._is_old(entry)
        return bool(says) and is_whole and is_fresh and not self._beyond(_texts(question), entry)

    def _is_old(self, entry: LibraryEntry) -> bool:
        return (self._today - entry.approved).days > OLD_DAYS

    def _beyond(self, texts: Sequence[str], entry: LibraryEntry) -> tuple[str, ...]:
        """What the entry holds for and neither the form nor these texts name."""
        named = " ".join((self._scope, *texts)).casefold()
        return tuple(name for name in entry.scope if name.casefold() not in named)

    def _suggestion(self, question: Question, found: PastAnswer) -> Suggestion:
        entry, reasons = found.entry, list(found.flags)
        choice = entry.choice
        if found.is_opposite and choice and question.options:
            choice = opposite_choice(choice)
            reasons.append(f"check: opposite wording; the past answer is {entry.choice!r}")
        if beyond := self._beyond(_texts(question), entry):
            reasons.append(f"it was given for {', '.join(beyond)}")
        if entry.contradicts:
            reasons.append(entry.contradicts)
        if self._is_old(entry):
            reasons.append(f"approved on {entry.approved.isoformat()}: check that it still holds")
        is_likely = found.likeness is not Likeness.RELATED and not beyond
        return Suggestion(
            library_id=entry.id,
            question=entry.question,
            text=entry.answer,
            choice=translate_choice(choice, question.options) if choice and question.options else choice,
            likeness=found.likeness if is_likely else Likeness.RELATED,
            reasons=tuple(reasons),
            approver=entry.approver,
            approved=entry.approved,
            source=entry.source,
        )

    def _closest(self, question: Question) -> tuple[PastAnswer, ...]:
        if self._near is None:
            self._near = self._search()
        return self._near.get(question.id, ())

    def _search(self) -> dict[QuestionId, tuple[PastAnswer, ...]]:
        found = self._answers().closest([question.text for question in self._questions])
        return {question.id: near for question, near in zip(self._questions, found, strict=True)}

    def _answers(self) -> PastAnswers:
        if self._past is None:
            entries = [
                entry for entry in self._session.workspace.library.all() if entry.is_valid(self._today)
            ]
            # The order and its bounds were measured with the local embedder.
            embedder = open_embedder(replace(self._session.settings.retrieval, embedder="minilm"))
            kept = KeptVectors(embedder, self._session.workspace.folder / _VECTORS)
            self._past = PastAnswers(entries, kept)
        return self._past


@dataclass(frozen=True, slots=True)
class _WithPast:
    """A source of passages that puts a past answer before them."""

    source: PassageSource
    offers: Offers

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """Search, and put the past answer first."""
        found = self.source.search(query)
        entry = self.offers.for_query(query)
        if entry is None:
            return found
        first = past_passage(entry, rank=1, score=found[0].score if found else 1.0)
        return (first, *(replace(item, rank=item.rank + 1) for item in found))


def _texts(question: Question) -> tuple[str, ...]:
    return (*question.section_path, question.text)


def _has_choice(question: Question) -> bool:
    return bool(question.options) or any(slot.purpose in CHOICES for slot in question.slots)
