"""Opens the configured embedder and index."""

from pathlib import Path

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.llm.keys import Keys
from bidproof.llm.protocol import Journal
from bidproof.retrieval.protocol import Embedder, Index


def open_embedder(
    settings: RetrievalSettings,
    *,
    model: ModelSettings | None = None,
    api_key: Keys | str | None = None,
    journal: Journal | None = None,
) -> Embedder:
    """Open the embedder that the settings name; weights load with the first text.

    Args:
        settings: Which embedder.
        model: Attempts, deadline, price and cost limits of an endpoint.
        api_key: Who gives out keys by address, or the one for an endpoint.
        journal: Where calls to an endpoint are written; None keeps none.

    Raises:
        InvalidSetting: The name is unknown, or the endpoint's address or model is missing.
    """
    if settings.embedder == "minilm":
        from bidproof.retrieval.minilm import MiniLmEmbedder

        return MiniLmEmbedder()
    if settings.embedder == "endpoint":
        from bidproof.retrieval.endpoint import EndpointEmbedder

        return EndpointEmbedder(
            model=settings.embedder_model,
            base_url=settings.embedder_base_url,
            api_key=api_key,
            settings=model,
            journal=journal,
        )
    raise InvalidSetting(
        f"unknown retrieval.embedder {settings.embedder!r}: expected minilm or endpoint",
        hint='set retrieval.embedder = "minilm" in bidproof.toml',
    )


def open_index(folder: Path, *, embedder_name: str, dimension: int) -> Index:
    """Open the index of one vector space in a folder; it starts empty in a new one.

    Args:
        folder: Holds the index alone; made on the first write.
        embedder_name: Identity of the vectors: the embedder's name, or a digest
            of it with everything else that shapes passages.
        dimension: Length of a vector.
    """
    from bidproof.retrieval.lance_index import LanceIndex

    return LanceIndex(folder, embedder_name=embedder_name, dimension=dimension)
