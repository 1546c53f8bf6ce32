"""``bidproof brief`` as a user meets it."""

import json
from pathlib import Path

import docx
import pytest
import xlsxwriter

from command_line import run

RFP = """# Tender

Tenders are due on 17 March 2026, 14:00 CET. Send tenders by e-mail to bids@example.org.

The scope is to be determined.
"""


@pytest.fixture
def rfp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "rfp.md"
    path.write_text(RFP, "utf-8")
    return path


def test_the_deadline_comes_first_and_questions_to_send_last(rfp: Path) -> None:
    ended = run("brief", rfp)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0] == "Submission deadline: Tue 17 Mar 2026, 14:00 CET (Tender ¶1)"
    assert "bids@example.org" in ended.out
    assert ended.out.index("Open points") > ended.out.index("Contacts")
    assert "“The scope is to be determined.”" in lines[-1]


def test_it_makes_no_workspace(rfp: Path) -> None:
    run("brief", rfp)
    assert [path.name for path in rfp.parent.iterdir()] == ["rfp.md"]


def test_json_holds_every_item_with_its_quote_and_place(rfp: Path) -> None:
    found = run("brief", rfp, "--json").json
    deadline = next(item for item in found["items"] if item["topic"] == "submission deadline")
    assert deadline["day"] == "2026-03-17"
    assert deadline["quote"] == "Tenders are due on 17 March 2026, 14:00 CET."
    assert deadline["place"]["section"] == "Tender"
    assert "contract term" in found["not_stated"]
    assert {point["kind"] for point in found["open_points"]} == {"not stated", "left blank"}


def test_a_word_file_holds_the_same(rfp: Path) -> None:
    ended = run("brief", rfp, "-o", "brief")
    assert ended.out.splitlines()[-1] == "written: brief.docx"
    document = docx.Document(str(rfp.parent / "brief.docx"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "Submission deadline: Tue 17 Mar 2026, 14:00 CET" in text
    assert "Open points: questions to send" in text
    assert any("“Tenders are due on 17 March 2026, 14:00 CET.”" in cell for cell in cells)


@pytest.mark.parametrize("name", ["questions.csv", "questions.xlsx"])
def test_a_questionnaire_is_refused_with_what_to_do_instead(rfp: Path, name: str) -> None:
    sheet = rfp.parent / name
    if sheet.suffix == ".csv":
        sheet.write_text("id,question,answer\n1,Do you encrypt data?,\n", "utf-8")
    else:
        with xlsxwriter.Workbook(sheet) as workbook:
            workbook.add_worksheet().write_row(0, 0, ["id", "question", "answer"])
    ended = run("brief", rfp, sheet)
    assert ended.refusal == "unsupported-type"
    assert f"bidproof inspect {name}" in ended.err


def test_files_keep_their_order_and_places_name_them(rfp: Path) -> None:
    change = rfp.parent / "a-change.md"
    change.write_text("Amendment 1\n\nTenders are now due on 24 March 2026, 14:00 CET.", "utf-8")
    found = run("brief", rfp, change, "--json").json
    assert [file["name"] for file in found["files"]] == ["rfp.md", "a-change.md"]
    assert "a-change.md says that it amends" in found["open_points"][0]["what"]
    assert "rfp.md Tender ¶1" in run("brief", rfp, change).out


def test_a_model_adds_what_rules_missed_and_what_it_invents_is_counted(rfp: Path) -> None:
    rfp.write_text("# Tender\n\nWe collect your papers at our gate on 17 March 2026, 14:00 CET.\n", "utf-8")
    quote = "We collect your papers at our gate on 17 March 2026, 14:00 CET."
    script = rfp.parent / "script.jsonl"
    items = [
        {"topic": "submission deadline", "about": "papers", "quote": quote},
        {"topic": "contract term", "about": "", "quote": "The contract runs for nine years."},
    ]
    script.write_text(json.dumps({"reply": {"items": items}}), "utf-8")
    ended = run("brief", rfp, "--model", f"fake:{script}", "--workspace", rfp.parent / "ws")
    assert ended.code == 0
    assert ended.out.splitlines()[0].startswith("Submission deadline: Tue 17 Mar 2026, 14:00 CET")
    assert "1 items of the model left out: not word for word in the files" in ended.out


def test_a_failed_call_is_told_and_the_rules_still_speak(rfp: Path) -> None:
    script = rfp.parent / "script.jsonl"
    script.write_text('{"error": "the endpoint is down"}\n', "utf-8")
    ended = run(
        "brief",
        rfp,
        "--model",
        f"fake:{script}",
        "--set",
        "model.attempts=1",
        "--workspace",
        rfp.parent / "w",
    )
    assert ended.code == 1
    assert "Submission deadline: Tue 17 Mar 2026" in ended.out
    assert "model call failed: error[model-unavailable]: the endpoint is down" in ended.out
