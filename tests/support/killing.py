"""Start a flow in a child that is ready at once, and kill it at a random moment.

A fork server imports the heavy libraries one time, so that a hundred kills cost
the work and not the start-up.
"""

import json
import multiprocessing.process
import os
import random
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

Process = multiprocessing.process.BaseProcess
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["warm"])
_PATIENCE_S = 120


def start(target: Callable[..., None], *arguments: Any) -> Process:
    """A child at its work; the fork server, started with the first one, finds ``warm`` beside this file."""
    with mock.patch.dict(os.environ, PYTHONPATH=str(Path(__file__).parent)):
        child = _CONTEXT.Process(target=target, args=arguments)
        child.start()
    return child


def is_sound(folder: Path) -> bool:
    """Whether the database of a killed workspace is whole; one that is not there yet is."""
    database = folder / "ws" / "bidproof.db"
    if not database.exists():
        return True
    connection = sqlite3.connect(database)
    found = connection.execute("pragma integrity_check").fetchone()
    connection.close()
    return found == ("ok",)


def ingest_all(folder: str) -> None:
    """Bring ``docs`` into ``ws``."""
    from bidproof.flows.ingest import ingest
    from bidproof.flows.requests.answering import IngestRequest
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=Path(folder) / "ws")) as session:
        ingest(IngestRequest(roots=(Path(folder) / "docs",)), session=session)


def ask_often(
    folder: str, name: str, count: int, flags: Mapping[str, object] | None = None, docs: str = ""
) -> None:
    """Ask in sessions of their own, one after the other, and write down what each answer said."""
    from bidproof.flows.ask import ask
    from bidproof.flows.requests.answering import AskRequest
    from bidproof.runtime.session import SessionRequest, open_session

    place, said = Path(folder), list[list[str]]()
    brought = (place / docs,) if docs else ()
    for number in range(count):
        request = AskRequest(text=f"How long does site {number} keep its backups?", docs=brought)
        with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
            draft = ask(request, session=session)
        assert not draft.error
        said.append(list(draft.reasons))
    (place / f"{name}.json").write_text(json.dumps(said))


def look(folder: str) -> None:
    """Open a killed workspace; fails where the index does not hold what is marked as indexed."""
    from bidproof.runtime.index_parts import borrow_parts
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=Path(folder) / "ws")) as session:
        rows = session.workspace.documents.known().values()
        present = borrow_parts(session).index.document_ids()
        assert {row.id for row in rows if row.is_indexed and row.passage_count} <= present
        assert all(session.workspace.documents.load(row.id).text for row in rows)


def answer_all(folder: str, base_url: str) -> None:
    """Answer ``questions.csv``, one model call at a time: a kill can meet one call in flight at most."""
    from bidproof.flows.answer import answer
    from bidproof.flows.requests.answering import AnswerRequest
    from bidproof.runtime.session import SessionRequest, open_session

    place = Path(folder)
    flags = {"model.model": "fake-model", "model.base_url": base_url, "model.concurrency": 1}
    request = AnswerRequest(
        questionnaire=place / "questions.csv", docs=(place / "docs",), out=place / "filled.csv"
    )
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        answer(request, session=session)


def amend_all(folder: str, base_url: str) -> None:
    """Answer ``amended.csv`` from ``filled.csv`` and what is in the workspace, one model call at a time."""
    from bidproof.flows.answer import AnswerRequest, answer
    from bidproof.runtime.session import SessionRequest, open_session

    place = Path(folder)
    flags = {"model.model": "fake-model", "model.base_url": base_url, "model.concurrency": 1}
    request = AnswerRequest(
        questionnaire=place / "amended.csv", amends=place / "filled.csv", out=place / "again.csv"
    )
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        answer(request, session=session)


def answer_ingested(folder: str, base_url: str) -> None:
    """Answer ``questions.csv`` from what is in the workspace, one model call at a time."""
    from bidproof.flows.answer import AnswerRequest, answer
    from bidproof.runtime.session import SessionRequest, open_session

    place = Path(folder)
    flags = {"model.model": "fake-model", "model.base_url": base_url, "model.concurrency": 1}
    request = AnswerRequest(questionnaire=place / "questions.csv", out=place / "filled.csv")
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        answer(request, session=session)


def evaluate_all(folder: str, base_url: str) -> None:
    """Evaluate ``gold.jsonl`` with an answering model and a judge, one call of each at a time."""
    from bidproof.flows.evaluate import evaluate
    from bidproof.flows.requests.evaluating import EvaluateRequest
    from bidproof.runtime.session import SessionRequest, open_session

    place = Path(folder)
    flags = {"model.model": "fake-model", "model.base_url": base_url, "model.concurrency": 1}
    request = EvaluateRequest(
        gold=str(place / "gold.jsonl"),
        docs=(place / "docs",),
        judge="fake-judge",
        metrics=("faithfulness", "answer_f1", "context_precision"),
        repeats=2,
        has_report=False,
    )
    with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
        evaluate(request, session=session)


def optimise_all(folder: str, base_url: str, method: str) -> None:
    """Search for a better program on the stored gold set ``set``, one model call at a time."""
    from typing import cast

    from bidproof.flows.optimize.run import optimize
    from bidproof.flows.requests.programs import Method, OptimizeRequest
    from bidproof.runtime.session import SessionRequest, open_session

    flags = {"model.model": "fake-model", "model.base_url": base_url, "model.concurrency": 1}
    request = OptimizeRequest(gold="set", method=cast("Method", method), trials=4)
    with open_session(SessionRequest(workspace=Path(folder) / "ws", flags=flags)) as session:
        optimize(request, session=session)


def run_to_end(target: Callable[..., None], *arguments: Any, timeout_s: float = _PATIENCE_S) -> float:
    """Run in a child until it ends; returns the seconds it took.

    Raises:
        AssertionError: It failed or hung.
    """
    start(int).join()  # the fork server has done its imports before the clock runs
    started = time.monotonic()
    child = start(target, *arguments)
    child.join(timeout_s)
    hung = child.is_alive()
    if hung:
        child.kill()
    assert not hung, f"still running after {timeout_s} s"
    assert child.exitcode == 0, f"exit code {child.exitcode}"
    return time.monotonic() - started


def kill_at(seconds: float, target: Callable[..., None], *arguments: Any) -> bool:
    """Run in a child and kill it after so many seconds; returns whether it was still at work."""
    child = start(target, *arguments)
    child.join(seconds)
    was_running = child.is_alive()
    child.kill()
    child.join()
    return was_running


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two runs of the same, one or both of them killed.

    Attributes:
        killed: How many were still at work when they were killed.
        ended_s: Seconds from the kill until the other one had ended; None where both were killed.
    """

    killed: int
    ended_s: float | None


def kill_of_two(
    seconds: float,
    target: Callable[..., None],
    *arguments: Any,
    victims: Collection[int],
    timeout_s: float = 120,
) -> Pair:
    """Run the same twice at once and kill the victims after so many seconds; the other one runs to its end.

    Raises:
        AssertionError: The one that was not killed failed or hung.
    """
    children = [start(target, *arguments) for _ in range(2)]
    children[0].join(seconds)
    dying = [children[number] for number in victims]
    killed = sum(child.is_alive() for child in dying)
    for child in dying:
        child.kill()
    since = time.monotonic()
    for child in children:
        child.join(_PATIENCE_S)
    hung = [child for child in children if child.is_alive()]
    for child in hung:
        child.kill()
    assert not hung, f"still running after {_PATIENCE_S} s"
    survivors = [child for child in children if child not in dying]
    assert [child.exitcode for child in survivors] == [0] * len(survivors)
    return Pair(killed=killed, ended_s=time.monotonic() - since if survivors else None)


def kill_when(is_time: Callable[[], bool], target: Callable[..., None], *arguments: Any) -> bool:
    """Run in a child and kill it as soon as something has happened; returns whether it was still at work."""
    child = start(target, *arguments)
    while child.is_alive() and not is_time():
        child.join(0.002)
    was_running = child.is_alive()
    child.kill()
    child.join()
    return was_running


class Moments:
    """Random moments to kill at, spread over a run; drawn closer together when one comes too late.

    The first run may have been slow for reasons that have passed: a busy machine, cold files.
    """

    def __init__(self, count: int, *, longest_s: float, seed: int) -> None:
        self._source = random.Random(seed)
        self._left = count
        self._longest_s = longest_s
        self._least_s = longest_s / 4

    def __iter__(self) -> Iterator[float]:
        while self._left:
            self._left -= 1
            yield self._source.uniform(0.02, self._longest_s)

    def came_too_late(self) -> None:
        """Note that the run had ended before it could be killed."""
        self._longest_s = max(self._least_s, self._longest_s * 0.7)
