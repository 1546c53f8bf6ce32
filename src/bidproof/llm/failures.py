"""The gateway's own view of a failed call: may it be tried again, and when."""

from dataclasses import dataclass

from bidproof.core.errors import (
    ModelError,
    ModelGarbled,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from bidproof.core.records import Usage
from bidproof.llm.protocol import NO_USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureNotes:
    """What the endpoint said beside the error.

    Attributes:
        retry_after_s: Seconds the endpoint asked us to wait; None when it did not.
        is_retryable: Whether the same request may succeed later.
        is_overload: The endpoint works and asks for less (429).
        is_outage: The failure is the endpoint's, whatever was asked: no connection, a broken one,
            no reply in time, 429 or 5xx.
        is_final: Every later call would meet the same refusal: a wrong key, a spent quota.
        needs_room: The reply ended at its token limit before it said anything.
        maybe_paid: The endpoint may have billed the call although we have no reply.
        prompt_tokens: Tokens it says it read, when a bad reply still carried a count.
        completion_tokens: Tokens it says it wrote.
        status: HTTP status; 0 when there was none.
        reply: The text of a whole reply that broke its schema; None otherwise.
        spent: What all attempts of the request cost, once the gateway has given up.
    """

    retry_after_s: float | None = None
    is_retryable: bool = False
    is_overload: bool = False
    is_outage: bool = False
    is_final: bool = False
    needs_room: bool = False
    maybe_paid: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    status: int = 0
    reply: str | None = None
    spent: Usage = NO_USAGE


CIRCUIT_OPEN = "circuit-open"
CONTEXT_OVERFLOW = "context-overflow"
_PLAIN = FailureNotes()
_ATTRIBUTE = "failure_notes"


def with_notes(error: ModelError, notes: FailureNotes) -> ModelError:
    """Attach what the endpoint said; the error's text stays as it is."""
    setattr(error, _ATTRIBUTE, notes)
    return error


def notes_of(error: ModelError) -> FailureNotes:
    """Read what was attached; without notes, only lost connections and timeouts may be retried."""
    notes = getattr(error, _ATTRIBUTE, None)
    if isinstance(notes, FailureNotes):
        return notes
    if isinstance(error, (ModelUnavailable, ModelTimeout)):
        return FailureNotes(is_retryable=True, is_outage=True, maybe_paid=isinstance(error, ModelTimeout))
    return _PLAIN


def may_fall_back(error: ModelError, *, is_elsewhere: bool) -> bool:
    """Whether another model could do what this one did not.

    What an endpoint refuses for good it refuses every model of it; a spent budget stays spent.

    Args:
        error: Of the first model.
        is_elsewhere: The other one has an address of its own.
    """
    if notes_of(error).is_final:
        return is_elsewhere
    return isinstance(error, (ModelRefused, ModelUnavailable, ModelTimeout, ModelGarbled))


def shortened(text: str, most: int = 200) -> str:
    """Somebody else's words on one line, cut where they run long, without what steers a terminal."""
    plain = " ".join(text[: 10 * most].split())
    cut = plain if len(plain) <= most else plain[: most - 1] + "…"
    return cut if cut.isprintable() else "".join(char if char.isprintable() else "�" for char in cut)
