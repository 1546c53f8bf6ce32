"""What the README shows is what happens."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def test_the_library_example_runs(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "AES-256" in shown.splitlines()[0]
    assert any(line.startswith("encryption.md") and "AES-256" in line for line in shown.splitlines()[1:])


def test_the_settings_it_shows_are_taken(company: Path, bidproof: Callable[..., Any]) -> None:
    (settings,) = re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (company / ".bidproof").mkdir()
    (company / ".bidproof" / "bidproof.toml").write_text(settings)
    ran = bidproof("config")
    assert ran.code == 0, ran.err
    for name, value in re.findall(r'^(\w+) = "?([^"\n]+)"?$', settings, re.MULTILINE):
        assert re.search(rf"\.{name}\b.*{re.escape(value)}.*bidproof\.toml", ran.out), ran.out
