"""Other libraries' metrics on our run: through our gateway, no other network, failures are no scores."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting, MissingExtra
from bidproof.evaluation.bridges.asking import strict_schema
from bidproof.evaluation.bridges.open import check_bridges

PROGRAM = '''
import asyncio, json, os, socket, sys

reached = []
connect, lookup = socket.socket.connect, socket.getaddrinfo
def guarded(self, address):
    if self.family != socket.AF_UNIX:
        reached.append(str(address))
        raise OSError("blocked")
    return connect(self, address)
def blind(host, *rest, **more):
    reached.append(str(host))
    raise OSError("blocked")
socket.socket.connect, socket.getaddrinfo = guarded, blind

from bidproof.core.settings import ModelSettings
from bidproof.evaluation.bridges.asking import Asking
from bidproof.evaluation.bridges.open import BridgeParts, open_bridge
from bidproof.evaluation.protocol import Scoring
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.running.runs import score_one
from bidproof.llm.fake import FakeModel
from bidproof.core.errors import ModelUnavailable
from evaluating import NoScoring, make_outcome
from passages import make_passage
from wordvectors import WordEmbedder
from dataclasses import replace
from bidproof.core.records import ScoredPassage

def fill(schema, name=""):
    """A reply that fits a schema: every verdict is a yes, every list has one item."""
    if "anyOf" in schema:
        return fill(schema["anyOf"][0], name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {key: fill(value, key) for key, value in schema["properties"].items()}
    if kind == "array":
        return [fill(schema["items"], name)]
    number = 0 if name == "noncommittal" else 1
    return {"integer": number, "number": 1.0, "boolean": True}.get(kind, "yes, part 1")

def respond(request):
    if broken:
        raise ModelUnavailable("the judge is down", hint="start it")
    return fill(request.schema)

broken = False
fake = FakeModel(respond=respond)
parts = BridgeParts(asking=Asking(model=fake, settings=ModelSettings()), embedder=WordEmbedder())
metrics = open_bridge(sys.argv[1], parts)
case = GoldCase(id="c1", question="How often is part 1 checked?", reference="Every 2 days.")
outcome = make_outcome(case, text="Part 1 is checked every 2 days.")
passage = ScoredPassage(passage=make_passage("Part 1 is checked every 2 days."), score=1.0, rank=1)
outcome = replace(outcome, retrieved=(passage,), used=1)

async def score(case, outcome):
    return {m.name: await score_one(m, case, outcome, NoScoring()) for m in metrics}

good = asyncio.run(score(case, outcome))
calls = len(fake.requests)
keys = len({(r.messages[0].content, r.repeat) for r in fake.requests})
unanswered = asyncio.run(score(replace(case, reference=""), outcome))
broken = True
bad = asyncio.run(score(case, outcome))
print(json.dumps({
    "good": {n: [str(s.state), s.value, s.reason] for n, s in good.items()},
    "bad": {n: [str(s.state), s.value, s.reason] for n, s in bad.items()},
    "no_reference": {n: str(s.state) for n, s in unanswered.items()},
    "calls": calls, "keys": keys, "reached": reached,
    "strict": all(r.schema is None or r.schema.get("additionalProperties") is False for r in fake.requests),
}))
'''


@pytest.mark.parametrize("library", ["ragas", "deepeval"])
def test_their_metrics_run_through_our_model_and_reach_nothing_else(library: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    support = Path(__file__).resolve().parents[1] / "support"
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, library],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(support), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    seen = json.loads(run.stdout.splitlines()[-1])
    assert seen["reached"] == [], "nothing but the judge may be reached"
    assert len(seen["good"]) == 3
    assert all(name.startswith(f"{library}_") for name in seen["good"])
    assert {state for state, _, _ in seen["good"].values()} == {"scored"}, seen["good"]
    assert seen["calls"] == seen["keys"], "a prompt asked twice must not be served from the journal"
    assert {state for state, _, _ in seen["bad"].values()} == {"judge_error"}
    assert all(value is None and "the judge is down" in reason for _, value, reason in seen["bad"].values())
    assert seen["no_reference"][f"{library}_context_precision"] == "unscorable"
    assert seen["strict"]
    assert not list(tmp_path.glob(".deepeval*")), "they leave nothing behind"


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as caught:
        check_bridges(["ragas"], judge="m")
    assert "pip install '.[ragas]'" in caught.value.hint


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="promptfoo"):
        check_bridges(["promptfoo"], judge="m")


def test_schemas_are_made_strict_and_keep_fields_of_any_name() -> None:
    from pydantic import BaseModel

    class Part(BaseModel):
        title: str
        default: int = 3

    class Whole(BaseModel):
        parts: list[Part]

    assert strict_schema(Whole) == {
        "type": "object",
        "properties": {
            "parts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"title": {"type": "string"}, "default": {"type": "integer"}},
                    "required": ["title", "default"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["parts"],
        "additionalProperties": False,
    }
