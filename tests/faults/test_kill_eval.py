"""kill -9 at random moments of an evaluation: nothing lost, and paid twice at most what was in flight."""

from collections import Counter
from pathlib import Path

from bidproof.evaluation.records import GoldCase, Run
from bidproof.evaluation.running.run_store import RunStore
from bidproof.llm.fake_endpoint import FakeEndpoint
from judging import respond, write_backup, write_gold
from killing import Moments, evaluate_all, is_sound, kill_at, run_to_end

KILLS = 12
CASES = 4
REPEATS = 2
METRICS = 3
IN_FLIGHT = 2
"""A call of the answering model and one of the judge, each one at a time."""
CALLS = CASES * REPEATS * 3
"""An answer, and two readings of it by the judge, for each case and repeat."""


def _prepare(folder: Path, *, draw: int) -> None:
    write_backup(folder)
    cases = [
        GoldCase(
            id=f"{draw}-{number}",
            question=f"How often are the databases of site {draw}-{number} backed up?",
            reference=f"The databases of site {draw}-{number} are backed up every 6 hours.",
        )
        for number in range(CASES)
    ]
    write_gold(folder / "gold.jsonl", cases)


def _runs(folder: Path) -> list[Run]:
    store = RunStore(folder / "ws" / "runs")
    return [store.load(info.id) for info in store.list()]


def _assert_whole(run: Run) -> None:
    assert run.info.state == "finished"
    assert len(run.outcomes) == CASES * REPEATS
    assert len(run.cells) == CASES * REPEATS * METRICS
    assert {str(cell.state) for cell in run.cells} == {"scored"}, [cell.reason for cell in run.cells]


def test_an_evaluation_survives_kills(tmp_path: Path) -> None:
    with FakeEndpoint(then=lambda received: respond(received, latency_s=0.03)) as endpoint:
        _prepare(tmp_path, draw=0)
        longest = run_to_end(evaluate_all, str(tmp_path), endpoint.base_url, timeout_s=300)
        assert len(endpoint.received) == CALLS
        caught, draw = 0, 1
        _prepare(tmp_path, draw=draw)
        kills_of_draw: Counter[int] = Counter()
        moments = Moments(KILLS, longest_s=longest, seed=5)
        for at, moment in enumerate(moments, start=1):
            was_running = kill_at(moment, evaluate_all, str(tmp_path), endpoint.base_url)
            caught += was_running
            if not was_running:
                moments.came_too_late()
            kills_of_draw[draw] += was_running
            assert is_sound(tmp_path)
            if at % 4 == 0 or not was_running:
                run_to_end(evaluate_all, str(tmp_path), endpoint.base_url, timeout_s=300)
                _assert_whole(_runs(tmp_path)[-1])
                draw += 1
                _prepare(tmp_path, draw=draw)
        paid = len(endpoint.received) - CALLS * draw
        keys = Counter(item.headers["idempotency-key"] for item in endpoint.received)
    for run in _runs(tmp_path):
        _assert_whole(run)
    assert caught >= KILLS // 3, "too few kills met a running evaluation"
    assert 0 <= paid <= IN_FLIGHT * caught, f"{paid} calls paid twice over {caught} kills"
    assert sum(count - 1 for count in keys.values()) == paid
    assert max(keys.values()) <= 1 + max(kills_of_draw.values())
