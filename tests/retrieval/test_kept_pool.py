import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from bidproof.retrieval import kept_pool
from bidproof.retrieval.kept_pool import KeptPool
from bidproof.retrieval.pool import Pool, Snapshot


@dataclass
class Store:
    """A store whose reading can be held up."""

    version: int = 1
    reads: int = 0
    may_read: threading.Event = field(default_factory=threading.Event)

    def read(self) -> Pool:
        self.reads += 1
        version = self.version
        assert self.may_read.wait(30)
        snapshot = Snapshot(version=version, table=None, row_ids={})
        return cast("Pool", SimpleNamespace(snapshot=snapshot))

    @contextmanager
    def held_up(self) -> Iterator[None]:
        self.may_read.clear()
        yield
        self.may_read.set()


def version(pool: Pool) -> int:
    assert pool.snapshot is not None
    return pool.snapshot.version


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a new version as soon as it is asked for."""
    monkeypatch.setattr(kept_pool, "_REST_READS", 0)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.may_read.set()
    return store


def test_the_old_pool_serves_all_threads_while_one_reads_the_new(store: Store) -> None:
    pool, found = KeptPool(), list[int]()
    pool.at(1, store.read)
    store.version = 2
    with store.held_up():
        readers = [
            threading.Thread(target=lambda: found.append(version(pool.at(2, store.read)))) for _ in range(16)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert found == [1] * 16
    deadline = time.monotonic() + 30
    while version(pool.at(2, store.read)) == 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert version(pool.at(2, store.read)) == 2
    assert store.reads == 2


def test_the_first_pool_is_read_once_and_waited_for(store: Store) -> None:
    pool, found = KeptPool(), list[int]()
    with store.held_up():
        readers = [
            threading.Thread(target=lambda: found.append(version(pool.at(1, store.read)))) for _ in range(8)
        ]
        for reader in readers:
            reader.start()
        while not store.reads:
            time.sleep(0.01)
        assert found == []
    for reader in readers:
        reader.join()
    assert (found, store.reads) == ([1] * 8, 1)


def test_a_pool_not_seen_to_be_current_for_long_is_not_served(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_pool, "_LAG_S", 0.0)
    monkeypatch.setattr(kept_pool, "_LAG_READS", 0)
    pool = KeptPool()
    pool.at(1, store.read)
    store.version = 2
    assert version(pool.at(2, store.read)) == 2


def test_a_pool_read_just_now_serves_before_it_is_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_pool, "_REST_READS", 10**9)
    pool = KeptPool()
    pool.at(1, store.read)
    store.version = 2
    assert version(pool.at(2, store.read)) == 1
    assert store.reads == 1


def test_renewing_shows_a_change_at_once_and_reads_nothing_where_nothing_is_kept(store: Store) -> None:
    pool = KeptPool()
    pool.renew(store.read)
    assert (pool.pool, store.reads) == (None, 0)
    pool.at(1, store.read)
    store.version = 2
    pool.renew(store.read)
    assert version(pool.at(2, store.read)) == 2
    assert store.reads == 2


def test_a_failed_reading_is_told_and_tried_again(store: Store) -> None:
    pool = KeptPool()

    def fail() -> Pool:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        pool.at(1, fail)
    assert version(pool.at(1, store.read)) == 1
