"""A user fills in a buyer's questionnaire."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Bidproof = Callable[..., Any]


def answers(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["Id"]: row["Answer"] for row in csv.DictReader(file)}


def test_empty_folder_needs_no_set_up(company: Path, bidproof: Bidproof) -> None:
    original = (company / "questions.csv").read_bytes()
    ran = bidproof("answer", "questions.csv", "--docs", "docs")
    assert ran.code == 0, ran.err
    filled = answers(company / "questions.answered.csv")
    assert "AES-256" in filled["Q-1"]
    assert "6 hours" in filled["Q-2"]
    assert "4 hours" in filled["Q-3"]
    assert "year" in filled["Q-4"]
    assert filled["Q-5"] == ""
    assert (company / "questions.csv").read_bytes() == original
    for name in ("questions.answered.csv", "questions.answered.json", "questions.answered.html"):
        assert name in ran.out
        assert (company / name).stat().st_size > 0


def test_every_citation_is_verbatim_in_its_document(company: Path, bidproof: Bidproof) -> None:
    summary = json.loads(bidproof("answer", "questions.csv", "--docs", "docs", "--json").out)
    assert summary["states"]["drafted"] == 4
    assert "drafts" not in summary
    asked = json.loads(Path(summary["evidence_json"]).read_text())["questions"]
    citations = [item for one in asked for item in one["citations"]]
    assert len(citations) >= 4
    for citation in citations:
        source = (company / "docs" / citation["path"]).read_text()
        assert " ".join(citation["quote"].split()) in " ".join(source.split())


def test_second_run_takes_every_draft_over(company: Path, bidproof: Bidproof) -> None:
    bidproof("answer", "questions.csv", "--docs", "docs")
    again = json.loads(bidproof("answer", "questions.csv", "--docs", "docs", "--json").out)
    assert again["resumed"] == 5


def test_answered_questions_are_left_alone_unless_told(company: Path, bidproof: Bidproof) -> None:
    text = (company / "questions.csv").read_text()
    (company / "questions.csv").write_text(text.replace("backed up?,", "backed up?,Hourly"))
    bidproof("answer", "questions.csv", "--docs", "docs")
    assert answers(company / "questions.answered.csv")["Q-2"] == "Hourly"
    bidproof("answer", "questions.csv", "--docs", "docs", "--overwrite")
    assert "6 hours" in answers(company / "questions.answered.csv")["Q-2"]


def test_original_is_never_the_output(company: Path, bidproof: Bidproof) -> None:
    ran = bidproof("answer", "questions.csv", "--docs", "docs", "-o", "questions.csv")
    assert ran.code == 2
    assert "never changed" in ran.err
    assert answers(company / "questions.csv")["Q-1"] == ""


def test_mapping_is_saved_corrected_and_used(company: Path, bidproof: Bidproof) -> None:
    ran = bidproof("inspect", "questions.csv", "--save-mapping", "mapping.json")
    assert ran.code == 0, ran.err
    assert "5 questions" in ran.out
    assert json.loads((company / "mapping.json").read_text())
    ran = bidproof("answer", "questions.csv", "--docs", "docs", "--mapping", "mapping.json")
    assert ran.code == 0, ran.err
    assert "AES-256" in answers(company / "questions.answered.csv")["Q-1"]


def test_ask_prints_the_quote_and_its_place(company: Path, bidproof: Bidproof) -> None:
    ran = bidproof("ask", "How long are backups kept?", "--docs", "docs")
    assert ran.code == 0
    assert "35 days" in ran.out
    assert "backup.md" in ran.out


def test_ask_says_not_found(company: Path, bidproof: Bidproof) -> None:
    ran = bidproof("ask", "Which pension fund do your warehouse robots prefer?", "--docs", "docs", "--json")
    draft = json.loads(ran.out)
    assert draft["state"] == "not found"
    assert draft["text"] == ""
    assert draft["passages"]
