"""kill -9 in the middle of an optimisation: a usable store, and only a call in flight is paid twice."""

import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bidproof.flows.trust import trust_workspace
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, said
from bidproof.runtime.program_choice import open_store
from killing import is_sound, kill_when, optimise_all, run_to_end
from optimising import THINGS, prepare, question_about, sentence_about

KILLS = 6


def answers(received: Received) -> Answer:
    """Right for every thing; a program with a demonstration answers at greater length."""
    turns = [item["content"] for item in received.body["messages"]]
    thing = next((thing for thing in THINGS if question_about(thing) in turns[-1]), "")
    if not thing:
        return said({"answerable": False, "quotes": [], "sentences": []}, latency_s=0.02)
    sentence = sentence_about(thing)
    passage = 1 + sum(
        f"The {other} are" in turns[-1].split(sentence)[0] for other in THINGS if other != thing
    )
    reply = {
        "answerable": True,
        "quotes": [{"passage": passage, "text": sentence}],
        "sentences": [{"text": sentence, "quotes": [1]}],
    }
    return said(reply, latency_s=0.02)


@pytest.mark.parametrize("method", ["settings", "bootstrap"])
def test_an_optimisation_survives_kills(tmp_path: Path, method: str) -> None:
    with FakeEndpoint(then=answers) as endpoint:
        prepare(tmp_path / "whole", ("train", "dev", "test") * 3)
        shutil.copytree(tmp_path / "whole", tmp_path / "killed")
        trust_workspace(tmp_path / "killed" / "ws")
        run_to_end(optimise_all, str(tmp_path / "whole"), endpoint.base_url, method, timeout_s=300)
        needed = len(endpoint.received)
        caught = 0
        for calls in random.Random(5).choices(range(1, max(2, needed // 6)), k=KILLS):
            last = len(endpoint.received) + calls
            caught += kill_when(
                lambda last=last: len(endpoint.received) >= last,
                optimise_all,
                str(tmp_path / "killed"),
                endpoint.base_url,
                method,
            )
            assert _is_usable(tmp_path / "killed")
        run_to_end(optimise_all, str(tmp_path / "killed"), endpoint.base_url, method, timeout_s=300)
        paid = len(endpoint.received) - 2 * needed
        keys = Counter(item.headers["idempotency-key"] for item in endpoint.received)
    assert caught >= KILLS // 2, "too few kills met a running optimisation"
    assert paid <= caught, f"{paid} calls paid twice over {caught} kills"
    assert max(keys.values()) <= 2 + caught
    reports = [_report(tmp_path / name) for name in ("whole", "killed")]
    assert reports[0]["candidates"] == reports[1]["candidates"]
    assert reports[0]["winner"] == reports[1]["winner"]


def _report(folder: Path) -> dict[str, object]:
    (found,) = (folder / "ws" / "optimization").glob("*/report.json")
    content = json.loads(found.read_text())
    content["candidates"] = [(row["digest"], row["worst"], row["cases"]) for row in content["candidates"]]
    return content


def _is_usable(folder: Path) -> bool:
    store = open_store(folder / "ws")
    return is_sound(folder) and all(store.load(item.digest) for item in store.versions())
