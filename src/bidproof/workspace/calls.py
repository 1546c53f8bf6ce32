"""The journal of paid model calls: intent before, outcome after.

Kill the process anywhere: a finished call is found again by its key and not
paid twice; a call without an outcome was in flight and is shown as open. One call a
key is in flight at a time, and what calls in flight may cost is held against the
limits, whoever sends them: all of it is decided in the transaction of the intent.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from django.db.models import Count, Q, Sum

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.app.fields import escape, unescape
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.rows import CallClaim, CallIntent, CostLimit, LedgerRow
from bidproof.workspace.workers import Worker

Result = TypeVar("Result")

# The statements of every call are written out: building them through the
# ORM costs three times what running them does, on the event loop's time.
# They are plain SQL for SQLite (3.35 or later) and PostgreSQL.
_FINISHED = """
SELECT response FROM workspace_call
WHERE key = %s AND state = 'finished' AND response <> '' ORDER BY id DESC LIMIT 1
"""
_OPEN = "SELECT 1 FROM workspace_call WHERE key = %s AND state = 'open'"
_SPENT = """
SELECT COALESCE(SUM(cost_usd), 0) + COALESCE(SUM(CASE WHEN state = 'open' THEN 0 ELSE held_usd END), 0),
       COALESCE(SUM(CASE WHEN state = 'open' THEN held_usd ELSE 0 END), 0)
FROM workspace_call
"""
_INTEND = """
INSERT INTO workspace_call
    (key, job_id, question_id, model, attempt, state, response, code, message, prompt_tokens,
     completion_tokens, cost_usd, seconds, run, held_usd, worker, lease_until, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, 'open', '', '', '', 0, 0, 0, 0, %s, %s, %s, %s, %s, %s)
RETURNING id
"""
_END = """
UPDATE workspace_call
SET state = %s, response = %s, code = %s, message = %s, prompt_tokens = %s, completion_tokens = %s,
    cost_usd = %s, held_usd = %s, seconds = %s, ended_at = %s, updated_at = %s
WHERE id = %s
"""
_LOSE = "UPDATE workspace_call SET state = 'lost', ended_at = %s WHERE id = %s AND state = 'open'"
_WITHDRAW = "DELETE FROM workspace_call WHERE id = %s AND state = 'open'"


class CallJournal:
    """Every paid call of a workspace. Each method is durable when it returns.

    Args:
        database: Of the workspace.
        worker: Holds the calls in flight.
    """

    def __init__(self, database: Database, worker: Worker) -> None:
        self._database = database
        self._worker = worker
        self._rows = models.Call.objects.using(database.alias)

    def soon(self, work: Callable[[], Result]) -> "Future[Result]":
        """Queue calls of this journal without waiting; done once what they wrote is durable.

        Args:
            work: Calls methods of this journal and nothing slow; it may be run twice.
        """
        return self._database.write_soon(work)

    def finished(self, key: str) -> str | None:
        """The stored response of the latest finished call with this key, if there is one."""
        return self._database.read(lambda: self._finished(key))

    def intend(self, intent: CallIntent) -> CallClaim:
        """Note that a call is about to be sent; send it only where the claim says so.

        Raises:
            WorkspaceError: There is no such job.
        """
        worker = self._worker.start()

        def claim() -> CallClaim:
            claimed = self._claim(intent, worker)
            if claimed.state in ("in flight", "full") and self._worker.free_dead():
                claimed = self._claim(intent, worker)
            return claimed

        return self._database.write(claim)

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
        """Store the outcome of a call; an empty ``response`` is not given out again.

        Raises:
            WorkspaceError: There is no such call.
        """
        used = (prompt_tokens, completion_tokens, cost_usd, 0.0, seconds)
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
        held_usd: float = 0.0,
    ) -> None:
        """Store that a call failed, why, and what it cost all the same.

        ``held_usd`` stays held where nobody knows whether the call was billed.

        Raises:
            WorkspaceError: There is no such call.
        """
        used = (prompt_tokens, completion_tokens, cost_usd, held_usd, seconds)
        self._end(call_id, "failed", "", escape(code), escape(message), *used)

    def lose(self, call_id: int) -> None:
        """Note that nobody waits for a call any more; it may have been paid, so its money stays held."""
        self._database.write(lambda: self._database.execute(_LOSE, self._database.now(), call_id))

    def withdraw(self, call_id: int) -> None:
        """Forget a call that was not sent."""
        self._database.write(lambda: self._database.execute(_WITHDRAW, call_id))

    def spent_usd(self, job_id: int | None) -> float:
        """US dollars paid for one job, or by the whole workspace when None.

        What calls in flight or lost may have cost is not in it: it is not known.
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

    def _finished(self, key: str) -> str | None:
        found = self._database.execute(_FINISHED, key).row
        return None if found is None else unescape(found[0])

    def _claim(self, intent: CallIntent, worker: str) -> CallClaim:
        response = None if intent.is_anew else self._finished(intent.key)
        if response is not None:
            return CallClaim(state="stored", response=response)
        if self._database.execute(_OPEN, intent.key).row is not None:
            return CallClaim(state="in flight")
        for limit in intent.limits:
            if (refused := self._refused(intent, limit)) is not None:
                return refused
        now = self._database.now()
        row = self._database.execute(
            _INTEND,
            intent.key,
            intent.job_id,
            escape(intent.question_id),
            escape(intent.model),
            intent.attempt,
            intent.run,
            intent.held_usd,
            worker,
            self._worker.lease(),
            now,
            now,
        ).row
        assert row is not None, "RETURNING gives a row"  # noqa: S101
        return CallClaim(state="send", call_id=int(row[0]))

    def _refused(self, intent: CallIntent, limit: CostLimit) -> CallClaim | None:
        """Whether a limit leaves no room for a call; None when it does."""
        where, values = "", ()
        if limit.scope == "run" and intent.job_id is None:
            where, values = "WHERE job_id IS NULL AND run = %s", (intent.run,)
        elif limit.scope == "run":
            where, values = "WHERE job_id = %s", (intent.job_id,)
        ((spent, held),) = self._database.rows(f"{_SPENT} {where}", *values)
        if spent + intent.held_usd > limit.usd:
            return CallClaim(state="spent", spent_usd=float(spent), limit=limit)
        if spent + held + intent.held_usd > limit.usd:
            return CallClaim(state="full", spent_usd=float(spent), limit=limit)
        return None

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
