"""What a review decided holds when the same questionnaire is answered again."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.ids import QuestionId
from bidproof.workspace.store import Workspace

Bidproof = Callable[..., Any]
OPEN = "We have no chief executive's bicycle."


def edit(path: Path, **changes: str) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    for row in rows[1:]:
        row[2] = changes.get(row[0].replace("-", ""), row[2])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def answers(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["Id"]: row["Answer"] for row in csv.DictReader(file)}


def run(bidproof: Bidproof, *more: str) -> Any:
    return json.loads(bidproof("answer", "questions.csv", "--docs", "docs", "--json", *more).out)


def import_review(bidproof: Bidproof, *more: str) -> Any:
    ran = bidproof("feedback", "import", "reviewed.csv", "--approver", "Ann", "--json", *more)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.fixture
def reviewed(company: Path, bidproof: Bidproof) -> dict[str, str]:
    """A file that was answered, corrected (Q-2), cleared (Q-3), completed (Q-5) and imported; as drafted."""
    run(bidproof)
    (company / "questions.answered.csv").rename(company / "reviewed.csv")
    drafted = answers(company / "reviewed.csv")
    edit(company / "reviewed.csv", Q2="Hourly.", Q3="", Q5=OPEN)
    import_review(bidproof)
    return drafted


def filled(folder: Path) -> dict[str, str]:
    return answers(folder / "questions.answered.csv")


def test_approved_answers_stand_at_once(company: Path, bidproof: Bidproof, reviewed: dict[str, str]) -> None:
    again = run(bidproof)
    assert (again["from_library"], again["approved"], again["resumed"]) == (4, 4, 1)
    found = filled(company)
    assert (found["Q-2"], found["Q-5"]) == ("Hourly.", OPEN)
    assert (found["Q-1"], found["Q-4"]) == (reviewed["Q-1"], reviewed["Q-4"])


def test_drafting_anew_leaves_approved_answers_alone(
    company: Path, bidproof: Bidproof, reviewed: dict[str, str]
) -> None:
    ran = bidproof("answer", "questions.csv", "--docs", "docs", "--fresh")
    assert "4 approved answers were kept" in ran.out
    assert filled(company)["Q-2"] == "Hourly."
    assert filled(company)["Q-1"] == reviewed["Q-1"]


def test_a_cleared_answer_does_not_come_back(
    company: Path, bidproof: Bidproof, reviewed: dict[str, str]
) -> None:
    for more in ((), ("--fresh",)):
        evidence = json.loads(Path(run(bidproof, *more)["evidence_json"]).read_text())
        (draft,) = [item["draft"] for item in evidence["questions"] if item["question"]["id"] == "Q-3"]
        assert draft["state"] == "needs person"
        assert draft["reasons"][0].startswith("cleared in review by Ann on ")
        assert draft["passages"]
        assert filled(company)["Q-3"] == ""
    (company / "docs" / "backup.md").write_text("# Recovery\n\nThe recovery time objective is 90 minutes.\n")
    run(bidproof)
    assert "90 minutes" in filled(company)["Q-3"]


def test_importing_the_new_file_changes_nothing(
    company: Path, bidproof: Bidproof, reviewed: dict[str, str]
) -> None:
    run(bidproof)
    (company / "questions.answered.csv").rename(company / "reviewed.csv")
    again = import_review(bidproof)
    assert (again["saved"]["new"], again["saved"]["changed"]) == (0, 0)
    assert again["outcomes"] == {"accepted": 2, "edited": 1, "rejected": 1, "written": 1}


def test_an_answer_that_was_taken_out_stands_no_longer(
    company: Path, bidproof: Bidproof, reviewed: dict[str, str]
) -> None:
    run(bidproof)
    listed = json.loads(bidproof("library", "list", "--json").out)
    numbers = [str(entry["id"]) for entry in listed if entry["answer"] in ("Hourly.", OPEN)]
    assert bidproof("library", "remove", *numbers).code == 0
    assert run(bidproof)["from_library"] == 2
    assert filled(company)["Q-2"] == reviewed["Q-2"]
    assert filled(company)["Q-5"] == ""


def test_an_answer_that_expired_stands_no_longer(
    company: Path, bidproof: Bidproof, reviewed: dict[str, str]
) -> None:
    import_review(bidproof, "--expires", "2001-01-01")
    assert run(bidproof)["from_library"] == 0
    assert filled(company)["Q-2"] == reviewed["Q-2"]


def test_questions_in_the_same_words_keep_their_own_answers(company: Path, bidproof: Bidproof) -> None:
    text = "Id,Question,Answer\n" + "".join(f"Q-{number},Please describe.,\n" for number in (1, 2, 3))
    (company / "questions.csv").write_text(text)
    run(bidproof)
    (company / "questions.answered.csv").rename(company / "reviewed.csv")
    edit(company / "reviewed.csv", Q1="First.", Q2="Second.")
    import_review(bidproof)
    run(bidproof)
    assert filled(company) == {"Q-1": "First.", "Q-2": "Second.", "Q-3": ""}


def test_a_corrected_file_is_never_overwritten(company: Path, bidproof: Bidproof) -> None:
    run(bidproof)
    edit(company / "questions.answered.csv", Q2="Hourly.")
    corrected = (company / "questions.answered.csv").read_bytes()
    ran = bidproof("answer", "questions.csv", "--docs", "docs", "-o", "questions.answered.csv")
    assert "not written by this workspace: questions.answered.csv\n" in ran.out
    again = run(bidproof)
    assert again["left_alone"] == [str(company / "questions.answered.csv")]
    assert again["written"]["files"][0] == str(company / "questions.answered-2.csv")
    assert again["evidence_json"] == "questions.answered-2.json"
    assert json.loads((company / "questions.answered-2.json").read_text())["outputs"] == [
        "questions.answered-2.csv"
    ]
    assert (company / "questions.answered.csv").read_bytes() == corrected
    edit(company / "questions.answered-2.csv", Q2="Daily.")
    ran = bidproof("feedback", "import", "questions.answered-2.csv", "--approver", "Ann", "--json")
    assert json.loads(ran.out)["outcomes"] == {"accepted": 3, "edited": 1, "untouched": 1}
    run(bidproof)
    assert answers(company / "questions.answered-3.csv")["Q-2"] == "Daily."


def approve(folder: Path, question: str, text: str) -> None:
    """What a review page does: the draft takes the reviewer's words and is approved."""
    with Workspace.open(folder / ".bidproof") as workspace:
        from bidproof.workspace.app.ready import models

        (job,) = workspace.jobs.recent()
        draft = replace(workspace.jobs.drafts(job.id)[QuestionId(question)], text=text)
        workspace.jobs.save_draft(job.id, draft)
        rows = models.Draft.objects.using(workspace._database.alias)
        found = rows.filter(job_id=job.id, question_id=question)
        workspace._database.write(lambda: found.update(status="approved"))


def test_a_draft_that_was_approved_in_review_stays(company: Path, bidproof: Bidproof) -> None:
    run(bidproof)
    approve(company, "Q-1", "As our counsel put it.")
    for more in ((), ("--fresh",)):
        assert run(bidproof, *more)["approved"] == 1
        assert filled(company)["Q-1"] == "As our counsel put it."
    assert "1 approved answer was kept" in bidproof("answer", "questions.csv", "--docs", "docs").out
