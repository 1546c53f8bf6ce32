"""How often drafts are accepted as they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bidproof.evaluation.statistics.intervals import wilson
from bidproof.workspace.rows import FeedbackRow, ReviewOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Drafts accepted as they were, of those that a person accepted, edited or cleared."""

    accepted: int
    reviewed: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """Accepted of reviewed; None where none was reviewed."""
        return self.accepted / self.reviewed if self.reviewed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackCounts:
    """Feedback counted: all of it, and by what the drafts were.

    Rates have Wilson's 95% interval; questions of one questionnaire are alike, so it
    is too narrow where they come from few files.
    """

    rows: int
    outcomes: Mapping[str, int]
    rate: Rate
    questionnaires: Mapping[str, Rate] = field(default_factory=dict[str, Rate])
    tiers: Mapping[str, Rate] = field(default_factory=dict[str, Rate])
    programs: Mapping[str, Rate] = field(default_factory=dict[str, Rate])
    engines: Mapping[str, Rate] = field(default_factory=dict[str, Rate])


def count_feedback(rows: Sequence[FeedbackRow]) -> FeedbackCounts:
    """Count feedback by outcome, questionnaire, tier, program and engine."""

    def by(name: str) -> dict[str, Rate]:
        values = dict.fromkeys(str(getattr(row, name)) or "none" for row in rows)
        return {
            value: _rate([r for r in rows if (str(getattr(r, name)) or "none") == value]) for value in values
        }

    return FeedbackCounts(
        rows=len(rows),
        outcomes=Counter(str(row.outcome) for row in rows),
        rate=_rate(rows),
        questionnaires=by("questionnaire"),
        tiers=by("tier"),
        programs=by("program_digest"),
        engines=by("engine"),
    )


def _rate(rows: Sequence[FeedbackRow]) -> Rate:
    seen = (ReviewOutcome.ACCEPTED, ReviewOutcome.EDITED, ReviewOutcome.REJECTED)
    reviewed = sum(row.outcome in seen for row in rows)
    accepted = sum(row.outcome is ReviewOutcome.ACCEPTED for row in rows)
    low, high = wilson(accepted, reviewed) if reviewed else (None, None)
    return Rate(accepted=accepted, reviewed=reviewed, low=low, high=high)
