"""The journal of paid model calls: intent before, outcome after.

Kill the process anywhere: a finished call is found again by its key and not
paid twice; a call without an outcome was in flight and is shown as open.
"""

from django.db.models import Count, Q, Sum
from django.utils import timezone

from bidproof.core.errors import WorkspaceError
from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database
from bidproof.workspace.rows import LedgerRow


class CallJournal:
    """Every paid call of a workspace. Each method is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.Call.objects.using(database.alias)

    def finished(self, key: str) -> str | None:
        """The stored response of the latest finished call with this key, if there is one."""
        rows = self._rows.filter(key=key, state="finished").order_by("-id")
        return self._database.read(rows.values_list("response", flat=True).first)

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
        values = {"job_id": job_id, "question_id": question_id, "model": model, "attempt": attempt}
        return self._database.write(lambda: self._rows.create(key=key, **values).pk)

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
        self._end(
            call_id,
            state="finished",
            response=response,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost_usd=cost_usd,
            seconds=seconds,
        )

    def fail(self, call_id: int, *, code: str, message: str, seconds: float) -> None:
        """Store that a call failed, and why.

        Raises:
            WorkspaceError: There is no such call.
        """
        self._end(call_id, state="failed", code=code, message=message, seconds=seconds)

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
                open=Count("id", filter=Q(state="open")),
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

    def _end(self, call_id: int, **outcome: object) -> None:
        def store() -> None:
            now = timezone.now()
            changes = {**outcome, "ended_at": now, "updated_at": now}
            if not self._rows.filter(id=call_id).update(**changes):
                raise WorkspaceError(
                    f"cannot store the outcome of call {call_id!r}: found no such call in this workspace",
                    hint="run the command again; if it repeats, report it with this message",
                    code="unknown-call",
                )

        self._database.write(store)
