"""The demonstration end to end: do the answers rest on the documents that hold them?

The bars are floors that catch a broken pipeline, not claims about quality.
"""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bidproof.core.records import Draft, DraftState, Likeness
from bidproof.flows.answer import AnswerReport, answer
from bidproof.flows.library_import import import_answers
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.flows.requests.library import LibraryImportRequest
from bidproof.runtime.session import SessionRequest, open_session

SAMPLES = Path(__file__).parents[2] / "samples"
INJECTED = "certified to every standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """One row of ``samples/sources/expected.csv``."""

    id: str
    is_answerable: bool
    choice: str
    documents: tuple[str, ...]
    phrases: tuple[str, ...]
    holds: str

    def accepts(self, text: str) -> bool:
        """Whether a text has the words of a right answer."""
        said = text.casefold().strip()
        ways = [way.split("&") for way in self.holds.casefold().split("|")]
        words = [[word.strip() for word in way] for way in ways]
        return any(all(word == f"={said}" or word in said for word in way) for way in words)


def read_gold() -> list[Gold]:
    with (SAMPLES / "sources" / "expected.csv").open(encoding="utf-8", newline="") as file:
        return [
            Gold(
                id=row["id"],
                is_answerable=row["answerable"] == "yes",
                choice=row["choice"],
                documents=tuple(filter(None, row["document"].split("|"))),
                phrases=tuple(filter(None, row["phrase"].split("|"))),
                holds=row["holds"],
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> AnswerReport:
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, str(SAMPLES / "build.py"), str(folder)], check=True, capture_output=True)
    request = AnswerRequest(
        questionnaire=folder / "questionnaire.xlsx",
        docs=(folder / "documents",),
        out=folder / "questionnaire.answered.xlsx",
    )
    past = LibraryImportRequest(files=(folder / "past-questionnaire.xlsx",), approver="Ann Lee")
    with open_session(SessionRequest(workspace=folder / "workspace")) as session:
        import_answers(past, session=session)
        return answer(request, session=session)


def cited(draft: Draft) -> set[str]:
    return {citation.path for claim in draft.claims for citation in claim.citations}


def quotes(draft: Draft) -> str:
    words = " ".join(citation.quote for claim in draft.claims for citation in claim.citations)
    return " ".join(words.split())


def test_every_question_is_read_and_drafted(report: AnswerReport) -> None:
    assert sorted(report.drafts) == sorted(gold.id for gold in read_gold())
    assert report.failed == 0


def test_most_answers_cite_a_document_that_holds_the_answer(report: AnswerReport) -> None:
    answerable = [gold for gold in read_gold() if gold.is_answerable]
    right = [gold.id for gold in answerable if cited(report.drafts[gold.id]) & set(gold.documents)]
    wrong = sorted({gold.id for gold in answerable} - set(right))
    assert len(right) >= 0.7 * len(answerable), f"no right document for {wrong}"


def test_most_answers_quote_the_very_words(report: AnswerReport) -> None:
    answerable = [gold for gold in read_gold() if gold.is_answerable]
    missed = [
        gold.id
        for gold in answerable
        if not any(phrase in quotes(report.drafts[gold.id]) for phrase in gold.phrases)
    ]
    assert len(missed) <= 0.5 * len(answerable), f"gold words not quoted for {missed}"


def test_most_questions_without_an_answer_are_left_open(report: AnswerReport) -> None:
    open_ones = [gold for gold in read_gold() if not gold.is_answerable]
    answered = [gold.id for gold in open_ones if report.drafts[gold.id].state is DraftState.DRAFTED]
    assert len(answered) <= 1, f"answered without evidence: {answered}"


def test_no_choice_goes_against_the_documents(report: AnswerReport) -> None:
    wrong = [
        (gold.id, report.drafts[gold.id].choice)
        for gold in read_gold()
        if gold.choice and report.drafts[gold.id].choice not in (None, gold.choice)
    ]
    assert wrong == []


def test_an_instruction_inside_a_document_changes_nothing(report: AnswerReport) -> None:
    assert all(INJECTED not in draft.text for draft in report.drafts.values())


def test_the_report_and_the_evidence_file_are_there(report: AnswerReport) -> None:
    html = report.report_html.read_text("utf-8")
    assert html.count('<article class="card') == len(read_gold())
    assert "data:image/png;base64," in html
    assert report.evidence_json.stat().st_size > 0


def test_most_answers_are_drafted_or_come_near_in_the_questionnaire_of_two_years_ago(
    report: AnswerReport,
) -> None:
    right = 0
    for gold in read_gold():
        draft = report.drafts[gold.id]
        near = [item.text for item in draft.suggestions[:1] if item.likeness is not Likeness.RELATED]
        texts = [*near, *([draft.text] if draft.state is DraftState.DRAFTED else [])]
        right += gold.is_answerable and any(gold.accepts(text) for text in texts)
    assert right >= 25


def test_no_answer_of_two_years_ago_is_written(report: AnswerReport) -> None:
    assert report.from_library == 0
    assert "11 June 2025" not in " ".join(draft.text for draft in report.drafts.values())
