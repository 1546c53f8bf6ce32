import json

import pytest

from command_line import run

ROWS = [
    "question,answer,evidence,label",
    *(
        f"Q{n}?,Part {n} is kept for {days} days.,Part {n} is kept for {n + 2} days.,{label}"
        for n in range(6)
        for days, label in ((n + 2, "yes"), (n + 50, "no"))
    ),
]


def judge(tmp_path, *words):
    return run("judge", *words, "--workspace", tmp_path / "ws")


def ask(tmp_path, *words):
    ended = judge(tmp_path, *words)
    assert ended.code == 0, ended
    return ended.out


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(ROWS))
    return path


def test_calibrate_then_show(tmp_path, labels):
    assert judge(tmp_path, "show").refusal == "no-workspace"
    found = json.loads(ask(tmp_path, "calibrate", str(labels), "--json"))
    assert found["calibration"]["labelled"] == 12
    assert found["stamp"].startswith("calibrated: AUROC 1.00")
    shown = json.loads(ask(tmp_path, "show", "--json"))["judges"]
    assert [item["judge"] for item in shown] == ["offline-2"]
    assert "balanced accuracy" in ask(tmp_path, "show")


def test_a_model_judges_through_the_gateway(tmp_path, labels):
    script = tmp_path / "judge.jsonl"
    held = {
        "claims": [{"claim": 1, "reasoning": "r", "passages": [1], "in_reference": False}],
        "questions": [],
        "is_evasive": False,
    }
    script.write_text(json.dumps({"reply": held}))
    words = ("calibrate", str(labels), "--model", f"fake:{script}", "--repeats", "2", "--no-biases", "--json")
    found = json.loads(ask(tmp_path, *words))["calibration"]
    assert found["accuracy"]["value"] == 0.5  # it holds everything
    assert found["judged_rate"]["value"] == 1.0
    assert found["corrected_rate"]["value"] == pytest.approx(0.5)


def test_probe_the_verifier_and_the_system(tmp_path, labels):
    for words in ((), ("--system",)):
        found = json.loads(
            ask(tmp_path, "probe", "--labels", str(labels), "--per-kind", "3", "--json", *words)
        )
        rates = {line["kind"]: line["estimate"]["value"] for line in found["lines"]}
        assert rates["number changed"] == 1.0
        assert rates["unedited"] == 0.0


def test_nothing_to_probe_is_said(tmp_path):
    assert "no supported claims" in judge(tmp_path, "probe").err


def test_labels_of_one_kind_cannot_calibrate(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("question,answer,evidence,label\nq,It lasts 2 days.,It lasts 2 days.,yes\n")
    assert "cannot calibrate" in judge(tmp_path, "calibrate", path).err


def test_a_panel_shows_where_its_judges_differ(tmp_path, labels):
    scripts = []
    for name, passages in (("strict", []), ("kind", [1]), ("kinder", [1])):
        item = {"claim": 1, "reasoning": "r", "passages": passages, "in_reference": False}
        script = tmp_path / f"{name}.jsonl"
        script.write_text(json.dumps({"reply": {"claims": [item], "questions": [], "is_evasive": False}}))
        scripts += ["--model", f"fake:{script}"]
    words = ("calibrate", str(labels), *scripts, "--repeats", "1", "--no-biases", "--json")
    found = json.loads(ask(tmp_path, *words))
    differing = sorted(item["differing"] for item in found["disagreements"])
    assert differing == [0, 12, 12]
    assert found["calibration"]["judged_rate"]["value"] == 1.0
