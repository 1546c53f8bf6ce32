"""The journal's promises in memory, for tests of what stands on them."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, fields
from typing import Any

from bidproof.workspace.rows import CallClaim, CallIntent


@dataclass
class MemoryJournal:
    """Rows as dictionaries; ``paid`` is what the job had cost before."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    paid: float = 0.0

    def soon(self, work: Callable[[], Any]) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(work())
        return done

    def intend(self, intent: CallIntent) -> CallClaim:
        for row in reversed(self.rows):
            if row["key"] == intent.key and row["state"] == "finished" and not intent.is_anew:
                return CallClaim(state="stored", response=row["response"])
            if row["key"] == intent.key and row["state"] == "open":
                return CallClaim(state="in flight")
        spent = self.spent_usd(intent.job_id) + sum(
            row["held_usd"] for row in self.rows if row["state"] != "open"
        )
        held = sum(row["held_usd"] for row in self.rows if row["state"] == "open")
        for limit in intent.limits:
            if spent + intent.held_usd > limit.usd:
                return CallClaim(state="spent", spent_usd=spent, limit=limit)
            if spent + held + intent.held_usd > limit.usd:
                return CallClaim(state="full", spent_usd=spent, limit=limit)
        self.rows.append(
            {"state": "open", **{item.name: getattr(intent, item.name) for item in fields(intent)}}
        )
        return CallClaim(state="send", call_id=len(self.rows) - 1)

    def finish(self, call_id: int, **outcome: Any) -> None:
        self.rows[call_id].update(outcome, state="finished", held_usd=0.0)

    def fail(self, call_id: int, **outcome: Any) -> None:
        self.rows[call_id].update(outcome, state="failed")

    def lose(self, call_id: int) -> None:
        self.rows[call_id]["state"] = "lost"

    def withdraw(self, call_id: int) -> None:
        self.rows[call_id].update(state="withdrawn", held_usd=0.0)

    def spent_usd(self, job_id: int | None) -> float:
        paid = 0.0 if job_id is None else self.paid
        return paid + sum(row.get("cost_usd", 0.0) for row in self.rows)
