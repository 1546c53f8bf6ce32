"""Let the model look at its own sentences once more; its word brings back nothing that code refuses.

A second reading, sentence by sentence beside its quotes, may notice what code cannot, and decides what code
leaves undecided; what it refuses is left out, and nothing that the code refused comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import Claim, Support

_REASON_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the model says of one sentence, numbered from 1."""

    sentence: int
    is_supported: bool
    reasoning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The sentences that stand, those that do not, and why, in the reviewer's words."""

    kept: tuple[Claim, ...]
    refused: tuple[Claim, ...]
    reasons: tuple[str, ...]


def sentences_with_quotes(claims: Sequence[Claim]) -> str:
    """What is shown: each sentence under its number, then its quotes, each on one line."""
    shown: list[str] = []
    for number, claim in enumerate(claims, start=1):
        shown.append(f"Sentence {number}: {_line(claim.text)}")
        shown += [f"Quote for sentence {number}: {_line(item.quote)}" for item in claim.citations]
    return "\n".join(shown)


def review_claims(claims: Sequence[Claim], verdicts: Sequence[Verdict]) -> Reviewed:
    """Keep the sentences that have a verdict and none against them; those that were undecided are supported.

    Args:
        claims: Those that passed the checks in code.
        verdicts: In any order; several on one sentence must all be for it.
    """
    kept: list[Claim] = []
    refused: list[Claim] = []
    reasons: list[str] = []
    for number, claim in enumerate(claims, start=1):
        own = [item for item in verdicts if item.sentence == number]
        against = next((item for item in own if not item.is_supported), None)
        if own and against is None:
            is_open = claim.support is Support.PARTIAL
            kept.append(replace(claim, support=Support.SUPPORTED, problems=()) if is_open else claim)
            continue
        why = _short(against.reasoning) if against is not None else "it was given no verdict"
        refused.append(claim)
        reasons.append(f"left out, since the model's own check refuses it: {_short(claim.text)!r}: {why}")
    return Reviewed(kept=tuple(kept), refused=tuple(refused), reasons=tuple(reasons))


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    plain = _line(text)
    return plain if len(plain) <= _REASON_CHARS else plain[: _REASON_CHARS - 1] + "…"
