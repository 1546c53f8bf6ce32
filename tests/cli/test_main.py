"""Refusals: two lines on standard error, exit 2, nothing half-written."""

import json
from pathlib import Path

import pytest

from bidproof.cli.main import COMMANDS
from command_line import run


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "mentions"),
    [
        (("nonsense",), "usage", "nonsense"),
        (("ask",), "usage", "QUESTION"),
        (("ingest", "missing"), "no-such-file", "missing"),
        (("answer", "missing.xlsx"), "no-such-file", "missing.xlsx"),
        (("inspect", "missing.xlsx"), "no-such-file", "missing.xlsx"),
        (("ask", "Is data encrypted?"), "no-workspace", "no workspace"),
        (("ask", "   ", "--docs", "."), "invalid-setting", "empty question"),
        (("ask", "Is it?", "--base-url", "http://127.0.0.1:9/v1"), "invalid-setting", "found no model"),
        (("config", "--set", "retrieval.top_k"), "invalid-setting", "NAME=VALUE"),
        (("config", "--set", "retrieval.nope=1"), "invalid-setting", "retrieval.nope"),
        (("config", "--set", "retrieval.top_k=many"), "invalid-setting", "'many'"),
    ],
)
def test_refusal_is_two_lines(arguments: tuple[str, ...], code: str, mentions: str) -> None:
    ended = run(*arguments)
    assert ended.refusal == code
    said = [line for line in ended.err.strip().splitlines() if "made a new workspace" not in line]
    assert len(said) == 2
    assert mentions in said[0]


def test_refused_answer_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    exit_code, _, err = run("answer", "empty.xlsx", "-o", "out.xlsx")
    assert exit_code == 2
    assert "empty.xlsx" in err
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == ["empty.xlsx"]


def test_help_lists_every_command() -> None:
    exit_code, out, _ = run("--help")
    assert exit_code == 0
    for name, (_, line) in COMMANDS.items():
        assert name in out
        assert line in out


def test_config_says_where_each_value_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".bidproof"
    folder.mkdir()
    (folder / "bidproof.toml").write_text(
        "[retrieval]\ntop_k = 4\ndepth = 50\n[documents]\nmax_tokens = 90\n"
    )
    monkeypatch.setenv("BIDPROOF_RETRIEVAL_DEPTH", "60")
    monkeypatch.setenv("BIDPROOF_DOCUMENTS_MAX_TOKENS", "80")
    _, out, _ = run("config", "--json", "--set", "documents.max_tokens=70")
    found = {item["name"]: (item["value"], item["origin"]) for item in json.loads(out)["settings"]}
    assert found["retrieval.top_k"] == (4, str(folder / "bidproof.toml"))
    assert found["retrieval.depth"] == (60, "environment")
    assert found["documents.max_tokens"] == (70, "flag")
    assert found["model.temperature"] == (0.0, "default")


def test_settings_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    folder = tmp_path / ".bidproof"
    folder.mkdir()
    (folder / "bidproof.toml").write_text("top_k = = 3")
    exit_code, _, err = run("status")
    assert exit_code == 2
    assert "bidproof.toml" in err
    assert "expected TOML" in err


def test_status_before_anything_is_there_says_how_to_begin(tmp_path: Path) -> None:
    ended = run("status")
    assert ended.refusal == "no-workspace"
    assert "bidproof ingest DOCS" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_files_are_called_what_people_call_them_and_named_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Policy\n\nData at rest is encrypted.")
    (tmp_path / "broken.pdf").write_text("%PDF-1.4 no more")
    _, out, err = run("ingest", ".")
    assert (out + err).count("cannot read 'broken.pdf'") == 1
    assert "bidproof.db" not in out
    _, out, _ = run("status")
    assert "1 (1 Markdown)" in out
    assert out.count("broken.pdf") == 1
    _, _, err = run("ask", "Is data encrypted?", "--docs", ".", "--json")
    assert err == ""


@pytest.mark.parametrize(
    ("content", "found"), [(None, "no such file"), ("{", "no JSON: "), ("[]", "a JSON list")]
)
def test_a_mapping_that_is_none_says_how_to_get_one(tmp_path: Path, content: str | None, found: str) -> None:
    (tmp_path / "q.csv").write_text("Id,Question,Answer\n1,Is data encrypted at rest?,\n")
    if content is not None:
        (tmp_path / "m.json").write_text(content)
    exit_code, _, err = run("inspect", "q.csv", "--mapping", "m.json")
    assert exit_code == 2
    assert f"error[invalid-mapping]: cannot read the mapping 'm.json': found {found}" in err
    assert "hint: save the mapping that is detected, correct it, pass it back: bidproof inspect FILE" in err


def test_a_workspace_that_is_not_there_is_made_by_those_who_bring_something_and_that_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Backups\n\nBackups are kept for 30 days.\n")
    new = tmp_path / "typo"
    looking = ("status",), ("ask", "How long?"), ("library", "list"), ("eval", "list"), ("gold", "show")
    for words in (*looking, ("prompts", "label", "mine", "packaged"), ("prompts", "promote", "x")):
        assert run(*words, "--workspace", new).refusal == "no-workspace"
        assert not new.exists()
    for words in (
        ("ingest", tmp_path / "docs"),
        ("ask", "How long?", "--docs", tmp_path / "docs", "--json"),
        ("prompts", "new", "--from", "packaged", "--set", "answering.max_sentences=2", "-m", "short"),
    ):
        made = run(*words, "--workspace", new.with_name(str(words[0])))
        assert made.code == 0
        assert f"made a new workspace at {new.with_name(str(words[0]))}\n" in made.err
    assert "made a new" not in run("ingest", tmp_path / "docs", "--workspace", tmp_path / "ingest").err
