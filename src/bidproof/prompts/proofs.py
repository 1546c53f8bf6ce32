"""Whether a program may take a protected label."""

from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.prompts.labels import Proof


def check_proof(proof: Proof | None, digest: str, *, label: str, now: str) -> None:
    """Refuse a proof that is none for this program and this label.

    Args:
        proof: As given.
        digest: The program that is to take the label.
        label: The label.
        now: Digest of the program that has it now; empty for none, so that any baseline will do.

    Raises:
        UserError: With code ``proof-missing`` or ``proof-failed``.
    """
    ways = "give a run of it as proof, or force it without one and say why"
    if proof is None:
        raise UserError(
            f"cannot promote {digest!r} to {label!r}: found no proof, expected a run or a comparison",
            hint=NextStep(
                f"evaluate it, then {ways}",
                Action.EVALUATE_PROGRAM,
                options=("proof", "force", "reason"),
                program=digest,
            ),
            code="proof-missing",
        )
    reason = ""
    if proof.program != digest:
        reason = f"it measured the program {proof.program!r}"
    elif now and proof.baseline != now:
        reason = f"it was held against {proof.baseline or 'nothing'!r}, while {label!r} is on {now!r}"
    elif not proof.passed:
        reason = "; ".join(proof.summary) or "its gate is closed"
    if reason:
        raise UserError(
            f"cannot promote {digest!r} to {label!r} by {proof.source!r}: {reason}",
            hint=NextStep(ways, Action.SHOW_LABEL, options=("proof", "force", "reason"), label=label),
            code="proof-failed",
        )
