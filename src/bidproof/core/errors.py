"""Every error a user can meet.

BidproofError                 exit 1 (ours) unless a subclass says 2 (theirs)
├── UserError                 exit 2: the input, the settings or the machine need a change
│   ├── UnreadableFile        a document or questionnaire cannot be read
│   ├── UnsureMapping         a questionnaire's layout is not clear; a mapping file is needed
│   ├── InvalidMapping        a mapping file does not fit the questionnaire
│   ├── InvalidSetting        a flag, variable or bidproof.toml value is wrong
│   ├── WorkspaceError        the workspace is missing, locked, newer or damaged
│   ├── WriteFailed           an output cannot be written (disk full, read-only, exists)
│   └── MissingExtra          an optional part is not installed
└── ModelError                a model call failed; a state of the question, not of the run
    ├── ModelRefused          4xx: the request or the key is wrong; retrying cannot help
    ├── ModelUnavailable      429 after retries, 5xx, connection refused, circuit open
    ├── ModelTimeout          our own deadline passed
    ├── ModelGarbled          truncated, empty, HTML, or not the schema asked for
    └── BudgetSpent           --max-cost is reached; nothing was sent
"""

from collections.abc import Mapping
from typing import Any, cast


class BidproofError(Exception):
    """What failed, on what; what was found and expected; and the next step.

    Args:
        message: One line: what failed, on which ``{value!r}``, what was found, what was expected.
        hint: One line: the next step in words that fit every face; see ``next_steps.py``.
        code: Short kebab-case name, documented in ``docs/errors.md``.
    """

    exit_code = 1
    code = "internal"

    def __init__(self, message: str, *, hint: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip out of a child process."""
        return (_rebuild, (type(self), self.message, self.hint, self.code))


def first_of(error: BaseException) -> BaseException:
    """The first error inside a group, so that whoever catches one kind of error meets it."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def _rebuild(
    kind: type[BidproofError], message: str, hint: str, code: str, more: Mapping[str, Any] | None = None
) -> BidproofError:
    return kind(message, hint=hint, code=code, **(more or {}))


class UserError(BidproofError):
    """The user's input, settings or machine need a change."""

    exit_code = 2
    code = "user"


class UnreadableFile(UserError):
    """A document or questionnaire cannot be read."""

    code = "unreadable-file"


class UnsureMapping(UserError):
    """A questionnaire's layout is not clear enough to write into it.

    Args:
        message: As for every error.
        hint: As for every error.
        code: As for every error.
        proposal: A mapping to start from, of what was seen; empty where nothing was.
    """

    code = "unsure-mapping"

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        code: str | None = None,
        proposal: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.proposal = dict(proposal or {})

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip out of a child process, proposal and all."""
        return (_rebuild, (type(self), self.message, self.hint, self.code, {"proposal": self.proposal}))


class InvalidMapping(UserError):
    """A mapping file does not fit the questionnaire."""

    code = "invalid-mapping"


class InvalidSetting(UserError):
    """A flag, variable or ``bidproof.toml`` value is wrong."""

    code = "invalid-setting"


class WorkspaceError(UserError):
    """The workspace is missing, locked, newer than this program, or damaged."""

    code = "workspace"


class WriteFailed(UserError):
    """An output cannot be written; whatever stood there before still does."""

    code = "write-failed"


class MissingExtra(UserError):
    """An optional part is not installed."""

    code = "missing-extra"


class ModelError(BidproofError):
    """A model call failed; the question it was for keeps that as its state."""

    code = "model"


class ModelRefused(ModelError):
    """The endpoint answered 4xx: retrying cannot help."""

    code = "model-refused"


class ModelUnavailable(ModelError):
    """429 after all retries, 5xx, no connection, or the circuit is open."""

    code = "model-unavailable"


class ModelTimeout(ModelError):
    """Our own deadline passed."""

    code = "model-timeout"


class ModelGarbled(ModelError):
    """The reply is truncated, empty, not JSON, or not the schema asked for."""

    code = "model-garbled"


class BudgetSpent(ModelError):
    """The run's cost limit is reached; nothing was sent."""

    code = "budget-spent"


class RunStopped(Exception):
    """A limit ends the whole run: no fault, and of no question, so that none may keep it as its state."""
