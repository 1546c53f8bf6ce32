"""What an endpoint refuses is asked once: later runs of the workspace know it, for a week."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bidproof.llm import adaptations
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, refused, said
from bidproof.workspace.store import Workspace
from command_line import run
from judging import ANSWER, write_backup


def strict(received: Received) -> Answer:
    if "max_tokens" in received.body:
        return refused(400, "Unsupported parameter: 'max_tokens'", param="max_tokens")
    return said(ANSWER)


@pytest.mark.parametrize(
    ("days", "damage", "requests"), [(0, "", 1), (6, "", 1), (8, "", 2), (0, "[1]", 2), (0, '{"a": 3}', 2)]
)
def test_a_later_run_sends_nothing_that_was_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, damage: str, requests: int
) -> None:
    write_backup(tmp_path)

    def ask(question: str) -> int:
        """Ask as a process of its own; returns how many requests that took."""
        monkeypatch.setattr(adaptations, "_learnt", {})
        before = len(endpoint.received)
        flags = ("--model", "m", "--base-url", endpoint.base_url, "--workspace", tmp_path / "ws")
        assert run("ask", question, "--docs", tmp_path / "docs", *flags).code == 0
        return len(endpoint.received) - before

    with FakeEndpoint(then=strict) as endpoint:
        assert ask("How often are the databases of site 1 backed up?") == 2
        with Workspace.open(tmp_path / "ws") as workspace:
            name = adaptations._FACT
            (stored,) = json.loads(workspace.facts.get(name) or "").items()
            assert list(stored[1]) == ["max_tokens"]
            day = (datetime.now(UTC).date() - timedelta(days=days)).isoformat()
            changed = {stored[0]: {"max_tokens": day, "messages": day}}  # a stranger's file may say anything
            workspace.facts.set(name, damage or json.dumps(changed))
        assert ask("How often are the databases of site 2 backed up?") == requests
        assert ask("How often are the databases of site 3 backed up?") == 1
