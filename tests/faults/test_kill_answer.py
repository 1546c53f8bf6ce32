"""kill -9 at 50 random moments of an answer: nothing lost, at most one call per kill paid twice."""

import csv
from collections import Counter
from pathlib import Path

from bidproof.llm.fake_endpoint import FakeEndpoint, said
from judging import ANSWER, write_backup
from killing import Moments, answer_all, is_sound, kill_at, run_to_end

KILLS = 50
QUESTIONS = 12


def _prepare(folder: Path, *, draw: int) -> None:
    write_backup(folder)
    rows = [
        f"Q-{draw}-{n},How often are the databases of site {draw}-{n} backed up?," for n in range(QUESTIONS)
    ]
    (folder / "questions.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")


def _answers(folder: Path) -> list[str]:
    with (folder / "filled.csv").open(newline="", encoding="utf-8-sig") as file:
        return [row["Answer"] for row in csv.DictReader(file)]


def test_answer_survives_50_kills(tmp_path: Path) -> None:
    with FakeEndpoint(then=said(ANSWER, latency_s=0.03)) as endpoint:
        _prepare(tmp_path, draw=0)
        longest = run_to_end(answer_all, str(tmp_path), endpoint.base_url)
        assert len(endpoint.received) == QUESTIONS
        caught, draw = 0, 1
        _prepare(tmp_path, draw=draw)
        kills_of_draw: Counter[int] = Counter()
        moments = Moments(KILLS, longest_s=longest, seed=11)
        for at, moment in enumerate(moments, start=1):
            before = (tmp_path / "filled.csv").read_bytes()
            was_running = kill_at(moment, answer_all, str(tmp_path), endpoint.base_url)
            caught += was_running
            if not was_running:
                moments.came_too_late()
            kills_of_draw[draw] += was_running
            assert is_sound(tmp_path)
            after = (tmp_path / "filled.csv").read_bytes()
            assert after == before or after.count(b"\n") >= QUESTIONS, "half-written output"
            if at % 5 == 0 or not was_running:
                run_to_end(answer_all, str(tmp_path), endpoint.base_url)
                assert all("6 hours" in text for text in _answers(tmp_path))
                assert f"Q-{draw}-0".encode() in (tmp_path / "filled.csv").read_bytes()
                draw += 1
                _prepare(tmp_path, draw=draw)
        paid = len(endpoint.received) - QUESTIONS * draw
        keys = Counter(item.headers["idempotency-key"] for item in endpoint.received)
    assert caught >= KILLS // 3, "too few kills met a running answer"
    assert paid <= caught, f"{paid} calls paid twice over {caught} kills"
    assert max(keys.values()) <= 1 + max(kills_of_draw.values()), "a call sent again must carry its old key"
    assert sum(count - 1 for count in keys.values()) == paid
