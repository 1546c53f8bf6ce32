import asyncio

import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.core.records import DraftState
from bidproof.evaluation.metrics import registry
from bidproof.evaluation.metrics.registry import (
    all_metrics,
    choose_metrics,
    default_metrics,
    import_metrics,
    metric,
)
from bidproof.evaluation.protocol import Score
from bidproof.evaluation.records import CellState
from outcomes import FixedScoring, case, outcome
from passages import make_passage


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    all_metrics()
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def score(item, given=None, the_case=None):
    return asyncio.run(item.score(the_case or case(), given or outcome("Hello."), FixedScoring()))


def test_one_decorated_function_is_a_metric():
    @metric(name="says_hello", kind="binary")
    def says_hello(case, outcome, scoring):
        return "Hello" in outcome.draft.text

    assert all_metrics()["says_hello"] is says_hello
    assert score(says_hello).value == 1.0
    assert score(says_hello, outcome("", state=DraftState.NOT_FOUND)).state is CellState.ABSTAINED
    failed = score(says_hello, outcome("", state=DraftState.FAILED, error="error[model]: down\nhint: wait"))
    assert (failed.state, failed.reason) == (CellState.NOT_RUN, "error[model]: down")


def test_functions_may_be_async_and_give_scores_or_nothing():
    @metric(name="maybe")
    async def maybe(case, outcome, scoring):
        return Score(state=CellState.SCORED, value=0.25) if outcome.draft.text == "a" else None

    assert score(maybe, outcome("a")).value == 0.25
    assert score(maybe, outcome("b")).state is CellState.UNSCORABLE


@pytest.mark.parametrize(("kind", "value"), [("proportion", 1.5), ("binary", 0.5), ("proportion", -0.1)])
def test_a_value_that_its_kind_does_not_allow_is_an_error(kind, value):
    @metric(name="odd", kind=kind)
    def odd(case, outcome, scoring):
        return value

    with pytest.raises(ValueError, match="odd"):
        score(odd)


def test_not_a_number_is_no_score():
    @metric(name="nan", kind="amount")
    def nan(case, outcome, scoring):
        return float("nan")

    assert score(nan).state is CellState.UNSCORABLE


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("reference", "reference"),
        ("choice", "choice"),
        ("relevant", "relevant"),
        ("answerable", "answered"),
        ("passages", "passages"),
    ],
)
def test_what_is_missing_is_named(need, reason):
    @metric(name=f"needs_{need}", needs=(need,))
    def needy(case, outcome, scoring):
        raise AssertionError("must not be called")

    cell = score(needy)
    assert cell.state is CellState.UNSCORABLE
    assert reason in cell.reason


def test_a_name_is_taken_once():
    with pytest.raises(InvalidSetting, match="faithfulness"):

        @metric(name="faithfulness")
        def mine(case, outcome, scoring):
            return 1.0


def test_judged_metrics_need_a_judge():
    assert "faithfulness" in default_metrics(is_judge=True)
    assert "faithfulness" not in default_metrics(is_judge=False)
    assert "support_overlap" in default_metrics(is_judge=False)
    assert not any(item.is_judged for item in default_metrics(is_judge=False).values())
    with pytest.raises(InvalidSetting, match="needs a judge"):
        choose_metrics(["faithfulness"], is_judge=False)
    with pytest.raises(InvalidSetting, match="unknown metric"):
        choose_metrics(["nonsense"], is_judge=True)
    assert list(choose_metrics(["mrr", "answered"], is_judge=False)) == ["mrr", "answered"]


def test_a_file_of_the_users_adds_metrics(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from bidproof.evaluation.metrics.registry import metric\n"
        "@metric(name='length', kind='amount')\n"
        "def length(case, outcome, scoring):\n"
        "    return len(outcome.draft.text)\n"
    )
    assert import_metrics(path) == ("length",)
    assert score(all_metrics()["length"]).value == 6.0
    empty = tmp_path / "empty.py"
    empty.write_text("x = 1\n")
    with pytest.raises(InvalidSetting, match="registers no metric"):
        import_metrics(empty)
    broken = tmp_path / "broken.py"
    broken.write_text("def (:\n")
    with pytest.raises(InvalidSetting, match="cannot read metrics"):
        import_metrics(broken)
    crashing = tmp_path / "crashing.py"
    crashing.write_text("x = {}['absent']\n")
    with pytest.raises(InvalidSetting, match="KeyError: 'absent'"):
        import_metrics(crashing)
    with pytest.raises(InvalidSetting, match="cannot read metrics"):
        import_metrics(tmp_path / "absent.py")


def test_an_installed_package_adds_metrics(monkeypatch):
    class Entry:
        name, value = "theirs", "package:theirs"

        def __init__(self, loaded):
            self.loaded = loaded

        def load(self):
            return self.loaded

    @metric(name="theirs")
    def theirs(case, outcome, scoring):
        return 1.0

    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry(theirs)])
    assert all_metrics()["theirs"] is theirs
    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry("no metric")])
    with pytest.raises(InvalidSetting, match="is no metric"):
        all_metrics()


def test_every_metric_of_ours_survives_every_state():
    scoring = FixedScoring()
    text = "Backups are kept for 30 days."
    states = [outcome(text, passages=[make_passage(text)], state=state) for state in DraftState]
    from bidproof.evaluation.judging.matrix_offline import OfflineMatrix

    for name, item in all_metrics().items():
        for given in states:
            scoring.made = OfflineMatrix().make_now(case(), given)
            cell = asyncio.run(item.score(case(), given, scoring))
            assert (cell.value is not None) == (cell.state is CellState.SCORED), name
            assert cell.state is CellState.SCORED or cell.reason, name
            if given.draft.state is DraftState.FAILED:
                assert cell.state is CellState.NOT_RUN
