"""Vectors of texts that come back unchanged from one run to the next, kept in a file."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bidproof.core.errors import BidproofError
from bidproof.core.files import read_whole, write_whole
from bidproof.retrieval.protocol import Embedder

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

_MAX_FILE_MB = 1024


class KeptVectors:
    """Embeds passages once; of what the file holds, only the texts asked for last are kept.

    The file is a line of JSON (the embedder and a name for each text), then the vectors as
    float32, row after row. One that is damaged or of another embedder counts as empty, and one
    that cannot be written costs time, never an answer.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with, as the embedder does; none is kept."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: float32 ``[n, dimension]``, unit norm, in order."""
        import numpy as np

        if not texts:
            return self._embedder.embed_passages(texts)
        names = [sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        kept = self._read()
        new = {name: text for name, text in zip(names, texts, strict=True) if name not in kept}
        if new:
            kept |= dict(zip(new, self._embedder.embed_passages(list(new.values())), strict=True))
        if new or len(kept) > len(set(names)):
            self._write({name: kept[name] for name in names})
        return np.stack([kept[name] for name in names])

    def _read(self) -> dict[str, "Vectors"]:
        import numpy as np

        try:
            head, _, body = read_whole(self._path, max_mb=_MAX_FILE_MB).partition(b"\n")
            said = json.loads(head)
            rows = np.frombuffer(body, dtype="<f4").reshape(-1, self._embedder.dimension)
            if said["embedder"] != self._embedder.name or len(said["names"]) != len(rows):
                return {}
            return {str(name): row for name, row in zip(said["names"], rows, strict=True)}
        except (BidproofError, ValueError, KeyError, TypeError):
            return {}

    def _write(self, kept: dict[str, "Vectors"]) -> None:
        import numpy as np

        head = json.dumps({"embedder": self._embedder.name, "names": list(kept)})
        body = np.stack(list(kept.values())).astype("<f4").tobytes()
        try:
            write_whole(self._path, head.encode() + b"\n" + body)
        except BidproofError:
            return
