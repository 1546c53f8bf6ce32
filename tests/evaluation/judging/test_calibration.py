import asyncio

import pytest

from bidproof.core.errors import ModelUnavailable, UserError
from bidproof.core.settings import ModelSettings
from bidproof.evaluation.judging.calibration import PADDING, calibrate, human_ceiling, judge_labels
from bidproof.evaluation.judging.judges import default_judge
from bidproof.evaluation.judging.labels import LabelledAnswer, read_labels
from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.judging.store import (
    judge_stamp,
    list_calibrations,
    load_calibration,
    save_calibration,
)
from bidproof.llm.fake import FakeModel, prompt_text


def write(tmp_path, rows, *, header="question,answer,evidence,label", name="labels.csv"):
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def pairs(count):
    for n in range(count):
        yield f"Q{n}?,Part {n} is kept for {n + 2} days.,Part {n} is kept for {n + 2} days.,yes"
        yield f"Q{n}?,Part {n} is kept for {n + 50} days.,Part {n} is kept for {n + 2} days.,no"


def run(labels, maker, **options):
    judged = asyncio.run(judge_labels(labels, maker, **options))
    return calibrate(judged, judge=maker.name, name="judge", labels=labels, judged_on="2026-01-01")


def test_the_offline_verifier_is_calibrated_like_a_judge(tmp_path):
    labels = read_labels(write(tmp_path, pairs(10)))
    found = run(labels, OfflineMatrix(), repeats=2)
    assert (found.answers, found.labelled, found.failed) == (20, 20, 0)
    assert found.auroc.value == 1.0
    assert found.accuracy.value == 1.0
    assert found.kappa.value == 1.0
    assert found.flips.value == 0.0
    assert found.verbosity.value == 0.0
    assert found.judged_rate.value == 0.5
    assert found.corrected_rate.value == pytest.approx(0.5)
    save_calibration(tmp_path, found)
    assert load_calibration(tmp_path, OfflineMatrix.name) == found
    assert list_calibrations(tmp_path) == (found,)
    assert judge_stamp(tmp_path, OfflineMatrix.name).startswith("calibrated: AUROC 1.00 [")
    assert judge_stamp(tmp_path, "another") == "uncalibrated"
    assert judge_stamp(tmp_path, "../etc/passwd") == "uncalibrated"


def reply(held, claims):
    items = [
        {"claim": n, "reasoning": "r", "passages": [1] if held else [], "in_reference": False}
        for n in range(1, claims + 1)
    ]
    return {"claims": items, "questions": [], "is_evasive": False}


def biased_model(moody=()):
    """Holds everything once polite words stand in the answer, and changes its mind in some repeats."""

    def respond(request):
        prompt = prompt_text(request)
        claims = prompt.count("\n", prompt.index("## Claims"), prompt.index("Above are")) - 4
        is_polite = PADDING[:20] in prompt
        is_right = "50 days" not in prompt.split("## Claims")[1]
        return reply(is_polite or (is_right and request.repeat not in moody), claims)

    return FakeModel(respond=respond)


def judge_of(model):
    return JudgeMatrix(model, default_judge(ModelSettings(model="fake"), model_name=model.name))


def test_flips_and_verbosity_bias_are_seen(tmp_path):
    rows = [
        "Q?,It is kept for 2 days.,It is kept for 2 days.,yes",
        "Q?,It is kept for 50 days.,It is kept for 2 days.,no",
    ]
    labels = read_labels(write(tmp_path, rows))
    found = run(labels, judge_of(biased_model(moody=(1,))), repeats=2)
    assert found.flips.value == 0.5  # the right answer was held in one of two readings
    assert found.verbosity.value == 0.5  # the wrong one was held once it was polite
    assert found.accuracy.value == 1.0


def test_a_failed_judge_is_counted_and_scores_nothing(tmp_path):
    model = FakeModel([ModelUnavailable("down", hint="wait")] * 8)
    labels = read_labels(write(tmp_path, list(pairs(1))))
    found = run(labels, judge_of(model), repeats=2)
    assert found.failed == 4
    assert found.auroc.value is None
    assert found.judged_rate.value is None
    save_calibration(tmp_path, found)
    assert judge_stamp(tmp_path, found.judge) == "uncalibrated"


def test_the_human_ceiling_holds_each_rater_against_the_others():
    def answer(*ratings):
        return LabelledAnswer(id="a", question="", answer="", evidence=(), ratings=ratings)

    # Five ratings agree with the other two, one does not: the dissenter's own row is split for the others.
    found = human_ceiling([answer(True, True, True), answer(False, False, False), answer(True, True, False)])
    assert found.value == pytest.approx((3 / 4 + 3 / 3) / 2)
    assert human_ceiling([answer(True, False)]).value is None


def test_labels_are_read_as_people_write_them(tmp_path):
    rows = ['q,a,"one\n---\ntwo",Yes,0.9', 'q,a,"[""x"", ""y""]",unsupported,', "q,a,b,1,no"]
    labels = read_labels(write(tmp_path, rows, header="Query,Response,Contexts,rater 1,rater_2"))
    assert labels.raters == ("rater 1", "rater_2")
    assert [item.evidence for item in labels.answers] == [("one", "two"), ("x", "y"), ("b",)]
    assert [item.label for item in labels.answers] == [True, False, None]
    path = tmp_path / "labels.jsonl"
    path.write_text('{"question": "q", "answer": "a", "evidence": ["x"], "label": true}\n')
    assert read_labels(path).answers[0].label is True


@pytest.mark.parametrize(
    ("rows", "header", "wrong"),
    [
        (["q,a,e,perhaps"], "question,answer,evidence,label", "perhaps"),
        (["q,a,yes"], "question,answer,label", "evidence"),
        ([], "question,answer,evidence,label", "no rows"),
    ],
)
def test_unclear_labels_are_refused(tmp_path, rows, header, wrong):
    with pytest.raises(UserError, match=wrong) as caught:
        read_labels(write(tmp_path, rows, header=header))
    assert caught.value.code == "labels"


def test_columns_can_be_named(tmp_path):
    path = write(tmp_path, ["q,a,e,1,0"], header="F,G,H,one,two")
    columns = {"question": "F", "answer": "G", "evidence": "H", "label": "one,two"}
    assert read_labels(path, columns=columns).answers[0].ratings == (True, False)
    with pytest.raises(UserError, match="no column 'X'"):
        read_labels(path, columns={**columns, "answer": "X"})
