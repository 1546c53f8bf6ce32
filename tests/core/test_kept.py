import os
import threading
import time
import weakref

import pytest

from bidproof.core.kept import Kept, close_all


class Thing:
    def __init__(self, weight: int = 1) -> None:
        self.weight = weight


@pytest.fixture
def kept() -> Kept[str, Thing]:
    return Kept[str, Thing](most=2, weigh=lambda thing: thing.weight)


def test_threads_that_ask_at_once_share_one(kept: Kept[str, Thing]) -> None:
    made, found = [], []

    def make() -> Thing:
        time.sleep(0.02)
        made.append(Thing())
        return made[-1]

    threads = [threading.Thread(target=lambda: found.append(kept.get("a", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert found == made * 8


def test_making_one_keeps_no_other_waiting(kept: Kept[str, Thing]) -> None:
    is_there = threading.Event()

    def make_slowly() -> Thing:
        assert is_there.wait(10)
        return Thing()

    slow = threading.Thread(target=kept.get, args=("slow", make_slowly))
    slow.start()
    kept.get("fast", Thing)
    is_there.set()
    slow.join()


def test_the_one_used_longest_ago_makes_room(kept: Kept[str, Thing]) -> None:
    first, second = kept.get("a", Thing), kept.get("b", Thing)
    assert kept.get("a", Thing) is first
    kept.get("c", Thing)
    assert kept.get("a", Thing) is first
    assert kept.get("b", Thing) is not second


def test_a_heavy_one_stays_alone(kept: Kept[str, Thing]) -> None:
    light = kept.get("light", Thing)
    heavy = kept.get("heavy", lambda: Thing(weight=9))
    assert kept.get("heavy", Thing) is heavy
    assert kept.get("light", Thing) is not light


def test_what_is_let_go_of_ends_with_its_last_user(kept: Kept[str, Thing]) -> None:
    ended: list[str] = []
    thing = kept.get("a", Thing)
    weakref.finalize(thing, ended.append, "a")
    close_all()
    assert ended == []
    del thing
    assert ended == ["a"]


def test_a_failure_is_not_kept(kept: Kept[str, Thing]) -> None:
    def fail() -> Thing:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        kept.get("a", fail)
    thing = kept.get("a", Thing)
    kept.drop("a", Thing())
    assert kept.get("a", Thing) is thing
    kept.drop("a", thing)
    assert kept.get("a", Thing) is not thing


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_starts_with_nothing_even_while_its_parent_makes_one(kept: Kept[str, Thing]) -> None:
    thing = kept.get("a", Thing)
    is_forked = threading.Event()

    def make() -> Thing:
        is_forked.wait(10)
        return Thing()

    maker = threading.Thread(target=kept.get, args=("b", make))
    maker.start()
    if (child := os.fork()) == 0:
        is_other = kept.get("a", Thing) is not thing and kept.get("b", Thing) is not None
        os._exit(0 if is_other else 1)
    _, status = os.waitpid(child, 0)
    is_forked.set()
    maker.join()
    assert os.waitstatus_to_exitcode(status) == 0
    assert kept.get("a", Thing) is thing
