"""The buyer sends an amended questionnaire: what was answered before carries over."""

import csv
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from bidproof.core.ids import QuestionId
from bidproof.workspace.store import Workspace
from command_line import Ended

Bidproof = Callable[..., Ended]

AMENDED = (
    "Id,Question,Answer\n"
    "A-9,What is the recovery time objective?,\n"
    "A-1,How is customer data at rest encrypted?,\n"
    "Q-2,How often are production databases backed up?,\n"
    "A-4,What is the colour of the chief executive's bicycle?,\n"
    "A-5,Which TLS version do connections use?,\n"
)


@pytest.fixture
def amended(company: Path, bidproof: Bidproof) -> Path:
    """The first version answered, one answer corrected in the file; the second version beside it."""
    assert bidproof("answer", "questions.csv", "--docs", "docs").code == 0
    with (company / "questions.answered.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    for row in rows:
        row[2] = "Four hours, as tested." if row[0] == "Q-3" else row[2]
    with (company / "old.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    (company / "new.csv").write_text(AMENDED)
    return company


def run(bidproof: Bidproof, *more: str) -> Any:
    ran = bidproof("answer", "new.csv", "--amends", "old.csv", "--json", *more)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def answers(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["Id"]: row["Answer"] for row in csv.DictReader(file)}


def test_what_is_unchanged_carries_over_and_the_rest_is_named(amended: Path, bidproof: Bidproof) -> None:
    before = answers(amended / "questions.answered.csv")
    for _ in range(2):
        found = run(bidproof)["amended"]
        assert found["carried"] == ["A-9", "A-1"]
        assert found["unanswered"] == ["A-4"]
        assert [(item["id"], item["old_id"], item["old_answer"]) for item in found["changed"]] == [
            ("Q-2", "Q-2", before["Q-2"])
        ]
        assert found["new"] == ["A-5"]
        assert list(found["removed"]) == ["Q-4"]
        filled = answers(amended / "new.answered.csv")
        assert filled["A-9"] == "Four hours, as tested."
        assert filled["A-1"] == before["Q-1"]
        assert (filled["Q-2"], filled["A-4"]) == ("", "")
        assert "TLS 1.2" in filled["A-5"]


def test_the_report_shows_a_changed_question_beside_its_old_wording(
    amended: Path, bidproof: Bidproof
) -> None:
    ran = bidproof("answer", "new.csv", "--amends", "old.csv")
    assert "2 carried over, 1 unchanged without an answer, 1 changed, 1 new, 1 removed" in ran.out
    page = (amended / "new.answered.html").read_text("utf-8")
    assert "How often are production databases backed up?" in page
    assert "Then: How often are databases backed up?" in page
    evidence = json.loads((amended / "new.answered.json").read_text("utf-8"))
    (changed,) = [item for item in evidence["questions"] if item["question"]["id"] == "Q-2"]
    assert changed["draft"]["state"] == "needs person"
    assert "every 6 hours" in changed["draft"]["text"]


def test_what_was_approved_in_review_comes_before_the_file(amended: Path, bidproof: Bidproof) -> None:
    from dataclasses import replace

    with Workspace.open(amended / ".bidproof") as workspace:
        from bidproof.workspace.app.ready import models

        (job,) = workspace.jobs.recent()
        draft = replace(workspace.jobs.drafts(job.id)[QuestionId("Q-1")], text="As counsel put it.")
        workspace.jobs.save_draft(job.id, draft)
        rows = models.Draft.objects.using(workspace._database.alias)
        found = rows.filter(job_id=job.id, question_id="Q-1")
        workspace._database.write(lambda: found.update(status="approved"))
    run(bidproof)
    assert answers(amended / "new.answered.csv")["A-1"] == "As counsel put it."


def request(path: Path, questions: list[str]) -> None:
    canvas = Canvas(str(path))
    for at, line in enumerate(["1 Security", *questions]):
        canvas.drawString(72, 770 - 30 * at, line)
    canvas.save()


@pytest.mark.parametrize("is_known", [True, False])
def test_the_response_to_a_pdf_carries_over_to_its_amended_version(
    company: Path, bidproof: Bidproof, is_known: bool
) -> None:
    request(
        company / "old.pdf",
        [
            "1.1 Is customer data at rest encrypted?",
            "1.2 How often are databases backed up?",
            "1.3 Who is your chief executive?",
        ],
    )
    request(
        company / "new.pdf",
        [
            "1.1 Who is your chief executive?",
            "1.2 Is customer data at rest encrypted?",
            "1.3 How often are production databases backed up?",
            "1.4 What is the recovery time objective?",
        ],
    )
    assert bidproof("answer", "old.pdf", "--docs", "docs", "--evidence", "column").code == 0
    document = docx.Document("old.answered.docx")
    (number,) = (n for n, item in enumerate(document.paragraphs) if item.text.startswith("1.3"))
    document.paragraphs[number + 1].text = "Ann Lee."
    document.save("old.answered.docx")
    more = () if is_known else ("--docs", "docs", "--workspace", "elsewhere")
    ran = bidproof("answer", "new.pdf", "--amends", "old.answered.docx", "--json", *more)
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)["amended"]
    assert found["carried"] == ["1.1", "1.2"]
    assert [item["old_answer"] for item in found["changed"]] == ["Databases are backed up every 6 hours."]
    assert found["new"] == ["1.4"]
    lines = [item.text for item in docx.Document("new.answered.docx").paragraphs]
    below = {asked.partition("  ")[0]: answer for asked, answer in pairwise(lines)}
    assert below["1.1"] == "Ann Lee."
    assert below["1.2"] == "Yes. All customer data at rest is encrypted with AES-256."
    assert below["1.3"] == ""
    assert "4 hours" in below["1.4"]


def test_a_file_that_this_workspace_did_not_write_carries_over_as_it_stands(
    amended: Path, bidproof: Bidproof
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Id", "Question", "Answer"],
        ["1", "What is the recovery time objective?", "Three hours."],
        ["2", "Who is your chief executive?", "Ann."],
    ):
        sheet.append(row)
    book.save(amended / "other.xlsx")
    more = ("--docs", "docs", "--workspace", "elsewhere", "--json")
    ran = bidproof("answer", "new.csv", "--amends", "other.xlsx", *more)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["amended"]["carried"] == ["A-9"]
    assert answers(amended / "new.answered.csv")["A-9"] == "Three hours."


def test_a_choice_that_was_left_open_goes_to_an_expert_with_the_remark(
    company: Path, bidproof: Bidproof
) -> None:
    form = "Id,Question,Compliant (Yes/No),Comments\nQ-1,Is data encrypted?,,{}\nQ-2,Any tests?,Yes,\n"
    (company / "old.csv").write_text(form.format("With AES-256."))
    (company / "new.csv").write_text(form.format("").replace("Yes,\n", ",\n"))
    run(bidproof, "--docs", "docs")
    drafts = json.loads((company / "new.answered.json").read_text())["questions"]
    found = {
        item["draft"]["question_id"]: (item["draft"]["tier"], item["draft"]["reasons"][1:]) for item in drafts
    }
    assert found == {"Q-1": ("expert", ["its choice was left open there: decide it"]), "Q-2": ("review", [])}
