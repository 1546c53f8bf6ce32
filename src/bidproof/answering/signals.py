"""What is known about a draft when it is made: numbers that a calibration can learn from."""

from collections.abc import Mapping, Sequence
from math import log1p

from bidproof.answering.confidence import CONFLICT
from bidproof.core.records import Draft, DraftState, Support

RAW = "raw"
"""The engine's own score: how likely it holds the question to be answerable, 0 to 1."""
REFUSED_BELOW = "refused_below"
"""Of a draft that was refused for its raw score: the score that it would have taken."""

_HIGHEST = frozenset({"repairs", "problems", "rejected"})
"""More of these is worse; of everything else, less is."""
_SUPPORT = {Support.SUPPORTED: 1.0, Support.PARTIAL: 0.5}
_MOST_CLAIMS = 6
_PARTS = ("dense", "coverage", "document")


def join_signals(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The signals of a whole draft: of each, the least promising among its parts.

    Args:
        parts: One mapping a part of the question; a part may lack a signal.
    """
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: (max if name in _HIGHEST else min)(part[name] for part in parts if name in part)
        for name in names
    }


def signal_vector(draft: Draft) -> dict[str, float]:
    """Every number by name that a calibration may use: the engine's own, and what the draft shows."""
    cited = {citation.passage_id for claim in draft.claims for citation in claim.citations}
    documents = {citation.document_id for claim in draft.claims for citation in claim.citations}
    passages = [item for item in draft.passages if item.passage.id in cited] or list(draft.passages[:1])
    parts = {
        f"cited_{name}": max((item.parts.get(name, 0.0) for item in passages), default=0.0) for name in _PARTS
    }
    return {
        **draft.signals,
        RAW: raw_score(draft),
        "support": _SUPPORT.get(draft.support, 0.0),
        "claims": float(min(_MOST_CLAIMS, len(draft.claims))),
        "documents": float(min(_MOST_CLAIMS, len(documents))),
        "words": log1p(len(draft.text.split())),
        "conflicts": float(_conflicts(draft)),
        "choice": float(draft.choice is not None),
        **parts,
    }


def raw_score(draft: Draft) -> float:
    """The engine's own, uncalibrated score of an answer, 0 to 1.

    The model's probability that the passages answer, else how far the question's words are
    in them, else how well the claims are supported.
    """
    for name in ("answerable", "sufficiency"):
        if name in draft.signals:
            return min(1.0, max(0.0, draft.signals[name]))
    return _SUPPORT.get(draft.support, 0.0)


def checks_passed(draft: Draft) -> bool:
    """Whether nothing that code can check speaks against a draft; only then may it be ready.

    It is an answer, every sentence is supported by a quote without a problem, and no other
    document is known to say something else.
    """
    return (
        draft.state is DraftState.DRAFTED
        and draft.support is Support.SUPPORTED
        and bool(draft.claims)
        and all(claim.citations and not claim.problems for claim in draft.claims)
        and not _conflicts(draft)
    )


def _conflicts(draft: Draft) -> int:
    return sum(reason.startswith(CONFLICT) for reason in draft.reasons)
