"""Many callers, one connection: each gets its own result, and its own failure."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bidproof.core.errors import BidproofError, WorkspaceError, WriteFailed
from bidproof.workspace.database import Database
from bidproof.workspace.rows import CallIntent
from bidproof.workspace.store import Workspace


def hold(workspace: Workspace) -> threading.Event:
    """Occupy the database thread, so that what comes next waits together."""
    release = threading.Event()
    started = threading.Event()

    def wait() -> None:
        started.set()
        release.wait(10)

    threading.Thread(target=lambda: workspace._database.run(wait), daemon=True).start()
    started.wait(10)
    return release


def test_writes_that_wait_together_are_all_made(workspace: Workspace) -> None:
    release = hold(workspace)
    with ThreadPoolExecutor(40) as pool:
        writes = [pool.submit(workspace.facts.set, f"name {number}", "x") for number in range(40)]
        release.set()
        for write in writes:
            write.result()
    assert len(workspace.facts.all()) == 40


def test_a_failing_write_does_not_take_its_neighbours_along(workspace: Workspace) -> None:
    release = hold(workspace)

    def intend(job_id: int | None, key: str) -> int:
        return workspace.calls.intend(CallIntent(key=key, job_id=job_id, model="m")).call_id

    with ThreadPoolExecutor(9) as pool:
        good = [pool.submit(intend, None, f"k{number}") for number in range(4)]
        bad = pool.submit(intend, 12345, "bad")
        good += [pool.submit(intend, None, f"k{number}") for number in range(4, 8)]
        release.set()
        assert len({call.result() for call in good}) == 8
        with pytest.raises(WorkspaceError):
            bad.result()


def test_any_exception_reaches_the_caller_and_the_thread_lives_on(workspace: Workspace) -> None:
    def fail() -> None:
        raise ZeroDivisionError("mine")

    for run in (workspace._database.read, workspace._database.write):
        with pytest.raises(ZeroDivisionError, match="mine"):
            run(fail)
    assert workspace.facts.all() == {}


def test_a_write_that_fails_halfway_changes_nothing(workspace: Workspace) -> None:
    def half() -> None:
        workspace.facts.set("half", "written")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        workspace._database.write(half)
    assert workspace.facts.get("half") is None


def limit_pages(database: Database, pages: int) -> None:
    """SQLite's own way to run out of space, without filling a disk."""
    database.run(lambda: database.execute(f"PRAGMA max_page_count = {pages}"))


def test_a_full_disk_is_named_and_survived(workspace: Workspace) -> None:
    workspace.facts.set("before", "kept")
    limit_pages(workspace._database, 1)
    with pytest.raises(WriteFailed, match="disk full") as raised:
        workspace.facts.set("large", "x" * 1_000_000)
    assert raised.value.code == "disk-full"
    limit_pages(workspace._database, 1_000_000)
    workspace.facts.set("after", "kept")
    assert workspace.facts.get("before") == workspace.facts.get("after") == "kept"


def test_a_full_disk_fails_every_write_of_a_batch(workspace: Workspace) -> None:
    limit_pages(workspace._database, 1)
    release = hold(workspace)
    with ThreadPoolExecutor(8) as pool:
        writes = [pool.submit(workspace.facts.set, f"n{number}", "x" * 500_000) for number in range(8)]
        release.set()
        assert {type(write.exception()) for write in writes} == {WriteFailed}
    assert workspace.facts.all() == {}


def test_damage_found_later_is_an_error_in_words(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        for number in range(10):
            workspace.facts.set(f"name {number}", "x" * 40_000)
    path = tmp_path / "bidproof.db"
    whole = bytearray(path.read_bytes())
    for page in range(40, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 4096] = b"\x5a" * 4096
    path.write_bytes(bytes(whole))
    with Workspace.open(tmp_path) as workspace, pytest.raises(BidproofError) as raised:
        workspace.facts.all()
    assert raised.value.code == "workspace-damaged"


def test_a_read_waits_for_no_write(workspace: Workspace) -> None:
    workspace.facts.set("before", "kept")
    release = hold(workspace)
    try:
        with ThreadPoolExecutor(4) as pool:
            reads = [pool.submit(workspace.facts.get, "before") for _ in range(16)]
            assert {read.result(timeout=5) for read in reads} == {"kept"}
    finally:
        release.set()


def test_what_a_thread_wrote_it_reads(workspace: Workspace) -> None:
    def write_and_read(number: int) -> bool:
        return all(
            workspace.facts.set(f"{number}-{turn}", "x") is None and workspace.facts.get(f"{number}-{turn}")
            for turn in range(20)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(8)))


def test_connections_of_ended_threads_are_closed(workspace: Workspace) -> None:
    for _ in range(10):
        thread = threading.Thread(target=workspace.facts.all)
        thread.start()
        thread.join()
    assert len(workspace._database._readers) <= 2


def test_a_query_that_names_no_workspace_fails(workspace: Workspace) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from bidproof.workspace.app.ready import models

    workspace.facts.set("a", "b")
    with pytest.raises(ImproperlyConfigured):
        models.Fact.objects.count()
