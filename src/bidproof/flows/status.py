"""What the workspace holds and what it has done; where asked, whether all of it is whole."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bidproof.flows.requests.answering import StatusRequest
from bidproof.runtime.health import find_damage, rebuild_index
from bidproof.runtime.progress import Progress, silent
from bidproof.runtime.session import Session
from bidproof.workspace.rows import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Counts of a workspace.

    ``waiting`` are stored documents whose passages are not indexed yet, ``stale`` those
    whose file can no longer be read, so that an earlier version answers; ``unreadable``
    maps a path to the reason it was not read, ``warnings`` one to what of it was not taken over
    or should be known. ``damage`` says in a line each what is amiss;
    None where that was not looked for. ``rebuilt`` counts the passages of an index made anew.
    """

    folder: Path
    documents: int
    waiting: int
    stale: int
    passages: int
    pages: int
    kinds: Mapping[str, int]
    unreadable: Mapping[str, str]
    warnings: Mapping[str, tuple[str, ...]]
    library_entries: int
    jobs: tuple[Job, ...]
    spent_usd: float
    damage: tuple[str, ...] | None = None
    rebuilt: int | None = None


def status(request: StatusRequest, *, session: Session, progress: Progress = silent) -> StatusReport:
    """Count what is there; reads only, unless the index is to be built anew.

    Raises:
        WorkspaceError: The database is damaged, or the index is to be rebuilt while another process writes.
    """
    workspace = session.workspace
    rebuilt = rebuild_index(session, progress=progress) if request.repair else None
    is_checked = request.check or request.repair
    damage = tuple(find_damage(session, progress=progress)) if is_checked else None
    rows = list(workspace.documents.known().values())
    return StatusReport(
        folder=workspace.folder,
        documents=len(rows),
        waiting=sum(not row.is_indexed for row in rows),
        stale=sum(row.is_stale for row in rows),
        passages=sum(row.passage_count for row in rows),
        pages=sum(row.page_count for row in rows),
        kinds=Counter(row.media_type for row in rows),
        unreadable={row.path: row.message for row in workspace.documents.failures()},
        warnings={row.path: row.warnings for row in rows if row.warnings},
        library_entries=len(workspace.library.all()),
        jobs=workspace.jobs.recent(5),
        spent_usd=workspace.calls.spent_usd(None),
        damage=damage,
        rebuilt=rebuilt,
    )
