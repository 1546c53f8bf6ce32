"""An index's pool in memory: read once, and served until a newer one has been read beside it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from bidproof.retrieval.pool import Pool

_LAG_S = 1.0
_LAG_READS = 10  # far more than the rest, so that no steady writer makes anyone wait
_REST_READS = 3  # from the beginning of one to that of the next


class KeptPool:
    """The pool of the last version seen; safe to share between threads.

    While one thread reads a newer version beside all others the old one serves, for a
    second or ten times as long as a reading takes; past that, who asks waits for it.
    Between two readings pass twice as long as one takes, so that a writer who never
    rests does not take the machine from those who search.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: Future[Pool] | None = None
        self._pool: Pool | None = None
        self._began_s = self._seen_s = self._took_s = 0.0

    @property
    def pool(self) -> Pool | None:
        """What is in memory, however old."""
        return self._pool

    def at(self, version: int, read: Callable[[], Pool]) -> Pool:
        """The pool as of a version of the store, or of a moment before while that one is read.

        Args:
            version: The store's, now.
            read: Reads all passages as they are; called on another thread.

        Raises:
            Exception: What reading raised.
        """
        with self._lock:
            now, pool = time.monotonic(), self._pool
            if pool is not None and _version(pool) == version:
                self._seen_s = now
                return pool
            if pool is not None and now - self._began_s < _REST_READS * self._took_s:
                return pool
            if self._reading is None:
                self._reading = self._begin(read)
            reading = self._reading
            if pool is not None and now - self._seen_s <= max(_LAG_S, _LAG_READS * self._took_s):
                return pool
        return reading.result()

    def renew(self, read: Callable[[], Pool]) -> None:
        """Read anew, here and now, what is in memory; nothing happens where nothing is."""
        if self._pool is not None:
            self._take(read)

    def drop(self) -> None:
        """Free the memory."""
        with self._lock:
            self._pool = None

    def _begin(self, read: Callable[[], Pool]) -> Future[Pool]:
        def take() -> Pool:
            try:
                return self._take(read)
            finally:
                with self._lock:
                    self._reading = None

        thread = ThreadPoolExecutor(1, thread_name_prefix="pool")
        reading = thread.submit(take)
        thread.shutdown(wait=False)
        return reading

    def _take(self, read: Callable[[], Pool]) -> Pool:
        began = time.monotonic()
        pool = read()
        with self._lock:
            self._took_s = time.monotonic() - began
            if began >= self._began_s:
                self._pool, self._began_s = pool, began
                self._seen_s = max(self._seen_s, began)
        return pool


def _version(pool: Pool) -> int | None:
    return None if pool.snapshot is None else pool.snapshot.version
