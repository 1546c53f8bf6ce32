"""The journal of paid model calls: intent before, outcome after.

Kill the process anywhere: a finished call is found again by its key and not
paid twice; a call without an outcome was in flight and is shown as open.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from django.db.models import Count, Q, Sum

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.app.fields import escape, unescape
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.rows import LedgerRow

Result = TypeVar("Result")

# The three statements of every call are written out: building them through the
# ORM costs three times what running them does, on the event loop's time.
# They are plain SQL for SQLite (3.35 or later) and PostgreSQL.
_FINISHED = """
SELECT response FROM workspace_call WHERE key = %s AND state = 'finished' ORDER BY id DESC LIMIT 1
"""
_INTEND = """
INSERT INTO workspace_call
    (key, job_id, question_id, model, attempt, state, response, code, message,
     prompt_tokens, completion_tokens, cost_usd, held_usd, run, worker, seconds, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, 'open', '', '', '', 0, 0, 0, 0, '', '', 0, %s, %s)
RETURNING id
"""
_END = """
UPDATE workspace_call
SET state = %s, response = %s, code = %s, message = %s, prompt_tokens = %s, completion_tokens = %s,
    cost_usd = %s, seconds = %s, ended_at = %s, updated_at = %s
WHERE id = %s
"""


class CallJournal:
    """Every paid call of a workspace. Each method is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.Call.objects.using(database.alias)

    def soon(self, work: Callable[[], Result]) -> "Future[Result]":
        """Queue calls of this journal without waiting; done once what they wrote is durable.

        Args:
            work: Calls methods of this journal and nothing slow; it may be run twice.
        """
        return self._database.write_soon(work)

    def finished_keys(self) -> frozenset[str]:
        """The keys of all finished calls, to tell without a query that there is no response."""
        rows = self._rows.filter(state="finished").values_list("key", flat=True).distinct()
        return frozenset(self._database.read(lambda: list(rows)))

    def finished(self, key: str) -> str | None:
        """The stored response of the latest finished call with this key, if there is one."""
        found = self._database.read(lambda: self._database.execute(_FINISHED, key).row)
        return None if found is None else unescape(found[0])

    def intend(self, key: str, *, job_id: int | None, question_id: str, model: str, attempt: int) -> int:
        """Note that a call is about to be sent; send it only after this returns.

        Args:
            key: Names prompt, model and settings, at most 200 characters.
            job_id: The job that pays; None for a question asked by itself.
            question_id: Whom the call is for; may be empty.
            model: Name of the model, at most 300 characters.
            attempt: 1 for the first try.

        Returns:
            The call's number, for :meth:`finish` or :meth:`fail`.

        Raises:
            WorkspaceError: There is no such job.
        """
        values = (key, job_id, escape(question_id), escape(model), attempt)

        def insert() -> int:
            now = self._database.now()
            self._database.execute(
                "UPDATE workspace_call SET state = 'lost' WHERE key = %s AND state = 'open'", key
            )
            row = self._database.execute(_INTEND, *values, now, now).row
            assert row is not None, "RETURNING gives a row"  # noqa: S101
            return int(row[0])

        return self._database.write(insert)

    def finish(
        self,
        call_id: int,
        *,
        response: str,
        prompt_tokens: int,
        completion_tokens: int,
        cost_usd: float,
        seconds: float,
    ) -> None:
        """Store the outcome of a call.

        Raises:
            WorkspaceError: There is no such call.
        """
        used = (prompt_tokens, completion_tokens, cost_usd, seconds)
        self._end(call_id, "finished", escape(response), "", "", *used)

    def fail(
        self,
        call_id: int,
        *,
        code: str,
        message: str,
        seconds: float,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        cost_usd: float = 0.0,
    ) -> None:
        """Store that a call failed, why, and what it cost all the same.

        Raises:
            WorkspaceError: There is no such call.
        """
        used = (prompt_tokens, completion_tokens, cost_usd, seconds)
        self._end(call_id, "failed", "", escape(code), escape(message), *used)

    def spent_usd(self, job_id: int | None) -> float:
        """US dollars paid for one job, or by the whole workspace when None.

        Open calls are not in it: what they cost is not known.
        """
        rows = self._rows.all() if job_id is None else self._rows.filter(job_id=job_id)
        total = self._database.read(lambda: rows.aggregate(total=Sum("cost_usd"))["total"])
        return float(total or 0.0)

    def ledger(self, job_id: int) -> tuple[LedgerRow, ...]:
        """What each question of a job has cost, ordered by question id."""
        totals = (
            self._rows.filter(job_id=job_id)
            .values("question_id")
            .annotate(
                calls=Count("id"),
                failed=Count("id", filter=Q(state="failed")),
                open=Count("id", filter=Q(state__in=("open", "lost"))),
                prompt=Sum("prompt_tokens"),
                completion=Sum("completion_tokens"),
                cost=Sum("cost_usd"),
                elapsed=Sum("seconds"),
            )
            .order_by("question_id")
        )
        return tuple(
            LedgerRow(
                question_id=row["question_id"],
                calls=row["calls"],
                failed=row["failed"],
                open=row["open"],
                prompt_tokens=row["prompt"],
                completion_tokens=row["completion"],
                cost_usd=row["cost"],
                seconds=row["elapsed"],
            )
            for row in self._database.read(lambda: list(totals))
        )

    def _end(self, call_id: int, *outcome: str | int | float) -> None:
        def store() -> None:
            now = self._database.now()
            if not self._database.execute(_END, *outcome, now, now, call_id).changed:
                raise WorkspaceError(
                    f"cannot store the outcome of call {call_id!r}: found no such call in this workspace",
                    hint="run the command again; if it repeats, report it with this message",
                    code="unknown-call",
                )

        self._database.write(store)
