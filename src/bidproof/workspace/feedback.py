"""What people made of drafts, and the approved answers that came of it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bidproof.core.jsonable import from_json, to_json
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.library import AnswerLibrary
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import FeedbackRow, LibraryEntry, ReviewOutcome, SavedFeedback

NOT_CITED = "not cited"
"""Tag of a library entry that a person approved and no quote proves in full."""


class FeedbackTable:
    """One row for each question of a job; a later review takes the place of an earlier one.

    Args:
        database: Of the workspace.
        library: Takes the approved answers, in the same transaction.
    """

    def __init__(self, database: Database, library: AnswerLibrary) -> None:
        self._database = database
        self._library = library
        self._rows = models.Feedback.objects.using(database.alias)

    def save(self, rows: Sequence[FeedbackRow]) -> SavedFeedback:
        """Store rows and the library entries of the approved answers: all of it, or nothing.

        A row that says what is stored already changes nothing, not even its day. One
        that says something else takes the place of the old, and its library entry that
        of the old one. An answer that the library holds in the same words is not added.

        Raises:
            BidproofError: The database failed; nothing was stored.
        """
        return self._database.write(lambda: self._save(rows))

    def all(self, job_id: int | None = None) -> tuple[FeedbackRow, ...]:
        """Every row, or those of one job, in the order they were first stored."""
        found = self._rows if job_id is None else self._rows.filter(job_id=job_id)
        ordered = found.order_by("id").values_list("body", flat=True)
        return tuple(from_json(FeedbackRow, body) for body in self._database.read(lambda: list(ordered)))

    def about(self, questions: Collection[str]) -> tuple[FeedbackRow, ...]:
        """Every row whose question is one of these for the answer library, last changed last."""
        wanted = {normalize_question(question) for question in questions} - {""}
        ordered = self._rows.order_by("updated_at", "id").values_list("body", flat=True)
        bodies = self._database.read(lambda: list(ordered)) if wanted else []
        return tuple(
            from_json(FeedbackRow, body) for body in bodies if normalize_question(body["question"]) in wanted
        )

    def _save(self, rows: Sequence[FeedbackRow]) -> SavedFeedback:
        stored: list[FeedbackRow] = []
        new = changed = added = removed = 0
        for row in rows:
            known = self._rows.filter(job_id=row.job_id, question_id=row.question_id)
            body = known.values_list("body", flat=True).first()
            old = None if body is None else from_json(FeedbackRow, body)
            if old is not None and (_says_the_same(old, row) or _stays_cleared(old, row)):
                stored.append(old)
                continue
            if old is not None and self._owns_entry(old):
                removed += len(self._library.remove([old.library_id or 0]))
            kept = self._with_entry(row) if row.outcome.is_answer else row
            self._rows.update_or_create(
                job_id=row.job_id,
                question_id=row.question_id,
                defaults={"outcome": str(kept.outcome), "body": to_json(kept)},
            )
            new, changed = new + (old is None), changed + (old is not None)
            added += kept.has_added_entry
            stored.append(kept)
        return SavedFeedback(
            rows=tuple(stored), new=new, changed=changed, library_added=added, library_removed=removed
        )

    def _with_entry(self, row: FeedbackRow) -> FeedbackRow:
        """The row with its library entry: the one that says the same already, else a new one."""
        same = self._library.find_same(row.question, today=row.approved)
        choice = row.new_choice or None
        if same is not None and (same.answer, same.choice, same.expires) == (
            row.new_text,
            choice,
            row.expires,
        ):
            return replace(row, library_id=same.id)
        entry = LibraryEntry(
            question=row.question,
            answer=row.new_text,
            choice=choice,
            citations=row.citations,
            tags=() if row.citations else (NOT_CITED,),
            approver=row.approver,
            approved=row.approved,
            expires=row.expires,
        )
        return replace(row, library_id=self._library.add(entry), has_added_entry=True)

    def _owns_entry(self, row: FeedbackRow) -> bool:
        """Whether the row made a library entry that is still there and no other feedback rests on."""
        if not row.has_added_entry or self._library.get(row.library_id or 0) is None:
            return False
        others = self._rows.exclude(job_id=row.job_id, question_id=row.question_id)
        bodies = others.values_list("body", flat=True)
        return all(body.get("library_id") != row.library_id for body in bodies)


def _stays_cleared(old: FeedbackRow, new: FeedbackRow) -> bool:
    """Whether an answer was cleared before and nothing was written since."""
    return (old.outcome, new.outcome) == (ReviewOutcome.REJECTED, ReviewOutcome.UNTOUCHED)


def _says_the_same(old: FeedbackRow, new: FeedbackRow) -> bool:
    """Whether a review adds nothing; the day and the name of the file do not count."""
    aside = replace(
        old,
        approved=new.approved,
        source=new.source,
        library_id=new.library_id,
        has_added_entry=new.has_added_entry,
    )
    return aside == new
