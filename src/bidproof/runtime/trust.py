"""Which workspaces this user trusts: a mark in the user's own state folder, one file a workspace.

A workspace is a folder like any other: it can come out of an archive, a shared drive or a
repository, and its settings say where questions and passages are sent. So nothing leaves
the machine for one that this user has neither made here nor trusted once, nor to an
address that its files did not name then.
"""

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidproof.core.addresses import without_secrets
from bidproof.core.errors import WorkspaceError
from bidproof.core.files import write_text, writing
from bidproof.core.ids import digest
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.settings import SettingOrigin
from bidproof.llm.keys import DEFAULT_BASE_URL

SAID_BY_USER = ("flag", "environment", "default")
"""Origins of settings that no file in a workspace decides."""

DESTINATIONS = (
    ("model.model", ("model.base_url",)),
    ("model.fallback", ("model.fallback_base_url", "model.base_url")),
    ("retrieval.embedder_model", ("retrieval.embedder_base_url",)),
    ("retrieval.reranker_model", ("retrieval.reranker_base_url",)),
    ("routing.large_model", ("routing.large_base_url", "model.base_url")),
)
"""A model, and the settings that may name its address: the first that does counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustMark:
    """A workspace that this user made here or trusted.

    Attributes:
        folder: Absolute, links resolved.
        workspace: The id that is stored in it.
        addresses: Those that its own files named when it was trusted.
    """

    folder: Path
    workspace: str
    addresses: tuple[str, ...] = ()


def trust(folder: Path, workspace: str, addresses: Collection[str] = ()) -> TrustMark:
    """Trust a workspace as it is now, in place of any earlier mark.

    Raises:
        WriteFailed: The state folder cannot be written.
    """
    mark = TrustMark(folder=folder.resolve(), workspace=workspace, addresses=tuple(sorted(addresses)))
    path = _path(folder)
    with writing(path.parent, is_private=True):
        write_text(path, json.dumps(to_json(mark), indent=2))
    return mark


def revoke(folder: Path) -> bool:
    """Trust a workspace no longer; returns whether it was trusted."""
    try:
        _path(folder).unlink()
    except FileNotFoundError:
        return False
    return True


def marks() -> tuple[TrustMark, ...]:
    """Every trusted workspace, ordered by folder."""
    found = (_read(path) for path in _state_folder().glob("*.json"))
    return tuple(sorted((mark for mark in found if mark is not None), key=lambda mark: mark.folder))


def mark_of(folder: Path, workspace: str) -> TrustMark | None:
    """The mark of this very workspace; None where another one stood in the folder, or none was trusted."""
    mark = _read(_path(folder))
    is_same = mark is not None and (mark.folder, mark.workspace) == (folder.resolve(), workspace)
    return mark if is_same else None


def named_addresses(origins: Collection[SettingOrigin]) -> frozenset[str]:
    """Addresses that something would be sent to because files of the workspace say so."""
    known = {item.name: item for item in origins}
    named: set[str] = set()
    for model, addresses in DESTINATIONS:
        # A model without an address goes to the provider's own: then its name is what decides.
        deciding = next((known[name] for name in addresses if known[name].value), known[model])
        if deciding.value and deciding.origin not in SAID_BY_USER:
            named.add(_plain("" if deciding.name == model else str(deciding.value)))
    return frozenset(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets nothing out to an address that this user did not name or trust.

    Attributes:
        folder: Of the workspace.
        mark: Of the workspace; None where it is not trusted.
        named: Addresses that the workspace's files name now.
    """

    folder: Path
    mark: TrustMark | None
    named: frozenset[str]

    def __call__(self, address: str, variable: str) -> None:
        """Check an address before it gets anything; ``variable`` holds the key it would get.

        Raises:
            WorkspaceError: The workspace or its address is not trusted (``workspace-untrusted``).
        """
        trusted = () if self.mark is None else self.mark.addresses
        if self.mark is not None and (_plain(address) not in self.named or _plain(address) in trusted):
            return
        whose = "named by its files, " if _plain(address) in self.named else ""
        key = f" and the key of {variable}" if variable else ""
        found = "a workspace that you neither made here nor trusted"
        if self.mark is not None:
            found = "an address that its files did not name when you trusted it"
        raise WorkspaceError(
            f"cannot send anything from {str(self.folder)!r}: found {found}; "
            f"{without_secrets(address)}, {whose}would have got questions, passages{key}",
            hint=NextStep(
                "read its settings; trust it once if they are yours, or work without a model",
                Action.TRUST,
                folder=str(self.folder),
            ),
            code="workspace-untrusted",
        )


def _plain(address: str) -> str:
    return without_secrets(address or DEFAULT_BASE_URL).rstrip("/")


def _path(folder: Path) -> Path:
    return _state_folder() / f"{digest('workspace', str(folder.resolve()))}.json"


def _state_folder() -> Path:
    home = os.environ.get("XDG_STATE_HOME", "")
    state = Path(home) if Path(home).is_absolute() else Path("~/.local/state").expanduser()
    return state / "bidproof" / "trusted"


def _read(path: Path) -> TrustMark | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        stored: Mapping[str, Any] = json.loads(path.read_bytes())
        return TrustMark(
            folder=Path(stored["folder"]),
            workspace=str(stored["workspace"]),
            addresses=tuple(map(str, stored["addresses"])),
        )
    return None
