"""Trust workspaces that came from elsewhere, and take that back."""

from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import WorkspaceError
from bidproof.core.next_steps import Action, NextStep
from bidproof.runtime import trust
from bidproof.runtime.session import WORKSPACE_FOLDER, SessionRequest, find_workspace, load_configuration
from bidproof.workspace.store import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeReport:
    """Which workspace was meant, and whether it had been trusted."""

    folder: Path
    was_trusted: bool


def trust_workspace(named: Path | None) -> trust.TrustMark:
    """Trust a workspace with the addresses that its files name now.

    Args:
        named: The workspace, or the folder that holds it; None for the nearest one upward.

    Raises:
        WorkspaceError: There is no workspace (``no-workspace``).
        WriteFailed: The user's state folder cannot be written.
    """
    folder = _folder(named)
    if not folder.is_dir():
        raise WorkspaceError(
            f"cannot trust {str(folder)!r}: found no workspace there, expected one",
            hint=NextStep("name the folder of a workspace, or look at those you trust", Action.LIST_TRUSTED),
            code="no-workspace",
        )
    configuration = load_configuration(SessionRequest(workspace=folder))
    with Workspace.open(folder) as workspace:
        return trust.trust(folder, workspace.id(), trust.named_addresses(configuration.origins))


def revoke_trust(named: Path | None) -> RevokeReport:
    """Trust a workspace no longer; it need not be there any more."""
    folder = _folder(named)
    return RevokeReport(folder=folder, was_trusted=trust.revoke(folder))


def trusted_workspaces() -> tuple[trust.TrustMark, ...]:
    """Every workspace that this user made here or trusted, ordered by folder."""
    return trust.marks()


def _folder(named: Path | None) -> Path:
    if named is not None and (inner := named.absolute() / WORKSPACE_FOLDER).is_dir():
        return inner
    return find_workspace(named)
