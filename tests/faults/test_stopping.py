"""Asked to end, killed while outputs are placed, submitted fifty times: nothing lost or paid twice."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bidproof.core.records import DraftState
from bidproof.flows.answer import AnswerReport, answer
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.runtime.session import SessionRequest, open_session
from command_line import run
from judging import ANSWER, write_backup
from repeating import REPEATS

QUESTIONS = 20
OUTPUTS = ["out.csv", "out.evidence.csv", "out.html", "out.json"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_backup(tmp_path)
    rows = [f"Q{n},How often are the databases of site {n} backed up?," for n in range(QUESTIONS)]
    (tmp_path / "q.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")
    assert run("ingest", tmp_path / "docs", "--workspace", tmp_path / "ws").code == 0
    return tmp_path


def words(place: Path, base_url: str) -> list[str]:
    given = ("answer", place / "q.csv", "-o", place / "out.csv", "--workspace", place / "ws", "--model", "m")
    return [*map(str, given), "--base-url", base_url, "--set", "model.concurrency=2"]


AS_A_SCRIPT_DOES = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")


@pytest.mark.parametrize(
    ("number", "code", "within"),
    [(signal.SIGTERM, 143, ()), (signal.SIGINT, 130, ()), (signal.SIGTERM, 143, AS_A_SCRIPT_DOES)],
    ids=["terminated", "interrupted", "terminated in the background"],
)
def test_a_run_that_is_asked_to_end_stops_cleanly_and_goes_on_later(
    place: Path, number: signal.Signals, code: int, within: tuple[str, ...]
) -> None:
    with FakeEndpoint(then=said(ANSWER, latency_s=0.2)) as endpoint:
        command = [*within, sys.executable, "-m", "bidproof", *words(place, endpoint.base_url)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(endpoint.received) < 5:
            time.sleep(0.01)
        child.send_signal(number)
        _, err = child.communicate(timeout=120)
        assert child.returncode == code, err
        assert "Traceback" not in err
        assert err.splitlines()[-1] == "stopped; run the same command again to go on"
        assert not (place / "out.csv").exists()
        ended = run(*words(place, endpoint.base_url), "--json")
        assert ended.code == 0, ended.err
        assert ended.json["resumed"] >= 3
        assert len(endpoint.received) <= QUESTIONS + 2  # what was in flight may have been paid


KILLED = """
import os, sys
from pathlib import Path
from bidproof.cli.main import main
left, replace = int(sys.argv[1]), Path.replace
def killing(self, target):
    global left
    if ".unfinished" in self.parent.name:
        left -= 1
        if left == 0:
            os._exit(9)
    return replace(self, target)
Path.replace = killing
main(sys.argv[2:])
"""


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_kill_between_outputs_never_leaves_the_answered_file_alone(place: Path, moment: int) -> None:
    given = ("answer", place / "q.csv", "-o", place / "out.csv", "--workspace", place / "ws")
    given = (*given, "--evidence", "sheet")
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(moment), *map(str, given)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 9, child.stderr
    assert not (place / "out.csv").exists()
    assert run(*given).code == 0
    assert sorted(path.name for path in place.glob("*out*")) == OUTPUTS


def test_fifty_submissions_of_one_questionnaire_are_one_jobs_work(place: Path) -> None:
    def submit(_: int) -> AnswerReport:
        flags = {"model.model": "m", "model.base_url": endpoint.base_url}
        with open_session(SessionRequest(workspace=place / "ws", flags=flags)) as session:
            out = place / "out.csv"
            request = AnswerRequest(questionnaire=place / "q.csv", out=out, evidence="sheet")
            return answer(request, session=session)

    count = 50 if REPEATS >= 20 else 10
    with FakeEndpoint(then=said(ANSWER, latency_s=0.01)) as endpoint, ThreadPoolExecutor(count) as pool:
        reports = list(pool.map(submit, range(count)))
        assert len(endpoint.received) == QUESTIONS
    assert [report.states for report in reports] == [{DraftState.DRAFTED: QUESTIONS}] * count
    assert sorted(report.resumed for report in reports) == [0] + [QUESTIONS] * (count - 1)
    assert sorted(path.name for path in place.glob("*out*")) == OUTPUTS
