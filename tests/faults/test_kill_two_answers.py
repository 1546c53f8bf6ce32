"""kill -9 while two runs answer one questionnaire: nothing is lost, no finished call is paid twice."""

import csv
import os
from collections import Counter
from itertools import cycle
from pathlib import Path

from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.workspace.workers import LEASE_S
from judging import ANSWER, write_backup
from killing import Moments, answer_all, answer_ingested, is_sound, kill_of_two, run_to_end

KILLS = int(os.environ.get("BIDPROOF_REPEATS", "10"))
QUESTIONS = 8


def _prepare(folder: Path, *, draw: int) -> None:
    rows = [
        f"Q-{draw}-{n},How often are the databases of site {draw}-{n} backed up?," for n in range(QUESTIONS)
    ]
    (folder / "questions.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")


def _is_filled(folder: Path, *, draw: int) -> bool:
    with (folder / "filled.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [row["Id"] for row in rows] == [f"Q-{draw}-{n}" for n in range(QUESTIONS)] and all(
        "6 hours" in row["Answer"] for row in rows
    )


def test_two_runs_of_one_questionnaire_survive_kills(tmp_path: Path) -> None:
    write_backup(tmp_path)
    victims = cycle([(0,), (1,), (0, 1)])
    with FakeEndpoint(then=said(ANSWER, latency_s=0.05)) as endpoint:
        _prepare(tmp_path, draw=0)
        longest = run_to_end(answer_all, str(tmp_path), endpoint.base_url)
        caught, draw, slowest = 0, 1, 0.0
        _prepare(tmp_path, draw=draw)
        moments = Moments(KILLS, longest_s=longest, seed=7)
        for moment in moments:
            pair = kill_of_two(
                moment, answer_ingested, str(tmp_path), endpoint.base_url, victims=next(victims)
            )
            caught += pair.killed
            if not pair.killed:
                moments.came_too_late()
            assert is_sound(tmp_path)
            if pair.ended_s is None:
                continue
            slowest = max(slowest, pair.ended_s)
            assert _is_filled(tmp_path, draw=draw)
            draw += 1
            _prepare(tmp_path, draw=draw)
        run_to_end(answer_ingested, str(tmp_path), endpoint.base_url)
        assert _is_filled(tmp_path, draw=draw)
        sent = Counter(item.headers["idempotency-key"] for item in endpoint.received)
    again = sum(count - 1 for count in sent.values())
    assert len(sent) == QUESTIONS * (draw + 1), "every question was asked, none under a second key"
    assert caught >= KILLS // 3, "too few kills met a running answer"
    assert again <= caught, f"{again} calls paid twice over {caught} kills"
    assert slowest < LEASE_S + longest + 5, "a run waited longer than the other's lease"
