"""What a process keeps open from one session to the next: embedders, and the indexes used last.

A session borrows; nothing here belongs to it. Local model servers are kept where they are
started, in ``llm/local.py``. :func:`bidproof.core.kept.close_all` lets go of everything.
"""

from pathlib import Path
from typing import TypeAlias

from bidproof.core.kept import Kept
from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import Journal
from bidproof.retrieval import open as cold
from bidproof.retrieval.protocol import Embedder, Index

_EMBEDDERS = 4
_INDEXES = 64  # mapped from disk: each holds a few files open

_Name: TypeAlias = tuple[str | int | Path | None, ...]


_embedders = Kept[_Name, Embedder](most=_EMBEDDERS)
_indexes = Kept[_Name, Index](most=_INDEXES)


def open_embedder(
    settings: RetrievalSettings,
    *,
    model: ModelSettings | None = None,
    api_key: Keys | str | None = None,
    journal: Journal | None = None,
) -> Embedder:
    """The embedder that the settings name; see :func:`bidproof.retrieval.open.open_embedder`.

    One that runs here is kept; one behind an endpoint writes to its session's journal, and
    is cheap to open.

    Raises:
        InvalidSetting: The name is unknown, or the endpoint's address, model or price is missing.
    """
    if settings.embedder == "endpoint":
        return cold.open_embedder(settings, model=model, api_key=api_key, journal=journal)
    return _embedders.get((settings.embedder,), lambda: cold.open_embedder(settings))


def open_index(folder: Path, *, embedder_name: str, dimension: int) -> Index:
    """One workspace's index in one vector space; see :func:`bidproof.retrieval.open.open_index`."""
    return _indexes.get(
        (folder.absolute(), embedder_name, dimension),
        lambda: cold.open_index(folder, embedder_name=embedder_name, dimension=dimension),
    )
