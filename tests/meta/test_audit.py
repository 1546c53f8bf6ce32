"""The parts of ``make audit`` that need no network: licences, start-up hooks, digests of the weights."""

import importlib.util
from pathlib import Path

import pytest

AUDIT = Path(__file__).resolve().parents[2] / ".ci" / "audit.py"
spec = importlib.util.spec_from_file_location("audit", AUDIT)
assert spec is not None
assert spec.loader is not None
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)


def test_every_package_of_an_installation_has_a_permissive_licence() -> None:
    if not audit.UV.exists():
        pytest.skip("uv reads the lock file: make install")
    assert list(audit.licences()) == []


def test_nothing_unknown_runs_when_python_starts() -> None:
    assert list(audit.hooks()) == []


def test_the_weights_are_those_that_were_tested() -> None:
    assert list(audit.weights()) == []


def test_findings_are_told_and_what_cannot_be_asked_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def weaknesses() -> list[str]:
        raise audit.Skipped("index not reachable")

    monkeypatch.setattr(audit, "weaknesses", weaknesses)
    monkeypatch.setattr(audit, "HOOKS", set())
    for name in ("licences", "weights"):
        monkeypatch.setattr(audit, name, lambda: [])
    assert audit.main() == 1
    assert "weaknesses: skipped: index not reachable" in capsys.readouterr().out
