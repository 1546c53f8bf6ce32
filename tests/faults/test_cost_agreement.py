"""However a run ends and goes on, report, evidence, summary and ledger name the same calls and money."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bidproof.core.jsonable import from_json
from bidproof.core.records import Usage
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, said
from bidproof.llm.protocol import add_usage
from bidproof.workspace.store import Workspace
from command_line import run
from judging import ANSWER, write_backup

QUESTIONS = 12
PRICED = ("--set", "model.prompt_price=10", "--set", "model.completion_price=100")
CALL_USD = (100 * 10 + 20 * 100) / 1e6
WORST_USD = 0.12
"""What a call is held to cost at most before it is sent, roughly."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    rows = [f"Q{n},How often are the databases of site {n} backed up?," for n in range(QUESTIONS)]
    (tmp_path / "q.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")
    assert run("ingest", tmp_path / "docs", "--workspace", tmp_path / "ws").code == 0
    return tmp_path


class Replies:
    """A reply that breaks the schema, then a good one: every draft takes two paid calls."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __call__(self, received: Received) -> Answer:
        site = str(received.body).rpartition("of site ")[2].partition(" ")[0]
        is_first = site not in self._seen
        self._seen.add(site)
        return said({"answer": "every day"} if is_first else ANSWER, latency_s=0.1)


def words(place: Path, endpoint: FakeEndpoint, *more: str) -> list[str]:
    given = ("answer", place / "q.csv", "-o", place / "out.csv", "--workspace", place / "ws", "--model", "m")
    given += ("--base-url", endpoint.base_url, "--set", "model.concurrency=2", *PRICED, *more, "--json")
    return [*map(str, given)]


def stop(place: Path, endpoint: FakeEndpoint, number: signal.Signals) -> None:
    """Start a run and end it by a signal in its middle."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bidproof", *words(place, endpoint)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while len(endpoint.received) < QUESTIONS:
        time.sleep(0.005)
    child.send_signal(number)
    child.communicate(timeout=120)
    assert child.returncode in (128 + number, -number)


@pytest.mark.parametrize("how", ["interrupted", "killed", "cost limit"])
def test_what_a_stopped_run_cost_is_the_same_everywhere(place: Path, how: str) -> None:
    with FakeEndpoint(then=Replies()) as endpoint:
        if how == "cost limit":
            stopped = run(*words(place, endpoint, "--max-cost", str(WORST_USD + CALL_USD * QUESTIONS)))
            assert stopped.code == 1
            assert 0 < stopped.json["spent_usd"] < CALL_USD * QUESTIONS * 2
            check_agreement(place, stopped.json)
        else:
            stop(place, endpoint, signal.SIGINT if how == "interrupted" else signal.SIGKILL)
        ended = run(*words(place, endpoint))
        assert ended.code == 0, ended.err
        check_agreement(place, ended.json)
        in_flight = 2  # nobody knows what a reply cost that nobody waited for
        assert ended.json["usage"]["calls"] >= QUESTIONS * 2 - in_flight


def check_agreement(place: Path, report: dict[str, object]) -> None:
    with Workspace.open(place / "ws") as workspace:
        (job,) = workspace.jobs.recent()
        ledger = workspace.calls.ledger(job.id)
    booked = add_usage(*(row.usage for row in ledger))
    drafts = [item["draft"] for item in json.loads((place / "out.json").read_text())["questions"]]
    written = add_usage(*(from_json(Usage, draft["usage"]) for draft in drafts))
    reported = from_json(Usage, report["usage"])
    for usage in (written, reported):
        assert (usage.calls, usage.prompt_tokens) == (booked.calls, booked.prompt_tokens)
        assert usage.completion_tokens == booked.completion_tokens
        assert usage.cost_usd == pytest.approx(booked.cost_usd)
    assert report["spent_usd"] == pytest.approx(booked.cost_usd)
    assert f"{booked.calls} calls" in (place / "out.html").read_text()
