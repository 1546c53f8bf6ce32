"""Servers as they are, asked through the command line: one question each, answered from one fact."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.llm import gateway
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received
from command_line import run
from quirks import FACT, QUIRKS, Quirk, named


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quirks")
    (folder / "docs").mkdir()
    text = f"# Encryption\n\n{FACT}\n\n# Backups\n\nBackups run every night.\n"
    (folder / "docs" / "security.md").write_text(text)
    assert run("ingest", folder / "docs", "--workspace", folder / "ws").code == 0
    return folder / "ws"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeEndpoint, Counter[str]]]:
    times: Counter[str] = Counter()
    by_name = {named(quirk): quirk for quirk in QUIRKS}

    def respond(received: Received) -> Answer:
        name = received.path.split("/")[1]
        times[name] += 1
        return by_name[name].answer(received, times[name])

    with FakeEndpoint(then=respond) as server:
        yield server, times


@pytest.mark.parametrize("quirk", QUIRKS, ids=[quirk.name for quirk in QUIRKS])
def test_a_question_ends_as_it_has_to(
    quirk: Quirk,
    workspace: Path,
    served: tuple[FakeEndpoint, Counter[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BIDPROOF_API_KEY", "sk-test-0123456789")
    monkeypatch.setattr(gateway, "_FIRST_DELAY_S", 0.001)
    server, times = served
    address = server.base_url.removesuffix("/v1")
    ended = run(
        *("ask", "How is customer data at rest encrypted?", "--workspace", workspace, "--json"),
        *("--model", "m", "--base-url", f"{address}/{named(quirk)}{quirk.address}"),
    )
    draft = ended.json
    assert draft["state"] == quirk.state, draft
    assert draft["text"] == (FACT if quirk.state == "drafted" else "")
    assert quirk.says in draft["error"]
    assert times[named(quirk)] == quirk.requests
