"""The local embedder: all-MiniLM-L6-v2 on ONNX Runtime, no network, no key."""

# onnxruntime ships no usable types.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidproof.core.errors import InvalidSetting
from bidproof.core.processors import usable_processors
from bidproof.core.records import Passage
from bidproof.language.packaged_files import WEIGHTS
from bidproof.language.tokens import count_tokens, local_tokenizer
from bidproof.retrieval.minilm_model import DIMENSION, RECIPE, prepared_model
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

MAX_TOKENS = 510
"""Word pieces the model can take, its two frame tokens left out."""

_FRAME = (101, 102)  # [CLS] and [SEP] of the BERT vocabulary
# Padded word pieces in one call. What a call writes between layers must stay in a core's
# cache: measured 22 passages of some 200 pieces a CPU-second at 4,096, 26 at 1,024 or less.
_BATCH_TOKENS = 1024


class MiniLmEmbedder:
    """Embeds with the packaged weights; thread-safe.

    Texts are sorted by length and batched by a token budget, so that little is
    spent on padding; batches run side by side, one thread each. A text beyond 510
    word pieces is embedded window by window and the windows averaged by length:
    nothing is cut off silently.

    Args:
        threads: Batches embedded at once; None means one for each processor.
        cache_folder: Where the prepared model is kept; None means the user's cache folder.
    """

    def __init__(self, *, threads: int | None = None, cache_folder: Path | None = None) -> None:
        if threads is not None and threads < 1:
            raise InvalidSetting(
                f"cannot embed with {threads!r} threads: expected at least 1",
                hint="leave the number of threads at its default",
            )
        self._threads = threads or usable_processors()
        self._cache_folder = cache_folder
        self._session: Any = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Identity of the vector space: weights, preparation, and what of a passage is embedded."""
        return f"minilm/{WEIGHTS.sha256[:12]}/{RECIPE}/{TEXT_RECIPE}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    def count_tokens(self, text: str) -> int:
        """Count word pieces, frame tokens left out."""
        return count_tokens(text)

    def embed_documents(self, passages: Sequence[Passage]) -> "Vectors":
        """Embed passages with their title and headings: float32 ``[n, 384]``, unit norm."""
        return self.embed_passages([embedding_text(passage) for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts to search with, each by itself: its vector is the same whatever stands beside it.

        The quantised products scale their inputs over a whole batch, padding included.
        """
        return self._embed(texts, batch_tokens=1)

    def embed_passages(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: float32 ``[n, 384]``, unit norm, in the order given."""
        return self._embed(texts, batch_tokens=_BATCH_TOKENS)

    def _embed(self, texts: Sequence[str], *, batch_tokens: int) -> "Vectors":
        import numpy as np

        encodings = local_tokenizer().encode_batch_fast(list(texts), add_special_tokens=False)
        windows = [(row, window) for row, item in enumerate(encodings) for window in _windows(item.ids)]
        windows.sort(key=lambda pair: len(pair[1]))
        sums = np.zeros((len(encodings), DIMENSION), dtype=np.float32)
        batches = _batches(windows, batch_tokens)
        for batch, means in zip(batches, self._means_of(batches), strict=True):
            rows = [row for row, _ in batch]
            weights = np.array([[len(ids)] for _, ids in batch], dtype=np.float32)
            np.add.at(sums, rows, means * weights)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return sums / np.maximum(norms, 1e-12)

    def warm(self) -> None:
        """Load the weights now, so that the first text need not wait for them."""
        self._open_session()

    def rest(self) -> None:
        """Give back the working memory of the last batches; the weights stay."""
        if self._session is not None:
            import numpy as np
            import onnxruntime

            options = onnxruntime.RunOptions()  # memory is given back at the end of a run that says so
            options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
            ids = np.array([_FRAME], dtype=np.int32)
            feed = {"input_ids": ids, "segment_ids": np.zeros_like(ids), "mask": np.ones_like(ids)}
            self._session.run(None, feed, options)

    def _means_of(self, batches: list["_Batch"]) -> Iterator["Vectors"]:
        if len(batches) == 1:
            yield self._token_means(batches[0])
        else:
            with ThreadPoolExecutor(min(self._threads, max(1, len(batches)))) as threads:
                yield from threads.map(self._token_means, batches)

    def _token_means(self, rows: "_Batch") -> "Vectors":
        import numpy as np

        batch = [ids for _, ids in rows]
        width = max(len(ids) for ids in batch)
        ids = np.zeros((len(batch), width), dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        feed = {"input_ids": ids, "segment_ids": np.zeros_like(ids), "mask": mask}
        states = self._open_session().run(None, feed)[0]
        weights = mask.astype(np.float32) / mask.sum(axis=1, keepdims=True)
        means = np.matmul(weights[:, None, :], states)[:, 0, :]
        return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)

    def _open_session(self) -> Any:
        with self._lock:
            if self._session is None:
                import onnxruntime

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = 1  # our own threads take a whole batch each
                options.log_severity_level = 3
                self._session = onnxruntime.InferenceSession(
                    prepared_model(self._cache_folder), options, providers=["CPUExecutionProvider"]
                )
            return self._session


def _windows(ids: list[int]) -> list[list[int]]:
    first, last = _FRAME
    starts = range(0, max(len(ids), 1), MAX_TOKENS)
    return [[first, *ids[start : start + MAX_TOKENS], last] for start in starts]


_Batch = list[tuple[int, list[int]]]
"""Windows of word pieces, each with the row of its text."""


def _batches(windows: _Batch, batch_tokens: int) -> list[_Batch]:
    """Split windows, sorted by length, so that each batch padded stays in the budget."""
    batches: list[_Batch] = []
    for window in windows:
        width = len(window[1])
        if batches and (len(batches[-1]) + 1) * width <= batch_tokens:
            batches[-1].append(window)
        else:
            batches.append([window])
    return batches
