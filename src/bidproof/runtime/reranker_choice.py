"""Which learned re-ranker a session uses: named by its digest, so that programs name it too."""

from dataclasses import replace
from pathlib import Path

from bidproof.core.errors import BidproofError
from bidproof.core.settings import Settings
from bidproof.retrieval.reranker import LEARNED, load_reranker, reranker_path


def pin_reranker(workspace: Path, settings: Settings) -> Settings:
    """Say ``learned:DIGEST`` where the settings say ``learned``.

    A program's digest covers its retrieval settings, so other coefficients are another
    program. Where there is no readable re-ranker the setting stays: searching then refuses.
    """
    if settings.retrieval.reranker != LEARNED:
        return settings
    path = reranker_path(LEARNED, folder=workspace)
    if path is None:
        return settings
    try:
        name = f"{LEARNED}:{load_reranker(path).digest()}"
    except BidproofError:
        return settings
    return replace(settings, retrieval=replace(settings.retrieval, reranker=name))
