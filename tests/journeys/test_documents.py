"""A user keeps the workspace in step with a folder of documents."""

import json
import os
import shutil
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl

Bidproof = Callable[..., Any]


def ingest(bidproof: Bidproof, *arguments: str) -> dict[str, Any]:
    ran = bidproof("ingest", "docs", "--json", *arguments)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def best_path(bidproof: Bidproof, question: str) -> str:
    ran = bidproof("ask", question, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["passages"][0]["passage"]["path"]


def test_second_run_reads_nothing(company: Path, bidproof: Bidproof) -> None:
    first = ingest(bidproof)
    second = ingest(bidproof)
    assert (first["added"], first["unchanged"]) == (3, 0)
    assert first["passages"] >= 3
    assert (second["added"], second["changed"], second["unchanged"]) == (0, 0, 3)
    assert second["passages"] == 0


def test_changed_file_replaces_its_passages(company: Path, bidproof: Bidproof) -> None:
    ingest(bidproof)
    (company / "docs/backup.md").write_text("# Backup\n\nDatabases are backed up every 15 minutes.\n")
    report = ingest(bidproof)
    assert (report["added"], report["changed"], report["unchanged"]) == (0, 1, 2)
    found = json.loads(bidproof("ask", "How often are databases backed up?", "--json").out)
    assert "15 minutes" in found["text"]
    assert not any("every 6 hours" in item["passage"]["text"] for item in found["passages"])


def test_removed_file_goes(company: Path, bidproof: Bidproof) -> None:
    ingest(bidproof)
    (company / "docs/people.md").unlink()
    assert ingest(bidproof)["removed"] == 1
    found = json.loads(bidproof("ask", "Is there security awareness training?", "--json").out)
    assert all(item["passage"]["path"] != "people.md" for item in found["passages"])
    assert json.loads(bidproof("status", "--json").out)["documents"] == 2


def test_bad_file_is_named_and_the_others_are_read(company: Path, bidproof: Bidproof) -> None:
    (company / "docs/broken.pdf").write_bytes(b"%PDF-1.7 this is no PDF")
    ran = bidproof("ingest", "docs")
    assert ran.code == 0
    assert "3 added" in ran.out
    assert "1 not read" in ran.out
    assert "broken.pdf" in ran.out
    assert best_path(bidproof, "What is the recovery time objective?") == "backup.md"


def test_a_file_that_became_unreadable_answers_in_its_last_readable_version(
    company: Path, bidproof: Bidproof
) -> None:
    people, question = company / "docs/people.md", "Is there security awareness training?"
    readable = people.read_bytes()
    os.utime(people, (0, 1_700_000_000))
    ingest(bidproof)
    people.write_bytes(b"")
    for _ in range(2):
        report = ingest(bidproof)
        (problem,) = report["problems"]
        assert (problem["path"], problem["code"]) == ("people.md", "empty-file")
        assert "kept the version of 2023-11-14" in problem["message"]
        assert (report["stale"], report["unchanged"], len(report["documents"])) == (1, 2, 3)
        assert best_path(bidproof, question) == "people.md"
    assert json.loads(bidproof("status", "--json").out)["stale"] == 1
    assert "1 of them kept in an earlier version" in bidproof("ingest", "docs").out

    people.write_bytes(readable)
    report = ingest(bidproof)
    assert (report["stale"], report["unchanged"], report["problems"]) == (0, 3, [])
    found = json.loads(bidproof("status", "--json").out)
    assert (found["stale"], found["unreadable"]) == (0, {})


def test_a_stale_document_is_replaced_by_a_readable_version_and_goes_with_its_file(
    company: Path, bidproof: Bidproof
) -> None:
    people, backup = company / "docs/people.md", company / "docs/backup.md"
    ingest(bidproof)
    people.write_bytes(b"")
    backup.write_bytes(b"")
    assert ingest(bidproof)["stale"] == 2
    people.write_text("# People\n\nEvery new colleague is given a bicycle.\n")
    backup.unlink()
    report = ingest(bidproof)
    assert (report["stale"], report["changed"], report["removed"]) == (0, 1, 1)
    assert best_path(bidproof, "Who is given a bicycle?") == "people.md"
    found = json.loads(bidproof("status", "--json").out)
    assert (found["documents"], found["stale"], found["unreadable"]) == (2, 0, {})


def test_two_folders_with_equal_names_stay_apart(company: Path, bidproof: Bidproof) -> None:
    other = company / "other"
    other.mkdir()
    (other / "backup.md").write_text("# Tape\n\nTapes are moved to a vault each Friday.\n")
    ingest(bidproof)
    assert bidproof("ingest", "other", "--json").code == 0
    assert json.loads(bidproof("status", "--json").out)["documents"] == 4
    found = json.loads(bidproof("ask", "When are tapes moved to the vault?", "--docs", "other", "--json").out)
    assert found["passages"]
    assert all("vault" in item["passage"]["text"] for item in found["passages"])


def test_other_passage_settings_rebuild_the_index(company: Path, bidproof: Bidproof) -> None:
    before = ingest(bidproof)["passages"]
    ran = bidproof("ask", "How often are databases backed up?", "--set", "documents.max_tokens=20", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(bidproof("status", "--json").out)["passages"] > before


def test_moved_workspace_still_answers(company: Path, bidproof: Bidproof) -> None:
    ingest(bidproof)
    shutil.move(company / ".bidproof", company / "kept")
    ran = bidproof("ask", "What is the recovery time objective?", "--workspace", "kept", "--json")
    assert "4 hours" in json.loads(ran.out)["text"]


def test_status_says_what_of_a_document_was_not_taken_over(company: Path, bidproof: Bidproof) -> None:
    message = EmailMessage()
    message["Subject"] = "Certificate"
    message.set_content("The certificate is attached.")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="x", filename="seal.bin")
    (company / "docs/mail.eml").write_bytes(message.as_bytes())
    ingest(bidproof)

    (said,) = json.loads(bidproof("status", "--json").out)["warnings"]["mail.eml"]
    assert said.startswith("attachments not read: seal.bin")
    assert f"mail.eml: {said}" in bidproof("status").out


def test_an_answer_from_a_workbook_names_sheet_and_cells(company: Path, bidproof: Bidproof) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Service levels"
    for row in (["Service", "Uptime"], ["Customer portal", 0.9995], ["Mail relay", 0.999]):
        sheet.append(row)
    sheet["B2"].number_format = "0.00%"
    book.save(company / "docs/levels.xlsx")
    ingest(bidproof)
    ran = bidproof("ask", "What is the uptime of the customer portal?")

    assert "99.95%" in ran.out
    assert "levels.xlsx, Service levels!A2:B2" in ran.out
