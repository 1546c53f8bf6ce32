"""Open the workspace's documents for searching; a reader never waits for a writer's lock."""

import time
from dataclasses import replace

from bidproof.core.errors import WorkspaceError
from bidproof.core.next_steps import Action, NextStep
from bidproof.retrieval.search import Retriever
from bidproof.runtime.index_parts import FINGERPRINT, IndexParts, borrow_parts
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session

_LOOK_EVERY_S = 0.1


def open_retriever(session: Session, *, progress: Progress = silent) -> Retriever:
    """Open the workspace's documents for searching, under the session's settings.

    Raises:
        WorkspaceError: See :func:`open_index_parts`.
    """
    parts = open_index_parts(session, progress=progress)
    return parts.retriever(session.settings.retrieval)


def open_index_parts(session: Session, *, progress: Progress = silent) -> IndexParts:
    """Open the workspace's index as far as it goes, finishing first what a killed writer left.

    While another bidproof writes, what is indexed is searched and ``lack`` says what is not.
    Only where nothing is indexed yet, the first passages are waited for.

    Raises:
        WorkspaceError: The workspace holds no documents, and nobody is bringing any in.
    """
    parts, is_told = borrow_parts(session), False
    while lack := _lack(session, parts):
        try:
            with session.workspace.writing():
                _check_documents(session)
                _catch_up(session, parts, progress=progress)
                return parts
        except WorkspaceError as error:
            if error.code != "workspace-locked":
                raise
        if parts.index.count():
            lack = f"{lack}; another bidproof is writing"
            progress(Step(stage="searching", done=0, total=0, note=lack))
            return replace(parts, lack=lack)
        note = "" if is_told else f"{lack}; waiting for the first from another bidproof"
        progress(Step(stage="waiting", done=0, total=None, note=note))
        is_told = True
        time.sleep(_LOOK_EVERY_S)
    return parts


def _catch_up(session: Session, parts: IndexParts, *, progress: Progress) -> None:
    from bidproof.runtime.indexer import Indexer, reindex_pending  # who only searches does without

    reindex_pending(session, Indexer(session, parts), progress=progress)


def _lack(session: Session, parts: IndexParts) -> str:
    """What the index does not hold of the documents, in one line; empty where nothing is amiss."""
    tally = session.workspace.documents.tally()
    is_other = session.workspace.facts.get(FINGERPRINT) != parts.fingerprint
    waiting = tally.documents if is_other else tally.waiting
    if waiting or not tally.documents:
        return f"{waiting} of {tally.documents} documents are not indexed yet"
    return "" if parts.index.count() == tally.passages else "some passages are not indexed yet"


def _check_documents(session: Session) -> None:
    if not session.workspace.documents.tally().documents:
        raise WorkspaceError(
            f"cannot answer from {str(session.workspace.folder)!r}: found no documents, expected some",
            hint=NextStep("name documents, or bring some in first", Action.INGEST, options=("docs",)),
            code="no-documents",
        )
