"""A workspace from elsewhere sends nothing until it is trusted; work without a model goes on."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.llm.fake_endpoint import FakeEndpoint, refused
from command_line import run

QUESTION = "How is customer data encrypted?"


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(then=refused(400, "no")) as server:
        yield server


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, two below one in which somebody else may have left something."""
    folder = tmp_path / "share" / "bids" / "acme"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "policy.md").write_text("# Encryption\n\nCustomer data is encrypted with AES-256.\n")
    monkeypatch.chdir(folder)
    return folder


def plant(place: Path, address: str, extra: str = "") -> Path:
    folder = place / ".bidproof"
    folder.mkdir(exist_ok=True)
    (folder / "bidproof.toml").write_text(f'[model]\nmodel = "m"\nbase_url = "{address}"\n{extra}')
    return folder


def test_a_planted_folder_gets_neither_key_nor_passages(
    project: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.setenv("BIDPROOF_API_KEY", "mine")
    planted = plant(project.parents[1], endpoint.base_url)
    ended = run("ask", QUESTION, "--docs", "docs")
    assert ended.refusal == "workspace-untrusted"
    for part in (str(planted), endpoint.base_url, "BIDPROOF_API_KEY", f"bidproof trust {planted}"):
        assert part in ended.err
    assert endpoint.received == []
    local = run("ask", QUESTION, "--docs", "docs", "--model", "")
    assert local.code == 0, local.err
    assert "AES-256" in local.out


def test_a_planted_embedder_gets_nothing(project: Path, endpoint: FakeEndpoint) -> None:
    extra = '[retrieval]\nembedder = "endpoint"\nembedder_model = "e"\n'
    plant(project.parents[1], "", f'{extra}embedder_base_url = "{endpoint.base_url}"\n')
    assert run("ask", QUESTION, "--docs", "docs", "--model", "").refusal == "workspace-untrusted"
    assert endpoint.received == []


def test_a_planted_model_name_sends_nothing_to_the_default_provider(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    plant(project.parents[1], "")
    ended = run("ask", QUESTION, "--docs", "docs")
    assert ended.refusal == "workspace-untrusted"
    assert "api.openai.com" in ended.err
    assert "OPENAI_API_KEY" in ended.err


def test_trusted_once_it_sends_there_and_to_no_other_address(
    project: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    planted = plant(project, endpoint.base_url)
    trusted = run("trust")
    assert trusted.code == 0
    assert endpoint.base_url in trusted.out
    run("ask", QUESTION, "--docs", "docs")
    assert endpoint.received
    # It is not the provider's own address.
    assert all("authorization" not in item.headers for item in endpoint.received)
    with FakeEndpoint(then=refused(400, "no")) as other:
        plant(project, other.base_url)
        ended = run("ask", QUESTION, "--set", "model.attempts=1")
        assert ended.refusal == "workspace-untrusted"
        assert other.received == []
        assert run("trust", str(project)).code == 0
        run("ask", QUESTION)
        assert other.received
    assert run("trust", "--revoke", str(planted)).code == 0
    assert run("ask", QUESTION).refusal == "workspace-untrusted"
    assert "was not trusted" in run("trust", "--revoke", str(planted)).out


def test_ones_own_workspace_is_trusted_and_a_copy_of_it_is_not(
    project: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDPROOF_API_KEY", "mine")
    model = ("--model", "m", "--base-url", endpoint.base_url)
    run("ask", QUESTION, "--docs", "docs", *model)
    assert {item.headers["authorization"] for item in endpoint.received} == {"Bearer mine"}
    listed = run("trust", "--list", "--json").json
    assert [item["folder"] for item in listed] == [str(project / ".bidproof")]
    count = len(endpoint.received)
    shutil.copytree(project / ".bidproof", project / "copy")
    assert run("ask", "Another question?", "--workspace", "copy", *model).refusal == "workspace-untrusted"
    assert len(endpoint.received) == count


def test_another_workspace_in_a_trusted_place_is_not_trusted(project: Path, endpoint: FakeEndpoint) -> None:
    run("ingest", "docs")
    shutil.rmtree(project / ".bidproof")
    plant(project, endpoint.base_url)
    assert run("ask", QUESTION, "--docs", "docs").refusal == "workspace-untrusted"
    assert endpoint.received == []


def test_marks_are_the_users_own_and_damaged_ones_count_for_nothing(project: Path, own_state: Path) -> None:
    run("ingest", "docs")
    (mark,) = own_state.rglob("*.json")
    assert mark.parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(mark.read_text())["folder"] == str(project / ".bidproof")
    mark.write_text("[")
    assert "no workspaces" in run("trust", "--list").out


def test_what_is_no_workspace_cannot_be_trusted(project: Path) -> None:
    assert run("trust", "nowhere").refusal == "no-workspace"
    assert not (project / "nowhere").exists()


def test_a_state_folder_that_cannot_be_written_keeps_nobody_from_working(
    project: Path, own_state: Path
) -> None:
    own_state.write_text("a file is in the way")
    assert run("ask", QUESTION, "--docs", "docs").code == 0
