"""What becomes of the sample's 42 questions with the sample's own past questionnaire in the library.

    python benchmarks/sample_quality.py [--show]

Builds the sample, imports the questionnaire that its vendor completed two years before (partly outdated,
some of its questions in the same words), answers the new one without a model, and holds what is written and
what is offered against ``samples/sources/expected.csv``: ``holds`` names the words that a right answer has
(``|`` between ways, ``&`` between words), ``choice`` the right choice, which nothing may go against.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.records import Draft, DraftState, Likeness, Question
from bidproof.flows.answer import answer
from bidproof.flows.library_import import import_answers
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.flows.requests.library import LibraryImportRequest
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.read_back import written_answer
from bidproof.runtime.session import SessionRequest, open_session

SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is right for a question; no words where the documents do not answer it."""

    choice: str
    holds: str

    @property
    def is_answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.holds)

    def accepts(self, text: str, choice: str) -> bool:
        """Whether a text, or the bare value of a cell, has the words, and no choice speaks against it."""
        said = " ".join(text.casefold().split())
        has_words = any(
            all(_has(said, word.strip()) for word in way.split("&"))
            for way in self.holds.casefold().split("|")
        )
        return has_words and (not self.choice or not choice or choice == self.choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question with what was written into its cells and the past answer that is offered as likely."""

    question: Question
    truth: Truth
    draft: Draft
    text: str
    choice: str

    @property
    def is_written_right(self) -> bool:
        """Whether what is written answers the question, and rightly."""
        return bool(self.text) and self.truth.accepts(self.text, self.choice)

    @property
    def is_written_wrong(self) -> bool:
        """Whether something is written that does not answer it, or a choice that is not so."""
        is_choice_wrong = bool(self.choice) and self.choice != self.truth.choice
        return is_choice_wrong or (bool(self.text) and not self.is_written_right)

    @property
    def is_offered_right(self) -> bool:
        """Whether a past answer is offered as likely, and the first of these is right."""
        near = [item for item in self.draft.suggestions if item.likeness is not Likeness.RELATED]
        return bool(near) and self.truth.accepts(near[0].text, near[0].choice or "")


def _has(said: str, word: str) -> bool:
    return said == word[1:] if word.startswith("=") else word in said


def read_truth() -> dict[str, Truth]:
    """The right answers by question id."""
    with (SAMPLES / "sources" / "expected.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Truth(choice=row["choice"], holds=row["holds"]) for row in csv.DictReader(file)}


def outcomes(folder: Path) -> list[Outcome]:
    """Build the sample in a folder, import, answer, and read off what came of each question."""
    subprocess.run([sys.executable, SAMPLES / "build.py", folder], check=True, capture_output=True)
    form, truth = folder / "questionnaire.xlsx", read_truth()
    past = LibraryImportRequest(files=(folder / "past-questionnaire.xlsx",), approver="Ann Lee")
    request = AnswerRequest(
        questionnaire=form, docs=(folder / "documents",), out=folder / "questionnaire.answered.xlsx"
    )
    with open_session(SessionRequest(workspace=folder / "workspace")) as session:
        import_answers(past, session=session)
        drafts = answer(request, session=session).drafts
    found: list[Outcome] = []
    for question in read_questionnaire(form).questions:
        draft = drafts[question.id]
        written = written_answer(question, draft)
        found.append(
            Outcome(
                question=question,
                truth=truth[question.id],
                draft=draft,
                text=written.text,
                choice=written.choice,
            )
        )
    return found


def main() -> None:
    """Print the counts, and with ``--show`` each question."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true", help="print every question")
    is_shown = parser.parse_args().show
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(Path(folder))
    can = [item for item in found if item.truth.is_answerable]
    cannot = [item for item in found if not item.truth.is_answerable]
    for item in found if is_shown else ():
        print(_line(item))
    print(f"written and right            {sum(item.is_written_right for item in can)} of {len(can)}")
    print(f"offered as likely and right  {sum(item.is_offered_right for item in can)}")
    print(
        f"the one or the other         {sum(item.is_written_right or item.is_offered_right for item in can)}"
    )
    print(f"written and not right        {[item.question.id for item in found if item.is_written_wrong]}")
    silent = sum(item.draft.state is DraftState.NOT_FOUND for item in cannot)
    print(f"unanswerable: not found      {silent} of {len(cannot)}")


def _line(item: Outcome) -> str:
    marks = [
        name
        for name, holds in (
            ("right", item.is_written_right),
            ("WRONG", item.is_written_wrong),
            ("offered", item.is_offered_right),
        )
        if holds
    ]
    near = [f"{near.likeness}: {near.choice or ''} {near.text}" for near in item.draft.suggestions[:1]]
    return (
        f"{item.question.id} {item.draft.state}, {item.draft.engine} {marks} {item.question.text}\n"
        f"   written: {item.choice} {item.text[:300]}\n   {' '.join(near)[:200]}"
    )


if __name__ == "__main__":
    main()
