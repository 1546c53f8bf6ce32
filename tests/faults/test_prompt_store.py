"""kill -9 before every single write: what was acknowledged is there, and the next command works."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.settings import Settings
from bidproof.prompts.program import default_program
from bidproof.prompts.store import ProgramStore

BASE = default_program(Settings(), model_name="m")
OTHER = replace(BASE, texts={**BASE.texts, "limits": "Never guess."})


def _die_at(step: int) -> None:
    """Let this process be killed at its n-th change of the disk."""
    count = [0]

    def dying(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            count[0] += 1
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return call

    for name in ("write", "fsync", "rename", "replace", "mkdir"):
        setattr(os, name, dying(getattr(os, name)))


def _run_and_kill(work: Callable[[], object], step: int) -> bool:
    """Do the work in a child that is killed at a step; True when it lived to the end."""
    child = os.fork()
    if child == 0:
        _die_at(step)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    return True


def _kills(work: Callable[[], object], check: Callable[[], None]) -> int:
    for step in range(1, 400):
        if _run_and_kill(work, step):
            return step - 1
        check()
    raise AssertionError("the work never ends")


def test_adding_a_version_leaves_it_whole_or_not_there(tmp_path: Path) -> None:
    store = ProgramStore(tmp_path / "prompts")
    digest, other = store.add(BASE, message="m", author="a").digest, OTHER.digest()

    def check() -> None:
        assert store.damaged() == ()
        assert digest in {version.digest for version in store.versions()} <= {digest, other}

    kills = _kills(lambda: store.add(OTHER, message="m", author="a"), check)
    assert kills > len(OTHER.texts), "too few kills met a write"
    assert store.load(other).program == OTHER
    store.add(replace(OTHER, repairs=0), message="m", author="a")
    left = [path.name for path in (tmp_path / "prompts" / "versions").iterdir()]
    assert not [name for name in left if name.startswith(".")], (
        "what a kill left is cleared by the next write"
    )


def test_the_first_version_of_all_survives_kills(tmp_path: Path) -> None:
    store = ProgramStore(tmp_path / "prompts")

    def check() -> None:
        assert store.damaged() == ()
        assert dict(store.labels()) == {}

    assert _kills(lambda: store.add(BASE, message="m", author="a"), check) > 10
    assert store.load(BASE.digest()).program == BASE


def test_a_label_is_where_it_was_or_where_it_went_and_its_log_agrees(tmp_path: Path) -> None:
    store = ProgramStore(tmp_path / "prompts")
    first, second = (store.add(program, message="m", author="a").digest for program in (BASE, OTHER))
    store.promote(first, author="a", reason="r", force=True)
    state = {"moved": 0}

    def move() -> None:
        target = second if store.labels()["production"] == first else first
        store.promote(target, author="a", reason="r", force=True)

    def check() -> None:
        now = store.labels()["production"]
        history = store.history("production")
        assert now in (first, second)
        assert history[-1].digest == now, "what moved is in the log, also when it was killed before that"
        assert len({entry.id for entry in history}) == len(history)
        state["moved"] += history[-1].previous != ""

    assert _kills(move, check) >= 4
    before = store.history("production")
    store.promote(store.labels()["production"], author="a", reason="again", force=True)
    after = ProgramStore(tmp_path / "prompts").history("production")
    assert after[: len(before)] == before
    log = (tmp_path / "prompts" / "log.jsonl").read_text()
    assert all(entry.id in log for entry in after), "the next movement writes down what a kill kept out"


def test_two_processes_lose_no_movement(tmp_path: Path) -> None:
    store = ProgramStore(tmp_path / "prompts")
    digest = store.add(BASE, message="m", author="a").digest
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            for turn in range(5):
                store.label(f"l{number}-{turn}", digest, author="a")
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert len(store.labels()) == 20
    assert len(store.history("")) == 20


def test_a_disk_that_refuses_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ProgramStore(tmp_path / "prompts")
    digest = store.add(BASE, message="m", author="a").digest

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for refused in (
        lambda: store.add(OTHER, message="m", author="a"),
        lambda: store.label("staging", digest, author="a"),
    ):
        with pytest.raises(Exception, match="No space left") as raised:
            refused()
        assert getattr(raised.value, "code", "") == "write-failed"
    monkeypatch.undo()
    assert [version.digest for version in store.versions()] == [digest]
    assert store.labels() == {}
