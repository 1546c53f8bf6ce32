"""Evaluation inside a test suite: a ``gold`` fixture and ``assert_no_regression``.

Register it in ``conftest.py`` by ``pytest_plugins = ["bidproof.evaluation.pytest_plugin"]``:

    @pytest.mark.gold("security")
    def test_answers(gold, assert_no_regression):
        run = evaluate(gold, my_system)                        # yours, or bidproof eval
        assert_no_regression(run, baseline="production")       # runs, labels, ids or folders
"""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from bidproof.evaluation.records import GoldSet, Run


class RegressionCheck(Protocol):
    """What the ``assert_no_regression`` fixture is."""

    def __call__(
        self,
        run: "Run | str | Path",
        baseline: "Run | str | Path",
        *,
        metrics: tuple[str, ...] = (),
        margin: float = 0.03,
        coverage_drop: float = 0.02,
        allow_different_gold: bool = False,
    ) -> None:
        """Fail the test on a proven regression or lost coverage."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--bidproof-workspace`` and ``--bidproof-gold`` and their lines in the configuration file."""
    group = parser.getgroup("bidproof")
    group.addoption("--bidproof-workspace", metavar="FOLDER", help="Workspace with gold sets and runs.")
    group.addoption("--bidproof-gold", metavar="NAME", help="Gold set of tests that name none.")
    parser.addini("bidproof_workspace", "Workspace with gold sets and runs.", default="")
    parser.addini("bidproof_gold", "Gold set of tests that name none.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Make the ``gold`` mark known."""
    config.addinivalue_line(
        "markers", "gold(name, split='dev'): the gold set of this test: a name in the workspace, or a file"
    )


@pytest.fixture
def gold(request: pytest.FixtureRequest) -> "GoldSet":
    """The gold set named by ``@pytest.mark.gold(name, split=...)``, else by option or configuration.

    A path beside the test is read as a file of gold cases; anything else is a name in the
    workspace. Of a set that is split it gives the ``dev`` cases unless the mark says otherwise;
    each opening of ``test`` is counted.
    """
    from bidproof.evaluation.gold.files import read_gold
    from bidproof.evaluation.gold.store import GoldStore
    from bidproof.evaluation.records import GoldSet

    mark: pytest.Mark | None = request.node.get_closest_marker("gold")
    name = str(mark.args[0]) if mark and mark.args else _option(request.config, "gold")
    if not name:
        raise pytest.UsageError("name a gold set: @pytest.mark.gold('name') or --bidproof-gold")
    path, store = request.path.parent / name, GoldStore(_workspace(request.config))
    found = read_gold(path) if path.exists() else store.load(name)
    is_split = any(case.split for case in found.cases)
    split = mark.kwargs.get("split") if mark else None
    split = split or ("dev" if is_split else "")
    if path.exists():
        cases = tuple(case for case in found.cases if not split or case.split == split)
    else:
        cases = store.open_split(name, split, purpose=f"pytest {request.node.nodeid}")
    return GoldSet(name=found.name, cases=cases)


@pytest.fixture
def assert_no_regression(request: pytest.FixtureRequest) -> RegressionCheck:
    """A function that fails the test where a run is proven worse than its baseline, or lost coverage."""

    def check(
        run: "Run | str | Path",
        baseline: "Run | str | Path",
        *,
        metrics: tuple[str, ...] = (),
        margin: float = 0.03,
        coverage_drop: float = 0.02,
        allow_different_gold: bool = False,
    ) -> None:
        from bidproof.evaluation.comparing import gate
        from bidproof.evaluation.comparing.comparisons import ComparisonRules

        rules = ComparisonRules(metrics=metrics, margin=margin, allow_different_gold=allow_different_gold)
        ours, theirs = (_load(item, request.config) for item in (run, baseline))
        gate.assert_no_regression(ours, theirs, rules=rules, coverage_drop=coverage_drop)

    return check


def _load(run: "Run | str | Path", config: pytest.Config) -> "Run":
    if not isinstance(run, (str, Path)):
        return run
    from bidproof.evaluation.comparing.compared_runs import load_compared

    return load_compared(str(run), runs=_workspace(config) / "runs")


def _workspace(config: pytest.Config) -> Path:
    named = _option(config, "workspace")
    return config.rootpath / (named or ".bidproof")


def _option(config: pytest.Config, name: str) -> str:
    return str(config.getoption(f"--bidproof-{name}") or config.getini(f"bidproof_{name}") or "")
