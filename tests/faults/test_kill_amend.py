"""kill -9 at random moments of an amended answer: the same answers carry over, and nothing is lost."""

import csv
from pathlib import Path

from bidproof.llm.fake_endpoint import FakeEndpoint, said
from judging import ANSWER, write_backup
from killing import Moments, amend_all, answer_all, is_sound, kill_at, run_to_end
from repeating import REPEATS

KILLS = max(3, REPEATS)
KEPT, NEW = 6, 6


def _write(path: Path, sites: list[int]) -> None:
    rows = [f"Q-{n},How often are the databases of site {name} backed up?," for n, name in enumerate(sites)]
    path.write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")


def _answers(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [row["Answer"] for row in csv.DictReader(file)]


def test_an_amended_answer_survives_kills(tmp_path: Path) -> None:
    kept = list(range(KEPT))
    with FakeEndpoint(then=said(ANSWER, latency_s=0.03)) as endpoint:
        write_backup(tmp_path)
        _write(tmp_path / "questions.csv", kept)
        run_to_end(answer_all, str(tmp_path), endpoint.base_url)
        before = (tmp_path / "filled.csv").read_text("utf-8-sig")
        corrected = before.replace("6 hours", "8 hours")
        assert corrected != before
        (tmp_path / "filled.csv").write_text(corrected)
        _write(tmp_path / "amended.csv", [100 + n for n in range(NEW)] + kept)
        longest = run_to_end(amend_all, str(tmp_path), endpoint.base_url)
        carried = _answers(tmp_path / "again.csv")[NEW:]
        assert carried == _answers(tmp_path / "filled.csv")
        paid, caught = len(endpoint.received), 0
        moments = Moments(KILLS, longest_s=longest, seed=13)
        for draw, moment in enumerate(moments, start=1):
            _write(tmp_path / "amended.csv", [100 * (draw + 1) + n for n in range(NEW)] + kept)
            output = (tmp_path / "again.csv").read_bytes()
            was_running = kill_at(moment, amend_all, str(tmp_path), endpoint.base_url)
            caught += was_running
            if not was_running:
                moments.came_too_late()
            assert is_sound(tmp_path)
            found = (tmp_path / "again.csv").read_bytes()
            assert found == output or found.count(b"\n") >= KEPT + NEW, "half-written output"
            run_to_end(amend_all, str(tmp_path), endpoint.base_url)
            answers = _answers(tmp_path / "again.csv")
            assert answers[NEW:] == carried
            assert all("6 hours" in text for text in answers[:NEW])
            assert (tmp_path / "filled.csv").read_text() == corrected
        twice = len(endpoint.received) - paid - NEW * KILLS
    assert 0 <= twice <= caught, f"{twice} calls paid twice over {caught} kills"
