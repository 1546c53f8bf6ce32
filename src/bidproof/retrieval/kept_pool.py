"""An index's pool in memory: read once, and served until a newer one has been read beside it."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bidproof.core.ids import PassageId

if TYPE_CHECKING:
    from bidproof.retrieval.pool import Pool

_LAG_S = 1.0
_LAG_READS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePool:
    """All passages as of one version of the store, and where each row was then."""

    version: int
    pool: "Pool"
    row_ids: Mapping[PassageId, int]


class KeptPool:
    """The pool of the last version seen; safe to share between threads.

    While one thread reads a newer version beside all others the old one serves, for a
    second or four times as long as a reading takes; past that, who asks waits for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: Future[WholePool] | None = None
        self._whole: WholePool | None = None
        self._began_s = self._seen_s = self._took_s = 0.0

    @property
    def whole(self) -> WholePool | None:
        """What is in memory, however old."""
        return self._whole

    def at(self, version: int, read: Callable[[], WholePool]) -> WholePool:
        """The pool as of a version of the store, or of a moment before while that one is read.

        Args:
            version: The store's, now.
            read: Reads all passages as they are; called on another thread.

        Raises:
            Exception: What reading raised.
        """
        with self._lock:
            now, whole = time.monotonic(), self._whole
            if whole is not None and whole.version == version:
                self._seen_s = now
                return whole
            if self._reading is None:
                self._reading = self._begin(read)
            reading = self._reading
            if whole is not None and now - self._seen_s <= max(_LAG_S, _LAG_READS * self._took_s):
                return whole
        return reading.result()

    def renew(self, read: Callable[[], WholePool]) -> None:
        """Read anew, here and now, what is in memory; nothing happens where nothing is."""
        if self._whole is not None:
            self._take(read)

    def drop(self) -> None:
        """Free the memory."""
        with self._lock:
            self._whole = None

    def _begin(self, read: Callable[[], WholePool]) -> "Future[WholePool]":
        def take() -> WholePool:
            try:
                return self._take(read)
            finally:
                with self._lock:
                    self._reading = None

        thread = ThreadPoolExecutor(1, thread_name_prefix="pool")
        reading = thread.submit(take)
        thread.shutdown(wait=False)
        return reading

    def _take(self, read: Callable[[], WholePool]) -> WholePool:
        began = time.monotonic()
        whole = read()
        with self._lock:
            self._took_s = time.monotonic() - began
            if began >= self._began_s:
                self._whole, self._began_s = whole, began
                self._seen_s = max(self._seen_s, began)
        return whole
